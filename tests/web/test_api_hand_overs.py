"""Handing over through the API: once under its key, with what became of each; and what became of each email."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from escalation.history import HandedOver
from tests.web.api_world import (
    Council,
    alerted,
    client,
    council,
    running,
    served,
    temporal,
    until,
    worker,
)

OLD, NEW = "Amara Okafor", "Milo Hart"
ASKED = {"from_name": OLD, "to_name": NEW, "by": "qau_manager", "name": "Priya Sharma", "reason": "She leaves."}


@dataclass
class Site:
    council: Council
    http: httpx2.AsyncClient

    def handed_over(self, reference: str) -> list[HandedOver]:
        return [e for e in self.council.register.history(reference) if isinstance(e, HandedOver)]

    async def ask(self, key: str | None = None, **changes: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.http.post("/api/hand-overs", json=ASKED | changes, headers=headers)


@pytest_asyncio.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """Two escalations of one raiser run."""
    at = datetime.now(UTC) - timedelta(hours=1)
    with council(tmp_path) as one:
        async with temporal(one.ring) as server, worker(one, server):
            monkeypatch.setenv("TEMPORAL_ADDRESS", server.service_client.config.target_host)
            for reference in ("SWK-1", "SWK-2"):
                await running(one, server, reference, alerted(reference, at))
            headers = {"Authorization": f"Bearer {one.token('act', 'read')}"}
            with served(one) as address:
                async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=120) as http:
                    yield Site(one, http)


async def test_all_is_handed_over_once_under_its_key_and_can_be_read(site: Site) -> None:
    foreseen = (await site.ask(dry_run=True)).json()
    assert {one["result"] for one in foreseen["handed"]} == {"would_be_done"}
    assert (await site.http.get("/api/hand-overs")).json() == []
    first, again = await site.ask("leaver-1"), await site.ask("leaver-1")
    assert first.status_code == again.status_code == 200
    assert first.json()["handed"] == again.json()["handed"]
    assert [(one["reference"], one["result"]) for one in first.json()["handed"]] == [
        ("SWK-1", "done"),
        ("SWK-2", "done"),
    ]
    await until(lambda: all(site.handed_over(reference) for reference in ("SWK-1", "SWK-2")))
    assert [len(site.handed_over(reference)) for reference in ("SWK-1", "SWK-2")] == [1, 1]
    (kept,) = (await site.http.get("/api/hand-overs")).json()
    assert (kept["hand_over"], kept["name"], kept["to_name"]) == (first.json()["hand_over"], "Priya Sharma", NEW)
    other = await site.ask("leaver-1", reason="Something else")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    with council(tmp_path) as one:
        one.hold("SWK-1")
        with served(one) as address:
            yield one, address


def test_what_cannot_be_meant_is_refused_with_every_fault(kept: tuple[Council, str]) -> None:
    one, address = kept
    with client(address, one.token("act", "read")) as http:
        answer = http.post("/api/hand-overs", json=ASKED | {"to_name": "Milo Hartt", "only": ["SWK-9"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "cannot_be_handed_over")
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/only"]
        near = http.post("/api/hand-overs", json=ASKED | {"to_name": "Milo Hartt"}).json()
        assert "did you mean Milo Hart?" in near["errors"][0]["detail"]
        odd = http.post("/api/hand-overs", json=ASKED | {"to_name": "A\nB"})
        assert (odd.status_code, odd.json()["code"]) == (409, "refused")
        assert http.put("/api/hand-overs").headers["Allow"] == "GET, POST"


def test_it_needs_the_scope_to_act(kept: tuple[Council, str]) -> None:
    one, address = kept
    with client(address, one.token("read")) as http:
        assert http.post("/api/hand-overs", json=ASKED).status_code == 403
        assert http.get("/api/hand-overs").status_code == 200


def test_with_temporal_away_nothing_is_written_down(kept: tuple[Council, str], monkeypatch: pytest.MonkeyPatch) -> None:
    one, address = kept
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with client(address, one.token("act", name="another")) as http:
        answer = http.post("/api/hand-overs", json=ASKED)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_outcome")
    assert one.register.hand_overs.listed() == []


def test_what_became_of_each_email_can_be_read(kept: tuple[Council, str]) -> None:
    one, address = kept
    with client(address, one.token("read")) as http:
        emails = http.get("/api/escalations/SWK-1/deliveries").json()
        assert http.get("/api/escalations/SWK-9/deliveries").status_code == 404
    alert = next(email for email in emails if email["role"] == "operational_manager" and email["notice"] == "alert")
    assert (alert["status"], alert["at"]) == ("waiting", "2026-11-02T10:30:00+00:00")
