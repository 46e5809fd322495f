"""What stands outside every escalation is claimed once, kept as an unchangeable history, and listed in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from escalation.history import HistoryEntry, Recorded, TaskOpened
from escalation.record import RecordSummary
from register.errors import ConflictingHistory
from register.store import Register

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def an_id(reference: str = "GP-1", procedure: str = "southwark") -> str:
    return f"record/{procedure}/{reference}"


def summary(reference: str = "GP-1", **changes: Any) -> RecordSummary:
    said = {"reference": reference, "procedure": "southwark", "procedure_version": "0123456789ab", "recorded_at": AT}
    return RecordSummary.model_validate(said | {"what": "good_practice", "title": "Good practice"} | changes)


def entries(first: int = 1, last: int = 3, about: str = "Patient work") -> list[HistoryEntry]:
    return [_entry(n, about) for n in range(first, last + 1)]


def _entry(n: int, about: str) -> HistoryEntry:
    if n == 1:
        said = {"what": "good_practice", "called": "good_practice_notified", "fields": {"about": about, "on": [1, 2]}}
        return Recorded.model_validate({"n": 1, "at": AT, "by": "iro", "name": "Sam Okafor"} | said)
    return TaskOpened(n=n, at=AT + timedelta(minutes=n), by="iro", to="qau_manager", what=f"Task {n}")


def test_what_was_recorded_comes_back_as_it_was_given(register: Register) -> None:
    assert register.recordings.keep(an_id(), entries(), summary(team="Care Team 1")) == 3
    assert register.recordings.history(an_id()) == entries()
    row = register.recordings.find(an_id())
    assert row
    assert (row.procedure, row.what, row.called, row.by) == (
        "southwark",
        "good_practice",
        "good_practice_notified",
        "iro",
    )
    assert (row.at, row.team, row.name, row.n) == (AT, "Care Team 1", "Sam Okafor", 3)
    assert row.fields == {"about": "Patient work", "on": [1, 2]}


def test_kept_twice_it_is_kept_once_and_goes_on_where_it_was(register: Register) -> None:
    kept = register.recordings
    kept.keep(an_id(), entries(1, 2), summary())
    assert kept.keep(an_id(), entries(1, 2), summary()) == 2
    assert kept.keep(an_id(), entries(2, 5), summary()) == 5
    assert kept.keep(an_id(), entries(1, 2), summary()) == 5
    assert kept.history(an_id()) == entries(1, 5)
    row = kept.find(an_id())
    assert row
    assert row.n == 5


def test_what_says_something_else_or_leaves_a_gap_is_a_conflict(register: Register) -> None:
    register.recordings.keep(an_id(), entries(1, 2), summary())
    with pytest.raises(ConflictingHistory, match="something else at: 1"):
        register.recordings.keep(an_id(), entries(about="Another"), summary())
    with pytest.raises(ConflictingHistory, match="Give the entries from 3"):
        register.recordings.keep(an_id(), entries(4, 5), summary())
    with pytest.raises(ConflictingHistory, match="one after the other"):
        register.recordings.keep(an_id(), [*entries(3, 3), *entries(3, 3)], summary())
    assert register.recordings.history(an_id()) == entries(1, 2)


def test_an_id_is_taken_by_the_first_and_the_same_may_be_asked_again(register: Register) -> None:
    kept = register.recordings
    assert [kept.claim(an_id(), summary(), "digest") for _ in range(2)] == ["new", "same"]
    assert kept.claim(an_id(), summary(), "another digest") == "different"
    assert kept.claim(an_id(procedure="sbc"), summary(procedure="sbc"), "another digest") == "new"


def test_many_that_claim_one_id_at_once_agree_on_the_first(register: Register) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: register.recordings.claim(an_id(), summary(), f"d-{n % 2}"), range(16)))
    assert answers.count("new") == 1
    assert answers.count("different") == 8


def test_what_is_only_claimed_is_not_listed_yet(register: Register) -> None:
    register.recordings.claim(an_id(), summary(), "digest")
    assert register.recordings.find(an_id()) is None
    assert register.recordings.listed() == []
    register.recordings.keep(an_id(), entries(), summary())
    assert [row.record for row in register.recordings.listed()] == [an_id()]
    assert register.recordings.claim(an_id(), summary(), "digest") == "same"


def several(register: Register) -> None:
    for n, (what, procedure) in enumerate(
        [("audit", "southwark"), ("good_practice", "southwark"), ("good_practice", "sbc"), ("audit", "southwark")]
    ):
        at = AT + timedelta(days=n // 2)
        said = summary(f"R-{n}", what=what, procedure=procedure, recorded_at=at)
        register.recordings.keep(an_id(f"R-{n}", procedure), entries(), said)


def found(register: Register, **wanted: Any) -> list[str]:
    return [row.reference for row in register.recordings.listed(**wanted)]


def test_they_are_found_by_procedure_what_and_time_oldest_first(register: Register) -> None:
    several(register)
    assert found(register, procedure="southwark") == ["R-0", "R-1", "R-3"]
    assert found(register, what="audit") == ["R-0", "R-3"]
    assert found(register, first=AT + timedelta(days=1)) == ["R-2", "R-3"]
    assert found(register, before=AT + timedelta(days=1)) == ["R-0", "R-1"]
    assert found(register, procedure="sbc", what="audit") == []


def test_pages_hold_each_of_them_once(register: Register) -> None:
    several(register)
    pages, after = [], None
    while page := register.recordings.listed(limit=1, after=after):
        pages += page
        after = page[-1].record
    assert [row.record for row in pages] == [row.record for row in register.recordings.listed()]
    assert len(pages) == 4
    assert register.recordings.listed(after=an_id("NOWHERE")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update record_entries set body = '{}' where n = 1",
        "delete from record_entries where n = 3",
        "delete from records",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_recorded(
    register: Register, engine: Engine, statement: str
) -> None:
    register.recordings.keep(an_id(), entries(), summary())
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))
    assert register.recordings.history(an_id()) == entries()


def test_an_entry_cannot_be_replaced(register: Register, engine: Engine) -> None:
    """In SQLite's own words, which PostgreSQL does not know at all."""
    register.recordings.keep(an_id(), entries(), summary())
    with pytest.raises(DBAPIError, match=r'append-only|syntax error at or near "or"'), engine.begin() as connection:
        connection.execute(text("insert or replace into record_entries select * from record_entries where n = 2"))


def test_whatever_was_tampered_with_is_found(register: Register, engine: Engine) -> None:
    for reference in ("GP-1", "GP-2", "GP-3"):
        register.recordings.keep(an_id(reference), entries(), summary(reference))
    assert register.verify() == []
    _tamper(
        engine,
        f"update record_entries set body = replace(body, 'Patient', 'Rash') where n = 1 and record = '{an_id('GP-1')}'",
        f"delete from record_entries where n = 3 and record = '{an_id('GP-2')}'",
    )
    one, other = register.verify()
    assert one == "record/southwark/GP-1: entry 1 was changed: its hash is not that of what it says."
    assert other == "record/southwark/GP-2: the history ends at entry 2, and its summary speaks of entry 3."


def _tamper(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("update", "delete", "insert"):
                connection.execute(text(f"drop trigger record_entries_refuse_{name}"))
        else:
            connection.execute(text("drop trigger record_entries_refuse_change on record_entries"))
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount


def test_the_chain_of_one_reference_alone_leaves_recordings_aside(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 2), escalation.summary(2))
    register.recordings.keep(an_id(), entries(), summary())
    assert register.verify(escalation.reference) == []
