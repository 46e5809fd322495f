"""Which dates does a report cover: the newest period that is over, the one before it, the time since a meeting?"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from escalation.procedure import Report

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
YEAR_STARTS = 4
"""April (G-A19)."""


def period(report: Report, today: date) -> tuple[date, date]:
    """First and last date of the newest period that is over, by the financial year (G-A19); on demand: this year."""
    months = MONTHS.get(report.period)
    since_april = (today.month - YEAR_STARTS) % 12
    if months is None:
        return _months_before(today, since_april), today
    starts = _months_before(today, since_april % months)
    return _months_before(starts, months), starts - timedelta(days=1)


def the_period_before(first: date | None, last: date | None) -> tuple[date, date] | None:
    """As many whole months, right before these; None where these are not whole months."""
    if first is None or last is None or first.day != 1 or (last + timedelta(days=1)).day != 1:
        return None
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return _months_before(first, months), first - timedelta(days=1)


def a_period_before(report: Report, on: date | None) -> date | None:
    """From when a report of one date counts what was recorded: the day after the same day, a period before."""
    months = MONTHS.get(report.period)
    if on is None or months is None:
        return None
    month = _months_before(on, months)
    return month.replace(day=min(on.day, monthrange(month.year, month.month)[1])) + timedelta(days=1)


def _months_before(day: date, months: int) -> date:
    """The first of the month so many months before that of a date."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
