"""What is said while no worker, or no Temporal, is there: that there is no outcome, what is kept, and what goes on."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import httpx2
import pytest
from temporalio.client import Client

from starter import escalations
from tests.web.api_acts.site import NAME, REFERENCE, Site, an_hour_ago
from tests.web.api_world import Council, alerted, running, served, worker
from web.temporal import AT_ONCE, Temporal


async def test_without_a_worker_there_is_no_outcome_and_the_same_key_does_it_once_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalations, "PATIENCE", timedelta(seconds=1))
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, an_hour_ago()))
    body = {"by": "iro", "text": "Kept."}
    waiting = await site.post("note", body, "key-1")
    assert waiting.status_code == 503
    assert waiting.json()["code"] == "no_outcome"
    assert "same Idempotency-Key" in waiting.json()["detail"]
    assert int(waiting.headers["retry-after"]) > 0
    unsure = await site.post("refuse_extension", {"by": "iro"})
    assert "look at the history before you send it again" in unsure.json()["detail"]
    monkeypatch.setattr(escalations, "PATIENCE", timedelta(seconds=120))
    async with worker(site.council, site.temporal):
        assert (await site.post("note", body, "key-1")).status_code == 200
        await site.entry("noted")
    assert len(site.entries("noted")) == 1


async def test_without_temporal_an_answer_is_kept_and_the_reads_go_on(
    installed: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    installed.hold(REFERENCE)
    headers = {"Authorization": f"Bearer {installed.token('act', 'read', name=NAME)}"}
    body = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    with served(installed) as address:
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=120) as http:
            path = f"/api/escalations/{REFERENCE}"
            answer = await http.post(f"{path}/respond", json=body)
            refused = await http.post(f"{path}/note", json={"text": "x"})
            read = await http.get(path)
    assert answer.status_code == refused.status_code == 503
    assert "We have the answer, received on" in answer.json()["detail"]
    assert read.status_code == 200
    (row,) = installed.register.unanswered_inbox()
    assert (row.response_id, row.answer.text) == ("r1", "Agreed.")


async def test_one_that_temporal_has_lost_is_told_as_such_and_not_as_closed(site: Site) -> None:
    site.council.hold(REFERENCE)
    answer = await site.post("note", {"text": "x"})
    assert answer.status_code == 503
    assert "Tell operations" in answer.json()["detail"]


async def test_at_most_sixteen_calls_are_in_flight_and_they_share_one_connection(
    installed: Council, server: Client
) -> None:
    one = Temporal(installed.settings, installed.ring)
    inside, most, clients = 0, 0, set()
    let_go = asyncio.Event()

    async def call() -> None:
        nonlocal inside, most
        async with one.call() as client:
            clients.add(id(client))
            inside += 1
            most = max(most, inside)
            if inside == AT_ONCE:
                let_go.set()
            await let_go.wait()
            inside -= 1

    await asyncio.gather(*(call() for _ in range(40)))
    assert (most, len(clients)) == (AT_ONCE, 1)


async def test_a_client_that_could_not_connect_tries_anew(
    installed: Council, server: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, there = Temporal(installed.settings, installed.ring), os.environ["TEMPORAL_ADDRESS"]
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(Exception, match="does not answer"):
        await one.connected()
    monkeypatch.setenv("TEMPORAL_ADDRESS", there)
    assert await (await one.connected()).service_client.check_health()
