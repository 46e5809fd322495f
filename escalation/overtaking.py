"""Which outstanding notices need not go out any more or cannot, and why: the history says so of each."""

from __future__ import annotations

from typing import Any

from escalation.case import Case
from escalation.gathering import waits_in_vain
from escalation.history import (
    AlertTold,
    ChangeTold,
    Closed,
    Entry,
    Held,
    Promised,
    PromiseKept,
    PromiseNotKept,
    Responded,
    StageEntered,
    Withdrawn,
)  # fmt: skip
from escalation.messages import Failure, NoticeOutcome, NoticeToSend


def overtaken(case: Case, entry: Entry) -> tuple[NoticeToSend, ...]:
    """What asks for an answer need not go out once its stage is answered, left or closed; the history says why."""
    why = _why_overtaken(case, entry)
    if isinstance(entry, PromiseKept | PromiseNotKept | Promised | ChangeTold):
        return tuple(_unless_asked(case, notice) for notice in case.outstanding)
    return tuple(
        notice.model_copy(update={"overtaken": why}) if why and _is_overtaken(case, notice, entry) else notice
        for notice in case.outstanding
    )


def _unless_asked(case: Case, notice: NoticeToSend) -> NoticeToSend:
    """A question to the raiser need not go out once it has its answer."""
    if notice.notice in {"was_it_done", "what_changed"} and notice.notice not in case.follow_ups.questions:
        return notice.model_copy(update={"overtaken": notice.overtaken or "It was answered before it went out."})
    return notice


def _is_overtaken(case: Case, notice: NoticeToSend, entry: Entry) -> bool:
    """Whoever is copied into an alert that was accepted gets their copy, whatever has happened since (SWK-22)."""
    if notice.overtaken or (isinstance(entry, StageEntered) and notice.visit == case.visit.n):
        return False
    if not (notice.asks or waits_in_vain(case.procedure, notice.notice)):
        return False
    visit = case.visit_numbered(notice.visit or 0)
    return notice.part != "copies" or visit is None or visit.alerted_at is None


def _why_overtaken(case: Case, entry: Entry) -> str | None:
    match entry:
        case AlertTold() if entry.at > case.visit.entered_at:  # else it was told as the stage began, and email confirms
            return "It was given by hand before it went out."
        case Responded() if case.status == "awaiting_iro_decision":  # where an answer stops the clock
            return "The stage was answered before it went out."
        case StageEntered():
            return f"The escalation had gone to {case.stage.title} before it went out."
        case Closed() | Withdrawn():
            return "The escalation was closed before it went out."
        case Held():
            return "The escalation was put on hold before it went out."
    return None


def given_up(notice: NoticeToSend) -> NoticeOutcome:
    """What became of a notice that was overtaken before anything of it was sent."""
    why = notice.overtaken or "It was cancelled."
    return NoticeOutcome(**_key(notice), not_sent=why)


def failed(notice: NoticeToSend, reason: str) -> NoticeOutcome:
    """What became of a notice that will never be sent to anybody."""
    failures = [Failure(role=role, reason=reason) for role in notice.reaches]
    return NoticeOutcome(**_key(notice), failed=failures)


def _key(notice: NoticeToSend) -> dict[str, Any]:
    return {"entry": notice.entry, "notice": notice.notice, "part": notice.part, "sent_for": notice.sent_for}
