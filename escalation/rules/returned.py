"""What came back to the mailbox: a bounce is a refusal, an out-of-office message is absence, a reply is neither."""

from __future__ import annotations

from escalation.case import Case, Visit
from escalation.history import EmailFailed, OutOfOffice, ReplyReceived
from escalation.messages import CameBack, Failure
from escalation.rules import asking, turns
from escalation.rules.page import Page
from escalation.visit import Asked

MOST = 500
"""Messages that one history takes from the mailbox, beside bounces; the register tells of all of them."""


def came_back(page: Page, came: CameBack) -> None:
    """Told twice, it counts once. Beyond what any correspondence can come to, machines are answering each other."""
    told, too_many = page.case.came_back, came.kind != "bounce" and len(page.case.came_back) >= MOST
    if came.mail_id in told or not page.case.visits or too_many:
        return
    match came.kind:
        case "bounce":
            _bounced(page, came)
        case "absence":
            _away(page, came)
        case "reply":
            _replied(page, came)


def _bounced(page: Page, came: CameBack) -> None:
    """Refused after all. Where nobody else who must answer has the alert, its clock has not started (G-A2)."""
    case = page.case
    has_alert = [asked for asked in _asked(case, came) if _is_what_came_back(asked, came)]
    name, _, sent_for = came.notice.partition(" for ")
    page.write(
        EmailFailed(
            at=page.at,
            stage=_visit(case, came).stage,
            notice=name,
            entry=came.entry,
            part="addressee" if has_alert else "all",
            sent_for=sent_for or None,
            failed=[Failure(role=came.role, reason=came.text, person=came.person, address=came.address)],
            bounced=True,
            mail_id=came.mail_id,
            stops_clock=bool(has_alert) and _nobody_else_knows(case, has_alert),
        )
    )


def _nobody_else_knows(case: Case, gone: list[Asked]) -> bool:
    visit = case.visit
    others = [asked for asked in visit.asked if asked not in gone]
    return case.awaits_answer and not (others or visit.told or visit.answers)


def _is_what_came_back(asked: Asked, came: CameBack) -> bool:
    """A reminder that bounces, say, does not take back the alert that was received days before."""
    return (asked.entry, asked.notice) == (came.entry, came.notice)


def _away(page: Page, came: CameBack) -> None:
    """Of somebody who must answer, or of the raiser; who only had a copy may be away."""
    case = page.case
    asked = _asked(case, came) if case.awaits_answer else []
    asked_here = bool(asked)
    if came.address in case.visit.away or not (asked_here or _is_raiser(case, came)):
        return
    role = asked[0].role if asked else came.role  # what they answered may have been a copy, in another role
    said = {"mail_id": came.mail_id, "role": role, "person": came.person, "address": came.address}
    page.write(
        OutOfOffice.model_validate(
            said
            | {"at": page.at, "stage": case.visit.stage, "entry": came.entry, "text": came.text}
            | {"asked_here": asked_here}
        )
    )
    if _is_raiser(case, came):
        turns.pass_on(page, "leave")
        asking.pass_on(page, "leave")


def _is_raiser(case: Case, came: CameBack) -> bool:
    """The one whose concern it is now, by name: several hold the role, and who handed over may have left."""
    name = case.raised_by_name if case.raiser == case.raised_by else came.person
    return came.role == case.raiser and name is not None and name.casefold() == (came.person or "").casefold()


def _replied(page: Page, came: CameBack) -> None:
    """It reaches the raiser, who records it as the response if it is one."""
    visit = _visit(page.case, came)
    page.write(
        ReplyReceived(
            at=page.at,
            stage=visit.stage,
            mail_id=came.mail_id,
            role=came.role,
            notice=came.notice,
            person=came.person,
            address=came.address,
            entry=came.entry,
            visit=visit.n,
            received_at=min(max(came.received_at, visit.entered_at), page.at),
            text=came.text,
        )
    )


def _asked(case: Case, came: CameBack) -> list[Asked]:
    """Whoever has the alert of the stage now at this address."""
    return [asked for asked in case.visit.asked if asked.address.casefold() == came.address.casefold()]


def _visit(case: Case, came: CameBack) -> Visit:
    """The stay during which the notice was called for."""
    return next((visit for visit in reversed(case.visits) if visit.n <= came.entry), case.visit)
