"""When a stage and the whole fall due, and why: one rule, asked by the case, by the alert and by `explain`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from escalation.messages import StageClock
from escalation.working_days import Calendar, end_of, london_date, opening_of

GRACE = timedelta(seconds=60)
"""A lapse fires this long after its deadline, so that an answer received in time and delivered late is not refused."""


class Due(BaseModel):
    """A deadline as an instant of London time, and whether the cap is what binds."""

    model_config = ConfigDict(frozen=True)

    day: date
    at: datetime
    clipped: bool = False
    cap: datetime | None = None


def day_zero(clock: StageClock, accepted_at: datetime, calendar: Calendar) -> date:
    """The date from which the days are counted, given when the mail server accepted the alert (docs/rulings.md).

    After a lapse it is the lapsed due date, unless the next working day has begun by then: no manager is told of a
    deadline whose days have partly gone (requirements section 0, 3).
    """
    if clock.lapsed_due and accepted_at < opening_of(calendar.after(clock.lapsed_due, 1)):
        return clock.lapsed_due
    return london_date(accepted_at)


def due(clock: StageClock, day_zero: date, calendar: Calendar) -> Due | None:
    """The earlier of the stage's own deadline and the cap; None where the stage has no clock."""
    if clock.working_days is None:
        return None
    cap_day = _cap_day(clock, day_zero, calendar)
    own = calendar.after(day_zero, clock.working_days)
    day = own if clock.beyond_cap else _earlier(own, cap_day)
    for more in clock.extensions:  # each counts from the deadline before it, be that the cap (SWK-A7)
        own = calendar.after(day, more)
        day = own if clock.may_pass_cap else _earlier(own, cap_day)
    return Due(
        day=day,
        at=end_of(day, clock.end_of_day),
        clipped=day < own,
        cap=end_of(cap_day, clock.end_of_day) if cap_day else None,
    )


def _earlier(own: date, cap_day: date | None) -> date:
    return min(own, cap_day) if cap_day else own


def _cap_day(clock: StageClock, day_zero: date, calendar: Calendar) -> date | None:
    start = day_zero if clock.starts_cap else clock.cap_day_zero
    if start is None or clock.cap_working_days is None:
        return None
    return calendar.after(start, clock.cap_working_days)
