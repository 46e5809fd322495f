"""A small world in which an escalation runs: the time-skipping server, a real worker, a register, an outbox.

Only mail transport and clock are stand-ins. The one who drives it alone moves time.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from sys import executable
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.empty_posts import EmptyPostAlarms
from activities.letter import Sender
from activities.monthly import MonthlySummaries
from activities.notices import Notices
from activities.register import RegisterKeeper
from activities.transport import Refused, Unreachable
from config.codec import data_converter
from config.keys import KeyRing
from escalation.case import Case
from escalation.directory import Directory, Person, Post
from escalation.fold import fold
from escalation.local_calendar import LocalCalendar
from escalation.messages import Command, Respond, Start
from escalation.opening import Opening, Receipt
from escalation.procedure import EVERYWHERE, Procedure
from escalation.state import EntryView, State, state_of, view
from register.engine import open_register, upgrade
from register.store import Register
from starter import escalations
from starter.rehearsal.shifted import ShiftedRunner, activity_now
from starter.rehearsal.transcript import DOMAIN
from worker import Tools, build_runner, build_worker
from workflows import reference_in, workflow_id
from workflows.search_attributes import register_search_attributes

A_MOMENT = timedelta(seconds=0.25)
"""What falls due at the instant that a step names is done before the step: timers are some milliseconds late, and this
server fails a workflow task that cancels a timer in the very moment in which it fires. A real one does not."""
ONE_CALL = timedelta(days=14)
WITH_MAIL_DOWN = timedelta(hours=6)
"""How much time passes in one call to the server: with mail down it brings many retries, and a call has a limit."""
WORKFLOW_TASK_EVENTS = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
}


@dataclass
class Outbox:
    """The mail transport's stand-in: keeps what was sent; it may be told not to answer, or to refuse an address."""

    now: Any
    sent: list[EmailMessage] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:  # noqa: ARG002 - as any transport
        if any(start <= self.now() < end for start, end in self.down):
            raise Unreachable("The mail server does not answer.")
        if recipient in self.refuses:
            raise Refused(550, "5.1.1 No such mailbox here")
        self.sent.append(message_from_bytes(message, policy=policy.default))


