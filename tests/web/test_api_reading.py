"""What programs read of escalations: one, its history, why its clock runs, and the list. No Temporal is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from escalation.working_days import LONDON
from tests.web.api_world import RAISED, Council, client, council, served

REFERENCE = "SWK-2026-0001"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path) as one:
        one.hold(REFERENCE)
        yield one


@pytest.fixture
def reader(installed: Council) -> Iterator[httpx2.Client]:
    with served(installed) as site, client(site, installed.token("read")) as one:
        yield one


def test_the_state_is_that_of_the_register(reader: httpx2.Client) -> None:
    state = reader.get(f"/api/escalations/{REFERENCE}").json()
    assert (state["reference"], state["stage"], state["status"]) == (REFERENCE, "L1", "awaiting_response")
    assert "record_told" in state["offered"]


def test_the_history_is_complete_and_in_order(reader: httpx2.Client, installed: Council) -> None:
    history = reader.get(f"/api/escalations/{REFERENCE}/history").json()
    assert [entry["n"] for entry in history] == [entry.n for entry in installed.register.history(REFERENCE)]
    assert [entry["event"] for entry in history][:2] == ["calendar_pinned", "raised"]


def test_explain_says_why_no_clock_runs(reader: httpx2.Client) -> None:
    explanation = reader.get(f"/api/escalations/{REFERENCE}/explain").json()
    assert explanation["counts"] == []
    assert "No mail server has accepted the alert" in explanation["why_not_running"]


def test_the_list_is_paged_by_next_until_there_is_no_more(reader: httpx2.Client, installed: Council) -> None:
    for n in range(1, 6):
        installed.hold(f"SWK-{n}")
    pages, where = [], "/api/escalations?limit=2&procedure=southwark"
    while where:
        page = reader.get(where).json()
        pages.append([row["reference"] for row in page["escalations"]])
        where = page["next"]
    assert pages == [["SWK-1", "SWK-2"], ["SWK-2026-0001", "SWK-3"], ["SWK-4", "SWK-5"]]


def test_the_list_is_filtered(reader: httpx2.Client, installed: Council) -> None:
    installed.hold("SWK-1", status="closed", closed_at=RAISED, outcome="resolved")
    installed.hold("SWK-2", status="withdrawn", closed_at=RAISED)

    def listed(query: str) -> list[str]:
        return [row["reference"] for row in reader.get(f"/api/escalations?{query}").json()["escalations"]]

    assert listed("") == ["SWK-1", "SWK-2", REFERENCE]
    assert listed("open=true") == [REFERENCE]
    assert listed("open=false") == ["SWK-1", "SWK-2"]
    assert listed("open=false&limit=1") == ["SWK-1"]
    assert listed("open=false&status=awaiting_response") == []
    assert listed("status=withdrawn") == ["SWK-2"]
    assert listed("procedure=leicestershire") == []
    assert listed("after=SWK-1") == ["SWK-2", REFERENCE]


def test_instants_carry_the_offset_that_london_has_then(reader: httpx2.Client, installed: Council) -> None:
    summer = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    installed.hold("SWK-1", summer)
    (row, _) = reader.get("/api/escalations").json()["escalations"]
    assert row["raised_at"] == summer.astimezone(LONDON).isoformat() == "2026-07-01T11:30:00+01:00"


def test_one_that_no_worker_has_begun_is_not_yet_there_to_read(reader: httpx2.Client, installed: Council) -> None:
    summary = installed.register.find(REFERENCE)
    assert summary
    claimed = summary.model_copy(update={"reference": "SWK-9", "n": 0})
    assert installed.register.claim_reference("SWK-9", "escalation/southwark/SWK-9", "digest", claimed) == "new"
    answer = reader.get("/api/escalations/SWK-9")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_begun")
