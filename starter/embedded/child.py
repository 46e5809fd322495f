"""How is one child process started, kept alive, and stopped?"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from escalation.errors import TwentydaysError
from starter.embedded.tether import tethered

QUICK_DEATH = 10.0
"""Seconds: a child that lived for less counts towards giving up."""
QUICK_DEATHS = 5
FIRST_WAIT = 0.2
"""Seconds before the first new start; each quick death doubles it."""
LAST_LINES = 15
KEPT_LOGS = 5


class KeepsDying(TwentydaysError):
    """A child died five times in a row, each time soon after it was started."""

    def __init__(self, name: str, how: str, log: Path) -> None:
        lines = "\n".join(f"    {line}" for line in last_lines(log)) or "    (it wrote nothing)"
        super().__init__(f"{name} {how}, {QUICK_DEATHS} times in a row. The last lines of {log}:\n{lines}")


@dataclass(frozen=True)
class ChildSpec:
    """What to run, in which environment, where its output goes, and how many seconds it may take to stop."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    grace: float = 10.0


class Child:
    """One child process: started again when it dies, until it is told to stop."""

    def __init__(self, spec: ChildSpec, say: Callable[[str], None], failed: Callable[[KeepsDying], None]) -> None:
        self._spec = spec
        self._say = say
        self._failed = failed
        self._stopping = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; `failed` is called should it keep dying."""
        rotate(self._spec.log)
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Ask it to end, wait for as long as its grace, then kill it. Harmless when it was never started."""
        self._stopping.set()
        if self._keeping:
            await self._keeping

    async def _keep(self) -> None:
        quick = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            how = described(await self._run())
            if self._stopping.is_set():
                return
            quick = quick + 1 if time.monotonic() - began < QUICK_DEATH else 0
            if quick == QUICK_DEATHS:
                self._failed(KeepsDying(self._spec.name, how, self._spec.log))
                return
            wait = FIRST_WAIT * 2 ** max(quick - 1, 0)
            self._say(f"{self._spec.name} {how}; starting it again in {wait:.1f} s ({self._spec.log} says why)")
            await self._stopped_within(wait)

    async def _run(self) -> int:
        with self._spec.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *tethered(self._spec.command),
                env=dict(self._spec.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the terminal is ours to pass on, in order
            )
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await self._end(process, ended)
        return await ended

    async def _end(self, process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
        process.terminate()
        await asyncio.wait({ended}, timeout=self._spec.grace)
        if not ended.done():
            self._say(f"{self._spec.name} did not stop within {self._spec.grace:.0f} s and was killed")
            process.kill()

    async def _stopped_within(self, seconds: float) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({stopping}, timeout=seconds)
        stopping.cancel()


def described(code: int) -> str:
    """An exit code in words."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def rotate(log: Path) -> None:
    """Put the log of the last time aside as .1, the one before it as .2, and so on; five are kept."""
    log.parent.mkdir(parents=True, exist_ok=True)
    for older in range(KEPT_LOGS - 1, -1, -1):
        present = log.with_name(f"{log.name}.{older}") if older else log
        if present.exists():
            present.replace(log.with_name(f"{log.name}.{older + 1}"))


def last_lines(log: Path) -> list[str]:
    """The end of a log, without reading all of it."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 8192))
        return file.read().decode(errors="replace").splitlines()[-LAST_LINES:]
