"""Who is let in, and what programs are told of every fault. No Temporal and no worker is needed."""

from __future__ import annotations

import select
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from tests.web.api_world import RAISED, Council, client, council, served

REFERENCE = "SWK-2026-0001"
ADDRESSES = [
    "/api/escalations",
    f"/api/escalations/{REFERENCE}",
    f"/api/escalations/{REFERENCE}/history",
    f"/api/escalations/{REFERENCE}/explain",
]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path) as one:
        one.hold(REFERENCE)
        yield one


@pytest.fixture
def site(installed: Council) -> Iterator[str]:
    with served(installed) as address:
        yield address


@pytest.fixture
def reader(installed: Council, site: str) -> Iterator[httpx2.Client]:
    with client(site, installed.token("read")) as one:
        yield one


@pytest.fixture
def actor(installed: Council, site: str) -> Iterator[httpx2.Client]:
    with client(site, installed.token("act", name="an actor")) as one:
        yield one


# Who is let in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADDRESSES)
def test_without_a_token_nobody_reads(site: str, path: str) -> None:
    with client(site) as nobody:
        answer = nobody.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="twentydays"'
    assert_problem(answer, "unauthorised")
    assert REFERENCE not in answer.text


@pytest.mark.parametrize("written", ["x", "td_0123456789ab_" + "a" * 43, "td_"])
def test_a_token_that_nobody_made_is_refused(site: str, written: str) -> None:
    with client(site) as nobody:
        answer = nobody.get("/api/escalations", headers={"Authorization": f"Bearer {written}"})
    assert answer.status_code == 401


def test_a_revoked_token_and_an_expired_one_are_refused_and_say_so(site: str, installed: Council) -> None:
    revoked, expired = installed.token("read", name="r"), installed.token("read", name="e", expires_at=RAISED)
    installed.register.tokens.revoke("r", RAISED)
    for token, why in ((revoked, "was revoked"), (expired, "has expired")):
        with client(site, token) as somebody:
            answer = somebody.get("/api/escalations")
        assert answer.status_code == 401
        assert why in answer.json()["detail"]
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_without_the_scope_is_told_which_one_is_missing(reader: httpx2.Client, actor: httpx2.Client) -> None:
    for somebody, method, path, scope in (
        (actor, "GET", "/api/escalations", "read"),
        (reader, "POST", f"/api/escalations/{REFERENCE}/note", "act"),
    ):
        answer = somebody.request(method, path)
        assert answer.status_code == 403
        assert_problem(answer, "insufficient_scope")
        assert f"`{scope}`" in answer.json()["detail"]
        assert f'scope="{scope}"' in answer.headers["www-authenticate"]


def test_the_use_of_a_token_is_noted(reader: httpx2.Client, installed: Council) -> None:
    assert installed.register.tokens.everyone()[0].last_used_at is None
    reader.get("/api/escalations")
    used = installed.register.tokens.everyone()[0].last_used_at
    assert used
    assert used > RAISED


# Faults ---------------------------------------------------------------------------------------------------------------


