"""How does the web process reach Temporal? By one client, made when it is first needed, a few calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client

from config.codec import KeyRing
from config.connect import connect
from config.settings import Settings
from starter.escalations import NoOutcomeYet

AT_ONCE = 16
"""Calls in flight: with a hundred at once Temporal's own client runs out of retries."""
PATIENCE = 15.0
"""Seconds that a call waits for its turn."""


class Temporal:
    """The one client. Once connected it finds its way back by itself when the server goes and comes."""

    def __init__(self, settings: Settings, ring: KeyRing) -> None:
        self._settings, self._ring = settings, ring
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._connecting: asyncio.Task[Client] | None = None

    async def connected(self) -> Client:
        """The client. Raises TemporalUnreachable; the next call tries anew. Many that ask at once share one attempt."""
        if self._connecting is None or (self._connecting.done() and _failed(self._connecting)):
            self._connecting = asyncio.create_task(connect(self._settings, self._ring))
        return await asyncio.shield(self._connecting)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Client]:
        """The client, for one call. Raises TemporalUnreachable, and NoOutcomeYet where too many wait before it."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise NoOutcomeYet("Too much is asked at once, and nothing was begun. Asking again is harmless.") from None
        try:
            yield await self.connected()
        finally:
            self._turns.release()


def _failed(attempt: asyncio.Task[Client]) -> bool:
    return attempt.cancelled() or attempt.exception() is not None
