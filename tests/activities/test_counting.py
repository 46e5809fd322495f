"""Why a date is the date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities import counting
from escalation import deadlines
from escalation.messages import SendNotice, StageClock
from escalation.working_days import Calendar

MONDAY = date(2025, 12, 15)


@pytest.fixture
def calendar(order: Any) -> Calendar:
    made: SendNotice = order()
    assert made.calendar is not None
    return made.calendar


def why(calendar: Calendar, day_zero: date, **clock: Any) -> str:
    made = StageClock(**({"working_days": 5} | clock))
    due = deadlines.due(made, day_zero, calendar)
    assert due is not None
    return counting.why(made, day_zero, due, calendar)


def test_a_week_without_holidays_needs_one_sentence(calendar: Calendar) -> None:
    assert why(calendar, MONDAY) == "5 working days after Monday 15 December 2025."


def test_bank_holidays_are_named_and_weekends_are_not(calendar: Calendar) -> None:
    assert why(calendar, date(2025, 12, 22)) == (
        "5 working days after Monday 22 December 2025. "
        "Thursday 25 December (Christmas Day) and Friday 26 December (Boxing Day) do not count."
    )


def test_a_single_holiday_is_singular(calendar: Calendar) -> None:
    assert why(calendar, date(2025, 12, 29)).endswith("Thursday 1 January (New Year's Day) does not count.")


def test_a_closed_day_after_the_due_date_is_not_mentioned(calendar: Calendar) -> None:
    assert why(calendar, date(2025, 12, 22), working_days=2) == "2 working days after Monday 22 December 2025."


def test_a_stage_that_follows_a_lapse_says_where_its_days_begin(calendar: Calendar) -> None:
    assert "after Monday 15 December 2025, when the time before this stage ran out" in why(
        calendar, MONDAY, lapsed_due=MONDAY
    )


def test_granted_days_are_counted_out(calendar: Calendar) -> None:
    assert why(calendar, MONDAY, extensions=(2, 1)).startswith(
        "5 working days after Monday 15 December 2025, and 3 working days more that were granted."
    )


def test_a_date_that_the_total_time_cuts_short_says_so(calendar: Calendar) -> None:
    said = why(calendar, MONDAY, cap_working_days=3, starts_cap=True)
    assert said.endswith("It is earlier than that, because the whole procedure must be finished by then.")


def test_a_total_time_that_has_not_begun_is_not_explained() -> None:
    assert counting.why_total(StageClock(working_days=5, cap_working_days=20), MONDAY) is None
