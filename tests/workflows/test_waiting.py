"""On a real server: does what waits for a digest wait as long as it says, and can it be given up meanwhile?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import CancelledError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.digest import WaitsForDigest, raise_if_all_wait
from starter.embedded.temporal_server import binary
from workflows.escalation import ONE_MAIL_ATTEMPT, PATIENT

SIX_HOURS = timedelta(hours=6)


@activity.defn
async def wait_for_digest() -> None:
    raise_if_all_wait([WaitsForDigest(SIX_HOURS, "It goes out with others.")])


@workflow.defn
class Waiting:
    """As an escalation sends a notice."""

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            wait_for_digest,
            start_to_close_timeout=ONE_MAIL_ATTEMPT,
            retry_policy=PATIENT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )


@pytest.fixture
async def server() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=str(binary())) as environment:
        yield environment.client


async def _next_attempt(handle: WorkflowHandle[Waiting, None]) -> datetime:
    while True:
        for pending in (await handle.describe()).raw_description.pending_activities:
            if pending.attempt > 1:
                return pending.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
        await asyncio.sleep(0.01)


async def test_what_waits_for_a_digest_is_tried_when_that_is_due_and_given_up_at_once(server: Client) -> None:
    """However short the longest pause of the retry policy is: Temporal's own cap does not bind."""
    runner = UnsandboxedWorkflowRunner()
    worker = Worker(server, task_queue="q", workflows=[Waiting], activities=[wait_for_digest], workflow_runner=runner)
    async with worker:
        began = datetime.now(UTC)
        handle = await server.start_workflow(Waiting.run, id="waits", task_queue="q")
        next_attempt = await _next_attempt(handle)
        assert timedelta(0) <= next_attempt - began - SIX_HOURS < timedelta(minutes=1)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as ended:
            await asyncio.wait_for(handle.result(), 120)
        assert isinstance(ended.value.cause, CancelledError)
