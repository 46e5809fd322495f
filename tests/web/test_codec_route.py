"""How Temporal's pages and its `temporal` command read what is encrypted, and who else does not."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from config.codec import KeyRing, data_converter
from starter.embedded.temporal_server import binary
from web.codec import BODY_LIMIT

UI = "http://localhost:18999"


def wire(text: str, **metadata: str) -> dict[str, Any]:
    """A payload as Temporal writes it into JSON."""
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in metadata.items()}
    return {"metadata": encoded, "data": base64.b64encode(text.encode()).decode()}


PLAIN = wire('"hello"', encoding="json/plain")


def encoded(browser: httpx2.Client, *payloads: dict[str, Any]) -> list[dict[str, Any]]:
    return browser.post("/codec/encode", json={"payloads": payloads}).json()["payloads"]  # type: ignore[no-any-return]


def test_what_was_encoded_is_decoded(browser: httpx2.Client) -> None:
    sealed = encoded(browser, PLAIN)
    assert "hello" not in base64.b64decode(sealed[0]["data"]).decode("latin-1")
    assert browser.post("/codec/decode", json={"payloads": sealed}).json() == {"payloads": [PLAIN]}


def test_what_cannot_be_decoded_comes_back_as_it_was_with_the_reason_beside_what_can(browser: httpx2.Client) -> None:
    (good,) = encoded(browser, PLAIN)
    foreign = wire("sealed elsewhere", **{"encoding": "binary/encrypted", "encryption-key-id": "theirs"})
    first, second = browser.post("/codec/decode", json={"payloads": [foreign, good]}).json()["payloads"]
    assert second == PLAIN
    assert first["data"] == foreign["data"]
    assert base64.b64decode(first["metadata"].pop("unreadable-because")) == b"its key is not on this key ring"
    assert first["metadata"] == foreign["metadata"]


def test_what_was_never_encrypted_comes_back_unchanged(browser: httpx2.Client) -> None:
    assert browser.post("/codec/decode", json={"payloads": [PLAIN]}).json() == {"payloads": [PLAIN]}


def test_fields_of_a_newer_temporal_do_not_matter(browser: httpx2.Client) -> None:
    body = {"payloads": [PLAIN | {"newField": 1}], "another": {}}
    assert browser.post("/codec/decode?preserveStorageRefs=true", json=body).json() == {"payloads": [PLAIN]}


@pytest.mark.parametrize("body", ["", "[]", "{", '{"payloads": 1}', '{"payloads": [{"data": 7}]}', "[" * 100_000])
def test_a_body_that_is_not_of_the_contract_is_refused(browser: httpx2.Client, body: str) -> None:
    answer = browser.post("/codec/decode", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith('Send {"payloads": [...]}')


NESTED = st.recursive(st.none() | st.text(), st.lists).map(lambda payloads: json.dumps({"payloads": payloads}).encode())


# The server, in this process, may use it while an example is drawn.
@pytest.mark.filterwarnings("ignore:Do not use the .random. module")
@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.binary(max_size=200) | NESTED)
def test_no_body_makes_it_fail(browser: httpx2.Client, body: bytes) -> None:
    answer = browser.post("/codec/decode", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("operation", ["decode", "encode"])
def test_a_body_beyond_the_limit_is_refused(browser: httpx2.Client, operation: str) -> None:
    answer = browser.post(
        f"/codec/{operation}", content=b"x" * (BODY_LIMIT + 1), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_only_json_is_taken_so_that_no_form_of_another_site_can_post(browser: httpx2.Client) -> None:
    answer = browser.post("/codec/decode", content='{"payloads": []}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize("origin", [UI, "http://127.0.0.1:18999"])
def test_temporals_own_pages_may_ask_and_read(browser: httpx2.Client, origin: str) -> None:
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-namespace,authorization,authorization-extras",
    }
    allowed = browser.options("/codec/decode?preserveStorageRefs=true", headers=asking)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == origin
    answer = browser.post(
        "/codec/decode", json={"payloads": [PLAIN]}, headers={"Origin": origin, "X-Namespace": "default"}
    )
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "http://localhost:19000", "https://localhost:18999", "null"]
)
def test_pages_of_any_other_origin_get_nothing(browser: httpx2.Client, origin: str) -> None:
    asking = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert browser.options("/codec/decode", headers=asking).status_code == 400
    answer = browser.post("/codec/decode", json={"payloads": encoded(browser, PLAIN)}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert "payloads" not in answer.json()


def test_every_decode_is_logged_with_its_count_and_namespace_and_never_its_content(
    browser: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = wire("sealed", **{"encoding": "binary/encrypted", "encryption-key-id": "theirs"})
    sealed = encoded(browser, PLAIN)
    with caplog.at_level(logging.INFO, logger="codec"):
        browser.post("/codec/decode", json={"payloads": [*sealed, foreign]}, headers={"X-Namespace": "council"})
    (record,) = (record for record in caplog.records if record.name == "codec")
    assert record.getMessage() == "Decoded 2 payloads of namespace 'council', 1 unreadable"
    assert (record.__dict__["count"], record.__dict__["namespace"]) == (2, "council")
    assert "hello" not in str(record.__dict__)


@workflow.defn
class Waiting:
    """Waits for a word, and gives it back."""

    def __init__(self) -> None:
        self._word = ""

    @workflow.run
    async def run(self, greeting: str) -> str:
        await workflow.wait_condition(lambda: bool(self._word))
        return f"{greeting}, {self._word}"

    @workflow.signal
    def say(self, word: str) -> None:
        self._word = word

    @workflow.query
    def greeting(self) -> str:
        return "asked and answered"


async def test_the_temporal_command_reads_and_writes_through_the_route_what_the_server_holds_encrypted(
    address: str, ring: KeyRing, tmp_path: Path
) -> None:
    async with await WorkflowEnvironment.start_local(
        data_converter=data_converter(ring), dev_server_existing_path=str(binary())
    ) as environment:
        client = environment.client
        worker = Worker(client, task_queue="q", workflows=[Waiting], workflow_runner=UnsandboxedWorkflowRunner())
        async with worker:
            started = await client.start_workflow(Waiting.run, "what was raised", id="w", task_queue="q")
            profile = tmp_path / "temporal.toml"
            profile.write_text(
                f'[profile.default]\naddress = "{client.service_client.config.target_host}"\nnamespace = "default"\n'
                f'[profile.default.codec]\nendpoint = "{address}/codec"\n'
            )
            target = client.service_client.config.target_host
            raised = base64.b64encode(b'"what was raised"').decode()
            assert raised not in await temporal(None, target, "workflow", "show", "-w", "w", "-o", "json")
            assert raised in await temporal(profile, None, "workflow", "show", "-w", "w", "-o", "json")
            assert "asked and answered" in await temporal(
                profile, None, "workflow", "query", "-w", "w", "--type", "greeting"
            )
            await temporal(profile, None, "workflow", "signal", "-w", "w", "--name", "say", "--input", '"good day"')
            assert await started.result() == "what was raised, good day"
            word = base64.b64encode(b'"good day"').decode()
            assert word not in await temporal(None, target, "workflow", "show", "-w", "w", "-o", "json")


async def temporal(profile: Path | None, server: str | None, *command: str) -> str:
    """What the `temporal` command prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    if profile:
        environment["TEMPORAL_CONFIG_FILE"] = str(profile)
    if server:
        environment["TEMPORAL_ADDRESS"] = server
    ended = await asyncio.to_thread(
        subprocess.run, [str(binary()), *command], env=environment, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return str(ended.stdout)
