"""Recordings through the API, with a real Temporal server and worker: recorded once, refused in words, listed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client

from escalation.history import Recorded
from escalation.record import RecordSummary
from tests.web.api_world import Council, client, council, served, temporal, until, worker
from web.bodies import BODIES, KINDS
from web.openapi import examples

AUDIT = {
    "procedure": "southwark",
    "what": "missed_escalation_audit",
    "by": "qau_manager",
    "fields": {"case": "SWK-2026-0007", "finding": "Nothing was raised."},
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path) as one:
        yield one


@pytest_asyncio.fixture
async def server(installed: Council, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with temporal(installed.ring) as one:
        monkeypatch.setenv("TEMPORAL_ADDRESS", one.service_client.config.target_host)
        yield one


@pytest_asyncio.fixture
async def http(installed: Council, server: Client) -> AsyncIterator[httpx2.AsyncClient]:
    token = installed.token("read", "act", name="a case system")
    async with worker(installed, server):
        with served(installed) as address:
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=120) as one:
                yield one


async def post(http: httpx2.AsyncClient, key: str | None = None, **changes: Any) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    body = {name: value for name, value in (AUDIT | changes).items() if value is not None}
    return await http.post("/api/recordings", json=body, headers=headers)


async def listed(http: httpx2.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await http.get(f"/api/recordings?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["recordings"]
    return found


async def test_it_is_recorded_and_listed_with_who_asked(http: httpx2.AsyncClient, installed: Council) -> None:
    answer = await post(http, reference="AUDIT-1", team="Care Team 1")
    assert (answer.status_code, answer.json()) == (
        201,
        {"result": "recorded", "reference": "AUDIT-1", "warnings": []},
    )
    await until(installed.register.recordings.listed)
    (row,) = await listed(http, "procedure=southwark&what=missed_escalation_audit")
    assert (row["reference"], row["by"], row["name"], row["team"]) == (
        "AUDIT-1",
        "qau_manager",
        "a case system",
        "Care Team 1",
    )
    assert row["fields"] == AUDIT["fields"]
    assert row["history"][0]["event"] == "missed_escalation_audited"


async def test_the_same_reference_records_once_and_other_data_is_refused(http: httpx2.AsyncClient) -> None:
    codes = [(await post(http, reference="AUDIT-2")).status_code for _ in range(2)]
    assert codes == [201, 200]
    other = await post(http, reference="AUDIT-2", fields={"case": "X", "finding": "Another."})
    assert (other.status_code, other.json()["code"], other.json()["field"]) == (409, "reference_taken", "reference")


async def test_the_same_key_records_once_and_is_no_key_for_anything_else(http: httpx2.AsyncClient) -> None:
    first, again = [await post(http, key="k-1") for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["reference"] == again.json()["reference"]
    reused = await post(http, key="k-1", by="head_of_qau")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    assert (await post(http, key="k-2")).json()["reference"] != first.json()["reference"]


async def test_without_key_or_reference_each_is_another(http: httpx2.AsyncClient) -> None:
    one, other = [(await post(http)).json()["reference"] for _ in range(2)]
    assert one != other


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"by": "iro"}, 409, "not_theirs_to_record", "by"),
        ({"what": "missed_audit"}, 409, "no_such_recording", "what"),
        ({"what": "update_received"}, 409, "only_within_an_escalation", "what"),
        ({"procedure": "nowhere"}, 404, "unknown_procedure", None),
        ({"by": None}, 422, "malformed", None),
        ({"reference": "a child"}, 422, "malformed", None),
        ({"team": "a\nb"}, 422, "malformed", None),
        ({"more": 1}, 422, "malformed", None),
    ],
)
async def test_what_is_refused_says_why(
    http: httpx2.AsyncClient, changes: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    answer = await post(http, **changes)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["code"], problem.get("field")) == (status, code, field)
    assert await listed(http) == []


async def test_every_fault_of_the_fields_is_named(http: httpx2.AsyncClient) -> None:
    problem = (await post(http, fields={"finding": " ", "category": 99, "kase": "x"})).json()
    assert problem["code"] == "incomplete"
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert pointers == {"#/fields/case", "#/fields/finding", "#/fields/category", "#/fields/kase"}


async def test_the_example_of_the_description_is_recorded_as_it_stands(http: httpx2.AsyncClient) -> None:
    assert (await http.post("/api/recordings", json=examples()["record"])).status_code == 201


# Without Temporal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def site(installed: Council) -> Iterator[str]:
    with served(installed) as address:
        yield address


def hold(installed: Council, reference: str, at: datetime, what: str = "missed_escalation_audit") -> None:
    said = {"reference": reference, "procedure": "southwark", "procedure_version": "v", "recorded_at": at}
    summary = RecordSummary.model_validate(said | {"what": what, "title": "Audit"})
    entry = Recorded(n=1, at=at, by="qau_manager", what=what, called="audited")
    installed.register.recordings.keep(f"record/southwark/{reference}", [entry], summary)


def test_the_list_is_paged_and_filtered_by_london_dates(installed: Council, site: str) -> None:
    for n in range(1, 6):
        hold(installed, f"R-{n}", datetime(2026, 6, 25 + n, 23, 30, tzinfo=UTC))
    hold(installed, "ANOTHER-1", datetime(2026, 1, 1, tzinfo=UTC), what="advisory_note")
    with client(site, installed.token("read")) as reader:

        def references(query: str) -> list[str]:
            return [row["reference"] for row in reader.get(f"/api/recordings?{query}").json()["recordings"]]

        assert references("") == ["ANOTHER-1", "R-1", "R-2", "R-3", "R-4", "R-5"]
        assert references("what=advisory_note&procedure=southwark") == ["ANOTHER-1"]
        assert references("from=2026-07-01") == ["R-5"]  # half past midnight in London
        assert references("to=2026-06-27&from=2026-06-27") == ["R-1"]
        assert references("procedure=leicestershire") == []
        pages, where = [], "/api/recordings?limit=2&procedure=southwark&from=2026-06-01&to=2026-07-01"
        while where:
            page = reader.get(where).json()
            pages.append([row["reference"] for row in page["recordings"]])
            where = page["next"]
    assert pages == [["R-1", "R-2"], ["R-3", "R-4"], ["R-5"]]


@pytest.mark.parametrize("query", ["from=1", "to=2026-13-01", "what=A", "limit=0", "more=1", "after=x", "procedure=.."])
def test_a_filter_that_is_none_is_named(installed: Council, site: str, query: str) -> None:
    with client(site, installed.token("read")) as reader:
        answer = reader.get(f"/api/recordings?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_the_scopes_are_those_of_reading_and_acting(installed: Council, site: str) -> None:
    for scope, allowed in (("read", "get"), ("act", "post")):
        with client(site, installed.token(scope, name=scope)) as one:  # type: ignore[arg-type]
            codes = {"get": one.get("/api/recordings").status_code}
            codes["post"] = one.post("/api/recordings", json=AUDIT | {"by": "Nobody"}).status_code
        assert codes[allowed] in {200, 422}
        assert [code for method, code in codes.items() if method != allowed] == [403]
    with client(site) as stranger:
        assert stranger.get("/api/recordings").status_code == 401


def test_without_temporal_the_outcome_is_not_known_and_the_way_out_is_named(installed: Council, site: str) -> None:
    with client(site, installed.token("act")) as actor:
        answer = actor.post("/api/recordings", json=AUDIT | {"reference": "LATER-1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "no_outcome")
    assert answer.headers["retry-after"]
    assert "LATER-1" in answer.json()["detail"]


def test_there_is_an_example_for_whatever_may_be_sent() -> None:
    assert set(examples()) == set(BODIES) == {*KINDS, "follow", "record", "change_directory", "hand_over_all"}
    for do, example in examples().items():
        BODIES[do].model_validate_json(json.dumps(example))
