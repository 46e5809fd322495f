"""Between the product and the bad mail server: starts it again when it has died, tells it what to do, and watches."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from activities.transport import Refused, Transport, Unreachable

Mode = Literal["fair", "not_now", "busy", "hang", "drop_before", "drop_after", "die_before", "die_after", "worker_dies"]
HERE = "127.0.0.1"


class WorkerDied(BaseException):
    """Stands for `kill -9` of the worker between the server's 250 and our note of it: nothing of ours may catch it."""


@dataclass(frozen=True)
class Kept:
    """One message that the server kept for one person; when (really), where that is known."""

    address: str
    content: bytes
    at: datetime | None = None


@dataclass
class PostOffice:
    """The server's process. `now` is the simulated time of whoever sends."""

    folder: Path
    mode: tuple[Mode, int] = ("fair", 0)
    figures: Counter[str] = field(default_factory=Counter)
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.port, self._control = _free_ports(2)
        self.spool = self.folder / "spool"

    async def start(self) -> None:
        words = (sys.executable, "-m", "tests.delivery.server", str(self.port), str(self._control), str(self.spool))
        self.process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
        for _ in range(6000):
            try:
                self._reader, self._writer = await asyncio.open_connection(HERE, self._control)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                return
        raise RuntimeError("The mail server of this rehearsal did not start.")

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self._writer.close()
            self.process.kill()
            await self.process.wait()

    async def tell(self, mode: Mode, times: int = 0) -> None:
        """What it does with the next `times` messages; 0: until it is told otherwise."""
        await self._is_alive()
        if (mode, times) == self.mode and not times:
            return
        self.mode = (mode, times)
        self._writer.write(json.dumps({"mode": mode, "times": times}).encode() + b"\n")
        await self._writer.drain()
        await self._reader.readline()

    async def _is_alive(self) -> None:
        """Started again where it has died, or is dying."""
        if self.process and self.mode[0] in {"die_before", "die_after"}:
            try:
                await asyncio.wait_for(self.process.wait(), 0.05)
            except TimeoutError:
                return
        if self.process and self.process.returncode is not None:
            self.figures["times the mail server was killed"] += 1
            self._writer.close()
            await self.start()
            self.mode = ("fair", 0)

    def kept(self) -> list[Kept]:
        lines = self.spool.read_bytes().splitlines() if self.spool.exists() else []
        said = (json.loads(line) for line in lines)
        return [Kept(each["to"], base64.b64decode(each["content"])) for each in said]


@dataclass(frozen=True)
class Handed:
    """One delivery as we saw it: what it came to, and when (simulated)."""

    address: str
    content: bytes
    came_to: Literal["accepted", "refused", "unreachable", "died"]
    at: datetime


class Watched:
    """A transport that remembers what each delivery came to, and in which the worker can die after the 250."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.now: datetime | None = None
        self.dies = 0
        self.handed: list[Handed] = []

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        assert self.now is not None
        try:
            await self._inner.deliver(message, sender, recipient)
        except (Refused, Unreachable) as failure:
            came_to: Literal["refused", "unreachable"] = "refused" if isinstance(failure, Refused) else "unreachable"
            self.handed.append(Handed(recipient, message, came_to, self.now))
            raise
        died = self.dies > 0
        self.dies -= died
        self.handed.append(Handed(recipient, message, "died" if died else "accepted", self.now))
        if died:
            raise WorkerDied


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind((HERE, 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
