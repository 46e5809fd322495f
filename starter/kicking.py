"""Which notices wait for their next attempt, and how are they tried at once? Temporal would wait up to four minutes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, ResetActivityRequest
from temporalio.client import Client
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from config.connect import TemporalUnreachable
from workflows import TASK_QUEUE

OPEN = f'TaskQueue = "{TASK_QUEUE}" AND ExecutionStatus = "Running"'
SENDING = "send_notice"
FOR_A_DIGEST = "WaitsForDigest"
"""The type of the failure by which a notice says that it goes out with others, later."""
SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
HOW_MANY = re.compile(r"^\d+ of \d+ messages wait\. ")
AT_ONCE = 20
One = TypeVar("One")
Found = TypeVar("Found")
Step = Callable[[int, int], None]
"""Told how many of how many are done."""


@dataclass(frozen=True)
class Waiting:
    """A notice that was tried, and is to be tried again."""

    workflow: str
    run: str
    activity: str
    why: str = ""


async def waiting(client: Client, step: Step = lambda _done, _of: None) -> list[Waiting]:
    """Every notice of an open workflow that was tried in vain. Raises TemporalUnreachable."""
    try:
        found = [WorkflowExecution(workflow_id=w.id, run_id=w.run_id) async for w in client.list_workflows(OPEN)]
        pending = await _each(found, lambda one: _waiting_in(client, one), step)
    except RPCError as error:
        raise _no_answer(error) from error
    return [one for some in pending for one in some]


async def kick(client: Client, notices: Iterable[Waiting], step: Step = lambda _done, _of: None) -> int:
    """Try them now, as if for the first time; how many there still were. Raises TemporalUnreachable."""
    try:
        return sum(await _each(list(notices), lambda one: _kicked(client, one), step))
    except RPCError as error:
        raise _no_answer(error) from error


async def _waiting_in(client: Client, execution: WorkflowExecution) -> list[Waiting]:
    """What is being tried at this moment is left out: it has no need of us."""
    request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=execution)
    described = await _unless_gone(client.workflow_service.describe_workflow_execution(request))
    pending = described.pending_activities if described else ()
    return [
        Waiting(execution.workflow_id, execution.run_id, one.activity_id, await _why(client, one))
        for one in pending
        if waits_for_mail(one)
    ]


async def _why(client: Client, activity: PendingActivityInfo) -> str:
    """What its last attempt came to, in the words of the worker that made it."""
    failure = await client.data_converter.decode_failure(activity.last_failure)
    said = failure.message if isinstance(failure, FailureError) else str(failure)
    return HOW_MANY.sub("", said)


def waits_for_mail(activity: PendingActivityInfo) -> bool:
    """Whether it was tried in vain, and is not meant to wait for a digest."""
    why = activity.last_failure.application_failure_info.type
    tried = activity.activity_type.name == SENDING and activity.attempt > 1
    return tried and activity.state == SCHEDULED and why != FOR_A_DIGEST


async def _kicked(client: Client, notice: Waiting) -> bool:
    request = ResetActivityRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=notice.workflow, run_id=notice.run),
        identity=client.identity,
        id=notice.activity,
    )
    return await _unless_gone(client.workflow_service.reset_activity(request)) is not None


async def _each(these: Sequence[One], do: Callable[[One], Awaitable[Found]], step: Step) -> list[Found]:
    """Some at once; `step` hears of each."""
    turn, done = asyncio.Semaphore(AT_ONCE), 0

    async def one(this: One) -> Found:
        nonlocal done
        async with turn:
            found = await do(this)
        done += 1
        step(done, len(these))
        return found

    return await asyncio.gather(*(one(this) for this in these))


async def _unless_gone(call: Awaitable[Found]) -> Found | None:
    """None for what ended, or was sent, since it was listed."""
    try:
        return await call
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise


def _no_answer(error: RPCError) -> TemporalUnreachable:
    return TemporalUnreachable(
        f"Temporal does not say which notices wait: {error.message}. They are tried again within four minutes anyhow."
    )