def assert_problem(answer: httpx2.Response, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (answer.status_code, code, "about:blank")
    assert problem["title"] and problem["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("reference", ["SWK-9", "swk-2026-0001", "%00", "a%2Fb", "x" * 300])
def test_an_unknown_reference_is_not_found(reader: httpx2.Client, actor: httpx2.Client, reference: str) -> None:
    assert reader.get(f"/api/escalations/{reference}").status_code == 404
    answer = actor.post(f"/api/escalations/{reference}/note", json={"text": "a note"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_fault_of_a_query_is_told_at_once(reader: httpx2.Client) -> None:
    answer = reader.get("/api/escalations?limit=0&open=maybe&after=%00&state=x")
    assert answer.status_code == 422
    assert_problem(answer, "malformed")
    assert {fault["parameter"] for fault in answer.json()["errors"]} == {"limit", "open", "after", "state"}


def test_every_fault_of_a_body_is_told_at_once_with_its_pointer(actor: httpx2.Client) -> None:
    body = {"stage": "", "answers": [{"text": "x"}, {"text": 1, "a/b": 2}], "do": "respond", "received_at": "now"}
    answer = actor.post(f"/api/escalations/{REFERENCE}/respond", json=body)
    assert answer.status_code == 422
    assert_problem(answer, "malformed")
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    expected = {"#/response_id", "#/stage", "#/answers/1/text", "#/answers/1/a~1b", "#/do", "#/received_at"}
    assert pointers == expected


@pytest.mark.parametrize(
    ("do", "body"),
    [
        ("set_action", {"text": "x", "action_due": "0"}),
        ("set_action", {"text": "x", "action_due": 0}),
        ("record_told", {"told_at": "0", "how": "x"}),
        ("record_told", {"told_at": "2026-11-02 10:00Z", "how": "x"}),
        ("record_told", {"told_at": "2026-11-02T10:00:00", "how": "x"}),
        ("grant_extension", {"working_days": "3"}),
        ("grant_extension", {"working_days": 0}),
        ("note", {"text": "x", "name": "n" * 201}),
    ],
)
def test_what_only_looks_like_the_right_type_is_refused(actor: httpx2.Client, do: str, body: dict[str, object]) -> None:
    answer = actor.post(f"/api/escalations/{REFERENCE}/{do}", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"text"', "application/json", 400, "undecodable"),
        (b"\xff\xfe", "application/json", 400, "undecodable"),
        (b'{"text": "\\ud800"}', "application/json", 400, "undecodable"),
        (b"", "application/json", 400, "undecodable"),
        (b"[]", "application/json; charset=utf-8", 422, "malformed"),
        (b"text=x", "application/x-www-form-urlencoded", 415, "media_type"),
        (b'{"text": "x"}', "", 415, "media_type"),
        (b" " * (1024 * 1024 + 1), "application/json", 413, "too_large"),
    ],
)
def test_a_body_that_is_none_is_refused(
    actor: httpx2.Client, content: bytes, kind: str, status: int, code: str
) -> None:
    answer = actor.post(f"/api/escalations/{REFERENCE}/note", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert_problem(answer, code)


def test_ten_megabytes_that_do_not_say_their_length_are_not_read_to_the_end(site: str, installed: Council) -> None:
    token, host = installed.token("act"), site.removeprefix("http://")
    head = (
        f"POST /api/escalations/{REFERENCE}/note HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part, parts = b"10000\r\n" + b" " * 65536 + b"\r\n", 0
    address, port = host.split(":")
    with socket.create_connection((address, int(port)), timeout=120) as connection:
        answered = select.poll()
        answered.register(connection, select.POLLIN)
        connection.sendall(head.encode())
        while parts < 160 and not answered.poll(10):
            connection.sendall(part)
            parts += 1
        answer = connection.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert 16 <= parts < 160


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/api", 404, None),
        ("GET", "/api/nothing", 404, None),
        ("GET", "/events/nothing", 404, None),
        ("GET", "/health/nothing", 404, None),
        ("POST", f"/api/escalations/{REFERENCE}/start", 404, None),
        ("DELETE", "/api/escalations", 405, "GET"),
        ("GET", f"/api/escalations/{REFERENCE}/note", 405, "POST"),
        ("POST", "/health/live", 405, "GET"),
        ("POST", "/openapi.json", 405, "GET"),
    ],
)
def test_other_addresses_and_methods_are_problems_too(
    reader: httpx2.Client, method: str, path: str, status: int, allowed: str | None
) -> None:
    answer = reader.request(method, path)
    assert answer.status_code == status
    assert_problem(answer, "not_found" if status == 404 else "method_not_allowed")
    if allowed:
        assert allowed in answer.headers["allow"]


def test_another_host_name_is_a_problem_under_the_api_and_none_of_a_page(reader: httpx2.Client) -> None:
    answer = reader.get("/api/escalations", headers={"Host": "attacker.example"})
    assert answer.status_code == 400
    assert_problem(answer, "bad_request")
    assert "problem" not in reader.get("/", headers={"Host": "attacker.example"}).headers["content-type"]


@pytest.mark.parametrize("path", ["/nothing", "/mail/nothing", "/apiary", "/mail?page=0"])
def test_pages_keep_their_own_errors(reader: httpx2.Client, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code in {404, 422}
    assert "problem" not in answer.headers["content-type"]


def test_a_register_that_does_not_answer_is_told_without_its_address(reader: httpx2.Client, installed: Council) -> None:
    assert reader.get("/api/escalations").status_code == 200
    path = installed.settings.register_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("alter table tokens rename to elsewhere")
        answer = reader.get("/api/escalations")
        connection.execute("alter table elsewhere rename to tokens")
    assert answer.status_code == 503
    assert_problem(answer, "register_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert path not in answer.text


def test_a_fault_of_ours_is_a_problem_that_says_nothing_of_its_cause(reader: httpx2.Client, installed: Council) -> None:
    path = installed.settings.register_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("update escalations set status = 'no such status'")
    answer = reader.get("/api/escalations")
    assert answer.status_code == 500
    assert answer.json()["code"] == "our_fault"
    assert "no such status" not in answer.text


# The description ------------------------------------------------------------------------------------------------------


def test_the_description_is_open_and_of_the_api_alone(site: str) -> None:
    with client(site) as nobody:
        described = nobody.get("/openapi.json").json()
        assert nobody.get("/docs").status_code == 404
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith(("/api/", "/health/", "/events")) for path in described["paths"])
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_act_is_described_with_a_sample_that_can_be_read(site: str, actor: httpx2.Client) -> None:
    described = actor.get("/openapi.json").json()
    acts = [operation["post"] for path, operation in described["paths"].items() if path.startswith("/api/escalations/")
            and "post" in operation]  # fmt: skip
    assert len(acts) == 28
    for act in acts:
        (sample,) = act["requestBody"]["content"]["application/json"]["examples"].values()
        assert {"400", "401", "403", "404", "409", "410", "413", "415", "422", "503"} <= set(act["responses"])
        answer = actor.post(f"/api/escalations/SWK-NONE/{act['operationId']}", json=sample["value"])
        assert answer.json()["code"] == "unknown_reference", act["operationId"]


def test_an_act_in_one_that_has_ended_is_gone(actor: httpx2.Client, installed: Council) -> None:
    installed.hold("SWK-1", status="closed", closed_at=RAISED + timedelta(days=1), outcome="resolved")
    for headers in ({}, {"Idempotency-Key": "key-1"}):
        answer = actor.post("/api/escalations/SWK-1/note", json={"text": "too late"}, headers=headers)
        assert answer.status_code == 410
    assert_problem(answer, "closed")
    assert "closed on Tuesday 3 November 2026" in answer.json()["detail"]
