"""The processes of a soak: each is started again as soon as it has died, and dies with the soak."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from config.codec import data_converter
from config.keys import KeyRing
from config.settings import Settings
from register.engine import open_register, upgrade
from register.store import Register
from starter.embedded import ready, temporal_server
from starter.embedded.places import ROOT, Places, environment_of_children, write_profile
from starter.embedded.tether import tethered
from tests.soak.plan import Soak
from workflows.names import TASK_QUEUE
from workflows.search_attributes import register_search_attributes

STARTS_AGAIN_AFTER = 0.2


class Process:
    """One process that is kept alive until `stop`."""

    def __init__(self, name: str, command: tuple[str, ...], where: Places) -> None:
        self.name, self._command, self._where = name, command, where
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._there = asyncio.Event()

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())

    async def kill_when_there(self) -> None:
        """With signal 9: the process that runs now, or else the next to be started."""
        await self._there.wait()
        if self._process:
            self._there.clear()
            self._process.kill()

    async def stop(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _keep(self) -> None:
        log = self._where.log(self.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        while True:
            with log.open("ab") as stream:
                self._process = await asyncio.create_subprocess_exec(
                    *tethered(self._command),
                    cwd=ROOT,
                    env=environment(self._where),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,
                )
            self._there.set()
            await self._process.wait()
            self._there.clear()
            await asyncio.sleep(STARTS_AGAIN_AFTER)


@dataclass
class Stack:
    """A running installation on ports of its own. `shift`: from the real time to the soak's."""

    where: Places
    client: Client
    register: Register
    processes: dict[str, Process]
    shift: timedelta
    killed: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def mail(self) -> Path:
        return self.where.var / "mail"

    @property
    def deaths(self) -> list[datetime]:
        """Of those between which a message passes: whoever sends it, and whoever keeps it."""
        return [at for whom, at in self.killed if whom != "temporal"]

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def really(self, instant: datetime) -> datetime:
        return instant - self.shift

    async def until(self, instant: datetime) -> None:
        await asyncio.sleep(max((instant - self.now()).total_seconds(), 0))

    async def start_worker(self) -> None:
        self.processes["worker"].start()
        await ready.until(lambda: temporal_server.is_polled(self.client, TASK_QUEUE), "worker", self.where)

    async def kill(self, whom: str) -> None:
        """The one that is there now, or else the next to be started."""
        await self.processes[whom].kill_when_there()
        self.killed.append((whom, datetime.now(UTC)))


@asynccontextmanager
async def running(folder: Path, soak: Soak) -> AsyncIterator[Stack]:
    """Temporal and the mail catcher, ready; the worker is the caller's to start."""
    where = _places(folder)
    settings = Settings(var=folder, register_url=where.register_url)
    upgrade(where.register_url)
    write_profile(where)
    servers = {
        "temporal": Process("temporal", temporal_server.command(where), where),
        "mail": Process("mail", (sys.executable, "-m", "starter.embedded.catcher"), where),
    }
    try:
        for server in servers.values():
            server.start()
        await ready.until(lambda: ready.temporal_answers(where), "temporal", where)
        await ready.until(lambda: ready.mail_answers(where.smtp_port), "mail", where)
        client = await Client.connect(where.temporal, data_converter=data_converter(KeyRing.load(settings)))
        await register_search_attributes(client)
        shift = soak.begins - datetime.now(UTC)
        words = (str(shift.total_seconds()), str(soak.impatient or 0))
        servers["worker"] = Process("worker", (sys.executable, "-m", "tests.soak.worker", *words), where)
        yield Stack(where, client, open_register(where.register_url), servers, shift)
    finally:
        await asyncio.gather(*(server.stop() for server in servers.values()))


def environment(where: Places) -> dict[str, str]:
    """What the processes are told; whatever the caller's own environment says of us is left out."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TWENTYDAYS_")}
    ports = {"TWENTYDAYS_SMTP_PORT": str(where.smtp_port), "TWENTYDAYS_WEB_PORT": str(where.web_port)}
    return environment_of_children(where, clean) | ports


def _places(folder: Path) -> Places:
    probes = [socket.socket() for _ in range(4)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    temporal, ui, smtp, web = (probe.getsockname()[1] for probe in probes)
    for probe in probes:
        probe.close()
    return Places(
        var=folder,
        register_url=f"sqlite:///{folder}/register.db",
        temporal_port=temporal,
        ui_port=ui,
        smtp_port=smtp,
        web_port=web,
    )