@dataclass
class World:
    """One escalation's world, and of what runs beside it. Its time moves with `pass_time` only."""

    environment: WorkflowEnvironment
    client: Client
    register: Register
    outbox: Outbox
    procedure: Procedure
    calendars: Calendars
    shift: timedelta
    escalation: str | None = None
    others: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)

    async def now(self) -> datetime:
        return (await self.environment.get_current_time()).astimezone(UTC) + self.shift

    async def open_case(self, start: Start, reference: str, procedure: Procedure | None = None) -> bool:
        """The escalation that acts are about from now on; `procedure` is one of its other processes."""
        under = procedure or self.procedure
        opening = Opening(reference=reference, procedure=under, start=start, raised_at=await self.now())
        self.register.keep_procedure(under)
        self.others += [self.escalation] if self.escalation else []
        self.escalation = workflow_id(under.key, reference)
        started = await escalations.start(self.client, opening)
        await self.settle()
        return started

    async def follow(self, workflow: str) -> None:
        """Something else that runs, such as a recording that stands alone: time waits for it too."""
        self.others.append(workflow)
        await self.settle()

    async def pass_time(self, to: datetime) -> None:
        """Let time pass; everything that it brings has happened when this returns."""
        if to <= await self.now():
            return
        while (left := to - await self.now()) > timedelta(0):
            is_down = any(begins < to for begins, _ in self.outbox.down)
            await self.environment.sleep(min(left, WITH_MAIL_DOWN if is_down else ONE_CALL))
        await self.environment.sleep(A_MOMENT)
        await self.settle()

    async def act(self, command: Command, to: str | None = None) -> Receipt:
        """In the escalation, or in another that runs."""
        acted_on = to or self._running()
        if isinstance(command, Respond):
            answer = command.model_copy(update={"received_at": command.received_at or await self.now()})
            receipt = await escalations.respond(self.client, self.register, acted_on, answer)
        else:
            receipt = await escalations.act(self.client, acted_on, command)
        await self.settle()
        return receipt

    async def state(self, of: str | None = None) -> State | None:
        asked = of or self.escalation
        if asked in self.ended and (closed := self._closed(asked)):
            return state_of(closed, await self.now())
        return await escalations.current_stage(self.client, asked) if asked else None

    async def history(self, of: str | None = None) -> list[EntryView]:
        asked = of or self.escalation
        if asked in self.ended and (kept := self.register.history(reference_in(asked))):
            return [view(entry) for entry in kept]
        return await escalations.history(self.client, asked) if asked else []

    def _closed(self, escalation: str) -> Case | None:
        """As the register tells it: a workflow that has ended is replayed from its beginning for each question."""
        row = self.register.find(reference_in(escalation))
        procedure = self.register.procedure(row.procedure, row.procedure_version) if row else None
        return fold(procedure, self.register.history(row.reference)) if row and procedure else None

    async def settle(self) -> None:
        """Until nothing is under way: no activity in its first attempt, and no workflow task pending."""
        for running in (each for each in (*self.others, self.escalation) if each and each not in self.ended):
            while not await self._settled(self.client.get_workflow_handle(running)):  # noqa: ASYNC110
                await asyncio.sleep(0.003)

    async def _settled(self, handle: WorkflowHandle[Any, Any]) -> bool:
        described = await self.client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=self.client.namespace, execution=WorkflowExecution(workflow_id=handle.id)
            )
        )  # not handle.describe(): it cannot read how this server shows an attribute that was unset
        info = described.workflow_execution_info
        if info.status != int(WorkflowExecutionStatus.RUNNING):
            self.ended.add(handle.id)
            return True
        if any(pending.attempt <= 1 for pending in described.pending_activities):
            return False  # asked first: the history takes longer to read
        events = [event.event_type async for event in handle.fetch_history_events()]
        tasks = [event for event in events if event in WORKFLOW_TASK_EVENTS]
        done = tasks[-1:] == [EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
        return done and info.history_length == len(events)  # else something happened between the two looks

    def _running(self) -> str:
        if self.escalation is None:
            raise escalations.NotFound("No escalation has been started in this rehearsal.")
        return self.escalation


@asynccontextmanager
async def world_at(
    begins: datetime,
    procedure: Procedure,
    *,
    local: LocalCalendar | None = None,
    ring: KeyRing | None = None,
    **worker_options: Any,
) -> AsyncIterator[World]:
    """A world in which it is now `begins`, its payloads encrypted with `ring`, or with a key of its own."""
    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter(ring or KeyRing.generate()),
        test_server_existing_path=str(Path(executable).parent / "temporal-test-server"),
    )
    folder = Path(tempfile.mkdtemp(prefix="twentydays-"))
    try:
        (folder / "register.db").write_bytes(prepared_register())
        register = open_register(f"sqlite:///{folder}/register.db")
        await register_search_attributes(environment.client)
        shift = begins - (await environment.get_current_time()).astimezone(UTC)
        outbox = Outbox(now=lambda: activity_now(shift))
        tools = _tools(procedure, local or LocalCalendar(), register, outbox)
        runner = ShiftedRunner(build_runner(), shift)
        async with build_worker(environment.client, tools.activities, workflow_runner=runner, **worker_options):
            yield World(environment, environment.client, register, outbox, procedure, tools.calendars, shift)
        register.close()
    finally:
        await environment.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@cache
def prepared_register() -> bytes:
    """The file of an empty one: its migrations take longer than a copy of what they made. Tests copy it too."""
    with tempfile.TemporaryDirectory(prefix="twentydays-") as folder:
        file = Path(folder) / "register.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()


def _tools(procedure: Procedure, local: LocalCalendar, register: Register, outbox: Outbox) -> Tools:
    people, days, sender = everyone(procedure), Calendars(local), Sender(f"Twentydays <twentydays@{DOMAIN}>", DOMAIN)
    notices = Notices(
        lambda: people,
        outbox,
        register,
        mail_from=sender.mail_from,
        message_id_domain=DOMAIN,
        now=outbox.now,
    )
    bulletins = Bulletins(register, outbox, sender, now=outbox.now)
    summaries = MonthlySummaries(register, lambda: people, days, bulletins)
    alarms = EmptyPostAlarms(register, lambda: people, days, bulletins)
    return Tools(days, notices, RegisterKeeper(register, now=outbox.now), summaries, alarms)


def everyone(procedure: Procedure) -> Directory:
    """Role ids stand for people: one person for each role, whose address begins with the role."""
    titles = procedure.roles | EVERYWHERE
    return Directory(
        people={role: Person(name=title.capitalize(), email=f"{role}@{DOMAIN}") for role, title in titles.items()},
        posts=[Post(role=role, person=role) for role in titles],
    )
