"""That the directors' summary and the look for empty posts begin by schedules, which stay as people left them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow
from temporalio.testing import WorkflowEnvironment

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.eml_folder import EmlFolder
from activities.empty_posts import NONE, AlarmSent, EmptyPostAlarms
from activities.letter import Sender
from activities.monthly import MonthlySummaries, SummarySent
from config.codec import data_converter
from config.keys import KeyRing
from escalation.directory import Directory, Person, Post
from escalation.local_calendar import LocalCalendar
from escalation.months import Month
from escalation.working_days import LONDON
from register.engine import open_register
from register.store import Register
from starter.embedded.temporal_server import binary
from tests.empty_register import empty_register
from worker import build_worker
from workflows.names import EMPTY_POSTS, MONTHLY_SUMMARY
from workflows.schedules import keep_schedules

ADA = Directory(
    people={"ada": Person(name="Ada", email="ada@council.example")}, posts=[Post(role="directors", person="ada")]
)
SENDER, DAYS = Sender("t@council.example", "council.example"), Calendars(LocalCalendar())


@pytest.fixture
async def server() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(binary()), data_converter=data_converter(KeyRing.generate())
    ) as started:
        yield started.client


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = open_register(empty_register(tmp_path))
    yield opened
    opened.close()


async def test_a_schedule_begins_it_and_is_made_once_and_kept_paused_where_somebody_paused_it(
    server: Client, register: Register, tmp_path: Path
) -> None:
    await keep_schedules(server)
    handle = server.get_schedule_handle(MONTHLY_SUMMARY)
    await handle.pause(note="Not this month")
    await keep_schedules(server)
    described = await handle.describe()
    assert described.schedule.state.paused
    assert described.schedule.spec.time_zone_name == "Europe/London"
    told = MonthlySummaries(register, lambda: ADA, DAYS, bulletins(register, tmp_path))
    async with build_worker(server, [told.send_monthly_summary]):
        await handle.trigger()
        sent: SummarySent = await _result(server, MONTHLY_SUMMARY, SummarySent)
    assert sent.month == str(Month.of(datetime.now(UTC).date()).before)
    assert sent.sent == len(list((tmp_path / "mail").glob("*.eml"))) == (1 if sent.why_not is None else 0)


async def test_the_look_for_empty_posts_begins_on_weekdays_at_nine(
    server: Client, register: Register, tmp_path: Path
) -> None:
    await keep_schedules(server)
    handle = server.get_schedule_handle(EMPTY_POSTS)
    described = await handle.describe()
    assert not described.schedule.state.paused
    next_times = [each.astimezone(LONDON) for each in described.info.next_action_times]
    assert {(each.hour, each.minute) for each in next_times} == {(9, 0)}
    assert {each.weekday() for each in next_times} == {0, 1, 2, 3, 4}
    alarms = EmptyPostAlarms(register, lambda: ADA, DAYS, bulletins(register, tmp_path))
    async with build_worker(server, [alarms.send_empty_posts]):
        await handle.trigger()
        sent: AlarmSent = await _result(server, EMPTY_POSTS, AlarmSent)
    assert (sent.sent, sent.gaps) == (0, 0)
    assert sent.why_not == NONE or "is no working day" in str(sent.why_not)


def bulletins(register: Register, folder: Path) -> Bulletins:
    now = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    return Bulletins(register, EmlFolder(folder / "mail"), SENDER, now=lambda: now)


async def _result(client: Client, name: str, kind: type[Any]) -> Any:
    handle = client.get_schedule_handle(name)
    async with asyncio.timeout(120):
        while not (actions := (await handle.describe()).info.recent_actions):
            await asyncio.sleep(0.05)
    begun = actions[0].action
    assert isinstance(begun, ScheduleActionExecutionStartWorkflow)
    return await asyncio.wait_for(client.get_workflow_handle(begun.workflow_id, result_type=kind).result(), 120)
