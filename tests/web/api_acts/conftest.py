"""A site with nothing running, and one on which an escalation was alerted an hour ago."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from tests.web.api_acts.site import REFERENCE, Site, an_hour_ago, reached
from tests.web.api_world import Council, alerted, council, running, temporal, worker


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as one:
        yield one


@pytest_asyncio.fixture
async def server(installed: Council, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with temporal(installed.ring) as one:
        monkeypatch.setenv("TEMPORAL_ADDRESS", one.service_client.config.target_host)
        yield one


@pytest_asyncio.fixture
async def site(installed: Council, server: Client) -> AsyncIterator[Site]:
    async with reached(installed, server) as one:
        yield one


@pytest_asyncio.fixture
async def open_site(site: Site) -> AsyncIterator[Site]:
    """One escalation runs, alerted an hour ago."""
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, an_hour_ago()))
        yield site
