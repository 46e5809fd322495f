"""Until when do the clocks run that count from a date that somebody gave, and what do they change? (HLC-16, HCP-03)"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation.clocks import days, ends
from escalation.messages import Close, CompleteForm
from escalation.procedure import Procedure
from escalation.state import state_of
from tests.escalation.driver import Play, a_procedure, advised, england, london, refused

AT = "2026-11-02 10:00"


def with_clock(end_of_day: str = "17:00", **clock: Any) -> Procedure:
    given = {"title": "Papers", "counts_from": "held_on", "days": 3} | clock
    return a_procedure(clocks={"papers": given}, end_of_day=end_of_day)


@pytest.mark.parametrize(
    ("clock", "start", "last"),
    [
        ({}, "2026-11-05", "2026-11-10"),  # Fri, Mon, Tue
        ({"days": 20}, "2026-12-10", "2027-01-12"),  # Christmas, Boxing Day's Monday, New Year
        ({"unit": "calendar_days"}, "2026-11-05", "2026-11-08"),
        ({"backwards": True}, "2026-11-10", "2026-11-05"),
        ({"backwards": True, "unit": "calendar_days"}, "2026-11-10", "2026-11-07"),
    ],
)
def test_the_last_day_is_counted_as_the_document_counts(clock: dict[str, Any], start: str, last: str) -> None:
    found = days(with_clock(**clock), {"held_on": start}, england(2026))
    assert found == {"papers": date.fromisoformat(last)}


@pytest.mark.parametrize(
    "said", [{}, {"held_on": None}, {"held_on": "soon"}, {"held_on": 5}, {"held_on": {"on": "2026-11-05"}}]
)
def test_without_a_date_there_is_no_clock(said: dict[str, Any]) -> None:
    assert days(with_clock(), said, england(2026)) == {}


@pytest.mark.parametrize("never", ["9999-12-31", "0001-01-01", "2101-01-01", "1899-12-31"])
@pytest.mark.parametrize("backwards", [True, False])
def test_a_date_that_nobody_means_is_no_date(never: str, backwards: bool) -> None:
    assert days(with_clock(backwards=backwards), {"held_on": never}, england(2026)) == {}


@pytest.mark.parametrize(("end_of_day", "ends_at"), [("17:00", "2026-11-10 17:00"), ("24:00", "2026-11-11 00:00")])
def test_it_ends_when_a_day_ends_in_the_procedure(end_of_day: str, ends_at: str) -> None:
    said = {"held_on": "2026-11-05"}
    assert ends(with_clock(end_of_day), said, england(2026)) == {"papers": london(ends_at)}


def test_it_stands_beside_the_deadline_and_moves_nothing() -> None:
    play = Play(with_clock(), AT)
    play.start()
    due = play.due
    assert state_of(play.case, play.now).timers == {}
    play.act(CompleteForm(by="iro", fields={"held_on": "2026-11-05"}))
    assert state_of(play.case, play.now).timers == {"papers": london("2026-11-10 17:00")}
    assert (play.due, play.case.waiting_for) == (due, "manager_1")
    play.act(Close(by="iro", outcome="unresolved", reason="x"))
    assert state_of(play.case, play.now).timers == {}


# Halton, looked after children, HLC-16 -------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "advice"), [("2026-07-06", ["too_early"]), ("2026-07-07", []), ("2026-07-20", [])])
def test_documents_not_produced_are_a_ground_from_the_day_after_twenty_working_days(on: str, advice: list[str]) -> None:
    play = Play("halton-looked-after", f"{on} 10:00")
    outcome = play.start(stage="S2", ground=8, review_adjourned_on="2026-06-08", bypass_reason="x")
    assert (refused(outcome), advised(outcome)) == (None, advice)
    timers = state_of(play.case, play.now).timers
    assert timers == {"documents_after_adjourned_review": london("2026-07-06 17:00")}


def test_without_the_date_of_the_review_that_is_said() -> None:
    play = Play("halton-looked-after", AT)
    assert advised(play.start(stage="S2", ground=8)) == ["date_not_given"]
    other = Play("halton-looked-after", AT)
    assert advised(other.start(stage="S2", ground=5)) == []
