"""Which notices may wait for their reader's digest, and when does a digest go out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from escalation.working_days import LONDON, Calendar, after_office_hours, london_date

if TYPE_CHECKING:
    from escalation.procedure import Procedure

TURN_REMINDER = "decision_reminder"
"""It says whose turn it is, so it need not go out once the turn is over."""
GATHERABLE = frozenset({TURN_REMINDER, "good_practice", "handed_over", "recorded"})
"""All that a procedure may gather: nobody is asked to answer, no clock starts or moves, and nothing is an alarm."""

SLOTS = (time(9, 30), time(16))
"""Reminders are called for at 09:00: one digest then holds all of a day. What comes later goes before offices close."""
CLOSES = timedelta(minutes=10)
"""A digest takes nothing more so long before it goes out, however far apart the clocks of two workers are."""


def goes_out_at(now: datetime, calendar: Calendar) -> datetime:
    """When what is called for now goes out: in office hours of a working day."""
    day = london_date(now)
    while True:
        for slot in SLOTS if calendar.is_working(day) else ():
            out = datetime.combine(day, slot, LONDON)
            if now <= out - CLOSES:
                return out
        day = calendar.after(day, 1)


def not_before(due_at: datetime, now: datetime, calendar: Calendar) -> datetime:
    """The first instant from now on at which a digest may be sent: one that was held up waits for office hours."""
    return after_office_hours(max(due_at, now), 0, calendar)


def waits_in_vain(procedure: Procedure, notice: str) -> bool:
    """Whether what waits for a digest says nothing true any more once its stage is answered, left or closed."""
    return notice == TURN_REMINDER and notice in procedure.digest


def not_gatherable(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """(path in the file, what is wrong there) for each notice that must never wait."""
    alerts = {stage.notice for stage in procedure.stages}
    for n, name in enumerate(procedure.digest):
        if name not in GATHERABLE or name in alerts:
            yield f"digest.{n}", f"`{name}` must not wait for a digest; only {', '.join(sorted(GATHERABLE))} may"
