"""An escalation in a Temporal of its own, a worker that comes and goes, and time that moves for all at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx2
import pytest
from temporalio.client import Client

from activities.calendar import Calendars
from activities.eml_folder import EmlFolder
from activities.notices import Notices
from activities.register import RegisterKeeper
from config import directory
from config.connect import TemporalUnreachable, connect
from escalation.history import HistoryEntry
from escalation.local_calendar import LocalCalendar
from escalation.messages import Note
from escalation.opening import Opening
from starter import escalations
from starter.rehearsal.shifted import ShiftedRunner
from tests.web.bench import REFERENCE, Bench, DevelopmentServer, browsing, served
from web.temporal import Temporal
from worker import build_runner, build_worker
from workflows.search_attributes import register_search_attributes

T = TypeVar("T")
PATIENCE = 120.0


@dataclass
class Live:
    """An escalation in a Temporal of its own. `at` moves everybody's time at once, as after downtime."""

    bench: Bench
    server: DevelopmentServer
    stack: AsyncExitStack
    workers: list[AsyncExitStack] = field(default_factory=list)
    client: Client | None = None
    shift: timedelta = timedelta(0)

    def at(self, instant: datetime) -> None:
        self.bench.now = instant
        self.shift = instant - datetime.now(UTC)

    async def connected(self) -> Client:
        if self.client is None:
            self.client = await until(self._reached)
            await until(self._ready)
        return self.client

    async def _reached(self) -> Client | None:
        try:
            return await connect(self.bench.settings, self.bench.ring)
        except TemporalUnreachable:
            return None

    async def _ready(self) -> bool:
        try:
            await register_search_attributes(self.client)  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 - it is still starting
            return False
        return True

    async def start(self) -> None:
        """What the bench has told so far is the history; nobody is alerted again."""
        opening = Opening(reference=REFERENCE, procedure=self.bench.procedure, events=self.bench.entries)
        assert await escalations.start(await self.connected(), opening)

    async def start_worker(self) -> None:
        shift, bench = self.shift, self.bench

        def now() -> datetime:
            return datetime.now(UTC) + shift

        transport = EmlFolder(bench.folder / "mail")
        told: dict[str, Any] = {"mail_from": "t@council.example", "message_id_domain": "council.example"}
        people = directory.load(bench.settings.directory)
        notices = Notices(lambda: people, transport, bench.register, links=bench.links, now=now, **told)
        keeper = RegisterKeeper(bench.register, now=now)
        activities: list[Callable[..., Any]] = [
            Calendars(LocalCalendar()).read_calendar,
            notices.send_notice,
            keeper.record_entries,
            keeper.read_inbox,
        ]
        own = AsyncExitStack()
        runner = ShiftedRunner(build_runner(), shift)
        await own.enter_async_context(build_worker(await self.connected(), activities, workflow_runner=runner))
        self.workers.append(own)

    async def stop_worker(self) -> None:
        while self.workers:
            await self.workers.pop().aclose()

    async def browser(self) -> httpx2.Client:
        temporal = Temporal(self.bench.settings, self.bench.ring)
        return self.stack.enter_context(browsing(self.stack.enter_context(served(self.bench, temporal.connected))))

    def history(self, *events: str) -> list[HistoryEntry]:
        return [entry for entry in self.bench.register.history(REFERENCE) if not events or entry.event in events]

    async def until_recorded(self, *events: str) -> list[HistoryEntry]:
        return await until(lambda: asyncio.to_thread(self.history, *events))

    async def kill_everything(self) -> None:
        """The server first: nothing that the worker still has can be completed."""
        self.server.kill()
        await self.stop_worker()
        self.client = None

    async def wake_after(self, instant: datetime) -> None:
        """Once the escalation's own clock is past an instant, have it look."""

        async def passed() -> bool:
            return datetime.now(UTC) + self.shift > instant

        await until(passed)
        await self.wake()

    async def wake(self) -> None:
        """Any act makes the escalation look at its clock."""
        client = await self.connected()
        await escalations.act(client, self.bench.escalation, Note(by="iro", text="Looking at it."))


async def until(ask: Callable[[], Coroutine[Any, Any, T | None]]) -> T:
    """Ask until there is an answer."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await ask()):
            await asyncio.sleep(0.05)
        return found


@asynccontextmanager
async def living(
    bench: Bench, server: DevelopmentServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Live]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    async with AsyncExitStack() as stack:
        live = Live(bench, server, stack)
        live.at(now)
        stack.push_async_callback(live.stop_worker)
        yield live
