"""Is everything there that the work needs? One check for each thing: for the health route and for `doctor`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from aiosmtplib import SMTP, SMTPException
from pydantic import BaseModel, ConfigDict, Field
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.calendar import Calendars, bank_holidays
from activities.smtp import IMPLICIT_TLS
from config.settings import Settings
from escalation.errors import TwentydaysError
from escalation.working_days import london_date
from register.errors import RegisterError
from register.rows import HoldRow
from starter.office import Office
from web.temporal import Temporal
from workflows.names import TASK_QUEUE

PATIENCE = 5.0
"""Seconds for each thing that is asked; all are asked at once."""
MAIL_EVERY = timedelta(seconds=60)
A_POLL = timedelta(seconds=90)
"""A worker that lives asks for work at least every 60 seconds; Temporal remembers a dead one for five."""
HORIZON = timedelta(days=400)
LAST_ANNOUNCED_YEAR = 2028
"""The last year whose bank holidays gov.uk has announced; those of later years are computed."""


class Check(BaseModel):
    """One thing that the work needs. `advice` is for who runs it, and never served."""

    model_config = ConfigDict(frozen=True)

    name: str
    status: Literal["ok", "warning", "failed"] = "ok"
    detail: str
    advice: str | None = Field(None, exclude=True)


class Readiness:
    """What has to be there, asked for anew each time but for the mail server."""

    def __init__(self, office: Office, temporal: Temporal, now: Callable[[], datetime]) -> None:
        self._office, self._temporal, self._now = office, temporal, now
        self._mail: tuple[datetime, Check] | None = None

    async def checks(self) -> list[Check]:
        """All of them, in the order in which they are told."""
        return list(
            await asyncio.gather(
                _asked("register", self.register),
                _asked("temporal", self.temporal),
                _asked("worker", self.worker),
                _asked("mail", self.mail),
                _asked("calendar", self.calendar),
            )
        )

    async def register(self) -> Check:
        await asyncio.to_thread(self._office.register.check)
        return Check(name="register", detail="The register answers.")

    async def temporal(self) -> Check:
        client = await self._temporal.connected()
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        return Check(name="temporal", detail="Temporal answers.")

    async def worker(self) -> Check:
        seen = await last_poll(await self._temporal.connected(), TASK_QUEUE)
        if seen and self._now() - seen <= A_POLL:
            return Check(name="worker", detail="A worker asks for work.")
        return Check(
            name="worker",
            status="failed",
            detail="No worker asks for work, so nothing moves.",
            advice="Start one: `twentydays worker`. Nothing is lost meanwhile; what fell due is done then.",
        )

    async def mail(self) -> Check:
        """As it was within the last minute: a mail server is not asked at every look. A hold is as it is now."""
        if self._mail is None or self._now() - self._mail[0] >= MAIL_EVERY:
            self._mail = (self._now(), await _asked("mail", lambda: handshake(self._office.settings)))
        answers = self._mail[1]
        held = await self._held() if answers.status == "ok" else None
        return on_hold(held) if held else answers

    async def _held(self) -> HoldRow | None:
        """None too where the register does not answer: its own check says so."""
        with suppress(RegisterError):
            return await asyncio.to_thread(self._office.register.mail.held)
        return None

    async def calendar(self) -> Check:
        return await asyncio.to_thread(horizon, self._office.calendars, london_date(self._now()))


async def _asked(name: str, ask: Callable[[], Awaitable[Check]]) -> Check:
    try:
        async with asyncio.timeout(PATIENCE):
            return await ask()
    except TimeoutError:
        why = f"No answer in {PATIENCE:.0f} seconds."
    except (RPCError, TwentydaysError, SMTPException, OSError) as error:
        why = str(error) or type(error).__name__
    return Check(name=name, status="failed", detail=MISSING[name], advice=f"{why} {ADVICE[name]}")


MISSING = {
    "register": "The register does not answer.",
    "temporal": "Temporal does not answer.",
    "worker": "Whether a worker asks for work cannot be told.",
    "mail": "The mail server does not answer.",
    "calendar": "The working days cannot be counted.",
}
ADVICE = {
    "register": "See TWENTYDAYS_REGISTER_URL.",
    "temporal": "See TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.",
    "worker": "First mend Temporal.",
    "mail": "See TWENTYDAYS_SMTP_HOST and its kin. Emails wait, and are sent when it answers.",
    "calendar": "See TWENTYDAYS_LOCAL_CALENDAR.",
}


async def last_poll(client: Client, task_queue: str) -> datetime | None:
    """When a worker last asked for work, by Temporal's clock."""
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return max((poller.last_access_time.ToDatetime(UTC) for poller in described.pollers), default=None)


async def is_asked_for_work(client: Client, task_queue: str, now: datetime) -> bool:
    """Whether a worker that lives asks this queue for work."""
    seen = await last_poll(client, task_queue)
    return seen is not None and now - seen <= A_POLL


async def handshake(settings: Settings) -> Check:
    """Whether the mail server greets us, with the TLS and the login that the settings ask for."""
    if settings.mail_transport == "folder":
        return await asyncio.to_thread(_folder, settings)
    required = settings.smtp_tls == "required"
    at_once = required and settings.smtp_port == IMPLICIT_TLS
    server = SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        local_hostname="localhost",
        username=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        use_tls=at_once,
        start_tls=required and not at_once,
        timeout=PATIENCE,
    )
    async with server:
        await server.noop()
    return Check(name="mail", detail="The mail server answers.")


def _folder(settings: Settings) -> Check:
    settings.mail_folder.mkdir(parents=True, exist_ok=True)
    if os.access(settings.mail_folder, os.W_OK):
        return Check(name="mail", detail="Emails are written into a folder.")
    raise PermissionError(f"{settings.mail_folder} cannot be written to.")


def on_hold(held: HoldRow) -> Check:
    """That nothing is sent, as somebody wished; who, and why, is not for everybody."""
    return Check(
        name="mail",
        status="warning",
        detail="Sending is on hold, so no email goes out.",
        advice=f"{held} `twentydays mail release` resumes it.",
    )


def horizon(calendars: Calendars, today: date) -> Check:
    """Whether a deadline that is set today, and every one within the next 400 days, can be counted."""
    end = today + HORIZON
    pinned = calendars.calendar_for(today)
    _, national = bank_holidays(today.year, end.year)
    unknown = sorted({today.year, end.year} - {day.year for day in national})
    if pinned.last < end or unknown:
        last = min(pinned.last, date(unknown[0], 1, 1) if unknown else pinned.last)
        return Check(
            name="calendar",
            status="failed",
            detail=f"The working days are known to {last} only, not for the next {HORIZON.days} days.",
            advice="Upgrade the package `holidays`.",
        )
    if end.year > LAST_ANNOUNCED_YEAR:
        return Check(
            name="calendar",
            status="warning",
            detail=f"Bank holidays after {LAST_ANNOUNCED_YEAR} are computed, not yet announced.",
            advice="Compare them with gov.uk/bank-holidays when those are announced; a release of ours will say so.",
        )
    return Check(name="calendar", detail=f"The working days of the next {HORIZON.days} days are known.")
