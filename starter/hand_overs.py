"""What goes from one raiser to another: foreseen from the register, written down, then done in each escalation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from escalation.history import HandedOver
from escalation.messages import HandOver
from escalation.opening import Receipt
from escalation.wire import Message
from register.errors import RegisterError, RegisterUnavailable
from register.hand_overs import HandOverRow, Part
from register.store import Register
from starter.drafts import event_of
from starter.escalations import NoOutcomeYet, NotFound

AT_ONCE = 16
"""Escalations under way at one time."""

Result = Literal["would_be_done", "done", "refused", "not_reached"]
Act = Callable[[str, HandOver, str], Awaitable[Receipt]]
"""Do an act in the escalation of this workflow id, under an id. Raises NotFound and NoOutcomeYet."""
Step = Callable[[int, int], None]


class Handed(Message):
    """What became of one escalation or draft, or would."""

    kind: Literal["escalation", "draft"]
    reference: str
    result: Result
    why: str | None = None


class HandOverReport(Message):
    """What became of a whole act of handing over, or would; `hand_over` is none where nothing was written down."""

    hand_over: str | None = None
    from_name: str
    to_name: str
    handed: list[Handed] = []
    unknown: list[str] = []
    warnings: list[str] = []

    def of(self, *results: Result) -> list[Handed]:
        return [handed for handed in self.handed if handed.result in results]


async def carry_out(
    register: Register, row: HandOverRow, act: Act, step: Step = lambda _done, _of: None
) -> list[Handed]:
    """Do what was written down. Done again after a crash, each escalation and draft is handed over once.

    Where nothing answers for the first escalations, the others are not asked. Raises RegisterUnavailable.
    """
    drafts = [await asyncio.to_thread(_draft, register, row, part) for part in row.drafts]
    working = _Working(register, row, act, step)
    escalations = await asyncio.gather(*(working.one(part) for part in row.escalations))
    return [*escalations, *drafts]


class _Working:
    """One act under way: so many at once, and none any more once nothing answers."""

    def __init__(self, register: Register, row: HandOverRow, act: Act, step: Step) -> None:
        self._register, self._row, self._act, self._step = register, row, act, step
        self._room = asyncio.Semaphore(AT_ONCE)
        self._reached = self._silent = self._settled = 0

    async def one(self, part: Part) -> Handed:
        async with self._room:
            handed = await self._one(part)
        self._settled += 1
        self._step(self._settled, len(self._row.escalations))
        return handed

    async def _one(self, part: Part) -> Handed:
        if await asyncio.to_thread(_was_handed_over, self._register, self._row, part.reference):
            return _handed(part, "done")
        if self._silent >= AT_ONCE and not self._reached:
            return _handed(part, "not_reached", "It was not asked: nothing answers.")
        row = await asyncio.to_thread(self._register.find, part.reference)
        if row is None:
            return _handed(part, "refused", "The register holds no such escalation.")
        try:
            act_id = f"{self._row.hand_over}/{part.reference}"
            receipt = await self._act(row.escalation, command(self._row, part), act_id)
        except NotFound:
            newest = await asyncio.to_thread(self._register.find, part.reference)
            if newest and newest.over:
                return _handed(part, "refused", "It has ended since.")
            return _handed(part, "not_reached", "Temporal does not hold it, although the register has it open.")
        except NoOutcomeYet as problem:
            self._silent += 1
            return _handed(part, "not_reached", str(problem))
        self._reached += 1
        refused = receipt.rejection
        return _handed(part, "refused", refused.message) if refused else _handed(part, "done")


def command(row: HandOverRow, part: Part) -> HandOver:
    """The act in one escalation."""
    return HandOver(
        by=row.by,
        name=row.name,
        to=part.role,
        to_name=row.to_name,
        from_name=row.from_name,
        hand_over=row.hand_over,
        reason=row.reason,
    )


def _was_handed_over(register: Register, row: HandOverRow, reference: str) -> bool:
    """By this very act, at an earlier attempt: Temporal forgets the ids of updates with the escalation."""
    entries = register.history(reference)
    return any(isinstance(entry, HandedOver) and entry.hand_over == row.hand_over for entry in entries)


def _draft(register: Register, row: HandOverRow, part: Part) -> Handed:
    raiser = {"role": part.role, "name": row.to_name}
    draft = register.drafts.find(part.reference)
    has_it = event_of(draft).data.raised_by.model_dump() if draft else {}
    if has_it == raiser:
        return _handed(part, "done", kind="draft")
    if has_it.get("name") and has_it["name"].casefold() != row.from_name.casefold():
        return _handed(part, "refused", f"It is {has_it['name']}'s by now.", kind="draft")
    try:
        register.drafts.fill(part.reference, {"raised_by": raiser})
    except RegisterUnavailable:
        raise
    except RegisterError:
        started = f"It has been started since. Hand over {part.reference} itself."
        return _handed(part, "refused", started, kind="draft")
    return _handed(part, "done", kind="draft")


def _handed(
    part: Part, result: Result, why: str | None = None, *, kind: Literal["escalation", "draft"] = "escalation"
) -> Handed:
    return Handed(kind=kind, reference=part.reference, result=result, why=why)
