"""A worker: settings -> tools -> Worker. Run it with `python worker.py`; tests and rehearsals build theirs here."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.eml_folder import EmlFolder
from activities.empty_posts import EmptyPostAlarms
from activities.guarded import Guarded
from activities.letter import Sender
from activities.links import Links, signing_keys
from activities.monthly import MonthlySummaries
from activities.notices import Notices
from activities.people import People
from activities.register import RegisterKeeper
from activities.smtp import SmtpTransport
from activities.transport import Transport
from config import calendars, directory
from config.connect import connect
from config.keys import KeyRing
from config.logs import forward_core_logs
from config.settings import Settings
from config.settings import load as load_settings
from escalation.errors import TwentydaysError
from register.engine import open_register
from register.store import Register
from starter.leaving import leave
from workflows import TASK_QUEUE
from workflows.empty_posts import EmptyPosts
from workflows.escalation import Escalation
from workflows.monthly import MonthlySummary
from workflows.record import Record

WORKFLOWS = [Escalation, Record, MonthlySummary, EmptyPosts]
BUILD = "twentydays"
"""Without a name the SDK makes one from the code of every loaded module, which takes most of a second."""
OURS = ("escalation", "activities", "register", "config", "workflows.names", "workflows.search_attributes")
"""Passed through the sandbox: pure, or never called by a workflow. The workflows themselves are not."""


@dataclass(frozen=True)
class Tools:
    """What activities work with."""

    calendars: Calendars
    notices: Notices
    keeper: RegisterKeeper
    summaries: MonthlySummaries
    alarms: EmptyPostAlarms

    @property
    def activities(self) -> list[Callable[..., Any]]:
        return [
            self.calendars.read_calendar,
            self.notices.send_notice,
            self.keeper.record_entries,
            self.keeper.keep_recording,
            self.keeper.read_inbox,
            self.summaries.send_monthly_summary,
            self.alarms.send_empty_posts,
        ]


def build_tools(settings: Settings) -> Tools:
    """The real tools, from settings."""
    register, file = open_register(settings.register_url), directory.File(settings.directory)
    file.now()  # a directory that cannot be read is told of at the start
    people, transport = People(register, file.now).now, build_transport(settings, register)
    days, domain = Calendars(calendars.load(settings.local_calendar)), domain_of(settings.mail_from)
    sender = Sender(settings.mail_from, domain)
    bulletins = Bulletins(register, transport, sender, redirect=settings.mail_redirect)
    return Tools(
        calendars=days,
        notices=Notices(
            people,
            transport,
            register,
            mail_from=settings.mail_from,
            message_id_domain=domain,
            links=build_links(settings),
            redirect=settings.mail_redirect,
        ),
        keeper=RegisterKeeper(register),
        summaries=MonthlySummaries(register, people, days, bulletins),
        alarms=EmptyPostAlarms(register, people, days, bulletins),
    )


def build_links(settings: Settings) -> Links:
    """The links by which managers answer, signed with keys derived from those of the key ring."""
    ring = KeyRing.load(settings)
    return Links(signing_keys(ring.active, ring.keys), settings.public_url)


def domain_of(sender: str) -> str:
    """What stands after the @ of the sender's address: Message-IDs end with it."""
    return parseaddr(sender)[1].rpartition("@")[2]


def build_transport(settings: Settings, register: Register) -> Transport:
    """The way to the mail server, or into the folder, with what stands before it."""
    return Guarded(
        EmlFolder(settings.mail_folder) if settings.mail_transport == "folder" else _smtp(settings),
        register.mail,
        domains=settings.mail_domains,
        redirect=settings.mail_redirect,
        per_minute=settings.mail_per_minute,
    )


def _smtp(settings: Settings) -> SmtpTransport:
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
    )


def build_runner() -> SandboxedWorkflowRunner:
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*OURS))


def build_worker(client: Client, activities: Sequence[Callable[..., Any]], **options: Any) -> Worker:
    """A worker of every workflow and the given activities. Stops gracefully: a mail under way is finished."""
    defaults: dict[str, Any] = {
        "task_queue": TASK_QUEUE,
        "workflow_runner": build_runner(),
        "activity_executor": ThreadPoolExecutor(max_workers=8),
        "graceful_shutdown_timeout": timedelta(seconds=30),
        "build_id": BUILD,
    }
    return Worker(client, workflows=WORKFLOWS, activities=activities, **(defaults | options))


async def run(settings: Settings) -> None:
    """Until SIGINT or SIGTERM."""
    tools = build_tools(settings)
    worker = build_worker(await connect(settings), tools.activities)
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with worker:
        logging.getLogger(__name__).info("Working on the task queue %s", TASK_QUEUE)
        await stop.wait()


def main() -> None:
    forward_core_logs("WARN")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    try:
        asyncio.run(run(load_settings()))
    except TwentydaysError as error:
        sys.stderr.write(f"{error}\n")
        leave(1)
    leave(0)


if __name__ == "__main__":
    main()
