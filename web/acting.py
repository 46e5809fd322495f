"""What becomes of an act that a program asks for? Done once under its key, refused in words, or not yet known."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from config.connect import TemporalUnreachable
from config.wording import sentence
from escalation.messages import Command, RecordResponse, Respond
from escalation.opening import Receipt
from escalation.words import at
from register.canonical import canonical, digest
from register.errors import ConflictingAnswer, RegisterError, RegisterUnavailable
from register.rows import ActRow, EscalationRow, TokenRow
from register.store import Register
from starter import escalations
from web.bodies import KINDS
from web.problems import ProblemError, ProblemFault, pointer
from web.temporal import Temporal
from web.tokens import unavailable

log = logging.getLogger("api")

AGAIN = "It may still be done. Send it again with the same Idempotency-Key: it is done once, and you get its outcome."
NO_KEY = (
    "It may still be done: look at the history before you send it again. With an Idempotency-Key, sending again is "
    "harmless."
)


class Acting:
    """Commands of programs, each with the token that asks."""

    def __init__(self, register: Callable[[], Register], temporal: Temporal, now: Callable[[], datetime]) -> None:
        self._register, self._temporal, self._now = register, temporal, now

    async def act(self, row: EscalationRow, do: str, said: dict[str, Any], token: TokenRow, key: str | None) -> Receipt:
        """Do it, and keep what came of it under the key. Raises ProblemError: 409, 410, 422, 503."""
        received_at = self._now()
        command = _command(do, said, token, received_at)
        act_id = f"api-{token.prefix}-{key}" if key else None
        kept = await self._kept(row, act_id, do, said, received_at) if act_id else None
        if kept and kept.receipt:
            return _accepted(Receipt.model_validate_json(kept.receipt))
        if row.over and (kept is None or kept.asked_at == received_at):
            raise closed(row)  # one that was asked for before may have been done: Temporal knows its id too
        _ensure_possible(row, command)
        receipt = await self._outcome(row, command, act_id)
        if act_id:
            with suppress(RegisterUnavailable):  # asked again, Temporal still has it
                await asyncio.to_thread(self._register().keep_receipt, row.escalation, act_id, canonical(receipt))
        return _accepted(receipt)

    async def _kept(self, row: EscalationRow, act_id: str, do: str, said: dict[str, Any], now: datetime) -> ActRow:
        """The act as it was first asked for under its key, which may be now."""
        words = digest(json.dumps([do, said], sort_keys=True, default=str))
        try:
            kept = await asyncio.to_thread(self._register().ask, row.escalation, act_id, words, now)
        except RegisterError as error:
            raise unavailable(error) from error
        if kept.digest != words:
            raise ProblemError(
                422,
                "idempotency_key_reused",
                "This Idempotency-Key was used for something else in this escalation. Give each act a key of its own.",
            )
        return kept

    async def _outcome(self, row: EscalationRow, command: Command, act_id: str | None) -> Receipt:
        try:
            async with asyncio.timeout(escalations.PATIENCE.total_seconds()):
                return await self._done(row, command, act_id)
        except ConflictingAnswer as error:
            raise ProblemError(409, "response_id_taken", str(error), field="response_id") from None
        except RegisterError as error:
            raise unavailable(error) from error
        except escalations.NotFound:
            raise await self._not_running(row) from None
        except (TimeoutError, escalations.NoOutcomeYet, TemporalUnreachable) as error:
            log.warning("No outcome of %s in %s: %s", command.do, row.reference, error or "out of time")
            raise _no_outcome(command, sure=act_id is not None) from error

    async def _done(self, row: EscalationRow, command: Command, act_id: str | None) -> Receipt:
        if isinstance(command, Respond):
            # Kept before anything else may fail: once there, it counts from when it was received.
            await asyncio.to_thread(self._register().put_in_inbox, row.escalation, command)
        async with self._temporal.call() as client:
            if isinstance(command, Respond):
                return await escalations.respond(client, self._register(), row.escalation, command)
            return await escalations.act(client, row.escalation, command, act_id)

    async def _not_running(self, row: EscalationRow) -> ProblemError:
        """Temporal holds no such escalation open: it has ended since, or not begun, or Temporal has lost it."""
        try:
            newest = await asyncio.to_thread(self._register().find, row.reference)
        except RegisterError as error:
            return unavailable(error)
        if newest and newest.over:
            return closed(newest)
        log.warning("Temporal does not hold %s, which the register holds open.", row.reference)
        return _no_answer("Temporal does not hold this escalation, which the register holds open. Tell operations.")


def _command(do: str, said: dict[str, Any], token: TokenRow, received_at: datetime) -> Command:
    """The body's fields, and what is ours to say: who asked where nobody is named, and when an answer was received."""
    ours: dict[str, Any] = {"name": said.get("name") or token.name}
    if KINDS[do] is Respond:
        ours["received_at"] = received_at
    try:
        return KINDS[do].model_validate(said | ours)
    except ValidationError as error:  # all of its kind, and what it says cannot be: a name with a line break in it
        found = error.errors(include_url=False, include_input=False)
        told = [ProblemFault(pointer=pointer(one["loc"]), detail=sentence(one)) for one in found]
        raise ProblemError(409, "refused", "What this says cannot be.", errors=told) from None


def _ensure_possible(row: EscalationRow, command: Command) -> None:
    if isinstance(command, RecordResponse) and command.received_at < row.raised_at:
        raise ProblemError(
            409,
            "before_it_was_raised",
            f"The concern was raised on {at(row.raised_at)}; an answer cannot have been received before.",
            field="received_at",
        )


def _accepted(receipt: Receipt) -> Receipt:
    """The receipt of what was done. Raises ProblemError with the rules' own words for what was not."""
    if receipt.rejection is None:
        return receipt
    refused = receipt.rejection
    status = 410 if refused.code == "closed" else 409
    raise ProblemError(status, refused.code, refused.message, field=refused.field)


def closed(row: EscalationRow) -> ProblemError:
    when = f" on {at(row.closed_at)}" if row.closed_at else ""
    how = "withdrawn" if row.status == "withdrawn" else "closed"
    return ProblemError(410, "closed", f"This escalation was {how}{when}: nothing more can be done in it.")


def _no_outcome(command: Command, *, sure: bool) -> ProblemError:
    if isinstance(command, Respond) and command.received_at:
        kept = f"We have the answer, received on {at(command.received_at)}, and it counts from then; "
        return _no_answer(f"{kept}what comes of it is not known yet. Sent again with its response_id it counts once.")
    return _no_answer(f"No outcome in time. {AGAIN if sure else NO_KEY}")


def _no_answer(detail: str) -> ProblemError:
    return ProblemError(503, "no_outcome", detail, headers={"Retry-After": "10"})
