"""Commands on what is recorded outside every escalation: record something, list what is kept."""

from __future__ import annotations

import asyncio
import json as jsonlib
import secrets
from datetime import UTC, date, datetime
from typing import Annotated

from cyclopts import Parameter
from pydantic import ValidationError

from config.settings import load
from config.wording import sentence
from escalation.commands import RecordEvent
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import Procedure
from escalation.words import at
from register.rows import RecordRow
from starter.case_event import REFERENCE
from starter.office import Office
from starter.records import Kept, instants, keep, view_of
from starter.typed import fields_in

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
DONE, REFUSED = 0, 1
EVERY_PAGE = 500


def record_(
    procedure: str,
    what: str,
    *said: str,
    by: str,
    name: str | None = None,
    team: str | None = None,
    reference: str | None = None,
    json: AsJson = False,
) -> int:
    """Record something outside every escalation: good practice, a significant change, an audit, an entry of a log.

    For example: twentydays record PROCEDURE good_practice about="..." --by iro

    Parameters
    ----------
    procedure: str
        The key of the procedure.
    what: str
        What is recorded, by its name; a name that is not known is told those there are.
    said: str
        What it says, as field=value; a part of a group as group.part=value; a field given twice has both values.
    by: str
        The role in which it is recorded.
    name: str
        The person who records it.
    team: str
        The team whose people hear of it.
    reference: str
        One of your own: sent again with it, the same is recorded once. Never a child's identifier.
    json: bool
        Print the result as JSON.
    """
    office = Office(load())
    known = office.procedure(procedure)
    command = _command(known, what, by, name, said)
    kept = asyncio.run(_record(office, known, command, _reference(reference), team))
    print(kept.model_dump_json(indent=1) if json else "\n".join(_outcome(kept)))
    return REFUSED if kept.result == "refused" else DONE


async def _record(office: Office, procedure: Procedure, command: RecordEvent, reference: str, team: str | None) -> Kept:
    client, now = await office.temporal(), datetime.now(UTC)
    return await keep(client, office.register, procedure, command, now, reference=reference, team=team)


def recordings(
    procedure: str,
    *,
    what: str | None = None,
    from_: Annotated[date | None, Parameter(name="--from")] = None,
    to: date | None = None,
    json: AsJson = False,
) -> None:
    """What was recorded outside every escalation, oldest first.

    Parameters
    ----------
    procedure: str
        The key of the procedure.
    what: str
        Only this, by its name.
    from_: date
        Only what was recorded on this day or later.
    to: date
        Only what was recorded on this day or earlier.
    json: bool
        Print them as JSON, each with its whole history.
    """
    office = Office(load())
    rows = all_listed(office, procedure, what, from_, to)
    if json:
        told = [view_of(office.register, row).model_dump(mode="json") for row in rows]
        print(jsonlib.dumps(told, indent=1, ensure_ascii=False))
    else:
        print("\n".join(line for row in rows for line in _lines(row)) or "Nothing was recorded.")


def all_listed(
    office: Office, procedure: str, what: str | None = None, first: date | None = None, last: date | None = None
) -> list[RecordRow]:
    """Everything recorded from one London date to another, both included."""
    found: list[RecordRow] = []
    start, before = instants(first, last)
    kept, after = office.register.recordings, None
    while page := kept.listed(
        procedure=procedure, what=what, first=start, before=before, after=after, limit=EVERY_PAGE
    ):
        found += page
        after = page[-1].record
    return found


def _command(procedure: Procedure, what: str, by: str, name: str | None, said: tuple[str, ...]) -> RecordEvent:
    """Raises InvalidDocument with every fault of what was typed."""
    found = procedure.recording(what)
    fields, faults = fields_in(found.fields if found else [], said)
    try:
        command = RecordEvent(what=what, by=by, name=name, fields=fields)
    except ValidationError as problem:
        faults += [Fault(".".join(str(part) for part in error["loc"]), sentence(error)) for error in problem.errors()]
    if faults:
        raise InvalidDocument(faults)
    return command


def _reference(given: str | None) -> str:
    """The one given, or a new one. Raises InvalidDocument where it cannot be one."""
    own = given.upper() if given else f"REC-{secrets.token_hex(6).upper()}"
    if not REFERENCE.fullmatch(own):
        raise InvalidDocument([Fault("--reference", "is 3 to 40 capital letters, digits and hyphens")])
    return own


def _outcome(kept: Kept) -> list[str]:
    said = [f"Advice: {warning.message}" for warning in kept.warnings]
    if kept.rejection:
        field = f" ({kept.rejection.field})" if kept.rejection.field else ""
        return [f"Refused{field}: {kept.rejection.message}"]
    if kept.result == "already_recorded":
        return [*said, f"{kept.reference} was recorded before; nobody is told again."]
    return [*said, f"Recorded {kept.reference}: {kept.record}"]


def _lines(row: RecordRow) -> list[str]:
    who = row.name or row.by
    fields = [f"  {key}: {value}" for key, value in row.fields.items()]
    return [f"{row.reference}  {at(row.recorded_at)}  {row.title}, by {who}", *fields]
