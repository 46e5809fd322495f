"""How does an answer reach its escalation? Into the inbox first, then to Temporal, and with an outcome if one comes."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from escalation.errors import TwentydaysError
from escalation.messages import Command, Respond
from escalation.opening import Receipt
from register.errors import RegisterUnavailable
from starter import escalations, relay
from web.reply.desk import Desk, Matter, closed
from web.reply.refusing import Refusal, later

log = logging.getLogger("reply")

PATIENCE = 15.0
"""Seconds that a person waits for an outcome."""


class Sent(BaseModel):
    """What became of an answer. received: we have it, and nobody has yet said what came of it."""

    model_config = ConfigDict(frozen=True)

    result: Literal["taken", "received", "refused", "closed"]
    received_at: datetime
    why: str | None = None


async def send(desk: Desk, matter: Matter, answer: Respond) -> Sent:
    """Keep an answer, and wait a moment for its outcome.

    Raises ConflictingAnswer where the response id stands for another answer, and Refusal where it could not be kept.
    Once this has gone past the inbox the answer counts from its instant, whatever fails afterwards.
    """
    try:
        await asyncio.to_thread(desk.register.put_in_inbox, matter.escalation, answer)
        kept = await asyncio.to_thread(desk.register.answer, answer.response_id)
    except RegisterUnavailable:
        raise _not_kept() from None
    received_at = (kept.answer.received_at if kept else None) or answer.received_at or desk.now()
    return await _outcome(desk, answer.response_id, received_at)


async def _outcome(desk: Desk, response_id: str, received_at: datetime) -> Sent:
    try:
        async with asyncio.timeout(PATIENCE):
            receipt = await escalations.hand_over(await desk.client(), desk.register, response_id)
    except escalations.NotFound:
        return Sent(result="closed" if await _is_closed(desk, response_id) else "received", received_at=received_at)
    except (TimeoutError, TwentydaysError) as error:
        log.warning("An answer waits in the inbox: %s", str(error) or "no outcome in time")
        return Sent(result="received", received_at=received_at)
    except Exception:
        log.exception("An answer waits in the inbox: handing it over failed.")
        return Sent(result="received", received_at=received_at)
    return _read(receipt, received_at)


async def _is_closed(desk: Desk, response_id: str) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return await relay.settle_closed(await desk.client(), desk.register, response_id)
    except (TimeoutError, TwentydaysError):
        return False


def _read(receipt: Receipt, received_at: datetime) -> Sent:
    if receipt.rejection is None:
        return Sent(result="taken", received_at=received_at)
    result: Literal["closed", "refused"] = "closed" if receipt.rejection.code == "closed" else "refused"
    return Sent(result=result, received_at=received_at, why=receipt.rejection.message)


async def do(desk: Desk, matter: Matter, command: Command, act_id: str) -> Receipt:
    """An act that is no answer. Raises Refusal where nobody says whether it was taken: it may be sent again."""
    try:
        async with asyncio.timeout(PATIENCE):
            client = await desk.client()
            return await escalations.act(client, matter.escalation, command, f"{command.do}-{act_id}")
    except escalations.NotFound:
        raise closed(matter.case) from None
    except (TimeoutError, TwentydaysError) as error:
        log.warning("%s of %s has no outcome: %s", command.do, matter.case.reference, error)
        raise _no_outcome() from None


def _not_kept() -> Refusal:
    return later(
        "not_kept",
        "We could not keep your answer",
        "It has not been sent. Go back and send it again in a minute: what you wrote is still there.",
        "If it is urgent, reply to the email that brought you here.",
    )


def _no_outcome() -> Refusal:
    return later(
        "no_outcome",
        "We cannot say whether this was taken",
        "It may still be done. Go back and send it again in a minute: it counts once.",
        "If it is urgent, reply to the email that brought you here.",
    )
