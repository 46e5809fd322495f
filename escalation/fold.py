"""How each history entry changes the case: a history in, the state out."""

from __future__ import annotations

from collections.abc import Iterable

from escalation import alerted, following_up, notices, values
from escalation.alerted import revisit, start_clock
from escalation.case import Case, Received, Visit
from escalation.errors import TwentydaysError
from escalation.forms import merged
from escalation.history import (
    Advanced,
    AlertTold,
    Bypassed,
    CalendarPinned,
    Decided,
    EmailFailed,
    EmailNotSent,
    EmailSent,
    Entry,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionRequested,
    HandedOver,
    Lapsed,
    LateResponse,
    NoticeEnded,
    OutOfOffice,
    Proven,
    Raised,
    Reassigned,
    Responded,
    StageEntered,
    TakenOver,
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
    case = Case.model_construct(procedure=procedure, calendar=first.calendar, n=1)  # both were judged when read
    for entry in history:
        case = apply(case, entry)
    return case


def apply(case: Case, entry: Entry) -> Case:
    """The case after one more entry, with the notices that the entry calls for outstanding."""
    before = (case.waiting_for, case.awaits_answer) if case.visits else None
    case = _changed(case, entry).model_copy(update={"n": entry.n})
    if not case.visits:
        return case
    follow_ups = following_up.after(case.follow_ups, entry, ended=not case.open)
    if follow_ups is not case.follow_ups:
        case = case.model_copy(update={"follow_ups": follow_ups})
    begins = (case.waiting_for, case.awaits_answer) != before or (isinstance(entry, HandedOver) and case.raisers_turn)
    if begins or isinstance(entry, StageEntered | ExtensionGranted):
        case = case.model_copy(update={"turn_since": entry.at, "reminders": 0, "alarms": 0, "passed_to": None})
    outstanding = (*overtaken(case, entry), *notices.called_for(case, entry))
    return case.model_copy(update={"outstanding": outstanding})


def _changed(case: Case, entry: Entry) -> Case:
    match entry:
        case Raised():
            return _raise(case, entry)
        case Advanced() | Bypassed() | NoticeEnded():
            return _enter(case, entry)
        case TakenOver():
            return _take_over(case, entry)
        case EmailSent() | EmailFailed() | EmailNotSent():
            return _settle(case, entry)
        case AlertTold():
            return start_clock(revisit(case, case.visit.n, told=True), entry.told_at, entry.day_zero)
        case OutOfOffice() if entry.asked_here:
            case = revisit(case, case.visit.n, away=(*case.visit.away, entry.address))
        case Responded() | LateResponse():
            return _answer(case, entry)
        case Decided():
            return _judge(case, entry)
        case ExtensionGranted():
            return _extend(case, entry)
        case Proven():
            return revisit(case, entry.visit, silence_proven=True)
    return _at_this_stage(case, entry) or case.model_copy(update=values.set_by(case, entry))


def _at_this_stage(case: Case, entry: Entry) -> Case | None:
    """The entries that change the stay at the stage now."""
    match entry:
        case Lapsed():
            return revisit(case, case.visit.n, lapsed=True)
        case ExtensionRequested():
            return revisit(case, case.visit.n, extension_asked=entry.working_days)
        case ExtensionRefused():
            return revisit(case, case.visit.n, extension_asked=None)
        case Reassigned():
            others = [role for role in case.addressees() if role != entry.to]
            return revisit(case, case.visit.n, addressee=(entry.to, *others))
    return None


def _raise(case: Case, entry: Raised) -> Case:
    told = {"reference": entry.reference, "subject": entry.subject, "track": entry.track, "team": entry.team}
    who = {
        "raised_by": entry.on_behalf_of or entry.by or case.procedure.raiser.roles[0],
        "raised_by_name": None if entry.on_behalf_of else entry.name,
        "raised_through": entry.by if entry.on_behalf_of else None,
        "raised_through_name": entry.name if entry.on_behalf_of else None,
        "raised_at": entry.at,
        "agency": entry.agency,
        "contacts": entry.contacts,
        "linked": tuple(entry.linked),
        "follows": entry.follows,
        "follows_promise": entry.follows_promise,
        "fields": {"bypass_reason": entry.bypass_reason} if entry.bypass_reason else {},
    }
    return _enter(case.model_copy(update=told | who), entry)


def _enter(case: Case, entry: StageEntered) -> Case:
    stage, notice = case.procedure.stage(entry.stage or "", case.track), entry.notice_working_days
    visit = Visit(
        n=entry.n,
        stage=entry.stage or "",
        notice_period=notice is not None,
        addressee=tuple(entry.addressee) if entry.addressee else None,
        entered_at=entry.at,
        working_days=entry.working_days if notice is None else notice,
        then_working_days=None if notice is None else entry.working_days,
        lapsed_due=entry.lapsed_due,
        beyond_cap=entry.beyond_cap,
        starts_cap=stage is not None and case.starts_cap(stage),
    )
    now = {"on_hold": None, "left_for_cafcass": False, "fields": merged(case.fields, entry.fields)}
    return case.model_copy(update={"visits": (*case.visits, visit), **now})


def _take_over(case: Case, entry: TakenOver) -> Case:
    """The clock of its stage as it ran elsewhere. That it stood at this stage judges what was answered before it."""
    if case.visit.stage != entry.stage:
        case = _enter(_judged(case, None), entry)
    if entry.cap_day_zero:
        case = revisit(case, case.visit.n, starts_cap=False).model_copy(update={"cap_day_zero": entry.cap_day_zero})
    case = revisit(case, case.visit.n, working_days=entry.working_days, taken_over=True)
    return start_clock(case, opening_of(entry.day_zero), entry.day_zero) if entry.day_zero else case


def _settle(case: Case, entry: EmailSent | EmailFailed | EmailNotSent) -> Case:
    """A notice has its outcome: it is outstanding no more, and an accepted alert starts the clock."""
    if isinstance(entry, EmailFailed) and entry.bounced:  # the same notice may still be on its way to others
        return alerted.came_back(case, entry)
    key = (entry.entry, entry.notice, entry.part, getattr(entry, "sent_for", None))
    left = tuple(notice for notice in case.outstanding if key_of(notice) != key)
    case = case.model_copy(update={"outstanding": left})
    if isinstance(entry, EmailFailed) and entry.part == "addressee":
        return alerted.refused(case, entry)
    if isinstance(entry, EmailSent):
        case = alerted.have_it(case, entry)
    if isinstance(entry, EmailSent) and entry.starts_clock and entry.day_zero:
        return start_clock(case, min(delivery.accepted_at for delivery in entry.delivered), entry.day_zero)
    return case


NoticeKey = tuple[int, str, str, str | None]


def key_of(notice: NoticeToSend) -> NoticeKey:
    """What tells one outstanding notice from another."""
    return notice.entry, notice.notice, notice.part, notice.sent_for


def _answer(case: Case, entry: Responded | LateResponse) -> Case:
    received = Received(
        response_id=entry.response_id,
        entry=entry.n,
        received_at=entry.received_at,
        in_time=isinstance(entry, Responded),
        text=entry.text or "; ".join(answer.text for answer in entry.answers),
    )
    visit = case.visit_numbered(entry.visit)
    return revisit(case, entry.visit, answers=(*(visit.answers if visit else ()), received))


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
    return revisit(
        case,
        case.visit.n,
        extensions=(*case.visit.extensions, entry.working_days),
        extension_asked=None,
        may_pass_cap=case.visit.may_pass_cap or entry.may_pass_cap,
        silence_proven=False,
    )
