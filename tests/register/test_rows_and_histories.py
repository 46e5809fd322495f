"""Do reports made from rows say what reports made from all histories say, whatever has happened and whenever?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation.figures import Figures
from escalation.history import (
    Advanced,
    CafcassReferred,
    CapReached,
    ChangeTold,
    Closed,
    FormCompleted,
    HistoryEntry,
    Lapsed,
    LateResponse,
    Noted,
    Promised,
    PromiseDue,
    PromiseKept,
    Raised,
    Responded,
    Withdrawn,
)  # fmt: skip
from escalation.procedure import Procedure
from escalation.reporting import figures
from escalation.wire import Subject
from register.store import Register
from tests.register.kept_disputes import day, from_rows, keep, procedure

Dates = tuple[date | None, date | None, date | None]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PERIODS: st.SearchStrategy[Dates] = st.one_of(
    st.tuples(DAYS, DAYS).map(lambda both: (min(both), max(both), None)),
    st.integers(1, 11).map(lambda month: (date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1), None)),
    DAYS.map(lambda day: (None, day, None)),
    DAYS.map(lambda day: (None, None, day)),
    st.just((None, None, None)),
)
"""From one date to another, a whole month, until a date, on a date, and all."""
_numbers = count(1)


@st.composite
def happenings(draw: Any) -> list[HistoryEntry]:
    """What may come after a dispute was raised, each some time after the other, a close perhaps written down late."""
    at, found, stage = draw(st.floats(0, 300)), list[HistoryEntry](), 1
    said = {
        "theme": draw(st.sampled_from([None, 1, 2, [1, 2], "Anna's own"])),
        "issue": draw(st.sampled_from([None, "a", 2])),
    }
    said |= {"carer": draw(st.sampled_from([None, "FC-1", "FC-2"])), "partner_agency": draw(st.booleans())}
    said |= {"ground": 1, "area": draw(st.sampled_from([None, "Strategic issues"]))}
    found.append(
        Raised(
            at=day(at),
            stage="S1",
            by="iro",
            name=draw(st.sampled_from([None, "Ada", "Ben"])),
            reference="XXX",
            team=draw(st.sampled_from([None, "North", "South"])),
            subject=Subject(kind="lac"),
            fields={key: value for key, value in said.items() if value is not None},
        )
    )
    for what in draw(st.lists(st.sampled_from("raltcnwxfopdkh"), max_size=8)):
        if what in "cw" and any(isinstance(one, Closed | Withdrawn) for one in found):
            continue
        at += draw(st.floats(0, 40))
        found.append(entry_of(what, day(at), f"S{stage}", draw))
        stage = min(stage + 1, 3) if what == "a" else stage
    return found


def entry_of(what: str, at: datetime, stage: str, draw: Any) -> HistoryEntry:
    following = f"S{min(int(stage[1:]) + 1, 3)}"
    answer = {"at": at, "stage": stage, "visit": 1, "response_id": "r", "received_at": at}
    match what:
        case "r":
            return Responded(**answer)
        case "t":
            return LateResponse(**answer, due=at, working_days_late=1)
        case "a":
            return Advanced(at=at, stage=following, from_stage=stage, because="decided", fields={"ground": 1})
        case "l":
            return Lapsed(at=at, stage=stage, due=at, then="advance")
        case "c":
            concluded = at.date() - timedelta(days=draw(st.integers(0, 60)))
            outcome = draw(st.sampled_from(["resolved", "unresolved", "no_longer_applicable"]))
            return Closed(at=at, outcome=outcome, date_concluded=concluded)
        case "w":
            return Withdrawn(at=at)
        case "x":
            return CapReached(at=at, cap=at)
        case "o":
            return CafcassReferred(at=at, leaves_ladder=draw(st.booleans()))
        case "f":
            return FormCompleted(at=at, stage=stage, fields={"theme": 2})
    return afterwards(what, at, draw)


def afterwards(what: str, at: datetime, draw: Any) -> HistoryEntry:
    """What may come when it is closed, too."""
    match what:
        case "p":
            return Promised(at=at, done_by=at.date())
        case "d":
            return PromiseDue(at=at, promises=[2])
        case "k":
            return PromiseKept(at=at, promise=2, done_by=at.date())
        case "h":
            return ChangeTold(at=at, changed=draw(st.sampled_from(["changed", "not_changed", "too_early"])))
    return Noted(at=at, text="A note.")


def from_histories(register: Register, of: Procedure, key: str, *dates: date | None) -> Figures:
    first, last, on = dates
    return figures(of, key, register.cases.past(of.key, None, last or on), (), first, last, on)


def check(register: Register, of: Procedure, dates: Dates) -> None:
    for key in of.reports:
        rows, histories = from_rows(register, of, key, *dates), from_histories(register, of, key, *dates)
        turns = {"waiting_for": None, "since": None, "due": None}
        bare = [one.model_copy(update=turns) for one in rows.outstanding]
        said, expected = dict(rows.model_copy(update={"outstanding": bare})), dict(histories)
        assert {name: said[name] for name in said if said[name] != expected[name]} == {}, (key, expected)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(histories=st.lists(happenings(), min_size=1, max_size=6), dates=PERIODS, cut=st.integers(1, 6))
def test_rows_say_what_histories_say(
    register: Register, histories: list[list[HistoryEntry]], dates: Dates, cut: int
) -> None:
    """In two steps: what is made of past months in between is corrected by whatever is written down late."""
    of = procedure(f"ours{next(_numbers)}")
    register.keep_procedure(of)
    for upto in (cut, None):
        for n, history in enumerate(histories):
            keep(register, of, n, history, upto)
        check(register, of, dates)
