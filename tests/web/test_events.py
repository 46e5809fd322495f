"""Case events over HTTP: one or many, signed, each with its own truthful result, against a real Temporal server."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook
from temporalio.testing import WorkflowEnvironment

from config.codec import KeyRing
from config.settings import Settings
from register.store import Register
from starter.office import Office
from tests.empty_register import empty_register
from tests.serving import PLAIN, serving
from web import events, problems
from web.temporal import Temporal
from workflows.search_attributes import register_search_attributes

SAMPLE = json.loads((Path(__file__).parents[2] / "config/samples/southwark.json").read_text(encoding="utf-8"))
SECRETS = [f"whsec_{base64.b64encode(word * 6).decode()}" for word in (b"new!", b"old!")]
BATCH = "application/cloudevents-batch+json"
ONE = "application/cloudevents+json"


def event(reference: str, **changes: Any) -> dict[str, Any]:
    data = SAMPLE["data"] | {"reference": reference} | changes
    given = {key: value for key, value in data.items() if value is not None}
    said: dict[str, Any] = SAMPLE | {"id": f"event-{reference}", "data": given}
    return said


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    binary = shutil.which("temporal", path=str(Path(sys.executable).parent))
    loop = asyncio.new_event_loop()
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(dev_server_existing_path=binary, dev_server_log_level="error")
    )
    loop.run_until_complete(register_search_attributes(environment.client))
    yield environment.client.service_client.config.target_host
    loop.run_until_complete(environment.shutdown())
    loop.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(Settings(var=tmp_path))
    empty_register(tmp_path)
    yield office
    office.register.close()


@pytest.fixture
def serve(office: Office) -> Iterator[Callable[..., httpx2.Client]]:
    """Serves the route with these secrets, on a port of its own."""

    def one(secrets: list[str] | None = None, settings: Settings | None = None) -> httpx2.Client:
        if settings:
            office.settings = settings
        app = FastAPI()
        app.include_router(events.routes(office, Temporal(office.settings, KeyRing.generate()), secrets or []))
        problems.install(app)
        address = running.enter_context(serving(app))
        return running.enter_context(httpx2.Client(base_url=address, timeout=120, verify=PLAIN))

    with ExitStack() as running:
        yield one


@pytest.fixture
def post(serve: Callable[..., httpx2.Client], server: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Posts to an open route that reaches the server."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", server)
    client = serve()

    def send(said: Any, kind: str | None = None) -> httpx2.Response:
        usual = BATCH if isinstance(said, list) else ONE
        return client.post("/events", content=json.dumps(said), headers={"Content-Type": kind or usual})

    return send


def signed(body: str, secret: str = SECRETS[0], at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign("msg-1", at, body)
    stamped = {"webhook-id": "msg-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    return {"Content-Type": ONE, **stamped}


# One event ------------------------------------------------------------------------------------------------------------


def test_one_event_is_started_and_the_same_again_starts_nothing(post: Callable[..., Any], office: Office) -> None:
    first, second = post(event("ONE-1")), post(event("ONE-1"))
    assert (first.status_code, first.json()["result"], first.json()["references"]) == (201, "started", ["ONE-1"])
    assert (second.status_code, second.json()["result"]) == (200, "already_started")
    assert office.register.find("ONE-1")


def test_a_refused_event_is_a_problem_that_names_every_fault(post: Callable[..., Any], office: Office) -> None:
    said = event("ONE-2", team=7, working_days=0) | {"specversion": "0.3"}
    answer = post(said)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["id"] == "event-ONE-2"
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/specversion",
        "#/data/team",
        "#/data/working_days",
    }
    assert office.register.find("ONE-2") is None


def test_an_unknown_procedure_is_a_fault_of_the_event(post: Callable[..., Any]) -> None:
    answer = post(event("ONE-3", procedure="southwork"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "#/data/procedure", "detail": "There is no procedure `southwork`; did you mean `southwark`?."}
    ]


def test_an_event_that_lacks_fields_is_kept_as_a_draft_once(post: Callable[..., Any], office: Office) -> None:
    answers = [post(event("ONE-4", concern=None)) for _ in range(2)]
    assert [(answer.status_code, answer.json()["result"]) for answer in answers] == [(200, "draft")] * 2
    assert [fault["pointer"] for fault in answers[0].json()["problem"]["errors"]] == ["#/data/concern"]
    assert [draft.reference for draft in office.register.drafts.waiting()] == ["ONE-4"]
    assert office.register.find("ONE-4") is None
    assert post(event("ONE-4")).json()["result"] == "started"
    assert office.register.drafts.waiting() == []
    assert post(event("ONE-4", concern=None)).json()["result"] == "already_started"


# Many -----------------------------------------------------------------------------------------------------------------


def test_each_event_of_a_batch_has_its_own_result_in_order(post: Callable[..., Any]) -> None:
    batch = [event("MANY-1"), 7, event("MANY-2", concern=None), event("MANY-1"), event("MANY-3", concerm="x"), {}]
    answer = post(batch)
    assert answer.status_code == 200
    assert [each["result"] for each in answer.json()] == [
        "started",
        "refused",
        "draft",
        "already_started",
        "refused",
        "refused",
    ]
    assert [each.get("id") for each in answer.json()][3:] == ["event-MANY-1", "event-MANY-3", None]


def test_several_children_are_an_escalation_each_and_know_of_one_another(
    post: Callable[..., Any], office: Office
) -> None:
    answer = post(event("KIN-1", subjects=[{"kind": "lac"}, {"kind": "lac", "has_guardian": True}]))
    assert answer.json()["references"] == ["KIN-1-1", "KIN-1-2"]
    assert [row.reference for row in office.register.escalations()] == ["KIN-1-1", "KIN-1-2"]


def test_where_one_reference_of_several_is_taken_none_is(post: Callable[..., Any], office: Office) -> None:
    assert post(event("KIN-2-2")).status_code == 201
    answer = post(event("KIN-2", subjects=[{"kind": "lac"}, {"kind": "lac"}]))
    assert (answer.status_code, answer.json()["code"]) == (422, "reference_taken")
    assert office.register.find("KIN-2-1") is None


def test_five_hundred_events_with_faults_among_them_each_come_out_right(
    post: Callable[..., Any], office: Office
) -> None:
    def nth(n: int) -> Any:
        match n % 10:
            case 3:
                return event(f"BULK-{n}", concern=None)
            case 5:
                return event(f"BULK-{n}", raised_by={"role": "social_worker"})
            case 7:
                return event(f"BULK-{n - 7}")
            case 9:
                return event(f"BULK-{n}", subjects=[])
        return event(f"BULK-{n}")

    expected = ["started"] * 10
    expected[3], expected[5], expected[7], expected[9] = "draft", "refused", "already_started", "refused"
    results = [each["result"] for each in post([nth(n) for n in range(500)]).json()]
    assert results == expected * 50
    assert len(office.register.escalations(limit=500)) == 300
    assert len(office.register.drafts.waiting()) == 50


def test_more_than_five_hundred_are_refused_whole(post: Callable[..., Any], office: Office) -> None:
    answer = post([event(f"OVER-{n}") for n in range(501)])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert office.register.escalations() == []


# What is no event -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", ONE, 400),
        (b"\xff\xfe", ONE, 400),
        (b"[" * 100_000, BATCH, 400),
        (b'{"id": NaN}', ONE, 400),
        (b"[]", ONE, 400),
        (b"{}", BATCH, 400),
        (b"{}", "text/plain", 415),
        (b"{}", ONE, 422),
        (b"[]", BATCH, 200),
        (b"[]", "application/json", 200),
        (b"x" * (5 * 1024 * 1024 + 1), ONE, 413),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_event_is_answered_with_a_problem(
    serve: Callable[..., httpx2.Client],
    server: str,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
    kind: str,
    status: int,
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server)
    answer = serve().post("/events", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert status == 200 or answer.headers["content-type"] == "application/problem+json"


def test_without_temporal_nothing_is_said_to_have_started(
    serve: Callable[..., httpx2.Client], free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port}")
    answer = serve().post("/events", json=event("AWAY-1"))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "no_outcome", "10")


# Signatures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("secret", "reference"), list(zip(SECRETS, ["SIGN-1", "SIGN-2"], strict=True)))
def test_any_of_the_secrets_may_have_signed(
    serve: Callable[..., httpx2.Client], server: str, monkeypatch: pytest.MonkeyPatch, secret: str, reference: str
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server)
    body = json.dumps(event(reference))
    assert serve(SECRETS).post("/events", content=body, headers=signed(body, secret)).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        lambda body: {"Content-Type": ONE},
        lambda body: signed(body, f"whsec_{base64.b64encode(b'nobody knows').decode()}"),
        lambda body: signed(f"{body} "),
        lambda body: signed(body, at=datetime.now(UTC) - timedelta(minutes=6)),
        lambda body: signed(body, at=datetime.now(UTC) + timedelta(minutes=6)),
        lambda body: signed(body) | {"webhook-id": "msg-2"},
        lambda body: signed(body) | {"webhook-timestamp": "nan"},
        lambda body: signed(body) | {"webhook-signature": "v1"},
        lambda body: signed(body) | {"webhook-signature": "v1,%%%"},
    ],
    ids=["none", "other secret", "other body", "old", "early", "other id", "no time", "no signature", "no base64"],
)
def test_a_wrong_signature_starts_nothing(
    serve: Callable[..., httpx2.Client], office: Office, wrong: Callable[[str], dict[str, str]]
) -> None:
    body = json.dumps(event("SIGN-3"))
    answer = serve(SECRETS).post("/events", content=body, headers=wrong(body))
    assert (answer.status_code, answer.json()["code"]) == (401, "unsigned")
    assert _held(office.register) == []


def test_an_unsigned_event_is_refused_before_its_body_is_read(serve: Callable[..., httpx2.Client]) -> None:
    answer = serve(SECRETS).post("/events", content=b"x" * (6 * 1024 * 1024), headers={"Content-Type": ONE})
    assert answer.status_code == 401


def test_where_another_machine_could_reach_it_an_event_is_never_taken_unsigned(
    serve: Callable[..., httpx2.Client], tmp_path: Path
) -> None:
    answer = serve([], Settings(var=tmp_path, web_host="0.0.0.0")).post("/events", json=event("OPEN-1"))
    assert answer.status_code == 401
    assert "TWENTYDAYS_EVENT_SECRETS" in answer.json()["detail"]


def _held(register: Register) -> list[str]:
    return [row.reference for row in register.escalations()]
