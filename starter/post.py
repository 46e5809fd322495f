"""The commands `mail`: stop all sending, resume it, see what waits, and try at once what waits."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import Progress

from config.connect import TemporalUnreachable
from config.settings import load
from escalation.errors import Fault, InvalidDocument
from register.mail import AlreadyOnHold, NotOnHold
from register.rows import HoldRow
from starter.kicking import Step, Waiting, kick, waiting
from starter.office import Office
from starter.returned import returned

mail = App(name="mail", help="All email: hold it, release it, see what waits, read what came back.")
mail.update(returned)
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
DONE, REFUSED = 0, 1
LATELY = timedelta(hours=24)
LONGEST = 300
Found = TypeVar("Found")


@mail.command
def hold(*, reason: str, by: str) -> int:
    """Stop sending at once, in every worker. Nothing is lost: it waits, and no time runs for what was not sent.

    Parameters
    ----------
    reason: str
        Why, in a sentence; whoever looks for an email is told.
    by: str
        Who stops it.
    """
    try:
        row = Office(load()).register.mail.hold(_line("--by", by), _line("--reason", reason), datetime.now(UTC))
    except AlreadyOnHold as refusal:
        return _refuse(f"{refusal} To give another reason, release it first.")
    print(f"{row} An email that was being handed over is finished. `twentydays mail release` resumes it.")
    return DONE


@mail.command
def release(*, by: str) -> int:
    """Resume sending, and try at once what waited.

    Parameters
    ----------
    by: str
        Who resumes it.
    """
    office = Office(load())
    try:
        office.register.mail.release(_line("--by", by), datetime.now(UTC))
    except NotOnHold as refusal:
        return _refuse(f"{refusal} `twentydays mail retry` tries at once what waits for the mail server.")
    print("Sending is resumed.")
    print(_tried(asyncio.run(_try_all(office))))
    return DONE


@mail.command
def retry() -> int:
    """Try at once what waits, after the mail server was away: else it takes up to four minutes."""
    office = Office(load())
    if held := office.register.mail.held():
        return _refuse(f"{held} `twentydays mail release` resumes it, and tries at once what waits.")
    print(_tried(asyncio.run(_try_all(office))))
    return DONE


@mail.command
def status(*, json: AsJson = False) -> int:
    """Whether mail is sent, how much waits, and how much was accepted in the last 24 hours.

    Parameters
    ----------
    json: bool
        Print it as JSON; `waiting` is null where Temporal does not answer.
    """
    office, now = Office(load()), datetime.now(UTC)
    held, accepted = office.register.mail.held(), office.register.mail.accepted_since(now - LATELY)
    try:
        notices = asyncio.run(_waiting(office))
    except TemporalUnreachable:
        notices = None
    if json:
        print(jsonlib.dumps(_document(held, notices, accepted), indent=1, ensure_ascii=False))
    else:
        print("\n".join((str(held or "Mail is sent."), _waits(notices), f"Accepted in the last 24 hours: {accepted}.")))
    return DONE


async def _waiting(office: Office) -> list[Waiting]:
    client = await office.temporal()
    return await _shown("Escalations", lambda step: waiting(client, step))


async def _try_all(office: Office) -> int:
    client = await office.temporal()
    notices = await _shown("Escalations", lambda step: waiting(client, step))
    return await _shown("Notices", lambda step: kick(client, notices, step))


async def _shown(what: str, work: Callable[[Step], Awaitable[Found]]) -> Found:
    """With a bar on a terminal."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)
        return await work(lambda done, of: bar.update(task, completed=done, total=of))


def _line(option: str, text: str) -> str:
    """It is kept, and shown to others. Raises InvalidDocument."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST:
        raise InvalidDocument([Fault(option, f"must say something, on one line of at most {LONGEST} characters")])
    return text.strip()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return REFUSED


def _document(held: HoldRow | None, notices: list[Waiting] | None, accepted: int) -> dict[str, Any]:
    return {
        "held": held.model_dump(mode="json", include={"held_at", "held_by", "reason"}) if held else None,
        "waiting": None if notices is None else len(notices),
        "accepted_last_24_hours": accepted,
    }


def _waits(notices: list[Waiting] | None) -> str:
    if notices is None:
        return "How much waits cannot be told: Temporal does not answer."
    return f"Waiting: {_count(len(notices))}." if notices else "Nothing waits."


def _tried(count: int) -> str:
    return f"Tried now: {_count(count)}." if count else "Nothing waited."


def _count(notices: int) -> str:
    return "1 notice" if notices == 1 else f"{notices} notices"
