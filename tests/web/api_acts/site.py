"""A council whose API is served beside a Temporal server, and what it takes to look behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from temporalio.client import Client

from register.store import Register
from tests.web.api_world import Council, served, until

REFERENCE = "SWK-2026-0001"
NAME = "a case system"


@dataclass
class Site:
    """A council whose API is served, and what it takes to look behind it."""

    council: Council
    temporal: Client
    http: httpx2.AsyncClient
    address: str

    @property
    def register(self) -> Register:
        return self.council.register

    async def post(self, do: str, body: dict[str, Any], key: str | None = None, **more: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.http.post(f"/api/escalations/{REFERENCE}/{do}", json=body, headers=headers, **more)

    def entries(self, event: str) -> list[Any]:
        return [entry for entry in self.register.history(REFERENCE) if entry.event == event]

    async def entry(self, event: str) -> Any:
        """The newest entry of a kind, once the register has it."""
        await until(lambda: self.entries(event))
        return self.entries(event)[-1]


@asynccontextmanager
async def reached(installed: Council, server: Client) -> AsyncIterator[Site]:
    token = installed.token("act", "read", name=NAME)
    with served(installed) as address:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=120) as http:
            yield Site(installed, server, http, address)


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)
