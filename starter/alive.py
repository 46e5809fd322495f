"""Does a container of ours do its work? For the health checks of the image: `python -m starter.alive web|worker`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from temporalio.service import RPCError

from config.connect import connect
from config.keys import KeyRing
from config.logs import forward_core_logs
from config.settings import Settings, load
from escalation.errors import TwentydaysError
from starter.embedded.ready import web_answers
from starter.leaving import leave
from web.readiness import is_asked_for_work
from workflows.names import TASK_QUEUE

ALIVE, NOT_ALIVE, WRONG_INPUT = 0, 1, 2


async def web(settings: Settings) -> bool:
    """Whether the pages are served."""
    return await web_answers(settings.web_port)


async def worker(settings: Settings) -> bool:
    """Whether a worker has lately asked for work. Only Temporal can tell; of several workers it does not say which."""
    client = await connect(settings, KeyRing.generate())
    return await is_asked_for_work(client, TASK_QUEUE, datetime.now(UTC))


CHECKS: dict[str, Callable[[Settings], Awaitable[bool]]] = {"web": web, "worker": worker}


async def main(arguments: list[str]) -> int:
    """The exit code."""
    check = CHECKS.get(arguments[0]) if len(arguments) == 1 else None
    if check is None:
        sys.stderr.write(f"Say which: python -m starter.alive {'|'.join(CHECKS)}\n")
        return WRONG_INPUT
    try:
        return ALIVE if await check(load()) else NOT_ALIVE
    except (TwentydaysError, RPCError) as error:
        sys.stderr.write(f"{error}\n")
        return NOT_ALIVE


if __name__ == "__main__":
    forward_core_logs()
    leave(asyncio.run(main(sys.argv[1:])))
