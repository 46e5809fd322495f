"""How does a test serve an application on a port of its own, and stop it without a wait?"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from web.__main__ import configured

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For `verify` of a client that speaks to this machine without TLS: reading the authorities takes 20 ms a client."""


class Prompt(uvicorn.Server):
    """The server as it is, but told at once to stop: its own looks ten times a second, and waits a tenth more."""

    def stop(self) -> None:
        """From another thread."""
        self._loop.call_soon_threadsafe(self._told.set)

    async def startup(self, sockets: Any = None) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._told.wait()

    async def shutdown(self, sockets: Any = None) -> None:
        """Every connection is closed when its answer has been sent, or this fails."""
        for server in self.servers:
            server.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        async with asyncio.timeout(self.config.timeout_graceful_shutdown):
            while self.server_state.connections or self.server_state.tasks:
                await asyncio.sleep(0.002)
        await self.lifespan.shutdown()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Where it answers."""
    server = Prompt(configured(app, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.002)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.stop()
        thread.join()
