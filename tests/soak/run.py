"""A soak from beginning to end: escalations that fall due together, processes that die, and the verdict on it all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from temporalio.service import RPCError

from activities.calendar import Calendars
from config import procedures
from escalation import rules
from escalation.errors import TwentydaysError
from escalation.fold import fold
from escalation.history import HistoryEntry, Lapsed
from escalation.local_calendar import LocalCalendar
from escalation.procedure import Procedure
from escalation.state import EntryView, view
from starter import escalations
from starter.rehearsal.world import everyone
from tests.soak import past, verdict
from tests.soak.acts import AT_ONCE, Acts
from tests.soak.plan import DAY_ZERO, LAPSE, PROCEDURE, Part, Soak, kills, parts
from tests.soak.stack import Stack, running
from tests.soak.verdict import Verdict
from workflows import workflow_id

T = TypeVar("T")


@dataclass
class Course:
    """One soak under way."""

    soak: Soak
    stack: Stack
    procedure: Procedure
    parts: list[Part]
    lengths: dict[str, int]
    acts: Acts
    say: Callable[[str], None]
    unsettled: list[str] = field(default_factory=list)

    async def start(self) -> None:
        """Every escalation that has a past, before there is a worker."""
        calendar = Calendars(LocalCalendar()).calendar_for(DAY_ZERO.date())
        directory = everyone(self.procedure)
        given = [part for part in self.parts if part.given]
        openings = [past.going_on(self.procedure, part.reference, calendar, directory) for part in given]
        self.lengths.update({opening.reference: len(opening.events) for opening in openings})
        await _some_at_once(partial(escalations.start, self.stack.client, opening) for opening in openings)
        await self.stack.start_worker()
        self.say(f"{len(openings)} escalations fall due together, {LAPSE - self.stack.now()} from now")

    async def go(self) -> None:
        """Acts and deaths, and then for as long as it takes until nothing is outstanding."""
        killing = asyncio.create_task(self._kill())
        await asyncio.gather(*(self.acts.play(part) for part in self.parts))
        await killing
        await self.stack.until(LAPSE)
        self.say(f"All has been done; waiting until nothing is outstanding, {self.soak.patience:.0f} s at most")
        await self._settle()

    async def _kill(self) -> None:
        for kill in kills(self.soak):
            await self.stack.until(kill.at)
            await self.stack.kill(kill.whom)
            self.say(f"{(self.stack.now() - LAPSE).total_seconds():+7.1f} s: killed {kill.whom}")

    async def _settle(self) -> None:
        give_up, left = time.monotonic() + self.soak.patience, [part.reference for part in self.parts]
        while left and time.monotonic() < give_up:
            await asyncio.sleep(0.5)
            left = [reference for reference in left if not self._quiet(reference)]
        self.unsettled = left

    def _quiet(self, reference: str) -> bool:
        entries = self.stack.register.history(reference)
        if len(entries) < 2:
            return False
        case = fold(self.procedure, entries)
        wake = rules.next_wake(case, self.stack.now())
        return not case.outstanding and (not case.open or (case.alert_accepted and bool(wake and wake > LAPSE)))


async def soak(plan: Soak, folder: Path, say: Callable[[str], None]) -> Verdict:
    """Run it on an installation of its own; nothing is left running."""
    async with running(folder, plan) as stack:
        return await soak_on(stack, plan, say)


async def soak_on(stack: Stack, plan: Soak, say: Callable[[str], None] = lambda _: None) -> Verdict:
    """Run it, and say what came of it."""
    procedure, began = procedures.load(PROCEDURE), time.monotonic()
    course = Course(plan, stack, procedure, parts(plan), {}, Acts(stack, procedure, plan), say)
    await course.start()
    await course.go()
    found = await _judge(course)
    found.figures["seconds"] = round(time.monotonic() - began)
    return found


async def _judge(course: Course) -> Verdict:
    """What the register holds, what the workflows hold, what the catcher holds."""
    found, stack, acts = Verdict(), course.stack, course.acts
    held = {part.reference: stack.register.history(part.reference) for part in course.parts}
    own = await _workflows_own(course)
    wanted: set[verdict.Key] = set()
    may_miss: set[verdict.Key] = set()
    told: dict[verdict.Key, str] = {}
    for part in course.parts:
        entries, since = held[part.reference], course.lengths.get(part.reference, 0)
        if [view(entry) for entry in entries] != own[part.reference]:
            found.fault(part.reference, "register and workflow tell two histories")
        if len(entries) < 2:
            continue
        verdict.judge_story(found, part, entries, acts.put.get(part.reference))
        verdict.judge_answer(found, part, entries)
        verdict.judge_failures(found, part.reference, entries)
        called_for = verdict.called_for(course.procedure, entries, since, everyone(course.procedure))
        wanted, may_miss = wanted | called_for, may_miss | verdict.overtaken(called_for, entries)
        told |= verdict.told_of(part.reference, entries, since)
    messages = verdict.caught(stack.mail)
    verdict.judge_mail(found, wanted, may_miss, told, messages, stack.deaths)
    verdict.judge_duplicates(found, messages, _noted_at(course, told), stack.deaths)
    _judge_the_rest(found, course, held)
    return found


def _judge_the_rest(found: Verdict, course: Course, held: dict[str, list[HistoryEntry]]) -> None:
    for reference in course.unsettled:
        found.fault(reference, "not settled in time")
    for reference in course.acts.without_outcome:
        found.fault(reference, "somebody acted and never had an outcome")
    for fault in course.stack.register.verify():
        found.fault("register", fault)
    _judge_receipts(found, course.acts, held)
    lapses = [e.at for entries in held.values() for e in entries if isinstance(e, Lapsed)]
    found.figures["seconds from the first lapse to the last"] = round((max(lapses) - LAPSE).total_seconds())
    found.figures["acts, tries included"] = course.acts.tries
    for whom, _ in course.stack.killed:
        found.figures[f"{whom} killed"] += 1


def _judge_receipts(found: Verdict, acts: Acts, held: dict[str, list[HistoryEntry]]) -> None:
    """What was said to people is what the history says: an accepted decision stands there once, a refused one not."""
    for reference, receipts in acts.receipts.items():
        entries = held[reference]
        accepted = sum(receipt.accepted for receipt in receipts)
        stands = sum(e.event in {"responded", "late_response", "decided", "withdrawn"} for e in entries)
        if accepted != stands:
            found.fault(reference, f"{accepted} acts were accepted, and {stands} stand in the history")
        found.figures["acts refused"] += len(receipts) - accepted


def _noted_at(course: Course, told: dict[verdict.Key, str]) -> dict[str, datetime]:
    """When the ledger's note of each message was made, in real time."""
    stack, noted = course.stack, dict[str, datetime]()
    for reference, entry, notice, _ in told:
        for row in stack.register.accepted(workflow_id(course.procedure.key, reference), entry, notice):
            if row.message_id and row.accepted_at:
                noted[row.message_id] = stack.really(row.accepted_at).astimezone(UTC)
    return noted


async def _workflows_own(course: Course) -> dict[str, list[EntryView]]:
    async def ask(reference: str) -> list[EntryView]:
        for _ in range(20):
            try:
                return await escalations.history(course.stack.client, workflow_id(course.procedure.key, reference))
            except (TwentydaysError, RPCError):
                await asyncio.sleep(1)
        return []

    references = [part.reference for part in course.parts]
    told = await _some_at_once(partial(ask, reference) for reference in references)
    return dict(zip(references, told, strict=True))


async def _some_at_once(calls: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    free = asyncio.Semaphore(AT_ONCE)

    async def when_free(call: Callable[[], Awaitable[T]]) -> T:
        async with free:
            return await call()

    return list(await asyncio.gather(*(when_free(call) for call in calls)))
