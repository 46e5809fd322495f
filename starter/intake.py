"""What becomes of each of many case events: ruled or started, one verdict an event, and no event spoils another.

Used by `POST /events` and by `twentydays import`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json
from temporalio.client import Client

from activities.calendar import Calendars
from config.procedures import UnknownProcedure
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import Procedure
from escalation.rules import Advisory
from escalation.working_days import Calendar
from register.store import Register
from starter import starting
from starter.case_event import CaseEvent, place_of, read_event
from starter.starting import Started

AT_ONCE = 16
"""Events under way at one time: Temporal's default rate allows more, and the register writes one at a time anyway."""

Result = Literal["started", "already_started", "draft", "refused"]


class Verdict(BaseModel):
    """What became of one event, or would: `faults` say why it was refused, or what a draft lacks."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    result: Result
    references: list[str] = []
    warnings: list[Advisory] = []
    code: str | None = None
    faults: list[Fault] = []


class Intake:
    """Takes case events. Procedures are read once; `received_at` is one instant for all of them."""

    def __init__(
        self,
        procedures: Callable[[str], Procedure],
        register: Register,
        calendars: Calendars,
        received_at: datetime,
    ) -> None:
        self._load, self._register, self._at = procedures, register, received_at
        self._calendars = _OneDay(calendars, received_at.date())
        self._procedures: dict[str, Procedure] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def rule(self, text: str | bytes) -> Verdict:
        """What would become of an event; nothing is written."""
        try:
            event, procedure = self._read(text)
            told = starting.foresee(event, procedure, self._register, self._calendars, self._at, self._drafts)
        except InvalidDocument as problem:
            return _invalid(text, problem.faults)
        return _verdict(event, told)

    async def take(self, text: str | bytes, client: Client) -> Verdict:
        """Start what an event asks for, or keep a draft. Raises NoOutcomeYet, RegisterUnavailable: send it again."""
        try:
            event, procedure = self._read(text)
            async with self._locks.setdefault(event.reference, asyncio.Lock()):
                told = await starting.start_from(
                    event, procedure, client, self._register, self._calendars, self._at, keep_drafts=True
                )
        except InvalidDocument as problem:
            return _invalid(text, problem.faults)
        return _verdict(event, told)

    async def take_all(self, texts: Sequence[str | bytes], client: Client) -> list[Verdict]:
        """Several at a time, the verdicts in the order of the events. One without an outcome ends the whole."""
        return [verdict async for verdict in self.take_each(texts, client)]

    async def take_each(self, texts: Sequence[str | bytes], client: Client) -> AsyncIterator[Verdict]:
        """As `take_all`, each verdict as soon as it and those before it are there."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one(text: str | bytes) -> Verdict:
            async with room:
                return await self.take(text, client)

        tasks = [asyncio.create_task(one(text)) for text in texts]
        try:
            for task in tasks:
                yield await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def procedure(self, key: str) -> Procedure:
        """Raises UnknownProcedure, and InvalidDocument where its file has faults."""
        if key not in self._procedures:
            self._procedures[key] = self._load(key)
        return self._procedures[key]

    @cached_property
    def _drafts(self) -> set[str]:
        return self._register.drafts.references()

    def _read(self, text: str | bytes) -> tuple[CaseEvent, Procedure]:
        event = read_event(text, "")
        try:
            return event, self.procedure(event.data.procedure)
        except UnknownProcedure as problem:
            raise InvalidDocument([Fault("data.procedure", str(problem))]) from None


class _OneDay(Calendars):
    """The working days as read on one date, read once."""

    def __init__(self, calendars: Calendars, on: date) -> None:
        self._pinned = calendars.calendar_for(on)

    def calendar_for(self, around: date) -> Calendar:  # noqa: ARG002 - all of an intake is received at one instant
        return self._pinned


def _verdict(event: CaseEvent, told: Started) -> Verdict:
    refused = told.rejection
    faults = [Fault(f"data.{lack.field}", lack.message) for lack in told.lacking]
    if refused:
        faults = [Fault(place_of(refused.field), refused.message)]
    return Verdict(
        id=event.id,
        result=told.result,
        references=[] if refused else told.references,
        warnings=told.warnings,
        code=refused.code if refused else "incomplete" if faults else None,
        faults=faults,
    )


def _invalid(text: str | bytes, faults: list[Fault]) -> Verdict:
    return Verdict(id=_id_in(text), result="refused", code="invalid", faults=faults)


def _id_in(text: str | bytes) -> str | None:
    """The id of an event that cannot be read as one, so that its sender knows which it was."""
    try:
        said = from_json(text)
    except ValueError:
        return None
    named = said.get("id") if isinstance(said, dict) else None
    return named[:200] if isinstance(named, str) else None
