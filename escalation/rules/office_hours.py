"""Whether people are reminded and asked now, or when offices open next."""

from __future__ import annotations

from datetime import datetime

from escalation.case import Case
from escalation.working_days import LONDON, OFFICE_CLOSES, OFFICE_OPENS, opening_of


def is_office_hours(case: Case, now: datetime) -> bool:
    local = now.astimezone(LONDON)
    return case.calendar.is_working(local.date()) and OFFICE_OPENS <= local.time() < OFFICE_CLOSES


def office_hours_from(case: Case, when: datetime | None, now: datetime) -> datetime | None:
    """A reminder that fell due while nothing ran waits for the next office hours."""
    if when is None or when > now or is_office_hours(case, now):
        return when
    local = now.astimezone(LONDON)
    today = local.date()
    opens_today = case.calendar.is_working(today) and local.time() < OFFICE_OPENS
    return opening_of(today if opens_today else case.calendar.after(today, 1))
