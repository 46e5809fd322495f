"""The commands `drafts`: case events that lack fields of the form, shown, completed and started by a person."""

from __future__ import annotations

import asyncio
import json as jsonlib
from datetime import UTC, datetime
from typing import Annotated, Any

from cyclopts import App, Parameter
from pydantic import BaseModel

from config.settings import load
from escalation.errors import Fault, InvalidDocument, TwentydaysError
from escalation.procedure import Procedure
from register.rows import DraftRow
from starter.case_event import CaseEvent, EventData, read_event, unknown_fields
from starter.office import Office
from starter.starting import Lack, Started, lacking, start_from
from starter.typed import fields_in

drafts = App(name="drafts", help="Case events that lack fields of the form: nothing has started yet.")
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
DONE, REFUSED = 0, 1
OWN = set(EventData.model_fields)


class UnknownDraft(TwentydaysError):
    """The register holds no such draft."""


class Draft(BaseModel):
    """A draft as a person sees it: what it says so far, and what it lacks."""

    reference: str
    procedure: str
    received_at: datetime
    started_at: datetime | None = None
    raised_by: str
    fields: dict[str, Any]
    lacking: list[Lack]


@drafts.command(name="list")
def list_(*, json: AsJson = False) -> None:
    """Those that wait to be completed, oldest first."""
    office = Office(load())
    found = [read(office, row) for row in office.register.drafts.waiting()]
    if json:
        print(jsonlib.dumps([draft.model_dump(mode="json") for draft in found], indent=1, ensure_ascii=False))
    else:
        print("\n".join(_line(draft) for draft in found) or "No drafts wait.")


@drafts.command
def show(reference: str, *, json: AsJson = False) -> None:
    """What a draft says, and what it lacks."""
    office = Office(load())
    _print(read(office, _row(office, reference)), json=json)


@drafts.command
def complete(
    reference: str,
    *said: str,
    start: Annotated[bool, Parameter(negative="")] = False,
    json: AsJson = False,
) -> int:
    """Fill in fields of the form. For example: twentydays drafts complete SWK-1 concern="..." category=2 --start

    Parameters
    ----------
    said: str
        Fields, as field=value; a part of a group as group.part=value; a field given twice has both values.
    start: bool
        Start the escalation with it.
    json: bool
        Print the draft, or what was started, as JSON.
    """
    office = Office(load())
    row = _row(office, reference)
    procedure = office.procedure(row.procedure)
    fields = filled_in(procedure, event_of(row), said)
    if fields:
        row = office.register.drafts.fill(row.reference, fields)
    if not start:
        _print(read(office, row), json=json)
        return DONE
    started = asyncio.run(_start(office, procedure, event_of(row)))
    print(started.model_dump_json(indent=1) if json else "\n".join(_outcome(started)))
    return REFUSED if started.rejection else DONE


async def _start(office: Office, procedure: Procedure, event: CaseEvent) -> Started:
    client = await office.temporal()
    return await start_from(event, procedure, client, office.register, office.calendars, datetime.now(UTC))


def event_of(row: DraftRow) -> CaseEvent:
    """The event, with what was filled in since on top."""
    event = jsonlib.loads(row.event)
    event["data"] = _merged(event["data"], row.filled)
    return read_event(jsonlib.dumps(event))


def read(office: Office, row: DraftRow) -> Draft:
    event = event_of(row)
    return Draft(
        reference=row.reference,
        procedure=row.procedure,
        received_at=row.received_at,
        started_at=row.started_at,
        raised_by=event.data.raised_by.name or event.data.raised_by.role,
        fields=event.data.fields,
        lacking=list(lacking(event, office.procedure(row.procedure))),
    )


def filled_in(procedure: Procedure, event: CaseEvent, said: tuple[str, ...]) -> dict[str, Any]:
    """What `field=value` says, each value of its field's kind. Raises InvalidDocument with every fault."""
    fields, faults = fields_in(procedure.asks, said)
    own = [Fault(key, "is not a field of the form: it is the case system's to say") for key in fields if key in OWN]
    completed = event.model_copy(update={"data": event.data.model_copy(update=fields)})
    faults += own or unknown_fields(completed, procedure)
    if faults:
        raise InvalidDocument(faults)
    return fields


def _merged(before: dict[str, Any], filled: dict[str, Any]) -> dict[str, Any]:
    """Parts of a group are filled in one by one."""
    inner = {
        key: _merged(before[key], value) if isinstance(value, dict) and isinstance(before.get(key), dict) else value
        for key, value in filled.items()
    }
    return {**before, **inner}


def _row(office: Office, reference: str) -> DraftRow:
    row = office.register.drafts.find(reference.upper())
    if row is None:
        raise UnknownDraft(f"The register holds no draft {reference}. `twentydays drafts list` shows those that wait.")
    return row


def _print(draft: Draft, *, json: bool) -> None:
    print(draft.model_dump_json(indent=1) if json else "\n".join(_lines(draft)))


def _line(draft: Draft) -> str:
    return f"{draft.reference} ({draft.procedure}), from {draft.raised_by}: lacks {len(draft.lacking)} fields"


def _lines(draft: Draft) -> list[str]:
    fields = [f"  {key}: {value}" for key, value in draft.fields.items()]
    if draft.started_at:
        return [f"{draft.reference} has been started: `twentydays show {draft.reference}`", *fields]
    lacks = [f"  lacks {lack.field}: {lack.message}" for lack in draft.lacking]
    ready = ["  Nothing is missing: `twentydays drafts complete ... --start` starts it."]
    return [f"{draft.reference} ({draft.procedure}), from {draft.raised_by}", *fields, *(lacks or ready)]


def _outcome(started: Started) -> list[str]:
    said = [f"Advice: {warning.message}" for warning in started.warnings]
    if started.rejection:
        return [*said, f"Refused: {started.rejection.message}"]
    done = "Started" if started.result == "started" else "Started before:"
    return [*said, f"{done} {', '.join(started.references)}"]
