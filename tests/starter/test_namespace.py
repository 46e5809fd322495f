"""That Temporal is prepared for an installation by one job, however often it runs, and that a health check tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from starter import alive, namespace
from starter.embedded.temporal_server import RETENTION, binary
from worker import build_worker
from workflows.search_attributes import KEYS

NAMESPACE = "twentydays"


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A client of a namespace that a new server does not have."""
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=str(binary())) as started:
        address = started.client.service_client.config.target_host
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        monkeypatch.setenv("TEMPORAL_NAMESPACE", NAMESPACE)
        yield await Client.connect(address, namespace=NAMESPACE)


async def test_the_namespace_is_made_with_its_retention_and_search_attributes_however_often(server: Client) -> None:
    for _ in range(2):
        assert await namespace.main() == 0
        described = await server.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
        assert described.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION == timedelta(days=90)
        listed = await server.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=NAMESPACE))
        assert {key.name: key.indexed_value_type for key in KEYS} == dict(listed.custom_attributes)


async def test_the_job_fails_where_no_server_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert await namespace.main() == 1
    assert "127.0.0.1:1" in capsys.readouterr().err


async def test_a_worker_is_alive_while_it_asks_for_work(server: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await alive.main(["worker"]) == alive.NOT_ALIVE  # there is no namespace yet
    assert await namespace.main() == 0
    assert await alive.main(["worker"]) == alive.NOT_ALIVE
    async with build_worker(server, [], max_cached_workflows=0, no_remote_activities=True):
        while await alive.main(["worker"]) != alive.ALIVE:
            await asyncio.sleep(0.05)
    monkeypatch.setattr(alive, "datetime", _TwoMinutesOn)
    assert await alive.main(["worker"]) == alive.NOT_ALIVE


class _TwoMinutesOn(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + timedelta(minutes=2)


async def test_web_is_not_alive_where_nothing_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_WEB_PORT", "1")
    assert await alive.main(["web"]) == alive.NOT_ALIVE


@pytest.mark.parametrize("words", [[], ["mail"], ["web", "worker"]])
async def test_a_health_check_of_nothing_known_says_which_there_are(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await alive.main(words) == alive.WRONG_INPUT
    assert "web|worker" in capsys.readouterr().err
