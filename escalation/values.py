"""History entries that set a value of the case and leave ladder and clocks as they are."""

from __future__ import annotations

from typing import Any

from escalation.case import Case, OpenTask
from escalation.forms import merged
from escalation.history import (
    AlertNotAccepted,
    CafcassReferred,
    CalendarPinned,
    CapReached,
    Closed,
    Covered,
    Entry,
    FormCompleted,
    HandedOver,
    Held,
    MeetingHeld,
    OutOfOffice,
    Refused,
    Reminded,
    ReplyReceived,
    TaskDone,
    TaskOpened,
    TurnPassed,
    Withdrawn,
)  # fmt: skip


def set_by(case: Case, entry: Entry) -> dict[str, Any]:
    """The entries that set a value; all others leave the state as it is."""
    match entry:
        case CalendarPinned():
            return {"calendar": entry.calendar}
        case CapReached():
            return {"cap_reached": True}
        case Held():
            return {"on_hold": entry.reason}
        case Reminded(about=None):
            return {"reminders": entry.count}
        case AlertNotAccepted():
            return {"alarms": entry.count}
        case TurnPassed(about=None):
            return {"passed_to": entry.to}
        case HandedOver():
            before = (*case.raised_before, (case.raised_by, case.raised_by_name))
            has_it = {"raised_by": entry.to, "raised_by_name": entry.to_name, "raised_before": before}
            return has_it | {"covered_by": {}, "passed_to": None}
        case ReplyReceived() | OutOfOffice():
            return {"came_back": case.came_back | {entry.mail_id}}
        case Covered():
            return {"covered_by": case.covered_by | {entry.absent: entry.cover}}
        case Refused() if entry.response_id:
            return {"refused_answers": case.refused_answers | {entry.response_id}}
        case Closed():
            said = {"outcome": entry.outcome, "outcome_text": entry.outcome_text}
            return _ended(entry) | said | {"date_concluded": entry.date_concluded}
        case Withdrawn():
            return _ended(entry) | {"withdrawn": True}
    return _beside(case, entry)


def _ended(entry: Entry) -> dict[str, Any]:
    return {"ended_at": entry.at, "on_hold": None, "left_for_cafcass": False}


def _beside(case: Case, entry: Entry) -> dict[str, Any]:
    """What stands beside the ladder: form, CAFCASS, tasks."""
    match entry:
        case FormCompleted():
            return {"fields": merged(case.fields, entry.fields)}
        case CafcassReferred():
            left = {"left_for_cafcass": True, "on_hold": None} if entry.leaves_ladder else {}
            return {"cafcass_referred": True, **left}
        case MeetingHeld():
            return {"meeting_held": case.meeting_held or entry.complete}
        case TaskOpened():
            task = OpenTask(n=entry.n, to=entry.to, what=entry.what, key=entry.key)
            return {"tasks": (*case.tasks, task)}
        case TaskDone():
            return {"tasks": tuple(task for task in case.tasks if task.n != entry.task)}
    return {}
