"""An event starts one escalation, however often it comes and whenever; other data under its reference starts none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from escalation.errors import InvalidDocument
from escalation.messages import Withdraw
from starter import escalations
from starter.case_event import read_event
from starter.office import Office
from starter.starting import Started, start_from
from tests.starter.conftest import until

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
"""When the events came in: the workflow is told, so no test depends on today."""


@pytest.fixture
async def client(office: Office, a_worker: None) -> Client:
    return await office.temporal()


async def _start(path: Path, office: Office, client: Client) -> Started:
    event = read_event(path.read_bytes())
    procedure = office.procedure(event.data.procedure)
    return await start_from(event, procedure, client, office.register, office.calendars, NOW)


async def test_the_same_event_twice_starts_one(office: Office, client: Client, event: Callable[..., Path]) -> None:
    path = event("TWICE-1")
    first, second = [await _start(path, office, client) for _ in range(2)]
    assert (first.result, second.result) == ("started", "already_started")
    assert first.escalation == second.escalation == "escalation/southwark/TWICE-1"


async def test_the_same_event_many_times_at_once_starts_one(
    office: Office, client: Client, event: Callable[..., Path]
) -> None:
    path = event("ATONCE-1")
    results = await asyncio.gather(*(_start(path, office, client) for _ in range(6)))
    assert sorted(started.result for started in results) == ["already_started"] * 5 + ["started"]


async def test_the_same_event_after_the_end_starts_nothing(
    office: Office, client: Client, event: Callable[..., Path], reaches: Callable[..., Any]
) -> None:
    path = event("ENDED-1")
    started = await _start(path, office, client)
    assert started.escalation
    assert (await escalations.act(client, started.escalation, Withdraw(by="iro", reason="Raised in error."))).accepted
    await asyncio.to_thread(reaches, "ENDED-1", "withdrawn")
    await client.get_workflow_handle(started.escalation).result()
    assert (await _start(path, office, client)).result == "already_started"
    description = await client.get_workflow_handle(started.escalation).describe()
    assert description.status == WorkflowExecutionStatus.COMPLETED


async def test_nor_does_it_where_an_administrator_has_terminated_it(
    office: Office, client: Client, event: Callable[..., Path], reaches: Callable[..., Any]
) -> None:
    path = event("STOPPED-1")
    started = await _start(path, office, client)
    assert started.escalation
    await asyncio.to_thread(reaches, "STOPPED-1", "awaiting_response", "operational_manager")
    await client.get_workflow_handle(started.escalation).terminate("It was raised in another system.")
    assert (await _start(path, office, client)).result == "already_started"
    description = await client.get_workflow_handle(started.escalation).describe()
    assert description.status == WorkflowExecutionStatus.TERMINATED


async def test_the_same_reference_with_other_data_is_refused_and_changes_nothing(
    office: Office, client: Client, event: Callable[..., Path]
) -> None:
    assert (await _start(event("TAKEN-1"), office, client)).result == "started"
    other = await _start(event("TAKEN-1", concern="Something else."), office, client)
    assert other.result == "refused"
    assert other.rejection
    assert (other.rejection.code, other.rejection.field) == ("reference_taken", "data.reference")
    assert (await _start(event("TAKEN-1"), office, client)).result == "already_started"


async def test_a_start_that_the_rules_refuse_opens_nothing_and_leaves_its_reference_free(
    office: Office, client: Client, event: Callable[..., Path]
) -> None:
    refused = await _start(event("RULED-1", raised_by={"role": "social_worker"}), office, client)
    assert refused.rejection
    assert (refused.result, refused.rejection.code) == ("refused", "not_the_raiser")
    assert office.register.find("RULED-1") is None
    with pytest.raises(RPCError, match="not found"):
        await client.get_workflow_handle("escalation/southwark/RULED-1").describe()
    assert (await _start(event("RULED-1"), office, client)).result == "started"


async def test_an_event_with_an_unknown_field_is_no_start(
    office: Office, client: Client, event: Callable[..., Path]
) -> None:
    with pytest.raises(InvalidDocument, match="did you mean concern"):
        await _start(event("SLIP-1", concerm="x"), office, client)
    assert office.register.find("SLIP-1") is None


async def test_what_was_claimed_and_never_started_is_started_when_the_event_comes_again(
    office: Office, client: Client, event: Callable[..., Path]
) -> None:
    """As after a crash between the claim and the start: the server that was asked could not take it."""
    path = event("CRASH-1")
    nowhere = await Client.connect("127.0.0.1:1", lazy=True)
    starting = asyncio.create_task(_start(path, office, nowhere))
    await asyncio.to_thread(until, lambda: office.register.find("CRASH-1"))
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)  # whatever it was told, nothing was started
    assert (await _start(path, office, client)).result == "started"
