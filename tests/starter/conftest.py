"""A development server of Temporal, a register and a worker process, once a session; the command line against them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temporalio.testing import WorkflowEnvironment

from config.connect import connect
from config.keys import KeyRing
from config.settings import Settings
from escalation.state import State
from starter.__main__ import _run
from starter.embedded.temporal_server import binary, is_polled
from starter.office import Office
from tests.empty_register import empty_register
from workflows import TASK_QUEUE
from workflows.search_attributes import register_search_attributes

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds: for what hangs. How quick it is, no test says."""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a development server."""
    with serving() as address:
        yield address


@contextmanager
def serving() -> Iterator[str]:
    """A development server, for as long as the block."""
    loop = asyncio.new_event_loop()
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(dev_server_existing_path=str(binary()), dev_server_log_level="error")
    )
    loop.run_until_complete(register_search_attributes(environment.client))
    yield environment.client.service_client.config.target_host
    loop.run_until_complete(environment.shutdown())
    loop.close()


@pytest.fixture(scope="session")
def variables(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the environment says: a server, and a folder for everything else."""
    return said_of(server, tmp_path_factory.mktemp("var"))


def said_of(server: str, var: Path) -> dict[str, str]:
    """The environment of a new office: nothing has happened in it."""
    empty_register(var)
    return {
        "TEMPORAL_ADDRESS": server,
        "TWENTYDAYS_VAR": str(var),
        "TWENTYDAYS_KEYS": KeyRing.generate("test").text,
        "TWENTYDAYS_MAIL_TRANSPORT": "folder",
    }


@pytest.fixture(scope="session")
def a_worker(variables: dict[str, str]) -> Iterator[None]:
    """`python worker.py`, as a process."""
    with working(variables):
        yield


@contextmanager
def working(variables: dict[str, str]) -> Iterator[None]:
    """A worker, for as long as the block; it ends as it was told to."""
    log = Path(variables["TWENTYDAYS_VAR"]) / "worker.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "worker.py"], cwd=ROOT, env=os.environ | variables, stdout=written, stderr=written
        )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        until(lambda: asyncio.run(_polled()), log)
    yield
    process.terminate()
    assert process.wait(timeout=PATIENCE) == 0, log.read_text(encoding="utf-8")


async def _polled() -> bool:
    return await is_polled(await connect(Settings()), TASK_QUEUE)


def until(ask: Callable[[], T | None], log: Path | None = None) -> T:
    """Waits for another process to have done its part; gives back what it waited for."""
    ends = time.monotonic() + PATIENCE
    while not (found := ask()):
        assert time.monotonic() < ends, log.read_text(encoding="utf-8") if log else "it did not come about"
        time.sleep(0.05)
    return found


@dataclass
class Ran:
    """What became of one command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def office(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Office:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Office(Settings())


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command of `twentydays` in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def one(*arguments: str) -> Ran:
        capsys.readouterr()
        code = _run(arguments)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return one


@pytest.fixture
def event(tmp_path: Path) -> Callable[..., Path]:
    """The sample case event in a file, with another reference and whatever else is changed in its `data`."""

    def write(reference: str | None, **changes: Any) -> Path:
        document = json.loads((ROOT / "config/samples/southwark.json").read_text(encoding="utf-8"))
        document["id"] = f"event-of-{reference}"
        document["data"] |= {"reference": reference} | changes
        document["data"] = {key: value for key, value in document["data"].items() if value is not None}
        path = tmp_path / f"{reference}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def reaches(office: Office) -> Callable[..., State]:
    """Waits until the register shows a status of an escalation, and whose turn it is."""

    def wait(reference: str, status: str, waiting_for: str | None = None) -> State:
        def there() -> bool:
            row = office.register.find(reference)
            return row is not None and row.n > 0 and (row.status, row.waiting_for) == (status, waiting_for)

        until(there)
        return office.state(reference)

    return wait
