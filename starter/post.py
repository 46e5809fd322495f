"""The commands `mail`: stop all sending, resume it, see what waits, and try at once what waits."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
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
from web.readiness import is_asked_for_work
from workflows.names import TASK_QUEUE

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
    """Whether mail is sent, how much waits and why, and how much was accepted in the last 24 hours.

    Parameters
    ----------
    json: bool
        Print it as JSON; `waiting` is null where Temporal does not answer.
    """
    office, now = Office(load()), datetime.now(UTC)
    held, accepted = office.register.mail.held(), office.register.mail.accepted_since(now - LATELY)
    try:
        seen = asyncio.run(_seen(office))
    except TemporalUnreachable:
        seen = None
    if json:
        print(jsonlib.dumps(_document(held, seen, accepted), indent=1, ensure_ascii=False))
    else:
        lines = (str(held or "Mail is not on hold."), *_waits(seen), f"Accepted in the last 24 hours: {accepted}.")
        print("\n".join(lines))
    return DONE


@dataclass(frozen=True)
class Seen:
    """What Temporal knows of mail: the notices that wait, and whether a worker is there to send them."""

    waiting: list[Waiting]
    worker: bool

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason, with how many wait for it; the most first."""
        return Counter(notice.why for notice in self.waiting).most_common()


async def _seen(office: Office) -> Seen:
    client = await office.temporal()
    found = await _shown("Escalations", lambda step: waiting(client, step))
    return Seen(found, await is_asked_for_work(client, TASK_QUEUE, datetime.now(UTC)))


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


def _document(held: HoldRow | None, seen: Seen | None, accepted: int) -> dict[str, Any]:
    return {
        "held": held.model_dump(mode="json", include={"held_at", "held_by", "reason"}) if held else None,
        "waiting": None if seen is None else len(seen.waiting),
        "why": None if seen is None else [{"notices": notices, "says": why} for why, notices in seen.reasons],
        "worker": None if seen is None else seen.worker,
        "accepted_last_24_hours": accepted,
    }


def _waits(seen: Seen | None) -> Iterator[str]:
    """How much waits, and for what."""
    if seen is None:
        yield "How much waits cannot be told: Temporal does not answer."
        return
    if not seen.worker:
        yield "No worker asks for work: nothing is sent until one does (`twentydays worker`)."
    yield f"Waiting: {_count(len(seen.waiting))}." if seen.waiting else "Nothing that was tried waits."
    yield from (f"  {notices}: {why}" for why, notices in seen.reasons)


def _tried(count: int) -> str:
    return f"Tried now: {_count(count)}." if count else "Nothing waited."


def _count(notices: int) -> str:
    return "1 notice" if notices == 1 else f"{notices} notices"
