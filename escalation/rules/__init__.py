"""What follows from a person's act, from what the world did, and from time alone. Pure; `at` and `now` are given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from escalation import messages
from escalation.case import Case
from escalation.fold import fold
from escalation.history import CalendarPinned, Refused, TaskOpened
from escalation.messages import CameBack, Command, NoticeOutcome, Result, SilenceProven
from escalation.procedure import Procedure
from escalation.rules import (
    answers,
    beside,
    cafcass,
    change,
    decisions,
    extensions,
    handing_over,
    legal_advice,
    promises,
    recording,
    results,
    returned,
    silence,
)
from escalation.rules import start as starting
from escalation.rules.page import Advisory, Outcome, Page, RefusedActError, Rejection
from escalation.rules.silence import next_wake, silence_needs_proof
from escalation.working_days import Calendar

__all__ = [
    "Advisory", "Outcome", "Rejection", "begin", "elapse", "next_wake", "refuse_unread", "rule", "silence_needs_proof",
    "start", "take",
]  # fmt: skip

RULES: dict[type[Command], Callable[[Page, Any], None]] = {
    messages.Respond: answers.respond,
    messages.RecordResponse: answers.record_response,
    messages.RecordTold: beside.record_told,
    messages.Decide: decisions.decide,
    messages.Bypass: decisions.bypass,
    messages.GiveNotice: decisions.give_notice,
    messages.Reassign: beside.reassign,
    messages.CompleteForm: beside.complete_form,
    messages.Close: decisions.close,
    messages.Withdraw: decisions.withdraw,
    messages.RequestExtension: extensions.request,
    messages.GrantExtension: extensions.grant,
    messages.RefuseExtension: extensions.refuse,
    messages.ConsiderCafcass: cafcass.consider,
    messages.ReferCafcass: cafcass.refer,
    messages.HoldMeeting: cafcass.hold_meeting,
    messages.ManagerDisagrees: cafcass.disagree,
    messages.RequestLegalAdvice: legal_advice.request,
    messages.DecideLegalAdvice: legal_advice.decide,
    messages.RecordEvent: recording.record,
    messages.SetAction: beside.set_action,
    messages.Cover: beside.cover,
    messages.HandOver: handing_over.hand_over,
    messages.Note: beside.note,
    messages.RecordPromise: promises.record,
    messages.AnswerPromise: promises.answer,
    messages.Follow: promises.follow,
    messages.TellChange: change.tell,
}


def begin(procedure: Procedure, calendar: Calendar, at: datetime) -> Outcome:
    """A case with its calendar pinned, and nothing raised yet."""
    pinned = CalendarPinned(at=at, n=1, calendar=calendar)
    return Outcome.model_construct(case=fold(procedure, [pinned]), entries=(pinned,), warnings=(), rejection=None)


def start(case: Case, command: messages.Start, reference: str, at: datetime) -> Outcome:
    """Ruled at the edge before any workflow exists, and again inside it. A refused start leaves no entry."""
    page = Page(case, at)
    try:
        starting.start(page, command, reference)
    except RefusedActError as refused:
        return Page(case, at).outcome(refused.rejection)
    return page.outcome()


def rule(case: Case, command: Command, at: datetime) -> Outcome:
    """What an act of a person leads to. What time had brought by then comes first; a refusal is an entry too."""
    page = Page(case, at)
    silence.elapse(page)
    attempt = Page(page.case, at)
    try:
        RULES[type(command)](attempt, command)
    except RefusedActError as refused:
        return _refused(page, command, refused.rejection)
    return Outcome.model_construct(
        case=attempt.case, entries=(*page.entries, *attempt.entries), warnings=tuple(attempt.warnings), rejection=None
    )


def _refused(page: Page, command: Command, rejection: Rejection) -> Outcome:
    stage = page.case.visit.stage if page.case.visits else None
    response_id = getattr(command, "response_id", None)
    if response_id not in page.case.refused_answers:  # an answer comes by signal and by update: one entry
        said = {"do": command.do, "response_id": response_id} | rejection.model_dump(exclude={"tasks"})
        page.write(Refused(at=page.at, stage=stage, by=command.by, name=command.name, **said))
        for task in rejection.tasks:
            page.write(TaskOpened(at=page.at, stage=stage, to=task.to, what=task.what))
    return page.outcome(rejection)


def take(case: Case, result: Result, at: datetime) -> Outcome:
    """What follows from something that the world did."""
    page = Page(case, at)
    match result:
        case NoticeOutcome():
            results.notice_outcome(page, result)
        case CameBack():
            returned.came_back(page, result)
        case SilenceProven():
            results.silence_proven(page, result)
            silence.elapse(page)
    return page.outcome()


def elapse(case: Case, now: datetime) -> Outcome:
    """All that time alone has brought by `now`."""
    page = Page(case, now)
    silence.elapse(page)
    return page.outcome()


def refuse_unread(case: Case, do: str, code: str, message: str, at: datetime) -> Outcome:
    """Something arrived that nobody could read as an act: it is recorded, and changes nothing."""
    page = Page(case, at)
    silence.elapse(page)
    return _refused(page, Command(do=do), Rejection(code=code, message=message))
