"""What people do during a soak: each act is tried until it has an outcome, however many processes die under it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from temporalio.service import RPCError

from escalation.errors import TwentydaysError
from escalation.messages import Command, Decide, Respond, Withdraw
from escalation.opening import Receipt
from escalation.procedure import Procedure
from starter import escalations
from starter.escalations import NotFound
from tests.soak import past
from tests.soak.plan import Part, Soak
from tests.soak.stack import Stack
from workflows import workflow_id

T = TypeVar("T")
AT_ONCE = 16
"""How many acts are under way at one time; more only exhausts the server that is being tested."""


@dataclass
class Acts:
    """What was done, as those who did it saw it: by reference, for the verdict."""

    stack: Stack
    procedure: Procedure
    soak: Soak
    put: dict[str, datetime] = field(default_factory=dict)
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    without_outcome: list[str] = field(default_factory=list)
    tries: int = 0

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)

    async def play(self, part: Part) -> None:
        """Everything that is done about one escalation."""
        if part.kind == "silent":
            return
        await self.stack.until(part.acts)
        if not part.given:
            opening = past.new(self.procedure, part.reference, self.stack.now())
            await self._insisting(part, lambda: escalations.start(self.stack.client, opening))
            await self.stack.until(part.regrets)
        if part.answered:
            await self._answer(part, part.answered)
        if decision := self._decision(part):
            await self._act(part, decision)

    async def _answer(self, part: Part, received_at: datetime) -> None:
        answer = self._answer_of(part, received_at)
        escalation = self._id(part)
        await asyncio.to_thread(self.stack.register.put_in_inbox, escalation, answer)
        self.put[part.reference] = self.stack.now()
        if part.kind != "kept":
            client, register = self.stack.client, self.stack.register
            await self._receipt(part, lambda: escalations.respond(client, register, escalation, answer))

    async def _act(self, part: Part, command: Command) -> None:
        act_id = f"{command.do}-{part.reference}"
        await self._receipt(part, lambda: escalations.act(self.stack.client, self._id(part), command, act_id))

    async def _receipt(self, part: Part, call: Callable[[], Awaitable[Receipt]]) -> None:
        receipt = await self._insisting(part, call)
        if receipt:
            self.receipts.setdefault(part.reference, []).append(receipt)

    async def _insisting(self, part: Part, call: Callable[[], Awaitable[T]]) -> T | None:
        """The same call with the same id again and again, as a relay does it."""
        give_up = time.monotonic() + self.soak.patience
        while time.monotonic() < give_up:
            try:
                async with self._free:
                    self.tries += 1
                    return await call()
            except NotFound:
                self.gone.append(part.reference)
                return None
            except (TwentydaysError, RPCError, TimeoutError):
                await asyncio.sleep(0.5)
        self.without_outcome.append(part.reference)
        return None

    def _answer_of(self, part: Part, received_at: datetime) -> Respond:
        stage = self.procedure.stages[0]
        return Respond(
            response_id=f"answer-{part.reference}",
            stage=stage.key,
            by=stage.addressee[0],
            text="The meeting is on Monday.",
            received_at=received_at,
        )

    def _decision(self, part: Part) -> Command | None:
        raiser, words = self.procedure.raiser.roles[0], "As agreed."
        match part.kind:
            case "satisfied":
                return Decide(by=raiser, outcome="satisfied", outcome_text=words)
            case "escalated":
                return Decide(by=raiser, outcome="escalate", to=self.procedure.stages[1].key, reason=words)
            case "withdrawn" | "hasty":
                return Withdraw(by=raiser, reason=words)
        return None

    def _id(self, part: Part) -> str:
        return workflow_id(self.procedure.key, part.reference)
