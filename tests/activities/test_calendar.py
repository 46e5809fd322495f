"""Are the closed days England's own, for every date, against gov.uk's list?"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]
from temporalio.testing import ActivityEnvironment

import activities
from activities.calendar import Calendars
from escalation.local_calendar import LocalCalendar
from escalation.messages import CalendarQuery
from escalation.working_days import Calendar

NATIONAL = Calendars(LocalCalendar())
FIRST, LAST = date(2012, 1, 1), date(2028, 12, 31)


def govuk_days() -> set[date]:
    """gov.uk's list for England and Wales, as its package ships it."""
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return {holiday["date"] for holiday in listed if FIRST <= holiday["date"] <= LAST}


def test_every_weekday_from_2012_to_2028_is_closed_when_gov_uk_says_so() -> None:
    expected = govuk_days()
    assert len(expected) == 140
    for around in (2013, 2017, 2021, 2025):
        calendar = NATIONAL.calendar_for(date(around, 6, 1))
        days = (calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1))
        wrong = [
            day for day in days if day.weekday() < 5 and day <= LAST and calendar.is_working(day) == (day in expected)
        ]
        assert wrong == []


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2020, 5, 8), True),
        (date(2020, 5, 4), False),
        (date(2022, 9, 19), True),
        (date(2023, 5, 8), True),
        (date(2026, 4, 6), True),
        (date(2026, 8, 31), True),
        (date(2026, 3, 17), False),
        (date(2026, 12, 28), True),
    ],
    ids=str,
)
def test_moved_single_and_substitute_days_are_england_s(day: date, closed: bool) -> None:
    assert NATIONAL.calendar_for(day).is_working(day) is not closed


def test_a_calendar_runs_from_the_year_before_to_three_years_after() -> None:
    calendar = NATIONAL.calendar_for(date(2026, 11, 23))
    assert (calendar.first, calendar.last) == (date(2025, 1, 1), date(2029, 12, 31))
    assert calendar.source.startswith("England bank holidays (holidays ")
    assert calendar.source.endswith(")")
    assert date(2025, 1, 1) in calendar.closed and date(2029, 12, 26) in calendar.closed


def test_the_councils_own_days_are_closed_and_opened_and_named() -> None:
    local = LocalCalendar(
        name="council.yaml", closed={date(2026, 12, 29): "Shut"}, open={date(2026, 8, 31): "We work through"}
    )
    calendar = Calendars(local).calendar_for(date(2026, 11, 23))
    assert calendar.reason_closed(date(2026, 12, 29)) == "Shut"
    assert calendar.is_working(date(2026, 8, 31))
    assert calendar.reason_closed(date(2026, 12, 25)) == "Christmas Day"
    assert calendar.source.endswith("; council.yaml")


def test_a_bank_holiday_that_the_council_lists_too_keeps_its_name() -> None:
    local = LocalCalendar(closed={date(2026, 12, 25): "Shut"})
    assert Calendars(local).calendar_for(date(2026, 1, 1)).reason_closed(date(2026, 12, 25)) == "Christmas Day"


def test_a_local_day_outside_the_years_is_neither_listed_nor_named() -> None:
    local = LocalCalendar(name="council.yaml", closed={date(2035, 12, 31): "Shut"})
    assert Calendars(local).calendar_for(date(2026, 1, 1)) == NATIONAL.calendar_for(date(2026, 1, 1))


def test_the_names_of_the_days_do_not_follow_the_language_of_the_machine() -> None:
    thai = {"LANG": "th_TH.UTF-8", "LANGUAGE": "th", "LC_ALL": "th_TH.UTF-8"}
    code = "import datetime as d, activities.calendar as c; print(c.bank_holidays(2026, 2026)[1][d.date(2026, 12, 25)])"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(activities.__file__).parents[1], env=thai,
    )  # fmt: skip
    assert said.stdout.strip() == "Christmas Day"


def test_the_activity_answers_what_the_method_does() -> None:
    query = CalendarQuery(around=date(2026, 11, 23))
    answer = ActivityEnvironment().run(NATIONAL.read_calendar, query)
    assert answer == NATIONAL.calendar_for(query.around)
    assert Calendar.model_validate_json(answer.model_dump_json()) == answer


def test_importing_the_activity_does_not_import_the_holidays() -> None:
    code = "import sys, activities.calendar; sys.exit('holidays' in sys.modules)"
    where = Path(activities.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=where).returncode == 0
