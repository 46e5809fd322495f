"""Does a client of ours reach Temporal encrypted, and say clearly when it cannot?"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.common import HeaderCodecBehavior
from temporalio.testing import WorkflowEnvironment

from config.codec import KeyRing, KeyRingCodec
from config.connect import TemporalUnreachable, connect
from config.settings import Settings

RING = KeyRing.generate("test")


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    """The address of a development server of this test's own."""
    binary = shutil.which("temporal", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert binary, "the `temporal` command of the test dependencies is missing"
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=binary) as server:
        yield server.client.service_client.config.target_host


async def test_a_client_encrypts_its_payloads_and_headers_and_hides_its_host(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    client = await connect(Settings(), RING)
    assert await client.service_client.check_health()
    assert isinstance(client.data_converter.payload_codec, KeyRingCodec)
    assert client.config()["header_codec_behavior"] is HeaderCodecBehavior.CODEC
    assert platform.node() not in client.identity

    await client.start_workflow("Escalation", "the child", id="x", task_queue="nobody", static_summary="the child")
    stored = [event.SerializeToString() async for event in client.get_workflow_handle("x").fetch_history_events()]
    assert stored and not any(b"the child" in event for event in stored)


async def test_temporals_own_configuration_file_says_where_it_is(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "temporal.toml"
    text = f'[profile.council]\naddress = "{address}"\n[profile.council.codec]\nendpoint = "http://127.0.0.1:1/codec"\n'
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_PROFILE", "council")
    client = await connect(Settings(), RING)
    assert client.service_client.config.target_host == address
    assert client.namespace == "default"


async def test_a_server_that_is_not_there_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(TemporalUnreachable, match=r"127\.0\.0\.1:1 .*make up.*TEMPORAL_ADDRESS"):
        await connect(Settings(), RING)


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(TemporalUnreachable, match="does not answer"):
            await connect(Settings(), RING, patience=timedelta(milliseconds=200))


async def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "not an address")
    with pytest.raises(TemporalUnreachable, match="not an address"):
        await connect(Settings(), RING)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"TEMPORAL_CONFIG_FILE": "none.toml"}, "there is no file none.toml"),
        ({"TEMPORAL_CONFIG_FILE": "misspelt.toml"}, "unknown field `adress`"),
        ({"TEMPORAL_PROFILE": "none"}, "Profile 'none' not found"),
        ({"TEMPORAL_TLS": "true", "TEMPORAL_TLS_CLIENT_CERT_PATH": "none.pem"}, "none.pem"),
    ],
)
async def test_a_faulty_configuration_of_temporal_is_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], says: str
) -> None:
    Path("misspelt.toml").write_text('[profile.default]\nadress = "127.0.0.1:1"\n', encoding="utf-8")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TemporalUnreachable, match=says):
        await connect(Settings(), RING)
