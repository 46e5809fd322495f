"""Which days count, and which date is the Nth of them.

Counting is requirements section 0: day 0 is given and never counts, day 1 is the next working day after it, whatever
day 0 itself is. A working day is Monday to Friday and not closed in the calendar.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from escalation.errors import BeyondCalendar

LONDON = ZoneInfo("Europe/London")
OFFICE_OPENS = time(9)
OFFICE_CLOSES = time(17)


class Calendar(BaseModel):
    """The closed days that an escalation counts by, pinned when it starts (docs/rulings.md).

    `closed` gives the reason for each closed date; weekends need not be listed. `open` lists dates that a local file
    declares working although a national list closes them. Outside `first` to `last` only weekends are known: what a
    person asks for is refused there (`ensure_covers`); what time brings goes on from Monday to Friday, so that nothing
    ever stops.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: int = 1
    source: str
    first: date
    last: date
    closed: dict[date, str] = {}

    def reason_closed(self, day: date) -> str | None:
        """Why this date does not count, or None where it does."""
        if day in self.closed:
            return self.closed[day]
        return day.strftime("%A") if day.weekday() >= 5 else None  # noqa: PLR2004 - Saturday and Sunday

    def is_working(self, day: date) -> bool:
        return self.reason_closed(day) is None

    def after(self, day_zero: date, working_days: int) -> date:
        """The Nth working day after day 0; N of 0 is day 0 itself, working or not."""
        if working_days == 0:
            return day_zero
        days = self._working_days()
        place = bisect_right(days, day_zero) + working_days - 1
        if day_zero < self.first or place >= len(days):
            return self._walk(day_zero, working_days, timedelta(days=1))
        return days[place]

    def before(self, day: date, working_days: int) -> date:
        """The Nth working day before a date."""
        days = self._working_days()
        place = bisect_left(days, day) - working_days
        if day > self.last or place < 0:
            return self._walk(day, working_days, timedelta(days=-1))
        return days[place]

    def between(self, day_zero: date, day: date) -> int:
        """How many working days lie after day 0, up to and including `day`."""
        days = self._working_days()
        if self.covers(day_zero) and self.covers(day):
            return bisect_right(days, day) - bisect_right(days, day_zero)
        return sum(self.is_working(day_zero + timedelta(days=n)) for n in range(1, (day - day_zero).days + 1))

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    def ensure_covers(self, day_zero: date, working_days: int) -> None:
        """Raises BeyondCalendar where closed days between the two dates may be missing."""
        if not (self.covers(day_zero) and self.covers(self.after(day_zero, working_days))):
            raise BeyondCalendar(
                f"The calendar ({self.source}) covers {self.first} to {self.last}; {working_days} working days after "
                f"{day_zero} lie outside it. An administrator extends it by a calendar revision."
            )

    def _walk(self, day: date, working_days: int, step: timedelta) -> date:
        """Day by day, where the table of working days does not reach."""
        while working_days:
            day += step
            working_days -= self.is_working(day)
        return day

    def _working_days(self) -> tuple[date, ...]:
        return _working_days(self.first, self.last, frozenset(self.closed))


@lru_cache(maxsize=64)
def _working_days(first: date, last: date, closed: frozenset[date]) -> tuple[date, ...]:
    """Built once a calendar; every escalation with the same closed days shares it."""
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in span if day.weekday() < 5 and day not in closed)  # noqa: PLR2004


EndOfDay = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


def end_of(day: date, end_of_day: EndOfDay) -> datetime:
    """The instant at which a London date ends for the procedure; 24:00 is the first instant of the next date."""
    if end_of_day == "24:00":
        return datetime.combine(day + timedelta(days=1), time(0), LONDON)
    return datetime.combine(day, time.fromisoformat(end_of_day), LONDON)


def london_date(instant: datetime) -> date:
    try:
        return instant.astimezone(LONDON).date()
    except OverflowError:  # the first or the last hours that there are: a slip, or a system's default
        return instant.date()


def opening_of(day: date) -> datetime:
    """09:00 London on a date: when reminders go, and when a lapsed due date stops being the next day 0."""
    return datetime.combine(day, OFFICE_OPENS, LONDON)


def after_office_hours(start: datetime, hours: int, calendar: Calendar) -> datetime:
    """The instant at which so many office hours (09:00 to 17:00 on working days) have passed since `start`."""
    left = timedelta(hours=hours)
    for opens, closes in _offices(start, calendar):
        begins = max(start, opens)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    raise AssertionError("offices open for ever")


def _offices(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    day = london_date(start)
    if not calendar.is_working(day):
        day = calendar.after(day, 1)
    while True:
        yield datetime.combine(day, OFFICE_OPENS, LONDON), datetime.combine(day, OFFICE_CLOSES, LONDON)
        day = calendar.after(day, 1)
