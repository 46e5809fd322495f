"""The command that looks at everything the work needs, and says what to do about what is not there."""

from __future__ import annotations

import asyncio
import json as jsonlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated

from cyclopts import Parameter
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import PollWorkflowTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from config import procedures
from config.keys import KeyRing
from config.settings import Settings, load
from escalation.errors import TwentydaysError
from escalation.looking_ahead import DAYS_AHEAD
from escalation.procedure import Procedure
from escalation.working_days import london_date
from starter import premises
from starter.directory.gaps import open_gaps
from starter.directory.words import known_procedures, titles
from starter.office import Office
from web.readiness import Check, Readiness, last_poll
from web.temporal import Temporal

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
WELL, WRONG_INPUT, NO_ANSWER = 0, 2, 3
ANSWERS = {"register", "temporal", "worker", "mail"}
"""What has to answer; all else is set, by somebody."""
MOST_APART = timedelta(seconds=5)
LONG_POLL = timedelta(seconds=20)
MARKS = {"ok": "ok     ", "warning": "look   ", "failed": "FAILED "}


def doctor(*, json: AsJson = False) -> int:
    """Look at everything that the work needs, with advice. Exit code 0 all is well, 2 wrongly set, 3 no answer.

    Parameters
    ----------
    json: bool
        Print the checks as JSON.
    """
    checks = asyncio.run(examine(load(), datetime.now(UTC)))
    if json:
        print(jsonlib.dumps([_document(check) for check in checks], indent=1))
    else:
        print("\n".join(line for check in checks for line in _lines(check)))
    return exit_code(checks)


async def examine(settings: Settings, now: datetime) -> list[Check]:
    """Every check of readiness, and those of this machine and of what is set on it."""
    office = Office(settings)
    here = await asyncio.to_thread(_on_this_machine, office, now)
    ring = _ring(settings)
    if ring is None:  # without keys nothing can be said to Temporal, and the check of the keys says so
        return here
    temporal = Temporal(settings, ring)
    ready = await Readiness(office, temporal, lambda: now).checks()
    return [*ready, await clock(temporal), *here]


def exit_code(checks: list[Check]) -> int:
    """3 where something does not answer, else 2 where something is wrongly set, else 0."""
    failed = {check.name for check in checks if check.status == "failed"}
    if failed & ANSWERS:
        return NO_ANSWER
    return WRONG_INPUT if failed else WELL


def _ring(settings: Settings) -> KeyRing | None:
    with suppress(TwentydaysError):
        return KeyRing.load(settings)
    return None


def _on_this_machine(office: Office, now: datetime) -> list[Check]:
    settings = office.settings
    return [
        _looked("var", lambda: premises.var_writable(settings)),
        _looked("keys", lambda: premises.key_ring(settings)),
        _looked("register place", lambda: premises.register_place(settings.register_url, premises.mounts())),
        _looked("directory", lambda: _roles(office, now)),
        _looked("posts ahead", lambda: _posts_ahead(office, now)),
        _looked("addresses", lambda: _addresses(office)),
    ]


def _roles(office: Office, now: datetime) -> Check:
    check = premises.holders(office.people.now(), _in_use(office), london_date(now))
    latest = office.register.people.latest()
    counts = f"The register's, change {latest.n}." if latest else f"The file {office.settings.directory}."
    return check.model_copy(update={"detail": f"{counts} {check.detail}"})


def _posts_ahead(office: Office, now: datetime) -> Check:
    found = open_gaps(office, london_date(now), DAYS_AHEAD)
    return premises.posts_ahead(found, titles(known_procedures(office.settings.procedures)), DAYS_AHEAD)


def _addresses(office: Office) -> Check:
    contacts = {contact.email for procedure in _in_use(office).values() for contact in procedure.contacts.values()}
    return premises.addresses(office.people.now(), office.settings, contacts={email for email in contacts if email})


def _in_use(office: Office) -> dict[tuple[str, str | None], Procedure]:
    folder = office.settings.procedures
    own = frozenset(file.stem for file in folder.glob("*.yaml")) if folder else frozenset[str]()
    return premises.in_use(office.register, procedures.all_procedures(folder), own)


def _looked(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (TwentydaysError, OSError) as error:
        return Check(name=name, status="failed", detail=str(error), advice="Mend that first, then look again.")


async def clock(temporal: Temporal, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Check:
    """Whether this machine's clock agrees with Temporal's: deadlines are Temporal's, instants of receipt are ours."""
    try:
        async with asyncio.timeout(LONG_POLL.total_seconds()):
            apart = await _apart(await temporal.connected(), now)
    except (RPCError, TwentydaysError, TimeoutError):
        return Check(name="clock", status="warning", detail="The clocks cannot be compared: Temporal does not answer.")
    if abs(apart) <= MOST_APART:
        return Check(name="clock", detail="This machine's clock agrees with Temporal's.")
    ahead = "ahead of" if apart > timedelta(0) else "behind"
    return Check(
        name="clock",
        status="failed",
        detail=f"This machine's clock is {abs(apart).total_seconds():.0f} seconds {ahead} Temporal's.",
        advice="Keep both machines' clocks by NTP: an answer counts by the instant at which we received it.",
    )


async def _apart(client: Client, now: Callable[[], datetime]) -> timedelta:
    """How far our clock is ahead. Temporal says when it last was asked for work: we ask, for a queue of our own."""
    queue = f"twentydays-doctor-{secrets.token_hex(4)}"
    request = PollWorkflowTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), identity=client.identity
    )
    began = now()
    polling = asyncio.create_task(client.workflow_service.poll_workflow_task_queue(request, timeout=LONG_POLL))
    try:
        while (seen := await last_poll(client, queue)) is None:  # noqa: ASYNC110 - Temporal tells nobody
            await asyncio.sleep(0.05)
        noticed = now()
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    return max(began - seen, timedelta(0)) or min(noticed - seen, timedelta(0))


def _document(check: Check) -> dict[str, str | None]:
    return check.model_dump() | {"advice": check.advice}


def _lines(check: Check) -> Iterator[str]:
    yield f"{MARKS[check.status]}{check.name}: {check.detail}"
    if check.advice:
        yield f"       {check.advice}"
