"""One email a person for the notices that their procedures let wait: kept until its time, sent by whoever comes first.

Each of those notices is still a task of its own, which wakes up when the digest is due: one of them sends it for all,
and the others find themselves in the ledger.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import letter, rendering, wording
from activities.recipients import Recipient, same
from activities.transport import Refused, Transport, Unreachable
from activities.view import Reader, View
from escalation import gathering
from escalation.directory import Person
from escalation.messages import Delivery, Failure, SendNotice
from escalation.working_days import london_date
from register.digests import Settled
from register.rows import GatheredRow, LedgerRow
from register.store import Register

logger = logging.getLogger(__name__)

Result = Delivery | Failure

LOOK_AGAIN = timedelta(seconds=15)
"""While somebody else sends the digest."""


class WaitsForDigest(Unreachable):
    """Nothing is amiss: it goes out with others, later."""

    def __init__(self, delay: timedelta, says: str) -> None:
        self.delay = delay
        super().__init__(says)


@dataclass(frozen=True)
class DigestView:
    """What the templates of a digest may see."""

    council: str
    on: date
    reader: Reader
    items: Sequence[GatheredRow]


class Digest:
    """What waits for a digest, and the sending of it."""

    def __init__(
        self,
        transport: Transport,
        register: Register,
        sender: letter.Sender,
        redirect: str | None,
        now: Callable[[], datetime],
    ) -> None:
        self._transport, self._digests, self._sender = transport, register.digests, sender
        self._redirect, self._now = redirect, now

    async def post(
        self, order: SendNotice, recipient: Recipient, seen: View, alone: Callable[[], Awaitable[Result]]
    ) -> Result:
        """What became of one copy. Raises WaitsForDigest until that is known; `alone` sends it as itself."""
        row = await asyncio.to_thread(self._digests.gather, self._row(order, recipient, seen))
        if isinstance(row, LedgerRow):
            return row.delivery if row.status == "accepted" else row.failure
        self._wait_for_its_time(order, row)
        batch = await asyncio.to_thread(self._digests.claim, row.address, row.due_at, self._now())
        if row not in batch:
            raise _being_sent()
        try:
            return await self._send(row, batch, alone)
        except Unreachable:
            await asyncio.to_thread(self._digests.release, row.address, row.due_at)
            raise

    async def give_up(self, order: SendNotice) -> None:
        """A notice that was overtaken goes into no digest. Raises a retryable error while one that has it is sent."""
        notice = order.notice
        key = order.escalation, notice.entry, letter.name_of(notice)
        if not await asyncio.to_thread(self._digests.give_up, *key, self._now()):
            raise _later([_being_sent()])

    def _wait_for_its_time(self, order: SendNotice, row: GatheredRow) -> None:
        now = self._now()
        goes = gathering.not_before(row.due_at, now, order.calendar) if order.calendar else row.due_at
        if goes > now:
            raise WaitsForDigest(goes - now, f"It goes out with others on {wording.moment(goes)}.")

    def _row(self, order: SendNotice, recipient: Recipient, seen: View) -> GatheredRow:
        notice, person, now = order.notice, recipient.person, self._now()
        return GatheredRow(
            escalation=order.escalation,
            entry=notice.entry,
            notice=letter.name_of(notice),
            address=same(person.email),
            due_at=gathering.goes_out_at(now, order.calendar) if order.calendar else now,
            reference=order.reference,
            role=recipient.role,
            person=person.name,
            email=person.email,
            council=order.council,
            subject_line=order.subject_line,
            says=rendering.line(notice.notice, seen),
            link=seen.link,
        )

    async def _send(self, row: GatheredRow, batch: list[GatheredRow], alone: Callable[[], Awaitable[Result]]) -> Result:
        if batch == [row]:
            result = await alone()
            await asyncio.to_thread(self._digests.forget, row)
            return result
        results = await self._together(batch)
        await asyncio.to_thread(self._digests.settle, results)
        logger.info("A digest of %s notices is settled.", len(batch), extra={"references": _references(batch)})
        return next(result for part, result in results if part == row)

    async def _together(self, batch: list[GatheredRow]) -> list[Settled]:
        message = self._letter(batch)
        try:
            await self._transport.deliver(message.content, self._sender.address, batch[0].email)
        except Refused as refusal:
            return [(row, _refused(row, str(refusal))) for row in batch]
        return [(row, _accepted(row, message.message_id, self._now())) for row in batch]

    def _letter(self, batch: list[GatheredRow]) -> letter.Letter:
        """The same bytes for the same notices, whichever of them is sending."""
        first = batch[0]
        words = rendering.render("digest", _view(batch), first.subject_line)
        if self._redirect:
            words = words.for_somebody_else(first.email)
        person = Person(name=first.person, email=first.email)
        parts = (f"{row.escalation} {row.entry} {row.notice}" for row in batch)
        return letter.of_no_escalation("digest", words, person, first.due_at, self._sender, *parts)


def raise_if_all_wait(waits: Sequence[Unreachable]) -> None:
    """Until the first digest is due; not where a message waits for the mail server, which is tried much sooner."""
    for_digests = [wait for wait in waits if isinstance(wait, WaitsForDigest)]
    if len(for_digests) == len(waits):
        raise _later(for_digests)


def _later(waits: Sequence[WaitsForDigest]) -> ApplicationError:
    return ApplicationError(
        " ".join(dict.fromkeys(map(str, waits))),
        type="WaitsForDigest",
        next_retry_delay=min(wait.delay for wait in waits),
        category=ApplicationErrorCategory.BENIGN,  # nothing is amiss
    )


def _being_sent() -> WaitsForDigest:
    return WaitsForDigest(LOOK_AGAIN, "Its digest is being sent.")


def _view(batch: list[GatheredRow]) -> DigestView:
    first = batch[0]
    reader = Reader(first.person, first.role, asked=False, copy=False, raiser=False, decides=False, operations=False)
    return DigestView(council=first.council, on=london_date(first.due_at), reader=reader, items=batch)


def _accepted(row: GatheredRow, message_id: str, at: datetime) -> Delivery:
    who = {"role": row.role, "person": row.person, "address": row.email}
    return Delivery(accepted_at=at, message_id=message_id, **who)


def _refused(row: GatheredRow, reason: str) -> Failure:
    return Failure(role=row.role, person=row.person, address=row.email, reason=reason)


def _references(batch: list[GatheredRow]) -> list[str]:
    return [row.reference for row in batch]
