"""What the world did, written into the history: a notice accepted, refused or given up; an inbox found empty."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from escalation import deadlines
from escalation.alerted import has_bounced
from escalation.fold import key_of
from escalation.history import EmailFailed, EmailNotSent, EmailSent, PostCovered, Proven
from escalation.messages import Delivery, Failure, NoticeOutcome, NoticeToSend, SilenceProven
from escalation.rules import asking, turns
from escalation.rules.page import Page


def notice_outcome(page: Page, outcome: NoticeOutcome) -> None:
    """One entry for what was accepted, one for what was refused, one for what never went out and why."""
    key = (outcome.entry, outcome.notice, outcome.part, outcome.sent_for)
    notice = next((notice for notice in page.case.outstanding if key_of(notice) == key), None)
    if notice is None:
        return
    if outcome.delivered:
        page.write(_sent(page, notice, outcome))
        _say_who_covers(page, notice, outcome)
        _say_that_nobody_has_it(page, notice, outcome)
    if outcome.failed and notice.again and not outcome.delivered:
        why = " ".join(dict.fromkeys(failure.reason for failure in outcome.failed))
        page.write(EmailNotSent(**_about(page, notice), sent_for=notice.sent_for, why=why))
    elif outcome.failed:
        page.write(EmailFailed(**_about(page, notice), sent_for=notice.sent_for, failed=outcome.failed))
    if outcome.not_sent or not (outcome.delivered or outcome.failed):
        why = outcome.not_sent or "There was nobody to send it to."
        page.write(EmailNotSent(**_about(page, notice), sent_for=notice.sent_for, why=why))
    if outcome.raiser_away:
        turns.pass_on(page, "leave")
        asking.pass_on(page, "leave")


def _say_who_covers(page: Page, notice: NoticeToSend, outcome: NoticeOutcome) -> None:
    """Of an alert: quality assurance is told at once of a post in which nobody could be asked."""
    if notice.part != "addressee" and notice.notice != "reassigned":
        return
    covering = {(sent.role, sent.cover): sent for sent in outcome.delivered if sent.cover}
    for (role, cover), first in covering.items():
        people = [sent.person for sent in outcome.delivered if (sent.role, sent.cover) == (role, cover)]
        page.write(
            PostCovered(
                at=page.at,
                stage=notice.stage,
                role=role,
                cover=cover,
                person=", ".join(people),
                why=first.cover_because or "vacant",
            )
        )


def _about(page: Page, notice: NoticeToSend) -> dict[str, Any]:
    return {
        "at": page.at,
        "stage": notice.stage,
        "notice": notice.notice,
        "entry": notice.entry,
        "part": notice.part,
    }


def _sent(page: Page, notice: NoticeToSend, outcome: NoticeOutcome) -> EmailSent:
    """The addressee's accepted alert starts the clock, with the day 0 that the accepted message states."""
    heard = _heard(page, outcome)
    starts = bool(heard) and _is_awaited(page, notice)
    first = min(heard or outcome.delivered, key=lambda delivery: delivery.accepted_at)
    return EmailSent(
        **_about(page, notice),
        to=list(notice.to),
        cc=list(notice.cc),
        delivered=outcome.delivered,
        channel=notice.channel,
        sent_for=notice.sent_for,
        starts_clock=starts,
        day_zero=(first.day_zero or _day_zero(page, first.accepted_at)) if starts else None,
    )


def _is_awaited(page: Page, notice: NoticeToSend) -> bool:
    """Whether the stage now waits for this notice to be accepted."""
    case = page.case
    return notice.part == "addressee" and case.open and notice.visit == case.visit.n and not case.alert_accepted


def _heard(page: Page, outcome: NoticeOutcome) -> list[Delivery]:
    """Those from whom it has not come back already, while the rest of it was still being settled."""
    return [sent for sent in outcome.delivered if not has_bounced(page.case, outcome.entry, sent.address)]


def _say_that_nobody_has_it(page: Page, notice: NoticeToSend, outcome: NoticeOutcome) -> None:
    """An alert that has come back from everybody before its outcome was known: whoever else there is, is asked."""
    if _heard(page, outcome) or not _is_awaited(page, notice):
        return
    failed = [
        Failure(role=sent.role, reason="It came back.", person=sent.person, address=sent.address)
        for sent in outcome.delivered
    ]
    page.write(EmailFailed(**_about(page, notice), failed=failed, bounced=True, stops_clock=True))


def _day_zero(page: Page, accepted_at: datetime) -> date:
    """What an accepted alert should have stated, where we are not told what it did."""
    return deadlines.day_zero(page.case.clock_of(page.case.visit), accepted_at, page.case.calendar)


def silence_proven(page: Page, proof: SilenceProven) -> None:
    """Only for the stage that still runs, and only once its deadline had passed when the inbox was read."""
    due = page.case.due
    if due and page.case.visit.n == proof.visit and proof.read_at >= due.at:
        page.write(Proven(at=page.at, stage=page.case.visit.stage, visit=proof.visit))
