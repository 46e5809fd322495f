"""What becomes of a message in the mailbox? It is matched with what we sent, and handed over to its escalation."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities import coming_back
from activities.coming_back import Incoming
from activities.mailbox import MailboxFolder, Place, Taken
from config.connect import TemporalUnreachable
from escalation.errors import TwentydaysError
from escalation.messages import CameBack
from register.rows import CameBackRow, LedgerRow
from register.store import Register
from workflows import reference_in

log = logging.getLogger("mailbox")

EVERY = timedelta(minutes=1)
SPREAD = random.Random()  # noqa: S311 - nothing secret hangs on it
"""Draws how far apart processes have their rounds; its own, for whoever else in the process seeds the common one."""
ONE_SIGNAL = timedelta(seconds=10)
NO_NEWS = "No news: nothing follows from it."
NOT_READ = "It is no email that can be read."
STRANGE = "It belongs to nothing that we sent."
UNCLEAR = "A machine sent it, and does not say clearly what it means: a person has to look at it."
SOMEBODY_ELSE = "It says that mail did not reach somebody to whom we did not write: a person has to look at it."
SEVERAL = "It answers one email about several escalations, which different people raised: a person has to pass it on."
RECORDING = "It is about an email that no escalation waits for any more: a person has to look at it."


@dataclass(frozen=True)
class Desk:
    """What is needed to deal with a message. Temporal is asked for only when there is something to hand over."""

    client: Callable[[], Awaitable[Client]]
    register: Register
    folder: MailboxFolder
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def read_once(desk: Desk) -> list[CameBackRow]:
    """Read all that has come; what became of each.

    Raises TemporalUnreachable and RegisterUnavailable: what could not be dealt with waits where it was.
    """
    found = []
    for name in await asyncio.to_thread(desk.folder.waiting):
        taken = await asyncio.to_thread(desk.folder.take, name)
        if taken and (row := await _deal_with(desk, taken)):
            found.append(row)
    return found


async def keep_reading(desk: Desk, every: timedelta = EVERY) -> None:
    """A round now and then, until it is cancelled. Several processes may do so at once: each message counts once."""
    while True:
        await asyncio.sleep(every.total_seconds() * SPREAD.uniform(0.5, 1.5))
        try:
            await read_once(desk)
        except TwentydaysError as error:
            log.warning("Messages wait in the mailbox: %s", error)
        except Exception:
            log.exception("A round of reading the mailbox failed; the next one follows.")


async def _deal_with(desk: Desk, taken: Taken) -> CameBackRow | None:
    """None where nothing came of it now: it could not be dealt with, or had been before."""
    try:
        known = await asyncio.to_thread(desk.register.came_back.find, taken.mail_id)
        row = known if known and not _place(known) else await _became_of(desk, taken)
        if row is not known:
            await asyncio.to_thread(desk.register.came_back.note, row)
    except (Exception, asyncio.CancelledError) as error:
        desk.folder.put_back(taken)
        if isinstance(error, TwentydaysError | asyncio.CancelledError):
            raise
        log.exception("A message in the mailbox could not be dealt with; it is tried again.")
        return None
    await asyncio.to_thread(desk.folder.file, taken, _place(row))
    if row is known:
        return None
    _log(row)
    return row


def _place(row: CameBackRow) -> Place:
    return row.kind if row.kind in {"unmatched", "unreadable"} else ""


def _log(row: CameBackRow) -> None:
    """Neither who wrote nor what: that stands in the history."""
    level = logging.WARNING if _place(row) else logging.INFO
    about = {"reference": reference_in(row.escalation)} if row.escalation else {}
    log.log(level, "Came back to the mailbox (%s): %s", row.kind, row.outcome, extra=about)


async def _became_of(desk: Desk, taken: Taken) -> CameBackRow:
    incoming = await asyncio.to_thread(coming_back.read, taken.raw)
    now = desk.now()
    row = CameBackRow(
        mail_id=taken.mail_id,
        received_at=min(taken.came_at, now),
        kind="unreadable",
        outcome=NOT_READ,
        handled_at=now,
    )
    if incoming is None:
        return row
    sent = await asyncio.to_thread(_match, desk.register, incoming)
    if not sent:
        kind, outcome = ("no_news", NO_NEWS) if incoming.kind == "no_news" else ("unmatched", STRANGE)
        return row.model_copy(update={"kind": kind, "outcome": outcome})
    first = sent[0]
    about = {"escalation": first.escalation, "entry": first.entry, "notice": first.notice, "address": first.address}
    row = row.model_copy(update=about | {"received_at": received_at(incoming, taken.came_at, first, now)})
    return row.model_copy(update=await _handed_over(desk, incoming, row, sent))


def _match(register: Register, incoming: Incoming) -> list[LedgerRow]:
    """What we sent that it is about: one row for each escalation that the email spoke for."""
    found: list[LedgerRow] = []
    for message_id in incoming.about:
        if found := register.came_back.sent_as(message_id):
            break
    if not found and incoming.reference and incoming.notice:
        addresses = [address for failed in incoming.failed for address in failed.addresses]
        about = (incoming.reference, incoming.notice)
        found = [row for address in addresses for row in register.came_back.sent_to(*about, address)]
    return list({row.escalation: row for row in reversed(found)}.values())[::-1]


def received_at(incoming: Incoming, came_at: datetime, sent: LedgerRow, now: datetime) -> datetime:
    """As our own mail server wrote it, if that can be; else the time of the file. Never before we sent, never later."""
    earliest = sent.accepted_at or now
    told = incoming.received_at
    if told is None or not earliest <= told <= now:
        told = came_at
    return min(max(told, earliest), now)


async def _handed_over(desk: Desk, incoming: Incoming, row: CameBackRow, sent: list[LedgerRow]) -> dict[str, str]:
    """What it was taken for in the end, and what became of it."""
    if incoming.kind == "no_news":
        return {"kind": "no_news", "outcome": NO_NEWS}
    if why_not := await asyncio.to_thread(_why_not, desk.register, incoming, sent):
        return {"kind": "unmatched", "outcome": why_not}
    taken: list[str] = []
    ended: list[str] = []
    for one in sent:
        told = await _tell(desk, one.escalation, _came(incoming, row, one))
        (taken if told else ended).append(reference_in(one.escalation))
    outcome = [*_named("Handed over to", taken), *_named("Not open any more, or not known to Temporal:", ended)]
    return {"kind": incoming.kind if taken else "unmatched", "outcome": " ".join(outcome)}


def _named(words: str, references: list[str]) -> list[str]:
    return [f"{words} {', '.join(references)}."] if references else []


def _why_not(register: Register, incoming: Incoming, sent: list[LedgerRow]) -> str | None:
    """Why a person has to look at it."""
    if incoming.kind == "unclear":
        return UNCLEAR
    if not all(row.escalation.startswith("escalation/") for row in sent):
        return RECORDING
    if incoming.kind == "bounce" and not _reason(incoming, sent[0]):
        return SOMEBODY_ELSE
    if incoming.kind == "reply" and len(sent) > 1:
        raised = [register.find(reference_in(row.escalation)) for row in sent]
        return SEVERAL if len({(one.raised_by, one.raised_by_name) for one in raised if one}) > 1 else None
    return None


def _came(incoming: Incoming, row: CameBackRow, sent: LedgerRow) -> CameBack:
    """As the escalation is told. Only a reply has a sender of its own: others may answer for whom we asked."""
    address, person, text = sent.address, sent.person, incoming.text
    if incoming.kind == "bounce":
        text = _reason(incoming, sent) or ""
    elif incoming.kind == "reply" and incoming.address:
        same = incoming.address.casefold() == sent.address.casefold()
        address, person = incoming.address, incoming.name or (sent.person if same else None)
    return CameBack(
        mail_id=row.mail_id,
        kind=incoming.kind,
        received_at=row.received_at,
        entry=sent.entry,
        notice=sent.notice,
        role=sent.role,
        address=address,
        person=person,
        text=text,
    )


def _reason(incoming: Incoming, sent: LedgerRow) -> str | None:
    """Why it did not reach the person to whom it was sent; None where the report is about others."""
    ours = sent.address.casefold()
    return next((one.reason for one in incoming.failed if ours in {each.casefold() for each in one.addresses}), None)


async def _tell(desk: Desk, escalation: str, came: CameBack) -> bool:
    """Whether the escalation was there to be told. Raises TemporalUnreachable."""
    try:
        async with asyncio.timeout(ONE_SIGNAL.total_seconds()):
            client = await desk.client()
            await client.get_workflow_handle(escalation).signal("mail_came_back", came)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return False
        raise TemporalUnreachable(f"Temporal could not take it now: {error.message}") from error
    except TimeoutError:
        raise TemporalUnreachable("Temporal does not answer.") from None
    return True
