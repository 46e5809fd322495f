"""How is Temporal prepared for an installation? Once, before its first worker: `python -m starter.namespace`.

The namespace that TEMPORAL_NAMESPACE names, how long it keeps what has ended, what its lists can be searched by, and
what begins there by itself.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from config.connect import connect
from config.keys import KeyRing
from config.logs import forward_core_logs
from config.settings import load
from escalation.errors import TwentydaysError
from starter.embedded.temporal_server import RETENTION, keep_closed_workflows
from starter.leaving import leave
from workflows.schedules import keep_schedules
from workflows.search_attributes import register_search_attributes

log = logging.getLogger("namespace")

PATIENCE = 60.0
"""Seconds. Temporal's own services learn of a new namespace one after the other."""
EVERY = 1.0


async def prepare(client: Client) -> None:
    """The client's namespace, its retention, search attributes and schedules; harmless when they are there."""
    await _make(client)
    await _once_it_is_known(lambda: keep_closed_workflows(client))
    await _once_it_is_known(lambda: register_search_attributes(client))
    await _once_it_is_known(lambda: keep_schedules(client))
    log.info("The namespace %s is prepared; it keeps what has ended for %d days.", client.namespace, RETENTION.days)


async def _make(client: Client) -> None:
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    wanted = RegisterNamespaceRequest(namespace=client.namespace, workflow_execution_retention_period=retention)
    try:
        await client.workflow_service.register_namespace(wanted)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise


async def _once_it_is_known(call: Callable[[], Awaitable[None]]) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return await call()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND or time.monotonic() > give_up:
                raise
        await asyncio.sleep(EVERY)


async def main() -> int:
    """The exit code. Nothing is encrypted or decrypted here: a key made for the occasion will do."""
    try:
        await prepare(await connect(load(), KeyRing.generate()))
    except (TwentydaysError, RPCError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    forward_core_logs()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    leave(asyncio.run(main()))
