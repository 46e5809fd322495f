"""How does everything come up on this machine, stay up, and end?"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress

from temporalio.client import Client

from activities.mailbox import MailboxFolder
from config.codec import KeyRing
from config.settings import Settings, load
from escalation.errors import TwentydaysError
from register import engine as register
from starter.embedded import ready, temporal_server
from starter.embedded.child import Child, ChildSpec
from starter.embedded.only_one import only_one
from starter.embedded.places import ROOT, Places, environment_of_children, places, write_profile
from starter.embedded.ports import check_ports
from starter.embedded.sample import QUERY, escalation_in, open_sample
from starter.embedded.welcome import welcome
from starter.leaving import leave
from starter.tokens import ensure_development_token
from workflows.names import TASK_QUEUE
from workflows.schedules import keep_schedules
from workflows.search_attributes import register_search_attributes

STOPPED, FAILED = 0, 1
STOPPING_ORDER = ("worker", "web", "mail", "temporal")
WORKER_GRACE = 40.0
"""Seconds: longer than a worker gives to the activities that it has begun."""


class NotForTrying(TwentydaysError):
    """The settings are those of an installation that is in use."""


def up(settings: Settings) -> int:
    """Bring everything up, keep it up until Ctrl-C or SIGTERM, and give back the exit code: 0, or 1 when it failed."""
    try:
        _refuse_what_is_not_for_trying(settings)
        where = places(settings)
        with only_one(where, os.getpid()):
            check_ports(where.ports())
            return asyncio.run(_run(settings, where))
    except TwentydaysError as error:
        complain(error)
        return FAILED


async def _run(settings: Settings, where: Places) -> int:
    return await Stack(settings, where).run()


def say(line: str) -> None:
    """A line of progress, to whoever still reads."""
    with suppress(BrokenPipeError):
        print(line, flush=True)


def complain(error: TwentydaysError) -> None:
    """What went wrong, in its own words."""
    with suppress(BrokenPipeError):
        print(error, file=sys.stderr, flush=True)


class Stack:
    """The four children, and the order in which they start and stop."""

    def __init__(self, settings: Settings, where: Places) -> None:
        self._settings = settings
        self._where = where
        self._began = time.monotonic()
        self._sample = ""
        self._outcome: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._children = {spec.name: Child(spec, say, self._fail) for spec in specs(where)}

    async def run(self) -> int:
        """Until it is told to stop, or cannot go on."""
        self._heed_signals()
        coming = asyncio.create_task(self._come_up())
        try:
            return await self._outcome
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            await self._stop()

    async def _stop(self) -> None:
        """The worker first, while all that it needs to finish its activities is there."""
        say(f"Stopping: {', '.join(STOPPING_ORDER)}")
        for name in STOPPING_ORDER:
            await self._children[name].stop()
        say(f"Stopped. All that it keeps is in {self._where.var}.")

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told_to_stop)

    def _told_to_stop(self) -> None:
        if self._outcome.done():  # told twice: at once. The children end with this process
            leave(FAILED)
        self._outcome.set_result(STOPPED)

    def _fail(self, error: TwentydaysError) -> None:
        complain(error)
        if not self._outcome.done():
            self._outcome.set_result(FAILED)

    async def _come_up(self) -> None:
        try:
            await self._bring_up()
        except TwentydaysError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - raised again where the outcome is awaited
            if not self._outcome.done():  # else it is being stopped, and what it was waiting for went away
                self._outcome.set_exception(error)

    async def _bring_up(self) -> None:
        for name in ("temporal", "mail"):
            self._children[name].start()
        await asyncio.to_thread(prepare, self._settings, self._where)
        self._children["web"].start()
        await asyncio.gather(self._temporal_ready(), self._mail_ready(), self._web_ready())
        say(welcome(self._where, time.monotonic() - self._began, self._sample))

    async def _mail_ready(self) -> None:
        await ready.until(lambda: ready.mail_answers(self._where.smtp_port), "mail", self._where)
        say("mail      ready")

    async def _web_ready(self) -> None:
        await ready.until(lambda: ready.web_answers(self._where.web_port), "web", self._where)
        say("web       ready")

    async def _temporal_ready(self) -> None:
        await ready.until(lambda: ready.temporal_answers(self._where), "temporal", self._where)
        client = await Client.connect(self._where.temporal, namespace=self._where.namespace)
        await temporal_server.keep_closed_workflows(client)
        await register_search_attributes(client)
        await keep_schedules(client)
        say("temporal  ready")
        self._children["worker"].start()
        await ready.until(lambda: temporal_server.is_polled(client, TASK_QUEUE), "worker", self._where)
        say("worker    ready")
        self._sample = await open_sample(self._settings)
        say(self._sample)
        if escalation := escalation_in(self._sample):
            await self._sample_ready(client, escalation)

    async def _sample_ready(self, client: Client, escalation: str) -> None:
        """What is offered to be tried is there to be tried; where it is not, all else is up and can say why."""
        try:
            await ready.until(lambda: temporal_server.can_be_asked(client, escalation, QUERY), "worker", self._where)
        except ready.NotReady:
            say(f"sample    does not answer yet: see {self._where.log('worker')}")


def specs(where: Places) -> list[ChildSpec]:
    """What the four children are."""
    told = environment_of_children(where)

    def spec(name: str, *command: str, grace: float = 10.0) -> ChildSpec:
        return ChildSpec(name, command, told, where.log(name), grace)

    return [
        spec("temporal", *temporal_server.command(where)),
        spec("mail", sys.executable, "-m", "starter.embedded.catcher"),
        spec("web", sys.executable, "-m", "web"),
        spec("worker", sys.executable, str(ROOT / "worker.py"), grace=WORKER_GRACE),
    ]


def prepare(settings: Settings, where: Places) -> None:
    """What must be there before worker and web: folders, keys, the register's newest tables, Temporal's profile."""
    settings.mail_folder.mkdir(parents=True, exist_ok=True)
    MailboxFolder(settings.mailbox or where.mailbox).prepare()
    KeyRing.load(settings)
    register.upgrade(where.register_url)
    write_profile(where)
    say("register  ready")
    say(f"token     {ensure_development_token(settings)}, for trying the API")


def _refuse_what_is_not_for_trying(settings: Settings) -> None:
    faults = []
    if settings.environment == "production":
        faults.append(
            "`up` is for trying things out on one machine, and TWENTYDAYS_ENVIRONMENT says production. "
            "In production run `twentydays worker` and `twentydays web` (docker-compose.yml does)."
        )
    if settings.smtp_user:
        faults.append("`up` catches all mail itself: unset TWENTYDAYS_SMTP_USER and TWENTYDAYS_SMTP_PASSWORD.")
    if faults:
        raise NotForTrying("\n".join(faults))


def main() -> int:
    """`python -m starter.up`"""
    try:
        return up(load())
    except TwentydaysError as error:
        complain(error)
        return FAILED


if __name__ == "__main__":
    leave(main())
