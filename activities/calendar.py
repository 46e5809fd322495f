"""Which days do not count, from a year before a date to three years after it?"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from temporalio import activity

from escalation.local_calendar import LocalCalendar
from escalation.messages import CalendarQuery
from escalation.working_days import Calendar

YEARS_BEFORE = 1
YEARS_AFTER = 3


class Calendars:
    """England's bank holidays, with what the council closes and opens of its own."""

    def __init__(self, local: LocalCalendar) -> None:
        self._local = local

    @activity.defn
    def read_calendar(self, query: CalendarQuery) -> Calendar:
        """The closed days that a new escalation pins."""
        return self.calendar_for(query.around)

    def calendar_for(self, around: date) -> Calendar:
        """From 1 January of the year before `around` to 31 December three years after it."""
        return self.covering(around.year - YEARS_BEFORE, around.year + YEARS_AFTER)

    def covering(self, first_year: int, last_year: int) -> Calendar:
        """From 1 January of the first year to 31 December of the last."""
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        version, national = bank_holidays(first.year, last.year)
        closed = {**_within(self._local.closed, first, last), **national}
        opened = _within(self._local.open, first, last)
        return Calendar(
            source=f"England bank holidays (holidays {version}){self._local_source(first, last)}",
            first=first,
            last=last,
            closed={day: closed[day] for day in sorted(closed) if day not in opened},
        )

    def _local_source(self, first: date, last: date) -> str:
        applies = _within({**self._local.closed, **self._local.open}, first, last)
        return f"; {self._local.name}" if applies else ""


@lru_cache(maxsize=16)
def bank_holidays(first_year: int, last_year: int) -> tuple[str, MappingProxyType[date, str]]:
    """The package's version, and England's bank holidays of these years with their names.

    Imported here and not above: the package reads locales, which no workflow that imports this module may do.
    """
    import holidays  # noqa: PLC0415
    from holidays.version import __version__  # noqa: PLC0415

    years = range(first_year, last_year + 1)
    found = holidays.country_holidays("GB", subdiv="ENG", years=years, language="en_GB")
    return __version__, MappingProxyType({day: str(name) for day, name in found.items()})


def _within(days: dict[date, str], first: date, last: date) -> dict[date, str]:
    return {day: reason for day, reason in days.items() if first <= day <= last}
