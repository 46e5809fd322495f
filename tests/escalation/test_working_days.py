"""Does every date count as it should, and is the Nth working day the right one?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.errors import BeyondCalendar
from escalation.working_days import Calendar, after_office_hours, end_of, london_date
from tests.escalation.driver import EXAMPLES, england, london

DATES = st.dates(date(2012, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day_zero", "working_days", "expected"),
    [
        ("2025-03-25", 20, "2025-04-24"),  # over Good Friday and Easter Monday (SWK-02)
        ("2025-12-08", 10, "2025-12-22"),  # SBC-13
        ("2026-06-10", 5, "2026-06-17"),  # OXF-15
        ("2026-06-10", 2, "2026-06-12"),
        ("2025-12-01", 20, "2025-12-31"),  # OXF-23
        ("2025-03-31", 5, "2025-04-07"),  # LEI-07
        ("2026-06-08", 20, "2026-07-06"),  # LEI-12
        ("2025-12-22", 10, "2026-01-08"),  # SWK-46
        ("2026-11-21", 1, "2026-11-23"),  # a Saturday is day 0, Monday is day 1
        ("2026-11-21", 0, "2026-11-21"),
        ("2022-09-16", 1, "2022-09-20"),  # the state funeral of 19 September 2022
    ],
)
def test_the_nth_working_day_is_the_one_counted_by_hand(day_zero: str, working_days: int, expected: str) -> None:
    start = date.fromisoformat(day_zero)
    assert england(start.year).after(start, working_days) == date.fromisoformat(expected)


@EXAMPLES
@given(DATES, st.integers(1, 60))
def test_a_date_that_is_counted_out_is_never_closed(day_zero: date, working_days: int) -> None:
    calendar = england(day_zero.year)
    found = calendar.after(day_zero, working_days)
    assert calendar.is_working(found)
    assert calendar.between(day_zero, found) == working_days


@EXAMPLES
@given(DATES, st.integers(0, 59))
def test_more_days_are_always_later(day_zero: date, working_days: int) -> None:
    calendar = england(day_zero.year)
    assert calendar.after(day_zero, working_days) < calendar.after(day_zero, working_days + 1)


@EXAMPLES
@given(DATES, st.integers(1, 60))
def test_counting_back_undoes_counting_on_from_a_working_day(day: date, working_days: int) -> None:
    calendar = england(day.year)
    start = calendar.after(day, 1)
    assert calendar.before(calendar.after(start, working_days), working_days) == start


@EXAMPLES
@given(DATES)
def test_four_times_five_days_end_on_day_twenty(day_zero: date) -> None:
    calendar, day = england(day_zero.year), day_zero
    for _ in range(4):
        day = calendar.after(day, 5)
    assert day == calendar.after(day_zero, 20)


@pytest.mark.parametrize(
    ("day", "offset"), [("2026-03-27", 0), ("2026-03-30", 1), ("2026-10-23", 1), ("2026-10-26", 0)]
)
def test_a_day_ends_at_five_on_londons_wall_clock_over_both_clock_changes(day: str, offset: int) -> None:
    end = end_of(date.fromisoformat(day), "17:00")
    assert end.hour == 17
    assert end.astimezone(UTC).hour == 17 - offset


def test_a_day_of_twenty_four_hours_ends_with_the_first_instant_of_the_next() -> None:
    assert end_of(date(2026, 3, 28), "24:00") == london("2026-03-29 00:00")


def test_an_instant_belongs_to_the_date_that_london_has() -> None:
    assert london_date(datetime(2026, 6, 1, 23, 30, tzinfo=UTC)) == date(2026, 6, 2)


def test_a_closed_day_gives_its_reason_and_a_weekend_its_name() -> None:
    calendar = england(2026)
    assert calendar.reason_closed(date(2026, 12, 25)) == "Christmas Day"
    assert calendar.reason_closed(date(2026, 11, 21)) == "Saturday"
    assert calendar.reason_closed(date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20 10:00", "2026-11-20 12:00"),
        ("2026-11-20 16:00", "2026-11-23 10:00"),  # one hour on Friday, one on Monday
        ("2026-11-20 20:00", "2026-11-23 11:00"),
        ("2026-11-21 12:00", "2026-11-23 11:00"),
        ("2026-11-23 06:00", "2026-11-23 11:00"),
        ("2026-12-24 16:30", "2026-12-29 10:30"),
    ],
)
def test_office_hours_pass_on_working_days_from_nine_to_five(start: str, expected: str) -> None:
    assert after_office_hours(london(start), 2, england(2026)) == london(expected)


# Where the pinned calendar ends -------------------------------------------------------------------------------------

SHORT = Calendar(source="a short one", first=date(2026, 1, 1), last=date(2026, 12, 31), closed={})


def test_a_date_beyond_the_calendar_is_an_error_that_says_what_it_covers() -> None:
    with pytest.raises(BeyondCalendar, match="covers 2026-01-01 to 2026-12-31; 5 working days after 2026-12-30"):
        SHORT.ensure_covers(date(2026, 12, 30), 5)
    with pytest.raises(BeyondCalendar):
        SHORT.ensure_covers(date(2025, 12, 31), 5)
    SHORT.ensure_covers(date(2026, 12, 30), 1)


def test_past_the_calendar_counting_goes_on_from_monday_to_friday() -> None:
    assert SHORT.after(date(2026, 12, 31), 2) == date(2027, 1, 4)
    assert SHORT.before(date(2027, 1, 4), 2) == date(2026, 12, 31)
    assert SHORT.between(date(2026, 12, 30), date(2027, 1, 4)) == 3
    assert after_office_hours(london("2027-01-02 12:00"), 2, SHORT) == london("2027-01-04 11:00")


@EXAMPLES
@given(st.dates(date(2025, 12, 1), date(2027, 2, 1)), st.integers(1, 30))
def test_the_table_of_working_days_agrees_with_walking_day_by_day(day: date, working_days: int) -> None:
    walked, left = day, working_days
    while left:
        walked += timedelta(days=1)
        left -= SHORT.is_working(walked)
    assert SHORT.after(day, working_days) == walked
    assert SHORT.between(day, walked) == working_days
