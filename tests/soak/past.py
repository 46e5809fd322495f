"""What had happened before a soak begins: five working days of an escalation, as its rules would have written them."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation import notices, rules
from escalation.case import Case
from escalation.directory import Directory
from escalation.history import HistoryEntry
from escalation.messages import Delivery, NoticeOutcome, NoticeToSend, Start
from escalation.opening import Opening
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.wire import Subject
from escalation.working_days import Calendar, london_date
from starter.rehearsal.filling import filled
from tests.soak.plan import DAY_ZERO, REMINDED

A_MINUTE = timedelta(minutes=1)


def new(procedure: Procedure, reference: str, raised_at: datetime) -> Opening:
    """An escalation that nobody has been told of yet."""
    return Opening(reference=reference, procedure=procedure, start=_start(procedure), raised_at=raised_at)


def going_on(procedure: Procedure, reference: str, calendar: Calendar, directory: Directory) -> Opening:
    """One whose first stage was alerted on day 0 and reminded; its deadline is the soak's."""
    begun = rules.begin(procedure, calendar, DAY_ZERO)
    raised = rules.start(begun.case, _start(procedure), reference, DAY_ZERO)
    entries: list[HistoryEntry] = [*begun.entries, *raised.entries]
    case = _all_delivered(raised.case, entries, directory, DAY_ZERO + A_MINUTE)
    reminded = rules.elapse(case, REMINDED)
    entries += reminded.entries
    _all_delivered(reminded.case, entries, directory, REMINDED + A_MINUTE)
    return Opening(reference=reference, procedure=procedure, events=entries)


def _start(procedure: Procedure) -> Start:
    stage = procedure.entry.default or procedure.stages[0].key
    fields = filled(procedure, {}, "start", stage, london_date(DAY_ZERO))
    return Start(by=procedure.raiser.roles[0], subject=Subject(kind=procedure.subjects[0]), fields=fields)


def _all_delivered(case: Case, entries: list[HistoryEntry], directory: Directory, at: datetime) -> Case:
    while case.outstanding:
        taken = rules.take(case, _delivered(case, notices.sendable(case)[0], directory, at), at)
        entries += taken.entries
        case = _moved(taken, case)
    return case


def _moved(taken: Outcome, before: Case) -> Case:
    assert len(taken.case.outstanding) < len(before.outstanding) + len(taken.entries)
    return taken.case


def _delivered(case: Case, notice: NoticeToSend, directory: Directory, at: datetime) -> NoticeOutcome:
    day_zero = london_date(at) if notice.part != "all" else None
    delivered = [
        Delivery(
            role=role,
            person=person.name,
            address=person.email,
            accepted_at=at,
            message_id=f"<before-{case.reference}-{notice.entry}-{notice.notice}-{role}@rehearsal.example>",
            day_zero=day_zero,
        )
        for role in notice.reaches
        for person in directory.holders(role, case.team, london_date(at))
    ]
    return NoticeOutcome(entry=notice.entry, notice=notice.notice, part=notice.part, delivered=delivered)
