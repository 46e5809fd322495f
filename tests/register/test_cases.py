"""What a report counts, read from histories: as they stood at the end of a London date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from escalation.history import Advanced, Closed, HistoryEntry, Raised, Recorded, Withdrawn
from escalation.record import RecordSummary
from escalation.summary import Summary
from escalation.wire import Subject
from register.store import Register
from tests.escalation.driver import a_procedure

MARCH, APRIL, MAY = (date(2026, month, 10) for month in (3, 4, 5))


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)


def keep(register: Register, reference: str, *rest: HistoryEntry, procedure: str = "ours", version: str = "v") -> None:
    """An escalation raised in March, and whatever else its history holds."""
    raised = Raised(at=at(MARCH), stage="S1", by="iro", reference=reference, subject=Subject(kind="lac"))
    entries = [entry.model_copy(update={"n": n}) for n, entry in enumerate((raised, *rest), 1)]
    ended = next((entry for entry in entries if isinstance(entry, Closed | Withdrawn)), None)
    summary = Summary(
        reference=reference,
        procedure=procedure,
        procedure_version=version,
        subject_kind="lac",
        raised_at=raised.at,
        stage="S1",
        status="closed" if ended else "awaiting_response",
        closed_at=ended.at if ended else None,
        n=len(entries),
    )
    register.record(f"escalation/{procedure}/{reference}", entries, summary)


def closed(day: date, hour: int = 12) -> Closed:
    return Closed(at=at(day, hour), outcome="resolved", date_concluded=day)


def to_stage_2(day: date) -> Advanced:
    return Advanced(at=at(day), stage="S2", from_stage="S1", because="decided")


def references(register: Register, first: date | None = None, last: date | None = None) -> list[str]:
    return [past.reference for past in register.cases.past("ours", first, last)]


def test_the_disputes_of_another_procedure_are_not_read(register: Register) -> None:
    keep(register, "OUR-1")
    keep(register, "THEIR-1", procedure="theirs")
    assert references(register) == ["OUR-1"]


def test_a_history_is_read_as_it_stood_at_the_end_of_the_last_date(register: Register) -> None:
    keep(register, "OUR-1", to_stage_2(APRIL), closed(MAY))
    stands = [register.cases.past("ours", last=day)[0] for day in (MARCH, APRIL, MAY)]
    assert [(past.stage, past.closed) for past in stands] == [("S1", False), ("S2", False), ("S2", True)]


def test_what_is_raised_later_is_not_there_yet(register: Register) -> None:
    keep(register, "OUR-1")
    assert references(register, last=date(2026, 3, 9)) == []


def test_what_ended_before_the_first_date_is_left_out_and_what_is_open_is_not(register: Register) -> None:
    keep(register, "OUR-1", closed(APRIL))
    keep(register, "OUR-2", closed(MAY))
    keep(register, "OUR-3", Withdrawn(at=at(APRIL)))
    keep(register, "OUR-4")
    assert references(register, first=date(2026, 4, 11)) == ["OUR-2", "OUR-4"]
    assert references(register, first=APRIL) == ["OUR-1", "OUR-2", "OUR-3", "OUR-4"]


@pytest.mark.parametrize(("hour", "ended"), [(22, True), (23, False)])
def test_a_date_ends_at_midnight_in_london(register: Register, hour: int, ended: bool) -> None:
    # British Summer Time: 23:30 in UTC is half past midnight of the next date.
    keep(register, "OUR-1", Withdrawn(at=at(MAY, hour)))
    assert register.cases.past("ours", last=MAY)[0].closed is ended


def test_a_close_belongs_where_it_was_concluded_however_late_it_is_written_down(register: Register) -> None:
    late = Closed(at=at(MAY), outcome="resolved", date_concluded=APRIL)
    keep(register, "OUR-1", late)
    assert [register.cases.past("ours", last=day)[0].closed for day in (MARCH, APRIL)] == [False, True]


def test_whatever_a_process_ran_says_which_process(register: Register) -> None:
    stage = {"key": "Look", "title": "Investigation", "addressee": ["quality"]}
    said = {"title": "Complaint", "do": "complain", "answered_by": "feedback", "passed_on_by": "not_resolved"}
    raiser = {"roles": ["quality"], "line_manager": "iro_manager"}
    procedure = a_procedure(processes={"complaint": said | {"raiser": raiser, "stages": [stage]}})
    for one in (procedure, procedure.opened("complaint")):
        register.keep_procedure(one)
    keep(register, "OUR-1", version=procedure.version)
    keep(register, "OUR-2", version=procedure.opened("complaint").version)
    assert [past.process for past in register.cases.past("ours")] == [None, "complaint"]


# What was recorded ----------------------------------------------------------------------------------------------------


def recorded(day: date, **fields: Any) -> Recorded:
    return Recorded(n=1, at=at(day), what="good_practice", called="good_practice", fields=fields)


def keep_alone(register: Register, record: str, day: date, procedure: str = "ours", **fields: Any) -> None:
    summary = RecordSummary(
        reference=record,
        procedure=procedure,
        procedure_version="v",
        what="good_practice",
        title="Good practice",
        recorded_at=at(day),
    )
    register.recordings.keep(f"record/{procedure}/{record}", [recorded(day, **fields)], summary)


def test_recordings_are_read_within_disputes_and_outside_them(register: Register) -> None:
    keep(register, "OUR-1", recorded(APRIL, about="Direct work"))
    keep_alone(register, "REC-1", MARCH, ref="OUR-9")
    keep_alone(register, "REC-2", MAY, procedure="theirs")
    found = register.cases.recorded("ours")
    assert [(made.at, made.about) for made in found] == [(at(MARCH), "OUR-9"), (at(APRIL), "OUR-1")]
    assert found[1].fields == {"about": "Direct work"}


def test_recordings_are_those_of_the_dates_asked_for(register: Register) -> None:
    for n, day in enumerate((MARCH, APRIL, MAY), 1):
        keep_alone(register, f"REC-{n}", day)
    assert [made.at for made in register.cases.recorded("ours", MARCH, APRIL)] == [at(MARCH), at(APRIL)]
    assert [made.at for made in register.cases.recorded("ours", APRIL)] == [at(APRIL), at(MAY)]
