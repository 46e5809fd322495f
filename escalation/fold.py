"""How each history entry changes the case: a history in, the state out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from escalation import notices
from escalation.case import Case, Received, Visit
from escalation.errors import TwentydaysError
from escalation.history import (
    Advanced,
    AlertNotAccepted,
    AlertTold,
    Bypassed,
    CalendarPinned,
    CapReached,
    Closed,
    Covered,
    Decided,
    EmailFailed,
    EmailNotSent,
    EmailSent,
    Entry,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    Held,
    Lapsed,
    LateResponse,
    Proven,
    Raised,
    Refused,
    Reminded,
    Responded,
    StageEntered,
    TakenOver,
    Withdrawn,
)  # fmt: skip
from escalation.messages import NoticeToSend
from escalation.overtaking import overtaken
from escalation.procedure import Procedure
from escalation.working_days import opening_of


def fold(procedure: Procedure, entries: Iterable[Entry]) -> Case:
    """The case that a history tells of. Its first entry pins the calendar."""
    history = iter(entries)
    first = next(history, None)
    if not isinstance(first, CalendarPinned):
        raise TwentydaysError("A history begins with the entry `calendar_pinned`; this one does not.")
    case = Case(procedure=procedure, calendar=first.calendar, n=1)
    for entry in history:
        case = apply(case, entry)
    return case


def apply(case: Case, entry: Entry) -> Case:
    """The case after one more entry, with the notices that the entry calls for outstanding."""
    before = case.waiting_for if case.visits else None
    case = _changed(case, entry).model_copy(update={"n": entry.n})
    if not case.visits:
        return case
    if case.waiting_for != before or isinstance(entry, StageEntered | ExtensionGranted):
        case = case.model_copy(update={"turn_since": entry.at, "reminders": 0, "alarms": 0})
    outstanding = (*overtaken(case, entry), *notices.called_for(case, entry))
    return case.model_copy(update={"outstanding": outstanding})


def _changed(case: Case, entry: Entry) -> Case:
    match entry:
        case Raised():
            return _raise(case, entry)
        case Advanced() | Bypassed():
            return _enter(case, entry)
        case TakenOver():
            return _take_over(case, entry)
        case EmailSent() | EmailFailed() | EmailNotSent():
            return _settle(case, entry)
        case AlertTold():
            return _start_clock(case, entry.told_at, entry.day_zero)
        case Responded() | LateResponse():
            return _answer(case, entry)
        case Decided():
            return _judge(case, entry)
        case Proven():
            return _revisit(case, entry.visit, silence_proven=True)
        case Lapsed():
            return _revisit(case, case.visit.n, lapsed=True)
        case ExtensionRequested():
            return _revisit(case, case.visit.n, extension_asked=entry.working_days)
        case ExtensionGranted():
            return _extend(case, entry)
        case ExtensionRefused():
            return _revisit(case, case.visit.n, extension_asked=None)
        case _:
            return case.model_copy(update=_simply(case, entry))


def _simply(case: Case, entry: Entry) -> dict[str, Any]:
    """The entries that set a value; all others leave the state as it is."""
    match entry:
        case CalendarPinned():
            return {"calendar": entry.calendar}
        case CapReached():
            return {"cap_reached": True}
        case Held():
            return {"on_hold": entry.reason}
        case Reminded():
            return {"reminders": entry.count}
        case AlertNotAccepted():
            return {"alarms": entry.count}
        case Covered():
            return {"covered_by": case.covered_by | {entry.absent: entry.cover}}
        case Refused() if entry.response_id:
            return {"refused_answers": case.refused_answers | {entry.response_id}}
        case Closed():
            return {
                "outcome": entry.outcome,
                "date_concluded": entry.date_concluded,
                "ended_at": entry.at,
                "on_hold": None,
            }
        case Withdrawn():
            return {"withdrawn": True, "ended_at": entry.at, "on_hold": None}
    return {}


def _raise(case: Case, entry: Raised) -> Case:
    told = {"reference": entry.reference, "subject": entry.subject, "track": entry.track, "team": entry.team}
    who = {
        "raised_by": entry.by or case.procedure.raiser.roles[0],
        "raised_by_name": entry.name,
        "raised_at": entry.at,
        "fields": entry.fields,
        "linked": tuple(entry.linked),
    }
    return _enter(case.model_copy(update=told | who), entry)


def _enter(case: Case, entry: StageEntered) -> Case:
    stage = case.procedure.stage(entry.stage or "", case.track)
    visit = Visit(
        n=entry.n,
        stage=entry.stage or "",
        entered_at=entry.at,
        working_days=entry.working_days,
        lapsed_due=entry.lapsed_due,
        beyond_cap=entry.beyond_cap,
        starts_cap=stage is not None and case.starts_cap(stage),
    )
    return case.model_copy(update={"visits": (*case.visits, visit), "on_hold": None})


def _take_over(case: Case, entry: TakenOver) -> Case:
    """The clock of its stage as it ran elsewhere. That it stood at this stage judges what was answered before it."""
    if case.visit.stage != entry.stage:
        case = _enter(_judged(case, None), entry)
    if entry.cap_day_zero:
        case = _revisit(case, case.visit.n, starts_cap=False).model_copy(update={"cap_day_zero": entry.cap_day_zero})
    case = _revisit(case, case.visit.n, working_days=entry.working_days, taken_over=True)
    return _start_clock(case, opening_of(entry.day_zero), entry.day_zero) if entry.day_zero else case


def _settle(case: Case, entry: EmailSent | EmailFailed | EmailNotSent) -> Case:
    """A notice has its outcome: it is outstanding no more, and an accepted alert starts the clock."""
    key = (entry.entry, entry.notice, entry.part)
    left = tuple(notice for notice in case.outstanding if key_of(notice) != key)
    case = case.model_copy(update={"outstanding": left})
    if isinstance(entry, EmailSent) and entry.starts_clock and entry.day_zero:
        return _start_clock(case, min(delivery.accepted_at for delivery in entry.delivered), entry.day_zero)
    return case


def key_of(notice: NoticeToSend) -> tuple[int, str, str]:
    """What tells one outstanding notice from another."""
    return notice.entry, notice.notice, notice.part


def _start_clock(case: Case, alerted_at: datetime, day_zero: date) -> Case:
    if case.visit.starts_cap:
        case = case.model_copy(update={"cap_day_zero": day_zero})
    return _revisit(case, case.visit.n, alerted_at=alerted_at, day_zero=day_zero)


def _answer(case: Case, entry: Responded | LateResponse) -> Case:
    received = Received(
        response_id=entry.response_id,
        entry=entry.n,
        received_at=entry.received_at,
        in_time=isinstance(entry, Responded),
    )
    visit = case.visit_numbered(entry.visit)
    return _revisit(case, entry.visit, answers=(*(visit.answers if visit else ()), received))


def _judge(case: Case, entry: Decided) -> Case:
    return _judged(case, entry.visit)


def _judged(case: Case, n: int | None) -> Case:
    """A decision judges the answers of the stage it names, or all that are there."""
    visits = tuple(
        visit.model_copy(update={"answers": tuple(a.model_copy(update={"judged": True}) for a in visit.answers)})
        if n in {None, visit.n}
        else visit
        for visit in case.visits
    )
    return case.model_copy(update={"visits": visits})


def _extend(case: Case, entry: ExtensionGranted) -> Case:
    return _revisit(
        case,
        case.visit.n,
        extensions=(*case.visit.extensions, entry.working_days),
        extension_asked=None,
        may_pass_cap=case.visit.may_pass_cap or entry.may_pass_cap,
        silence_proven=False,
    )


def _revisit(case: Case, n: int, **update: Any) -> Case:
    visits = tuple(visit.model_copy(update=update) if visit.n == n else visit for visit in case.visits)
    return case.model_copy(update={"visits": visits})
