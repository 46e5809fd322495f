"""Histories: kept once, in order, unchangeable, and verifiable."""

from __future__ import annotations

import hashlib
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from register.chain import genesis
from register.errors import ConflictingHistory
from register.store import Register


def rows(engine: Engine, escalation: str) -> list[Any]:
    with engine.begin() as connection:
        query = text("select * from entries where escalation = :escalation order by n")
        return list(connection.execute(query, {"escalation": escalation}))


def tamper(engine: Engine, *statements: str) -> None:
    """What somebody with every right on the database can do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("update", "delete", "insert"):
                connection.execute(text(f"drop trigger entries_refuse_{name}"))
        else:
            connection.execute(text("drop trigger entries_refuse_change on entries"))
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount


def test_a_history_comes_back_as_it_was_given(register: Register, escalation: Any) -> None:
    given = escalation.entries(1, 4)
    assert register.record(escalation.id, given, escalation.summary(4)) == 4
    assert register.history(escalation.reference) == given


def test_the_history_of_an_unknown_reference_is_empty(register: Register) -> None:
    assert register.history("SWK-404") == []


def test_text_of_every_kind_comes_back(register: Register, escalation: Any) -> None:
    given = escalation.entries(1, 1) + escalation.entries(2, 2, text="Siânës \x00 \u2028 \U0001f9ed 'quoted' %s :n")
    register.record(escalation.id, given, escalation.summary(2))
    assert register.history(escalation.reference) == given
    assert register.verify() == []


def test_what_is_already_held_is_skipped(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3))
    assert register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3)) == 3
    assert register.record(escalation.id, escalation.entries(2, 5), escalation.summary(5)) == 5
    assert register.history(escalation.reference) == escalation.entries(1, 5)


def test_the_same_instant_in_another_zone_is_the_same_entry(register: Register, escalation: Any) -> None:
    given = escalation.entries(1, 2)
    register.record(escalation.id, given, escalation.summary(2))
    elsewhere = [entry.model_copy(update={"at": entry.at.astimezone(ZoneInfo("Asia/Tokyo"))}) for entry in given]
    assert register.record(escalation.id, elsewhere, escalation.summary(2)) == 2


def test_an_entry_kept_by_an_older_release_is_the_same_entry(
    register: Register, engine: Engine, escalation: Any
) -> None:
    """A newer release writes optional fields that the older one did not know."""
    register.record(escalation.id, escalation.entries(1, 2), escalation.summary(2))
    old = rows(engine, escalation.id)[1].body.replace('"name":null,', "")
    with_previous = rows(engine, escalation.id)[0].hash
    hashed = hashlib.sha256((with_previous + old).encode()).hexdigest()
    tamper(engine, f"update entries set body = replace(body, '\"name\":null,', ''), hash = '{hashed}' where n = 2")
    assert register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3)) == 3
    assert register.verify() == []


def test_a_different_entry_under_a_held_number_is_a_conflict(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 4), escalation.summary(4))
    changed = escalation.entries(1, 2) + escalation.entries(3, 5, text="another note")
    with pytest.raises(ConflictingHistory, match="something else at: 3, 4"):
        register.record(escalation.id, changed, escalation.summary(5))
    assert register.history(escalation.reference) == escalation.entries(1, 4)


def test_a_gap_is_a_conflict_and_says_where_to_go_on(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 2), escalation.summary(2))
    with pytest.raises(ConflictingHistory, match="Give the entries from 3"):
        register.record(escalation.id, escalation.entries(4, 5), escalation.summary(5))
    assert register.history(escalation.reference) == escalation.entries(1, 2)


def test_a_new_history_starts_at_entry_1_or_leaves_no_trace(register: Register, escalation: Any) -> None:
    with pytest.raises(ConflictingHistory, match="Give the entries from 1"):
        register.record(escalation.id, escalation.entries(2, 2), escalation.summary(2))
    assert register.find(escalation.reference) is None


def test_entries_out_of_order_are_a_conflict(register: Register, escalation: Any) -> None:
    shuffled = list(reversed(escalation.entries(1, 2)))
    with pytest.raises(ConflictingHistory, match=r"one after the other from 1, not \[2, 1\]"):
        register.record(escalation.id, shuffled, escalation.summary(2))


def test_a_summary_ahead_of_its_history_is_a_conflict(register: Register, escalation: Any) -> None:
    with pytest.raises(ConflictingHistory, match="speaks of entry 3; its history ends at 2"):
        register.record(escalation.id, escalation.entries(1, 2), escalation.summary(3))
    assert register.history(escalation.reference) == []


def test_a_reference_that_belongs_to_another_escalation_is_a_conflict(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1))
    with pytest.raises(ConflictingHistory, match="cannot take the reference SWK-1"):
        register.record("escalation/oxfordshire/SWK-1", escalation.entries(1, 1), escalation.summary(1))


def test_each_hash_covers_the_text_and_the_hash_before_it(register: Register, engine: Engine, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 2), escalation.summary(2))
    register.record(escalation.id, escalation.entries(3, 3), escalation.summary(3))
    previous = hashlib.sha256(escalation.id.encode()).hexdigest()
    held = rows(engine, escalation.id)
    for row in held:
        assert row.previous == previous
        assert row.hash == (previous := hashlib.sha256((previous + row.body).encode()).hexdigest())
    assert len(held) == 3
    assert held[1].body == (
        '{"at":"2026-11-02T12:30:00Z","by":"iro","event":"noted","n":2,"name":null,"on_behalf_of":null,'
        '"stage":"L1","text":"a note 2"}'
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update entries set body = '{}' where n = 1",
        "delete from entries where n = 3",
        "delete from escalations",
        "update escalations set escalation = 'x'",
    ],
)
def test_the_database_itself_refuses_to_change_a_history(
    register: Register, engine: Engine, escalation: Any, statement: str
) -> None:
    register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3))
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    assert register.history(escalation.reference) == escalation.entries(1, 3)


OVERWRITING = {
    "sqlite": "insert or replace into entries select escalation, n, event, at, '{}', previous, hash from entries",
    "postgresql": "truncate escalations cascade",
}


def test_a_history_cannot_be_overwritten_or_emptied(register: Register, engine: Engine, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(OVERWRITING[engine.dialect.name]))
    assert register.history(escalation.reference) == escalation.entries(1, 3)


def test_an_untouched_register_verifies(register: Register, escalation: Any, another: Any) -> None:
    register.claim_reference("SWK-9", "escalation/southwark/SWK-9", "digest", escalation.summary(0))
    for one in (escalation, another):
        register.record(one.id, one.entries(1, 5), one.summary(5))
    assert register.verify() == []
    assert register.verify(another.reference) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("update entries set body = replace(body, 'a note', 'no note') where {id} and n > 2", "entry 3 was changed"),
        ("update entries set event = 'closed' where {id} and n = 4", "its columns do not say what its body says"),
        ("update entries set body = '{{}}' where {id} and n = 4", "entry 4 was changed: its hash"),
        ("update entries set hash = 'x' where {id} and n = 2", "entry 2 was changed"),
        ("update entries set previous = 'x' where {id} and n = 2", "entry 2 does not follow"),
        ("delete from entries where {id} and n = 2", "entry 2 is missing"),
        ("delete from entries where {id} and n = 1", "entry 1 is missing"),
        ("delete from entries where {id} and n = 5", "the history ends at entry 4"),
        ("delete from entries where {id}", "the history ends at entry 0"),
    ],
)
def test_verifying_names_the_first_broken_entry_of_each_history(
    register: Register, engine: Engine, escalation: Any, another: Any, statement: str, fault: str
) -> None:
    for one in (escalation, another):
        register.record(one.id, one.entries(1, 5), one.summary(5))
    tamper(engine, statement.format(id=f"escalation = '{escalation.id}'"))
    [found] = register.verify()
    assert found.startswith("SWK-1: ")
    assert fault in found
    assert register.verify(escalation.reference) == [found]
    assert register.verify(another.reference) == []


def test_an_entry_hashed_anew_is_found_by_the_entry_after_it(
    register: Register, engine: Engine, escalation: Any
) -> None:
    register.record(escalation.id, escalation.entries(1, 4), escalation.summary(4))
    row = rows(engine, escalation.id)[1]
    body = row.body.replace("a note", "no note")
    hashed = hashlib.sha256((row.previous + body).encode()).hexdigest()
    tamper(engine, f"update entries set body = replace(body, 'a note', 'no note'), hash = '{hashed}' where n = 2")
    assert register.verify() == ["SWK-1: entry 3 does not follow from the entry before it."]


def test_a_body_that_cannot_be_read_is_named_even_where_it_was_hashed(
    register: Register, engine: Engine, escalation: Any
) -> None:
    register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1))
    hashed = hashlib.sha256((genesis(escalation.id) + "{}").encode()).hexdigest()
    tamper(engine, f"update entries set body = '{{}}', hash = '{hashed}'")
    assert register.verify() == ["SWK-1: entry 1 was changed: what it says cannot be read."]


def test_a_history_moved_to_another_escalation_is_found(
    register: Register, engine: Engine, escalation: Any, another: Any
) -> None:
    register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3))
    register.claim_reference(another.reference, another.id, "digest", another.summary(0))
    tamper(engine, f"update entries set escalation = '{another.id}'", "update escalations set n = 3 - n")
    assert register.verify() == ["SWK-2: entry 1 does not follow from the entry before it."]


def test_verifying_an_unknown_reference_says_so(register: Register) -> None:
    assert register.verify("SWK-404") == ["SWK-404: there is no such escalation in the register."]


def test_many_entries_are_verified_and_read(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 1200), escalation.summary(1200))
    assert register.verify() == []
    assert [entry.n for entry in register.history(escalation.reference)] == list(range(1, 1201))
