"""What becomes of an answer that Temporal did not take when it was received? It is handed over again, until it is."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from escalation.errors import TwentydaysError
from escalation.history import LateResponse, Responded
from register.errors import RegisterError
from register.rows import InboxRow
from register.store import ENDED, Register
from starter import escalations
from workflows import reference_in

log = logging.getLogger("relay")

LEFT_TO_THE_PAGE = timedelta(seconds=20)
"""So long whoever received an answer is still at it."""
EVERY = timedelta(seconds=15)
SPREAD = random.Random()  # noqa: S311 - nothing secret hangs on it
"""Draws how far apart processes have their rounds; its own, for whoever else in the process seeds the common one."""
ONE_ANSWER = timedelta(seconds=5)
AT_ONCE = 8
MOST = 200
"""Answers in one round; the oldest come first."""


async def relay_once(client: Client, register: Register, now: datetime | None = None) -> int:
    """Hand over again what is still waiting; how many answers were settled, so that nobody need look at them again.

    Raises RegisterUnavailable. Temporal's silence is no error: the answers stay as they are.
    """
    before = (now or datetime.now(UTC)) - LEFT_TO_THE_PAGE
    rows = await asyncio.to_thread(register.unanswered_inbox)
    waiting = [row for row in rows if row.received_at <= before][:MOST]
    turn = asyncio.Semaphore(AT_ONCE)

    async def settle(row: InboxRow) -> bool:
        async with turn:
            return await _settle(client, register, row)

    return sum(await asyncio.gather(*(settle(row) for row in waiting)))


async def keep_relaying(
    client: Callable[[], Awaitable[Client]],
    register: Callable[[], Register],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    every: timedelta = EVERY,
) -> None:
    """A round now and then, until it is cancelled. Several processes may do so at once: each answer counts once."""
    while True:
        await asyncio.sleep(every.total_seconds() * SPREAD.uniform(0.5, 1.5))
        try:
            if await asyncio.to_thread(register().unanswered_inbox):
                await relay_once(await client(), register(), now())
        except TwentydaysError as error:
            log.warning("Answers wait to be handed over: %s", error)
        except Exception:
            log.exception("A round of handing over failed; the next one follows.")


async def settle_closed(client: Client, register: Register, response_id: str) -> bool:
    """Whether an answer that Temporal knows no escalation for came after the end, and is settled by that."""
    row = await asyncio.to_thread(register.answer, response_id)
    told = await asyncio.to_thread(_in_history, register, row) if row else None
    if row is None or told:
        return False
    outcome = await _closed(client, register, row)
    if outcome:
        await asyncio.to_thread(register.mark_applied, response_id, outcome, datetime.now(UTC))
    return outcome is not None


async def _settle(client: Client, register: Register, row: InboxRow) -> bool:
    told = await asyncio.to_thread(_in_history, register, row)
    outcome = told or await _asked_for(client, register, row)
    if outcome is None:
        return False
    await asyncio.to_thread(register.mark_applied, row.response_id, outcome, datetime.now(UTC))
    return True


def _in_history(register: Register, row: InboxRow) -> str | None:
    """What the history says that it made of the answer."""
    for entry in register.history(reference_in(row.escalation)):
        if isinstance(entry, Responded | LateResponse) and entry.response_id == row.response_id:
            return entry.event
    return None


async def _asked_for(client: Client, register: Register, row: InboxRow) -> str | None:
    try:
        async with asyncio.timeout(ONE_ANSWER.total_seconds()):
            receipt = await escalations.hand_over(client, register, row.response_id)
    except escalations.NotFound:
        return await _closed(client, register, row)
    except (TimeoutError, escalations.NoOutcomeYet, RegisterError):
        return None
    return receipt.rejection.code if receipt.rejection else "accepted"


async def _closed(client: Client, register: Register, row: InboxRow) -> str | None:
    """Whether it is closed for good. What Temporal has lost and the register holds open is kept for its return."""
    known = await asyncio.to_thread(register.find, reference_in(row.escalation))
    if known is None or known.status in ENDED or await _has_ended(client, row.escalation):
        return "closed"
    log.warning("Temporal does not know %s, which the register holds open; its answer waits.", known.reference)
    return None


async def _has_ended(client: Client, escalation: str) -> bool:
    try:
        described = await client.get_workflow_handle(escalation).describe()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            log.warning("Temporal gives no word on %s: %s", reference_in(escalation), error.message)
        return False
    return described.status != WorkflowExecutionStatus.RUNNING
