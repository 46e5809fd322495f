"""Which days are a month's, and on which of them is its summary sent?"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from escalation.errors import TwentydaysError
from escalation.working_days import LONDON, Calendar

WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class UnclearMonth(TwentydaysError):
    """A month is written 2026-10."""


class Month(NamedTuple):
    """A month of London dates, written 2026-10."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises UnclearMonth."""
        found = WRITTEN.fullmatch(text.strip())
        if found is None or found[1] == "0000":
            raise UnclearMonth(f"`{text}` is no month; a month is written 2026-10.")
        return cls(int(found[1]), int(found[2]))

    @property
    def before(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def begins(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=LONDON)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        after = self.last + timedelta(days=1)
        return datetime(after.year, after.month, 1, tzinfo=LONDON)

    @property
    def title(self) -> str:
        """October 2026"""
        return f"{self.first:%B %Y}"

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def first_working_day(month: Month, calendar: Calendar) -> date:
    """The day on which the summary of the month before is due."""
    return calendar.after(month.first - timedelta(days=1), 1)
