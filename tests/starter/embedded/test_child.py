"""That a child is started again when it dies, given up when it keeps dying, and stopped when told so."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from starter.embedded import child as child_module
from starter.embedded.child import Child, ChildSpec, KeepsDying, last_lines, rotate
from starter.embedded.tether import tethered

ROOT = Path(__file__).resolve().parents[3]
TOLD = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
WAITS = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('here'); signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here')\nwhile True: signal.pause()"


def spec(log: Path, program: str, grace: float = 5.0) -> ChildSpec:
    return ChildSpec("worker", (sys.executable, "-c", program), TOLD, log, grace)


def unexpected(what: object) -> None:
    pytest.fail(str(what))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():
            await asyncio.sleep(0.02)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log" / "worker.log"


async def test_a_child_that_was_killed_is_started_again_and_it_is_said(log: Path) -> None:
    said: list[str] = []
    child = Child(spec(log, f"import os; print(os.getpid()); {WAITS}"), said.append, unexpected)
    child.start()
    await until(lambda: last_lines(log)[1:] == ["here"])
    os.kill(int(last_lines(log)[0]), signal.SIGKILL)
    await until(lambda: last_lines(log)[3:] == ["here"])
    await child.stop()
    assert said == [f"worker was ended by SIGKILL; starting it again in 0.2 s ({log} says why)"]


async def test_after_five_quick_deaths_it_is_given_up_with_its_last_lines(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "FIRST_WAIT", 0.01)
    failed: list[KeepsDying] = []
    said: list[str] = []
    Child(spec(log, "print('no such table'); raise SystemExit(3)"), said.append, failed.append).start()
    await until(lambda: bool(failed))
    assert len(said) == 4
    assert last_lines(log) == ["no such table"] * 5
    assert str(failed[0]).startswith(f"worker ended with code 3, 5 times in a row. The last lines of {log}:")
    assert str(failed[0]).endswith("    no such table")


async def test_a_child_that_stops_when_asked_is_neither_killed_nor_started_again(log: Path) -> None:
    said: list[str] = []
    child = Child(spec(log, WAITS), said.append, unexpected)
    child.start()
    await until(lambda: last_lines(log) == ["here"])
    await child.stop()
    assert said == []


async def test_a_child_that_does_not_stop_is_killed_after_its_grace(log: Path) -> None:
    said: list[str] = []
    child = Child(spec(log, DEAF, grace=0.1), said.append, unexpected)
    child.start()
    await until(lambda: last_lines(log) == ["here"])
    await child.stop()
    assert said == ["worker did not stop within 0 s and was killed"]


async def test_stopping_what_was_never_started_is_harmless(log: Path) -> None:
    await Child(spec(log, WAITS), unexpected, unexpected).stop()


PARENT = f"""
import subprocess, sys
from starter.embedded.tether import tethered
subprocess.run(tethered((sys.executable, "-c", {DEAF!r})))
"""


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], env=TOLD, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    assert parent.stdout.readline() == "here\n"
    parent.kill()
    assert parent.stdout.read() == ""  # the end of the pipe: nobody holds it any more
    parent.wait()
    parent.stdout.close()


def test_the_tether_gives_back_the_exit_code_of_its_command() -> None:
    command = tethered((sys.executable, "-c", "raise SystemExit(7)"))
    assert subprocess.run(command, env=TOLD, check=False).returncode == 7


def test_the_logs_of_the_last_five_times_are_kept(log: Path) -> None:
    for number in range(8):
        rotate(log)
        log.write_text(str(number))
    assert {path.name: path.read_text() for path in log.parent.iterdir()} == {
        "worker.log": "7", "worker.log.1": "6", "worker.log.2": "5", "worker.log.3": "4", "worker.log.4": "3",
        "worker.log.5": "2",
    }  # fmt: skip
