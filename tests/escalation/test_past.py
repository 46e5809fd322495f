"""A dispute as a report sees it: read from its history, or from a line of a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from escalation.history import History, HistoryEntry
from escalation.past import TOLD_BY, Past
from tests.escalation.driver import Play

RAISED = {"event": "raised", "reference": "HLC-1", "subject": {"kind": "lac"}, "stage": "S1", "by": "irm"}


def history(*entries: dict[str, Any]) -> list[HistoryEntry]:
    """Entries of these days of March 2026, at midday; the first is `raised`."""
    days = [{"at": datetime(2026, 3, entry.pop("day", 2), 12, tzinfo=UTC).isoformat()} | entry for entry in entries]
    return History.validate_python([{"n": n} | entry for n, entry in enumerate(days, 1)])


def past(*entries: dict[str, Any]) -> Past:
    found = Past.of(history(RAISED | {"fields": {"ground": 2}}, *entries))
    assert found
    return found


def advanced(stage: str, before: str, day: int = 9, **more: Any) -> dict[str, Any]:
    return {"event": "advanced", "stage": stage, "from_stage": before, "because": "lapsed", "day": day} | more


def test_nothing_is_told_of_what_is_not_yet_raised() -> None:
    assert Past.of([]) is None
    assert Past.of(history({"event": "noted", "text": "A note."})) is None


def test_an_open_dispute_stands_where_it_came_to_and_has_no_end() -> None:
    found = past(advanced("S2", "S1"))
    assert (found.stage, found.reached, found.closed, found.outcome) == ("S2", ("S1", "S2"), False, None)
    assert (found.raised_on, found.raised_by, found.subject) == (date(2026, 3, 2), "irm", "lac")


def test_who_raised_it_is_a_person_where_one_is_known() -> None:
    assert past().raised_by == "irm"
    named = Past.of(history(RAISED | {"name": "Ada Bell"}))
    assert named
    assert named.raised_by == "Ada Bell"


def test_a_closed_dispute_has_its_date_and_its_days() -> None:
    closed = {"event": "closed", "day": 20, "outcome": "resolved", "date_concluded": "2026-03-19"}
    found = past(closed)
    assert (found.closed, found.closed_on, found.outcome, found.days) == (True, date(2026, 3, 19), "resolved", 17)


def test_what_is_taken_back_ends_on_that_london_date() -> None:
    # 23:30 in UTC is half past midnight in London once the clocks have gone forward.
    entries = history(RAISED, {"event": "withdrawn", "at": "2026-03-30T23:30:00Z"})
    found = Past.of(entries)
    assert found
    assert (found.closed, found.outcome, found.closed_on) == (True, "withdrawn", date(2026, 3, 31))


def test_the_form_says_what_was_said_last_and_where() -> None:
    found = past(
        advanced("S2", "S1", fields={"ground": 8}),
        {"event": "form_completed", "stage": "S2", "day": 10, "fields": {"impact": "None"}},
    )
    assert found.fields == {"ground": 8, "impact": "None"}
    assert found.said_at == {"ground": "S2", "impact": "S2"}


def test_answers_and_lapses_are_counted_by_stage() -> None:
    def answer(event: str, stage: str, **more: Any) -> dict[str, Any]:
        said = {"event": event, "stage": stage, "visit": 1, "response_id": f"{event}-{stage}", "day": 9}
        return said | {"received_at": "2026-03-09T12:00:00Z"} | more

    lapsed = {"event": "lapsed", "stage": "S1", "day": 9, "due": "2026-03-09T17:00:00Z", "then": "advance"}
    late = {"due": "2026-03-09T17:00:00Z", "working_days_late": 1}
    found = past(
        lapsed, advanced("S2", "S1"), answer("late_response", "S1", **late), answer("responded", "S2"),
        answer("responded", "S2", response_id="again"),
    )  # fmt: skip
    assert (found.lapsed, found.late, found.in_time) == ({"S1": 1}, {"S1": 1}, {"S2": 2})


@pytest.mark.parametrize(
    "entry",
    [
        {"event": "cap_reached", "cap": "2026-03-30T17:00:00Z", "day": 30},
        {"event": "beyond_cap", "cap": "2026-03-30T17:00:00Z", "day": 30},
        {"event": "held", "reason": "final_stage_lapsed", "cap_reached": True, "day": 30},
    ],
)
def test_a_dispute_that_met_the_end_of_the_total_time_is_beyond_it(entry: dict[str, Any]) -> None:
    assert past(entry).beyond_total_time is True


def test_a_dispute_that_is_held_before_the_end_of_the_total_time_is_not_beyond_it() -> None:
    held = {"event": "held", "reason": "final_stage_not_satisfied", "cap_reached": False, "day": 30}
    assert past(held).beyond_total_time is False


def test_a_referral_leaves_the_ladder_until_a_stage_is_entered_again() -> None:
    referred = {"event": "cafcass_referred", "leaves_ladder": True, "day": 20}
    beside = past(referred | {"leaves_ladder": False})
    assert (beside.referred, beside.left_ladder) == (True, False)
    assert past(referred).left_ladder
    back = past(referred, advanced("S3", "S1", day=21))
    assert (back.referred, back.left_ladder) == (True, False)


def test_that_legal_advice_was_asked_for_is_known() -> None:
    assert past({"event": "legal_advice_requested", "day": 3}).legal_advice
    assert not past().legal_advice


# From a list ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stage", "level", "stage_reached"])
def test_a_line_of_a_list_may_call_its_stage_by_three_names(name: str) -> None:
    read = Past.read({"ref": "A", name: "L2"})
    assert (read.reference, read.stage, read.reached, read.closed) == ("A", "L2", ("L2",), False)


def test_what_a_line_says_beside_is_a_field_of_the_form() -> None:
    read = Past.read({"ref": "A", "theme": 2, "issue": None, "carer": "FC1", "other_text": "Passport", "team": "North"})
    assert (read.fields, read.team) == ({"theme": 2, "carer": "FC1", "other_text": "Passport"}, "North")


@pytest.mark.parametrize("said", [{"closed_on": "2026-05-12"}, {"outcome": "resolved"}])
def test_a_line_with_an_end_is_closed(said: dict[str, Any]) -> None:
    assert Past.read({"ref": "A"} | said).closed


def test_a_list_of_closed_disputes_says_so_for_each() -> None:
    assert Past.read({"ref": "A"}, closed=True).closed


# On a date ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "was_open"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2026, 3, 18), True), (date(2026, 3, 19), False)],
)
def test_a_dispute_is_open_from_the_day_it_is_raised_to_the_day_before_it_is_closed(day: date, was_open: bool) -> None:
    closed = {"event": "closed", "day": 19, "outcome": "resolved", "date_concluded": "2026-03-19"}
    assert past(closed).was_open(day) is was_open


def test_without_a_date_it_is_open_as_it_is_now() -> None:
    assert Past.read({"ref": "A"}).was_open(None)
    assert not Past.read({"ref": "A"}, closed=True).was_open(None)
    assert not Past.read({"ref": "A"}, closed=True).was_open(date(2026, 1, 1))


# From the rules themselves --------------------------------------------------------------------------------------------


def silent_until(day: str, **start: Any) -> Play:
    play = Play("southwark", "2026-06-01 10:00")
    play.start(**start)
    play.pass_time(f"{day} 10:00")
    return play


def test_the_entries_that_are_fetched_tell_all_that_the_whole_history_tells() -> None:
    play = silent_until("2026-06-10")
    play.respond("L1")
    play.respond("L2")
    play.decide("satisfied", at="2026-06-12 10:00")
    told = [entry for entry in play.entries if entry.event in TOLD_BY]
    assert len(told) < len(play.entries)
    assert Past.of(told) == Past.of(play.entries)
    found = Past.of(told)
    assert found
    assert (found.lapsed, found.late, found.in_time) == ({"L1": 1}, {"L1": 1}, {"L2": 1})
    assert (found.closed_on, found.outcome, found.beyond_total_time) == (date(2026, 6, 12), "resolved", False)


@pytest.mark.parametrize(("day", "beyond"), [("2026-06-29", False), ("2026-06-30", True)])
def test_twenty_working_days_after_the_first_alert_are_the_end_whatever_stage_it_is_at(day: str, beyond: bool) -> None:
    # Day 20 after Monday 1 June 2026 is Monday 29 June. It is held at the last stage from Monday 8 June on.
    play = silent_until("2026-06-10", stage="L4")
    play.decide("satisfied", at=f"{day} 12:00")
    found = Past.of(play.entries)
    assert found
    assert found.beyond_total_time is beyond


def test_what_lapsed_and_was_never_answered_is_told_apart_from_what_was_answered_late() -> None:
    lapsed = {"event": "lapsed", "stage": "S1", "due": "2026-03-09T17:00:00Z", "then": "advance", "day": 9}
    assert past(lapsed).not_at_all == {"S1": 1}
    late = {"event": "late_response", "stage": "S1", "visit": 1, "response_id": "r", "day": 11}
    late |= {"received_at": "2026-03-11T12:00:00Z", "due": "2026-03-09T17:00:00Z", "working_days_late": 2}
    found = past(lapsed, advanced("S2", "S1"), late)
    assert (found.not_at_all, found.late, found.lapsed) == ({}, {"S1": 1}, {"S1": 1})
