"""How dates and lists are written in a letter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from activities import wording


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 27, 17, 0, tzinfo=UTC), "Friday 27 November 2026 at 5pm"),
        (datetime(2026, 6, 5, 16, 30, tzinfo=UTC), "Friday 5 June 2026 at 5:30pm"),
        (datetime(2026, 6, 5, 23, 0, tzinfo=UTC), "Friday 5 June 2026 at 11:59pm"),
        (datetime(2026, 11, 28, 0, 0, tzinfo=UTC), "Friday 27 November 2026 at 11:59pm"),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), "Friday 27 November 2026 at midday"),
        (datetime(2026, 11, 27, 9, 5, tzinfo=UTC), "Friday 27 November 2026 at 9:05am"),
    ],
)
def test_a_deadline_is_written_the_gov_uk_way_in_london_time(instant: datetime, expected: str) -> None:
    assert wording.deadline(instant) == expected


def test_something_that_happened_at_midnight_happened_on_the_new_day() -> None:
    assert wording.moment(datetime(2026, 11, 28, 0, 0, tzinfo=UTC)) == "Saturday 28 November 2026 at 12am"


def test_a_date_has_no_leading_zero() -> None:
    assert wording.day(date(2026, 11, 2)) == "Monday 2 November 2026"


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", 3], "a, b and 3")]
)
def test_a_list_reads_as_a_sentence_does(items: list[object], expected: str) -> None:
    assert wording.listing(items) == expected


def test_one_working_day_is_singular() -> None:
    assert (wording.working_days(1), wording.working_days(2)) == ("1 working day", "2 working days")
