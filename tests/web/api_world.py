"""A council whose API is served: a register that holds escalations, and a Temporal server where a test asks for one."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi.routing import iter_route_contexts
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.calendar import Calendars
from config import procedures
from config.codec import KeyRing, data_converter
from config.settings import Settings
from escalation import rules
from escalation.history import HistoryEntry
from escalation.local_calendar import LocalCalendar
from escalation.messages import Delivery, NoticeOutcome
from escalation.opening import Opening
from escalation.summary import summary_of
from register import tokens
from register.engine import open_register
from register.store import Register
from register.tokens import Scope
from starter import escalations
from starter.case_event import read_event
from starter.office import Office
from tests.empty_register import empty_register
from tests.serving import PLAIN, serving
from web import api
from web.app import create_app
from worker import build_tools, build_worker
from workflows import workflow_id
from workflows.search_attributes import register_search_attributes

RAISED = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
SAMPLE = Path(__file__).parents[2] / "config" / "samples" / "southwark.json"
PROCEDURE = procedures.load("southwark")


@dataclass
class Council:
    """One installation: its settings, key ring and register."""

    settings: Settings
    ring: KeyRing
    register: Register

    def token(self, *scopes: Scope, name: str = "a case system", expires_at: datetime | None = None) -> str:
        made = min(RAISED, expires_at - timedelta(days=1)) if expires_at else RAISED
        text, row = tokens.mint(name, scopes, made, expires_at)
        self.register.tokens.keep(row)
        return text

    def hold(self, reference: str, at: datetime = RAISED, **changes: Any) -> str:
        """An escalation in the register alone, raised as the sample is; `changes` are of its summary."""
        entries, case = begun(reference, at)
        escalation = workflow_id(PROCEDURE.key, reference)
        self.register.keep_procedure(PROCEDURE)
        self.register.record(escalation, entries, summary_of(case).model_copy(update=changes))
        return escalation


def begun(reference: str, at: datetime) -> tuple[list[HistoryEntry], Any]:
    """The history of an escalation that was raised then."""
    event = read_event(SAMPLE.read_text(encoding="utf-8"))
    event = event.model_copy(update={"data": event.data.model_copy(update={"reference": reference})})
    opening = event.opening(PROCEDURE, at)
    assert opening.start
    opened = rules.begin(PROCEDURE, Calendars(LocalCalendar()).calendar_for(at.date()), at)
    started = rules.start(opened.case, opening.start, reference, at)
    assert started.rejection is None
    return [*opened.entries, *started.entries], started.case


def alerted(reference: str, at: datetime) -> list[HistoryEntry]:
    """The history of one whose notices were all accepted the moment it was raised."""
    entries, case = begun(reference, at)
    while case.outstanding:
        notice = case.outstanding[0]
        told = [_accepted(role, at) for role in notice.reaches]
        outcome = NoticeOutcome(entry=notice.entry, notice=notice.notice, part=notice.part, delivered=told)
        sent = rules.take(case, outcome, at)
        entries, case = [*entries, *sent.entries], sent.case
    return entries


def _accepted(role: str, at: datetime) -> Delivery:
    return Delivery(
        role=role,
        person=role,
        address=f"{role}@council.example",
        accepted_at=at,
        message_id=f"<{role}@council.example>",
        day_zero=at.date(),
    )


@contextmanager
def council(var: Path, **settings: Any) -> Iterator[Council]:
    given: dict[str, Any] = {"var": var, "mail_transport": "folder"}
    made = Settings(**given | settings)
    register = open_register(empty_register(var))
    yield Council(made, KeyRing.generate(), register)
    register.close()


@contextmanager
def served(council: Council) -> Iterator[str]:
    """Where the API answers."""
    app = create_app(council.settings, council.ring)
    if "/api/escalations" not in {route.path for route in iter_route_contexts(app.routes)}:
        api.install(app, Office(council.settings), council.ring)
    with serving(app) as address:
        yield address


def client(address: str, token: str | None = None) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.Client(base_url=address, headers=headers, timeout=120, verify=PLAIN)


@asynccontextmanager
async def temporal(ring: KeyRing) -> AsyncIterator[Client]:
    """A development server of the test's own; its client encrypts with the council's keys."""
    binary = shutil.which("temporal", path=str(Path(sys.executable).parent))
    assert binary
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=binary, data_converter=data_converter(ring)
    ) as environment:
        await register_search_attributes(environment.client)
        yield environment.client


def worker(council: Council, client: Client) -> Worker:
    """A real worker with the real tools."""
    return build_worker(client, build_tools(council.settings).activities)


async def until(true: Callable[[], object]) -> None:
    """Ask until it is so, until it is plain that it will not be."""
    async with asyncio.timeout(120):
        while not true():
            await asyncio.sleep(0.02)


async def running(council: Council, client: Client, reference: str, events: Sequence[HistoryEntry]) -> str:
    """An escalation that goes on from these events, once the register follows it."""
    council.register.keep_procedure(PROCEDURE)
    assert await escalations.start(client, opening(reference, events))
    await until(lambda: council.register.history(reference))
    return workflow_id(PROCEDURE.key, reference)


def opening(reference: str, events: Sequence[HistoryEntry]) -> Opening:
    return Opening(reference=reference, procedure=PROCEDURE, events=list(events))
