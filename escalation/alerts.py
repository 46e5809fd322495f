"""Who is asked for an answer, who gets a copy, and what the alert may say in words."""

from __future__ import annotations

from escalation.case import Case
from escalation.composing import compose, unique
from escalation.conditions import fits
from escalation.forms import is_given, label_of, value_at
from escalation.history import (
    AlertNotAccepted,
    AlertTold,
    EmailFailed,
    Entry,
    NoticeGiven,
    OutOfOffice,
    Reassigned,
    StageEntered,
)
from escalation.messages import NoticeToSend, Saying


def called_for(case: Case, entry: Entry) -> list[NoticeToSend]:
    """The addressee's own message is a task of its own: only it starts the clock.

    Notice of a stage asks the same people, before any alert, and copies to nobody (HLC-15).
    """
    if isinstance(entry, Reassigned):
        return [_handed_on(case, entry)]
    if isinstance(entry, EmailFailed | OutOfOffice | AlertNotAccepted | AlertTold):
        return _asking_somebody_else(case, entry)
    if isinstance(entry, NoticeGiven) and case.stage.notice_period:
        return _asking(case, entry, case.stage.notice_period.notice, case.addressees(), [])
    if not isinstance(entry, StageEntered) or case.visit.notice_period:
        return []
    to = unique([*case.addressees(), *case.stage.also_to])
    return _asking(case, entry, case.stage.notice, to, unique(_copies(case, entry), without=to))


def _asking(case: Case, entry: Entry, name: str, to: list[str], copies: list[str]) -> list[NoticeToSend]:
    """The two tasks of a notice that asks for an answer: the addressees', and everybody else's."""
    stage, asked = case.stage, case.addressees()
    base = compose(
        case, entry, name, to, copies, channel=stage.channel, answering=tuple(asked), asks=True, says=_says(case)
    )
    others = unique([*to, *copies], without=asked)
    return [
        base.model_copy(update={"part": "addressee", "reaches": tuple(asked)}),
        base.model_copy(update={"part": "copies", "reaches": tuple(others)}),
    ]


def _asking_somebody_else(
    case: Case, entry: EmailFailed | OutOfOffice | AlertNotAccepted | AlertTold
) -> list[NoticeToSend]:
    """Where the alert came back, whoever else there is; where a mailbox says "away", whoever stands in, and no more.

    Where nobody could be asked, whoever holds the post by the time of each alarm. What was given by hand is confirmed
    by an alert that states the dates which run since then, with the way to answer.
    """
    period = case.stage.notice_period if case.visit.notice_period else None
    name = period.notice if period else case.stage.notice
    if isinstance(entry, EmailFailed) and entry.stops_clock:
        return _asking(case, entry, name, case.addressees(), [])[:1]
    if isinstance(entry, OutOfOffice) and entry.asked_here:
        alert = _asking(case, entry, name, case.addressees(), [])[0]
        return [alert.model_copy(update={"reaches": (entry.role,), "stand_ins": True})]
    given_by_hand = isinstance(entry, AlertTold) and entry.at > case.visit.entered_at
    if given_by_hand or (isinstance(entry, AlertNotAccepted) and not _is_on_its_way(case)):
        return [_asking(case, entry, name, case.addressees(), [])[0].model_copy(update={"again": True})]
    return []


def _is_on_its_way(case: Case) -> bool:
    """Whether the alert of the stage still waits for a mail server."""
    return any(notice.visit == case.visit.n and notice.part == "addressee" for notice in case.outstanding)


def _copies(case: Case, entry: Entry) -> list[str]:
    """Those whom the stage always copies in, and those whom it does in a case like this."""
    conditional = [role for copies in case.stage.copies if fits(case, copies.when, entry) for role in copies.to]
    return [*case.stage.copy_to, *conditional]


def _says(case: Case) -> list[Saying]:
    """What the procedure has the alert say in words, under its label (OXF-09)."""
    found = [(path, value_at(case.fields, path)) for path in case.stage.says]
    said = [(path, value if isinstance(value, list) else [value]) for path, value in found if is_given(value)]
    return [
        Saying(label=label_of(case.procedure.asks, path), texts=[str(text) for text in texts]) for path, texts in said
    ]


def _handed_on(case: Case, entry: Reassigned) -> NoticeToSend:
    """Who is asked now is told so; who raised it can see it. The deadline stays, and they learn since when it runs."""
    notice = compose(
        case,
        entry,
        "reassigned",
        [entry.to],
        [case.raiser],
        channel=case.stage.channel,
        answering=(entry.to,),
        asks=True,
    )
    if case.visit.day_zero is None:
        return notice
    return notice.model_copy(update={"facts": notice.facts | {"day_zero": case.visit.day_zero.isoformat()}})
