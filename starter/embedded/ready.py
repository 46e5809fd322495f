"""Does it answer yet? A real question to each server; nothing here waits for a fixed time."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Awaitable, Callable

from temporalio.client import Client
from temporalio.service import RPCError

from escalation.errors import TwentydaysError
from starter.embedded.places import HERE, Places

ASK_EVERY = 0.05
PATIENCE = 120.0
"""Seconds until a server that does not answer is given up."""


class NotReady(TwentydaysError):
    """A server was started and does not answer."""


async def until(answers: Callable[[], Awaitable[bool]], name: str, where: Places) -> None:
    """Ask until the answer is yes. Raises NotReady after two minutes, naming the log to look into."""
    give_up = time.monotonic() + PATIENCE
    while not await answers():
        if time.monotonic() > give_up:
            raise NotReady(f"{name} does not answer after {PATIENCE:.0f} seconds: see {where.log(name)}.")
        await asyncio.sleep(ASK_EVERY)


async def mail_answers(port: int) -> bool:
    """Whether an SMTP server greets."""
    try:
        reader, writer = await asyncio.open_connection(HERE, port)
    except OSError:
        return False
    greeting = await reader.readline()
    writer.close()
    return greeting.startswith(b"220")


async def web_answers(port: int) -> bool:
    """Whether the pages are served."""
    return await asyncio.to_thread(_is_live, port)


def _is_live(port: int) -> bool:
    connection = http.client.HTTPConnection(HERE, port, timeout=10)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def temporal_answers(where: Places) -> bool:
    """Whether Temporal serves the namespace."""
    try:
        client = await Client.connect(where.temporal, namespace=where.namespace)
        await client.count_workflows()
    except (RPCError, RuntimeError):  # the SDK raises a bare RuntimeError where nothing listens
        return False
    return True
