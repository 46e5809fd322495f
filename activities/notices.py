"""How a notice is sent: find the people, ask the ledger who has it already, render, hand over, note it at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import group, letter, outcomes, rendering
from activities.digest import Digest, raise_if_all_wait
from activities.links import Links
from activities.recipients import Found, Recipient, find, recipients, same
from activities.transport import Refused, Transport, Unreachable
from activities.view import view
from escalation import deadlines
from escalation.directory import Directory
from escalation.messages import Delivery, Failure, NoticeOutcome, SendNotice
from escalation.working_days import london_date
from register.rows import LedgerRow
from register.store import Register

logger = logging.getLogger(__name__)

Result = Delivery | Failure

ROUNDS_BEGIN_WITHIN = 25.0
"""Seconds: one round may take 90 (its turn at the pace, then the mail server), and an attempt has 120."""


@dataclass(frozen=True)
class Attempt:
    """One try at one notice: who is found today, who has it already, and the date that it states."""

    order: SendNotice
    found: Found
    ledger: list[LedgerRow]
    dated: date
    day_zero: date | None

    @property
    def waiting(self) -> list[Recipient]:
        """Those of whom nothing is settled yet."""
        return [recipient for recipient in recipients(self.order, self.found) if not _settled(self, recipient)]


class Notices:
    """Sends notices through one transport, each person's copy once."""

    def __init__(
        self,
        directory: Callable[[], Directory],
        transport: Transport,
        register: Register,
        *,
        mail_from: str,
        message_id_domain: str,
        links: Links | None = None,
        redirect: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._directory, self._transport, self._register, self._now = directory, transport, register, now
        self._links, self._redirect = links, redirect
        self._sender = letter.Sender(mail_from, message_id_domain)
        self._digest = Digest(transport, register, self._sender, redirect, now)

    @activity.defn
    async def send_notice(self, order: SendNotice) -> NoticeOutcome:
        """Who has accepted, and who never will. Raises a retryable error while a mail server cannot be reached.

        Of a notice that was overtaken it sends nothing more: it says what earlier attempts had come to.
        """
        if order.notice.overtaken and order.may_be_gathered:
            await self._digest.give_up(order)
        attempt = await self._attempt(order)
        if order.notice.overtaken:
            return outcomes.given_up(attempt, unsent=bool(attempt.waiting))
        post: Callable[[Attempt, Recipient], Coroutine[Any, Any, Result]] = self._post
        if speaks_for_it := group.spokesman(order, self._now()):
            post = partial(self._take_over_from, await self._ledger(order, speaks_for_it))
        results: list[Result | BaseException] = []
        written_to, no_round_after = set[str](), asyncio.get_running_loop().time() + ROUNDS_BEGIN_WITHIN
        while waiting := _next(attempt, written_to):
            if results and asyncio.get_running_loop().time() > no_round_after:
                results.append(Unreachable("The mail server took long; the rest goes out with the next attempt."))
                break
            results += await asyncio.gather(*(post(attempt, each) for each in waiting), return_exceptions=True)
            written_to |= {same(each.person.email) for each in waiting}
            attempt = await self._attempt(order)  # where all of a role were refused, whoever covers is asked now
        _raise_what_waits(order, results)
        return outcomes.outcome(attempt)

    async def _attempt(self, order: SendNotice) -> Attempt:
        now = self._now()
        ledger = await self._ledger(order, order.escalation)
        day_zero = _day_zero(order, ledger, now)
        refused = [row.address for row in ledger if row.status == "refused"]
        directory = await asyncio.to_thread(self._directory)
        found = find(order, directory, london_date(now), refused)
        return Attempt(order, found, ledger, day_zero or london_date(order.notice.at), day_zero)

    async def _ledger(self, order: SendNotice, escalation: str) -> list[LedgerRow]:
        notice = order.notice
        return await asyncio.to_thread(self._register.ledger, escalation, notice.entry, letter.name_of(notice))

    async def _take_over_from(self, rows: list[LedgerRow], attempt: Attempt, recipient: Recipient) -> Result:
        """What the group's one email to this person came to counts for this escalation too."""
        row = group.row_for(recipient, rows)
        if row is None:
            raise Unreachable("The one email that speaks for this group has not gone out yet.")
        if row.status == "refused":
            return await self._note_refused(attempt, recipient, row.failure.reason)
        delivery = row.delivery.model_copy(update={"role": recipient.role} | _cover(recipient))
        await asyncio.to_thread(self._register.note_accepted, *_key(attempt.order), delivery)
        return delivery

    async def _post(self, attempt: Attempt, recipient: Recipient) -> Result:
        """Render one copy, hand it over and note what came of it; once handed over, the note is always written."""
        order, found = attempt.order, attempt.found
        seen = view(order, found, recipient, attempt.day_zero, self._links_for(order, recipient))
        words = rendering.render(order.notice.notice, seen, order.subject_line)
        if self._redirect:
            words = words.for_somebody_else(recipient.person.email)
        message = letter.write(order, attempt.dated, words, recipient, found, self._sender, attempt.day_zero)
        if order.may_be_gathered and not message.files:
            alone = partial(self._hand_over, attempt, recipient, message)
            return await _to_the_end(self._digest.post(order, recipient, seen, alone))
        return await _to_the_end(self._hand_over(attempt, recipient, message))

    def _links_for(self, order: SendNotice, recipient: Recipient) -> dict[str, str]:
        """Only an addressee's own copy carries the way to answer: a link for each reference that it speaks for.

        The raiser's word of a reply carries the way to record it; what outlives the close, the way to answer.
        """
        notice, role, address = order.notice, recipient.role, recipient.person.email
        links, visit = self._links, notice.visit
        if links and notice.notice == "reply_received" and role != "operations":
            return {order.reference: links.recording_link(order.reference, notice.entry, role, address)}
        asked_in = notice.facts.get("asked_in", {}).get(notice.notice)
        if links and asked_in and role != "operations":
            return {order.reference: links.follow_up_link(order.reference, asked_in, role, address)}
        if links is None or visit is None or role not in notice.answering:
            return {}
        return {reference: links.link(reference, visit, role, address) for reference in group.references(order)}

    async def _hand_over(self, attempt: Attempt, recipient: Recipient, message: letter.Letter) -> Result:
        person = recipient.person
        try:
            await self._transport.deliver(message.content, self._sender.address, person.email)
        except Refused as refusal:
            return await self._note_refused(attempt, recipient, str(refusal))
        return await self._note_accepted(attempt, recipient, message.message_id)

    async def _note_accepted(self, attempt: Attempt, recipient: Recipient, message_id: str) -> Delivery:
        delivery = Delivery(
            role=recipient.role,
            person=recipient.person.name,
            address=recipient.person.email,
            accepted_at=self._now(),
            message_id=message_id,
            day_zero=attempt.day_zero,
            **_cover(recipient),
        )
        await asyncio.to_thread(self._register.note_accepted, *_key(attempt.order), delivery)
        logger.info("A mail server accepted a message.", extra=_about(attempt.order))
        return delivery

    async def _note_refused(self, attempt: Attempt, recipient: Recipient, reason: str) -> Failure:
        person = recipient.person
        failure = Failure(role=recipient.role, reason=reason, person=person.name, address=person.email)
        stated = attempt.day_zero.isoformat() if attempt.day_zero else ""
        await asyncio.to_thread(self._register.note_refused, *_key(attempt.order), failure, day_zero=stated)
        logger.warning("A mail server refused a message for good.", extra=_about(attempt.order))
        return failure


def _day_zero(order: SendNotice, ledger: list[LedgerRow], now: datetime) -> date | None:
    """The day 0 to state. Once somebody who is asked to answer has been told one, everybody is told the same."""
    if order.clock is None or order.calendar is None:
        return None
    told = [row.day_zero for row in ledger if row.status == "accepted" and row.role in order.notice.answering]
    stated = order.day_zero or min((day for day in told if day), default=None)
    return stated or deadlines.day_zero(order.clock, now, order.calendar)


def _next(attempt: Attempt, written_to: set[str]) -> list[Recipient]:
    """Whose copy is tried next. Those who are asked first: what others read names who has it, not who was refused."""
    waiting = [each for each in attempt.waiting if same(each.person.email) not in written_to]
    asked = [each for each in waiting if each.role in attempt.order.notice.answering]
    return asked or waiting


def _settled(attempt: Attempt, recipient: Recipient) -> bool:
    """Whether this person has it, or never will. Who had only a copy still gets what asks them to answer."""
    answering = attempt.order.notice.answering
    return any(
        same(row.address) == same(recipient.person.email) and (row.role in answering or recipient.role not in answering)
        for row in attempt.ledger
    )


def _cover(recipient: Recipient) -> dict[str, Any]:
    return {"cover": recipient.cover, "cover_because": recipient.why if recipient.cover else None}


def _raise_what_waits(order: SendNotice, results: list[Result | BaseException]) -> None:
    """A fault of ours first; else, that some messages wait for the mail server."""
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Unreachable):
            raise result
    waits = [str(result) for result in results if isinstance(result, Unreachable)]
    if not waits:
        return
    raise_if_all_wait([result for result in results if isinstance(result, Unreachable)])
    logger.warning("%s of %s messages wait for the mail server.", len(waits), len(results), extra=_about(order))
    raise ApplicationError(
        f"{len(waits)} of {len(results)} messages wait. {' '.join(dict.fromkeys(waits))}",
        type="Unreachable",
        category=ApplicationErrorCategory.BENIGN,  # our own line is in the log already
    )


async def _to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Finish what was begun, even when the worker is told to stop: an accepted message must reach the ledger."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def _key(order: SendNotice) -> tuple[str, int, str]:
    return order.escalation, order.notice.entry, letter.name_of(order.notice)


def _about(order: SendNotice) -> dict[str, str]:
    return {"reference": order.reference, "notice": order.notice.notice}
