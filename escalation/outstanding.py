"""Whose turn is it in an open dispute on a date, since when, until when, and how long has that passed?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from escalation.errors import TwentydaysError
from escalation.figures import Standing
from escalation.fold import fold
from escalation.history import Entry
from escalation.procedure import Procedure
from escalation.working_days import london_date


def whose_turn(procedure: Procedure, entries: Sequence[Entry], standing: Standing, day: date | None) -> Standing:
    """From its history until the end of that date; without one nobody is overdue. What cannot be read says no more."""
    try:
        case = fold(procedure, entries)
    except (TwentydaysError, LookupError):
        return standing
    due = case.due
    late = bool(day and due and due.day < day)
    return standing.model_copy(
        update={
            "waiting_for": case.waiting_for,
            "since": london_date(case.turn_since) if case.turn_since else None,
            "due": due.at if due else None,
            "overdue": case.calendar.between(due.day, day) if due and day and late else 0,
        }
    )
