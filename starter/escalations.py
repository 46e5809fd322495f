"""The verbs of a client: start an escalation, act in it, ask where it stands. For command line, web and rehearsals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from escalation.errors import NoAnswer, TwentydaysError
from escalation.messages import Command, Respond
from escalation.opening import Opening, Receipt
from escalation.state import EntryView, State
from register.errors import RegisterUnavailable
from register.store import Register
from workflows import ESCALATION, TASK_QUEUE, workflow_id

T = TypeVar("T")
P = ParamSpec("P")

PATIENCE = timedelta(seconds=15)
"""How long a person waits for an outcome. A worker that was killed is missed by the server for ten seconds."""


class NotFound(TwentydaysError):
    """No escalation of this name runs."""


class NoOutcomeYet(NoAnswer):
    """Nothing answered in time. The act may still be taken: asking again with the same id is harmless."""


async def start(client: Client, opening: Opening) -> bool:
    """Start the workflow of an escalation; False where it runs already or has ended.

    One that failed was refused by the rules inside and never began, so it is begun anew. One that an administrator has
    terminated did begin: to begin it again would send every alert again, over a history that is kept.
    """
    begin = partial(
        client.start_workflow,
        ESCALATION,
        opening,
        id=(escalation := workflow_id(opening.procedure.key, opening.reference)),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        static_summary=f"{opening.reference}: {opening.procedure.title}, {opening.procedure.council}",
    )
    with suppress(WorkflowAlreadyStartedError):
        await begin(id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE)
        return True
    if (await client.get_workflow_handle(escalation).describe()).status != WorkflowExecutionStatus.FAILED:
        return False
    with suppress(WorkflowAlreadyStartedError):
        await begin(id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY)
        return True
    return False


async def act(client: Client, escalation: str, command: Command, act_id: str | None = None) -> Receipt:
    """Do one act and say what came of it. The same id has the same outcome again. Raises NotFound, NoOutcomeYet."""
    handle = client.get_workflow_handle(escalation)
    update = handle.start_update(
        command.do,
        command,
        id=act_id,
        wait_for_stage=WorkflowUpdateStage.COMPLETED,
        result_type=Receipt,
    )
    return await _patiently((await _patiently(update, escalation)).result(), escalation)


async def respond(client: Client, register: Register, escalation: str, answer: Respond) -> Receipt:
    """An answer goes to the inbox first: once there, no crash and no silence of ours can lose it (docs/adr/0003).

    Then the signal, which is kept even while no worker runs; then the update of the same id, for the outcome. Raises
    ConflictingAnswer and RegisterUnavailable before anything is kept; NotFound and NoOutcomeYet after.
    """
    await asyncio.to_thread(register.put_in_inbox, escalation, answer)
    return await hand_over(client, register, answer.response_id)


async def hand_over(client: Client, register: Register, response_id: str) -> Receipt:
    """Give Temporal an answer that is in the inbox, unless it has it, and say what came of it.

    What is handed over is what the inbox holds: pressed twice, the first instant of receipt stands.
    """
    row = await asyncio.to_thread(register.answer, response_id)
    if row is None:
        raise NotFound(f"The inbox holds no answer with the response id {response_id}.")
    if row.handed_over_at is None:
        signal = client.get_workflow_handle(row.escalation).signal("manager_response", row.answer)
        await _patiently(signal, row.escalation)
        await _noted(register.mark_handed_over, response_id, datetime.now(UTC))
    receipt = await act(client, row.escalation, row.answer, f"respond-{response_id}")
    outcome = receipt.rejection.code if receipt.rejection else "accepted"
    await _noted(register.mark_applied, response_id, outcome, datetime.now(UTC))
    return receipt


async def _noted(mark: Callable[P, None], *said: P.args, **more: P.kwargs) -> None:
    """A mark that cannot be made now is made by the relay; the answer itself is safe."""
    with suppress(RegisterUnavailable):
        await asyncio.to_thread(mark, *said, **more)


async def current_stage(client: Client, escalation: str) -> State:
    handle = client.get_workflow_handle(escalation)
    return await _patiently(handle.query("current_stage", result_type=State), escalation)


async def history(client: Client, escalation: str) -> list[EntryView]:
    handle = client.get_workflow_handle(escalation)
    return await _patiently(handle.query("history", result_type=list[EntryView]), escalation)


async def _patiently(call: Awaitable[T], escalation: str) -> T:
    try:
        return await asyncio.wait_for(call, PATIENCE.total_seconds())
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise NoOutcomeYet(
            f"No outcome for {escalation} within {PATIENCE.seconds} seconds. Is a worker running? "
            "What was asked may still be done; asking again is harmless."
        ) from None
    except RPCError as error:
        raise _in_words(error, escalation) from error
    except (WorkflowQueryFailedError, WorkflowUpdateFailedError) as error:
        raise NoOutcomeYet(f"{escalation} has not begun, or could not take this: {error.cause or error}") from error


def _in_words(error: RPCError, escalation: str) -> TwentydaysError:
    """What Temporal says, for a person."""
    match error.status:
        case RPCStatusCode.NOT_FOUND:
            return NotFound(f"No open escalation {escalation}.")
        case RPCStatusCode.FAILED_PRECONDITION:
            return NoOutcomeYet(
                f"{escalation} waits for its worker to be mended: the worker's log says what fails. Nothing is lost."
            )
    return NoOutcomeYet(f"Temporal could not take this now ({error.message}). Asking again is harmless.")
