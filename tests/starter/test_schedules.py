"""That the directors' summary is begun by a schedule, which is made once and stays as people left it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow
from temporalio.testing import WorkflowEnvironment

from activities.calendar import Calendars
from activities.eml_folder import EmlFolder
from activities.letter import Sender
from activities.monthly import MonthlySummaries, SummarySent
from config.codec import data_converter
from config.keys import KeyRing
from escalation.directory import Directory, Person, Post
from escalation.local_calendar import LocalCalendar
from escalation.months import Month
from register.engine import open_register, upgrade
from starter.embedded.temporal_server import binary
from worker import build_worker
from workflows.names import MONTHLY_SUMMARY
from workflows.schedules import keep_schedules

ADA = Directory(
    people={"ada": Person(name="Ada", email="ada@council.example")}, posts=[Post(role="directors", person="ada")]
)


@pytest.fixture
async def server() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(binary()), data_converter=data_converter(KeyRing.generate())
    ) as started:
        yield started.client


async def test_a_schedule_begins_it_and_is_made_once_and_kept_paused_where_somebody_paused_it(
    server: Client, tmp_path: Path
) -> None:
    await keep_schedules(server)
    handle = server.get_schedule_handle(MONTHLY_SUMMARY)
    await handle.pause(note="Not this month")
    await keep_schedules(server)
    described = await handle.describe()
    assert described.schedule.state.paused
    assert described.schedule.spec.time_zone_name == "Europe/London"
    upgrade(f"sqlite:///{tmp_path}/register.db")
    register = open_register(f"sqlite:///{tmp_path}/register.db")
    now = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    sender = Sender("t@council.example", "council.example")
    folder, days = EmlFolder(tmp_path / "mail"), Calendars(LocalCalendar())
    told = MonthlySummaries(register, lambda: ADA, folder, days, sender, now=lambda: now)
    async with build_worker(server, [told.send_monthly_summary]):
        await handle.trigger()
        sent = await _result(server)
    register.close()
    assert sent.month == str(Month.of(datetime.now(UTC).date()).before)
    assert sent.sent == len(list((tmp_path / "mail").glob("*.eml"))) == (1 if sent.why_not is None else 0)


async def _result(client: Client) -> SummarySent:
    handle = client.get_schedule_handle(MONTHLY_SUMMARY)
    async with asyncio.timeout(20):
        while not (actions := (await handle.describe()).info.recent_actions):
            await asyncio.sleep(0.05)
    begun = actions[0].action
    assert isinstance(begun, ScheduleActionExecutionStartWorkflow)
    result = client.get_workflow_handle(begun.workflow_id, result_type=SummarySent).result()
    sent: SummarySent = await asyncio.wait_for(result, 20)
    return sent
