"""Clocks beside those of stages and total: they count from a date that somebody gave (HLC-16, HCP-03)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from escalation.forms import date_in, value_at
from escalation.procedure import Clock, Procedure
from escalation.wire import Fields
from escalation.working_days import Calendar, end_of


def days(procedure: Procedure, fields: Fields, calendar: Calendar) -> dict[str, date]:
    """The last day of each clock whose date is given and can be counted."""
    found = {}
    for name, clock in procedure.clocks.items():
        start = date_in(value_at(fields, clock.counts_from))
        if start:
            found[name] = _day(clock, start, calendar)
    return found


def ends(procedure: Procedure, fields: Fields, calendar: Calendar) -> dict[str, datetime]:
    """The instant at which each of them ends."""
    return {name: end_of(day, procedure.end_of_day) for name, day in days(procedure, fields, calendar).items()}


def _day(clock: Clock, start: date, calendar: Calendar) -> date:
    if clock.unit == "calendar_days":
        return start + timedelta(days=-clock.days if clock.backwards else clock.days)
    return calendar.before(start, clock.days) if clock.backwards else calendar.after(start, clock.days)
