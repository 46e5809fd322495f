"""Why a due date is the date, in the sentences of a letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from activities import wording
from escalation.deadlines import Due
from escalation.messages import StageClock
from escalation.working_days import Calendar


def why(clock: StageClock, day_zero: date, due: Due, calendar: Calendar) -> str:
    """The rule, what did not count and what cut it short: one or two sentences for the addressee of an alert."""
    return " ".join([f"{_rule(clock, day_zero)}.", *_not_counted(day_zero, due.day, calendar), *_cut_short(due)])


def why_total(clock: StageClock, day_zero: date) -> str | None:
    """The rule of the total time; None where the procedure has none or it does not run yet."""
    start = day_zero if clock.starts_cap else clock.cap_day_zero
    if start is None or clock.cap_working_days is None:
        return None
    return f"{wording.working_days(clock.cap_working_days)} after {wording.day(start)}"


def _rule(clock: StageClock, day_zero: date) -> str:
    start = wording.day(day_zero)
    if clock.lapsed_due == day_zero:
        start += ", when the time before this stage ran out"
    granted = f", and {wording.working_days(sum(clock.extensions))} more that were granted" if clock.extensions else ""
    return f"{wording.working_days(clock.working_days or 0)} after {start}{granted}"


def _not_counted(day_zero: date, last: date, calendar: Calendar) -> Iterator[str]:
    closed = [f"{wording.day_in_year(day)} ({reason})" for day, reason in _closed(day_zero, last, calendar)]
    if closed:
        yield f"{wording.listing(closed)} {'does' if len(closed) == 1 else 'do'} not count."


def _closed(day_zero: date, last: date, calendar: Calendar) -> Iterator[tuple[date, str]]:
    """Closed days of the council or the country between two dates; everybody knows that weekends do not count."""
    for n in range(1, (last - day_zero).days + 1):
        day = day_zero + timedelta(days=n)
        reason = calendar.reason_closed(day)
        if reason and day.weekday() < 5:  # noqa: PLR2004 - Saturday and Sunday
            yield day, reason


def _cut_short(due: Due) -> Iterator[str]:
    if due.clipped:
        yield "It is earlier than that, because the whole procedure must be finished by then."
