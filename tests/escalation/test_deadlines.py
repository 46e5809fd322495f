"""When does a stage fall due, and when does the whole?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import deadlines
from escalation.deadlines import Due
from escalation.messages import StageClock
from tests.escalation.driver import EXAMPLES, england, london

MONDAY = date(2026, 11, 23)


def due(day_zero: date = MONDAY, **clock: Any) -> Due:
    found = deadlines.due(StageClock(**({"working_days": 5} | clock)), day_zero, england(day_zero.year))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2026-11-23 17:01", "2026-11-23"),  # on the lapsed due date itself
        ("2026-11-24 00:01", "2026-11-23"),  # a day that ended at midnight
        ("2026-11-24 08:59", "2026-11-23"),
        ("2026-11-24 09:00", "2026-11-24"),  # the next working day has begun
        ("2026-12-04 10:00", "2026-12-04"),  # after an outage
    ],
)
def test_after_a_lapse_the_days_count_from_the_lapsed_due_date_until_the_next_working_day_begins(
    accepted: str, expected: str
) -> None:
    clock = StageClock(working_days=5, lapsed_due=MONDAY)
    assert deadlines.day_zero(clock, london(accepted), england(2026)) == date.fromisoformat(expected)


def test_over_a_weekend_the_lapsed_due_date_counts_until_monday_at_nine() -> None:
    clock = StageClock(working_days=5, lapsed_due=date(2026, 11, 20))
    assert deadlines.day_zero(clock, london("2026-11-23 08:59"), england(2026)) == date(2026, 11, 20)
    assert deadlines.day_zero(clock, london("2026-11-23 09:00"), england(2026)) == MONDAY


def test_without_a_lapse_the_days_count_from_the_london_date_of_acceptance() -> None:
    clock = StageClock(working_days=5)
    assert deadlines.day_zero(clock, london("2026-06-01 23:59"), england(2026)) == date(2026, 6, 1)


def test_a_stage_without_a_clock_has_no_deadline() -> None:
    assert deadlines.due(StageClock(working_days=None), MONDAY, england(2026)) is None


def test_the_earlier_of_stage_and_cap_binds() -> None:
    assert not due(cap_working_days=20, starts_cap=True).clipped
    clipped = due(cap_working_days=20, cap_day_zero=date(2026, 10, 30))
    assert (clipped.day, clipped.clipped) == (date(2026, 11, 27), True)
    assert clipped.at == clipped.cap


def test_stage_and_cap_on_one_day_are_not_a_clipping() -> None:
    assert not due(cap_working_days=5, starts_cap=True).clipped


def test_more_time_counts_from_the_deadline_before_it() -> None:
    assert due(extensions=(3,)).day == date(2026, 12, 3)
    assert due(extensions=(3, 2)).day == date(2026, 12, 7)


def test_more_time_past_the_cap_counts_from_the_cap_where_that_was_the_deadline() -> None:
    past = due(cap_working_days=3, starts_cap=True, extensions=(1,), may_pass_cap=True)
    assert past.day == date(2026, 11, 27)  # the cap of Thursday 26 November, and one day more (SWK-A7)


def test_a_stage_entered_after_the_cap_has_its_own_days() -> None:
    beyond = due(cap_working_days=20, cap_day_zero=date(2026, 10, 1), beyond_cap=True, may_pass_cap=True)
    assert (beyond.day, beyond.clipped) == (date(2026, 11, 30), False)


@EXAMPLES
@given(st.dates(date(2012, 1, 1), date(2027, 12, 31)), st.integers(1, 20), st.sampled_from(["17:00", "24:00"]))
def test_every_deadline_is_the_end_of_a_working_day_on_londons_wall_clock(
    day_zero: date, working_days: int, end_of_day: str
) -> None:
    found = due(day_zero, working_days=working_days, end_of_day=end_of_day)
    assert england(day_zero.year).is_working(found.day)
    assert found.at.hour == (17 if end_of_day == "17:00" else 0)


@EXAMPLES
@given(st.dates(date(2012, 1, 1), date(2027, 12, 31)), st.integers(1, 20), st.integers(1, 20), st.integers(1, 10))
def test_no_deadline_passes_the_cap_and_more_time_is_never_earlier(
    day_zero: date, working_days: int, cap: int, more: int
) -> None:
    clock = {"working_days": working_days, "cap_working_days": cap, "starts_cap": True}
    plain, extended = due(day_zero, **clock), due(day_zero, **clock, extensions=(more,))
    assert plain.cap is not None
    assert plain.at <= extended.at <= plain.cap
    assert due(day_zero, **clock, extensions=(more,), may_pass_cap=True).at > plain.at
