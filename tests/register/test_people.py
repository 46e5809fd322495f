"""Is the directory kept change by change, for good, whoever changes it at once, on both databases?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from activities.people import People
from escalation.directory import Directory, Leave, Person, Post
from escalation.directory_changes import Appoint, EndPost, Import, RemovePerson, SetPerson, TakeLeave
from escalation.directory_rules import RefusedChange
from register.people import UNTIL_NOW, NothingImported
from register.store import Register

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
GRACE = Person(name="Grace Obi", email="grace@council.example")
FILE = Directory(people={"grace": GRACE}, posts=[Post(role="team_manager", person="grace")])
ZOE = SetPerson(key="zoe", name="Zoë Lee", email="zoe@council.example", reason="She joins.")


def tamper(engine: Engine, statement: str) -> None:
    """What somebody with every right on the database can do."""
    with engine.begin() as connection:
        kinds = ("update", "delete", "insert") if engine.dialect.name == "sqlite" else ("change",)
        on = "" if engine.dialect.name == "sqlite" else "on directory_changes"
        for kind in kinds:
            connection.execute(text(f"drop trigger directory_changes_refuse_{kind} {on}"))
        assert connection.exec_driver_sql(statement).rowcount


def test_nothing_was_changed_and_nothing_is_known(register: Register) -> None:
    assert (register.people.current(), register.people.latest(), register.people.changes()) == (None, None, [])
    assert register.verify() == []


def test_the_directory_is_what_its_changes_come_to(
    register: Register, url: str, opened: Callable[..., Register]
) -> None:
    register.people.change(Import(directory=FILE), "Elena Marsh", AT)
    register.people.change(ZOE, "Elena Marsh", AT)
    made = register.people.change(Appoint(post=Post(role="iro", person="zoe", team="North")), "Dev Patel", AT)
    expected = Directory(
        people={"grace": GRACE, "zoe": Person(name="Zoë Lee", email="zoe@council.example")},
        posts=[*FILE.posts, Post(role="iro", person="zoe", team="North")],
    )
    assert (made.n, made.by, made.at) == (3, "Dev Patel", AT)
    assert register.people.current() == expected == opened(url).people.current()
    assert register.people.latest() == made
    found = register.people.changes(2)
    assert [(changed.n, changed.change.do, "zoe" in before.people) for changed, before in found] == [
        (3, "appoint", True),
        (2, "set_person", False),
    ]
    assert register.verify() == []


def test_what_another_process_changed_counts_at_once(url: str, opened: Callable[..., Register]) -> None:
    one, other = opened(url), opened(url)
    one.people.change(Import(directory=FILE), "Elena", AT)
    assert other.people.current() == FILE
    other.people.change(TakeLeave(person="grace", first=AT.date(), last=AT.date()), "Dev", AT)
    directory = one.people.current()
    assert directory
    assert directory.is_away(GRACE.email, AT.date())


def test_the_file_is_imported_with_the_first_change_so_that_nothing_is_lost(register: Register) -> None:
    register.people.change(ZOE, "Elena", AT, lambda: FILE)
    directory = register.people.current()
    assert directory
    assert set(directory.people) == {"grace", "zoe"}
    (_, _), (first, _) = register.people.changes()
    assert (first.n, first.by, first.change) == (1, "Elena", Import(directory=FILE, reason=UNTIL_NOW))


def test_an_import_needs_no_file_and_any_other_first_change_does(register: Register) -> None:
    with pytest.raises(NothingImported):
        register.people.change(ZOE, "Elena", AT)

    def broken() -> Directory:
        raise OSError("There is no file.")

    with pytest.raises(OSError, match="no file"):
        register.people.change(ZOE, "Elena", AT, broken)
    assert register.people.changes() == []
    register.people.change(Import(directory=FILE), "Elena", AT, broken)
    assert register.people.current() == FILE


def test_what_is_refused_leaves_no_trace_not_even_the_import(register: Register) -> None:
    with pytest.raises(RefusedChange):
        register.people.change(RemovePerson(key="grace"), "Elena", AT, lambda: FILE)
    assert (register.people.current(), register.people.changes()) == (None, [])
    register.people.change(Import(directory=FILE), "Elena", AT)
    with pytest.raises(RefusedChange):
        register.people.change(RemovePerson(key="grace"), "Elena", AT)
    assert register.people.current() == FILE


def test_the_london_date_of_the_change_says_who_is_still_in_a_post(register: Register) -> None:
    register.people.change(Import(directory=FILE), "Elena", AT)
    register.people.change(EndPost(role="team_manager", person="grace", last=date(2026, 7, 1)), "Elena", AT)
    in_summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with pytest.raises(RefusedChange):
        register.people.change(RemovePerson(key="grace"), "Elena", in_summer)
    register.people.change(RemovePerson(key="grace"), "Elena", in_summer.replace(hour=23))


def test_writers_take_turns_and_each_sees_what_the_other_did(url: str, opened: Callable[..., Register]) -> None:
    registers = [opened(url) for _ in range(4)]

    def add(n: int) -> int:
        person = SetPerson(key=f"p{n}", name=f"P {n}", email=f"p{n}@council.example")
        return registers[n % 4].people.change(person, "Elena", AT, lambda: FILE).n

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(add, range(24)))
    assert sorted(numbers) == list(range(2, 26))
    for register in registers:
        directory = register.people.current()
        assert directory
        assert set(directory.people) == {"grace", *(f"p{n}" for n in range(24))}
    assert registers[0].verify() == []


def test_of_two_who_appoint_the_same_person_at_once_one_is_refused(url: str, opened: Callable[..., Register]) -> None:
    registers = [opened(url) for _ in range(2)]
    registers[0].people.change(Import(directory=FILE), "Elena", AT)

    def appoint(register: Register) -> bool:
        try:
            register.people.change(Appoint(post=Post(role="iro", person="grace")), "Elena", AT)
        except RefusedChange:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(appoint, registers)) == [False, True]


def test_what_was_read_is_kept_and_shared_between_threads(register: Register) -> None:
    register.people.change(Import(directory=FILE), "Elena", AT)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: register.people.current(), range(32)))
    assert all(directory is found[0] for directory in found)


# For good -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["update directory_changes set by = 'x'", "delete from directory_changes"])
def test_no_change_is_altered_or_taken_away(register: Register, engine: Engine, statement: str) -> None:
    register.people.change(Import(directory=FILE), "Elena", AT)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "update directory_changes set body = replace(body, ' Lee', ' Li') where n = 2",
            "change 2 was changed: its hash",
        ),
        ("update directory_changes set by = 'Somebody' where n = 2", "change 2 was changed: its columns"),
        ("delete from directory_changes where n = 1", "change 1 is missing"),
        ("update directory_changes set previous = 'x' where n = 3", "change 3 does not follow"),
    ],
)
def test_what_was_tampered_with_is_found(register: Register, engine: Engine, statement: str, says: str) -> None:
    for change in (Import(directory=FILE), ZOE, ZOE.model_copy(update={"name": "Zoe"})):
        register.people.change(change, "Elena", AT)
    assert register.verify() == []
    tamper(engine, statement)
    (fault,) = register.verify()
    assert fault.startswith(f"The directory: {says}")


# The one that counts --------------------------------------------------------------------------------------------------


def test_the_file_counts_until_the_register_has_a_directory(register: Register) -> None:
    people = People(register, lambda: FILE)
    assert people.now() is FILE
    other = FILE.model_copy(update={"leave": [Leave(person="grace", first=AT.date(), last=AT.date())]})
    register.people.change(Import(directory=other), "Elena", AT)
    assert people.now() == other


def test_whoever_begins_with_a_file_of_nobody_can_add_the_first_person(register: Register) -> None:
    register.people.change(ZOE, "Elena", AT, lambda: Directory(people={}))
    assert list((register.people.current() or FILE).people) == ["zoe"]


def test_what_a_later_release_has_written_can_be_read(register: Register, engine: Engine) -> None:
    from register.canonical import digest
    from register.people import GENESIS

    body = (
        '{"at":"2026-11-23T09:30:00Z","by":"Elena","change":{"directory":{"people":{"a":{"name":"A",'
        '"email":"a@c.example","phone":"1"}},"posts":[{"role":"iro","person":"a","desk":2}],"rooms":[]},'
        '"do":"import","seal":1},"n":1,"more":1}'
    )
    said = {"n": 1, "at": AT, "by": "Elena", "body": body, "previous": GENESIS, "hash": digest(GENESIS + body)}
    from register.directory_tables import directory_changes

    with engine.begin() as connection:
        connection.execute(directory_changes.insert(), said)
    directory = register.people.current()
    assert directory
    assert [person.name for person in directory.holders("iro", None, AT.date())] == ["A"]
    assert register.verify() == []
