"""Generated requests, good and bad, over everything that the description says, with every check: nothing is found.

Each kind of value in each place of each operation; with `--every-request` (`make soak`), all that can be generated.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from starter import escalations
from tests.web.api_world import PROCEDURE, Council, alerted, council, opening, served, temporal, until, worker

ROOT = Path(__file__).resolve().parents[2]
REFERENCES = ["SWK-2026-0001", *(f"SWK-{n}" for n in range(1, 20))]
CONFIGURED = """
[auth.openapi.token]
bearer = "{token}"

[checks.positive_data_acceptance]
# An escalation that has ended is 410 to whatever is asked in it.
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "5xx"]
"""


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as one:
        yield one


@pytest_asyncio.fixture
async def server(installed: Council, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with temporal(installed.ring) as one:
        monkeypatch.setenv("TEMPORAL_ADDRESS", one.service_client.config.target_host)
        yield one


async def test_generated_requests_find_nothing(
    installed: Council, server: Client, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    every = bool(request.config.getoption("--every-request"))
    async with worker(installed, server):
        await _hold(installed, server)
        with served(installed) as address:
            configured = tmp_path / "schemathesis.toml"
            token = installed.token("read", "act", "directory", name="generated")
            configured.write_text(CONFIGURED.format(token=token), encoding="utf-8")
            code, said = await _run(f"{address}/openapi.json", configured, every=every)
    assert code == 0, said
    assert "Coverage" in said
    assert _number(said, "Tested:") >= 18
    assert _number(said, "generated,", before=True) >= (2500 if every else 1200)
    assert {row.status for row in installed.register.escalations()} >= {"closed", "withdrawn"}


async def _hold(installed: Council, server: Client) -> None:
    installed.register.keep_procedure(PROCEDURE)
    alerted_at = datetime.now(UTC) - timedelta(hours=1)
    for reference in REFERENCES:
        await escalations.start(server, opening(reference, alerted(reference, alerted_at)))
    await until(lambda: all(installed.register.history(reference) for reference in REFERENCES))


async def _run(address: str, configured: Path, *, every: bool) -> tuple[int | None, str]:
    told = os.environ | {
        "API_REFERENCES": " ".join(REFERENCES),
        "API_EVERY_CASE": "yes" if every else "",
        "SCHEMATHESIS_HOOKS": "tests.web.api_hooks",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }
    what = ("--checks", "all", "--max-examples", "2", "--seed", "1", "--workers", "1", "--no-color")
    regardless = ("--suppress-health-check", "all", "--include-path-regex", "^/(api|health)/")
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(configured), "run", address),
        *(*what, *regardless),
        env=told,
        cwd=configured.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


def _number(said: str, word: str, *, before: bool = False) -> int:
    words = said.split()
    place = words.index(word) + (-1 if before else 1)
    return int(words[place].partition("/")[0])
