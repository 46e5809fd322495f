"""Commands that do something in an escalation: start, respond, decide, and every other act by its name."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from config.settings import load
from escalation.commands import WhatChanged
from escalation.errors import Fault, InvalidDocument
from escalation.messages import COMMANDS, Command, Decide, Follow, RecordEvent, Respond, Start
from escalation.opening import Receipt
from escalation.rules.page import Rejection
from starter import escalations, typed
from starter.awaited import awaited_lines
from starter.case_event import read_event
from starter.office import Office, UnknownReference
from starter.starting import Started, start_from
from starter.telling import state_lines

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
KINDS = {kind.model_fields["do"].default: kind for kind in COMMANDS if kind not in {Start, Follow}}
DONE, REFUSED = 0, 1
DONE_BY = "The date by which what is still to be done will be, such as 2026-12-11: the raiser is asked on it."


def start(event: str, *, json: AsJson = False) -> int:
    """Start an escalation from a case event. The same event again starts nothing new.

    An event that lacks fields of the form is kept as a draft.

    Parameters
    ----------
    event: str
        A file with one CloudEvents 1.0 JSON event, or - for standard input. config/samples has one for each procedure.
    json: bool
        Print the result as JSON.
    """
    text = sys.stdin.read() if event == "-" else Path(event).read_text(encoding="utf-8")
    started = asyncio.run(_start(text, "standard input" if event == "-" else event))
    if json:
        print(started.model_dump_json(indent=1))
    else:
        _tell_start(started)
    return REFUSED if started.result == "refused" else DONE


async def _start(text: str, name: str) -> Started:
    office, event = Office(load()), read_event(text, name)
    procedure = office.procedure(event.data.procedure)
    client = await office.temporal()
    now = datetime.now(UTC)
    return await start_from(event, procedure, client, office.register, office.calendars, now, keep_drafts=True)


def _tell_start(started: Started) -> None:
    for warning in started.warnings:
        print(f"Advice: {warning.message}")
    if started.rejection:
        field = f" ({started.rejection.field})" if started.rejection.field else ""
        print(f"Refused{field}: {started.rejection.message}")
        if started.kept_as:
            print(f"It is kept as {started.kept_as}, and whoever tracks such issues is told.")
    elif started.result == "started":
        folder = (started.escalation or "").rpartition("/")[0]
        for reference in started.references or [started.reference]:
            print(f"Started {reference}: {folder}/{reference}")
    elif started.result == "draft":
        print(f"Nothing has started: {started.reference} is kept as a draft, which lacks")
        for lack in started.lacking:
            print(f"  {lack.field}: {lack.message}")
        print(f"`twentydays drafts complete {started.reference} field=value ... --start` completes it.")
    else:
        print(f"{started.reference} was started before; nothing new was started.")


def respond(
    reference: str,
    *,
    by: str,
    text: str,
    stage: str | None = None,
    name: str | None = None,
    response_id: str | None = None,
    done_by: Annotated[date | None, Parameter(help=DONE_BY)] = None,
    json: AsJson = False,
) -> int:
    """Answer as the addressee of a stage. The answer is kept before anything else happens, so it cannot be lost.

    Parameters
    ----------
    by: str
        The role that answers, such as operational_manager.
    text: str
        The answer.
    stage: str
        The stage that it answers; the current one where not given.
    name: str
        The person who answers.
    response_id: str
        An id of your own: sent again with it, the same answer counts once.
    json: bool
        Print the receipt as JSON.
    """
    office = Office(load())
    row = office.row(reference)
    answer = Respond(
        by=by,
        name=name,
        text=text,
        stage=stage or row.stage,
        response_id=response_id or str(uuid.uuid4()),
        received_at=datetime.now(UTC),
        done_by=done_by,
    )
    return _tell(office, asyncio.run(_respond(office, row.escalation, answer)), json=json, answered=answer.stage)


async def _respond(office: Office, escalation: str, answer: Respond) -> Receipt:
    await asyncio.to_thread(office.register.put_in_inbox, escalation, answer)
    return await escalations.respond(await office.temporal(), office.register, escalation, answer)


def decide(
    reference: str,
    outcome: Literal["satisfied", "not_satisfied", "escalate", "go_formal"],
    *,
    by: str,
    to: str | None = None,
    stage: str | None = None,
    outcome_text: str | None = None,
    reason: str | None = None,
    what_changed: WhatChanged | None = None,
    what_changed_text: str | None = None,
    ask_again_on: date | None = None,
    json: AsJson = False,
) -> int:
    """Decide as the raiser, or as who covers: satisfied closes, not_satisfied goes to the next stage.

    Parameters
    ----------
    by: str
        The role that decides, such as iro.
    to: str
        The stage to go to, with escalate and go_formal.
    stage: str
        The stage whose answer is judged; the newest where not given.
    outcome_text: str
        What came of it.
    reason: str
        Why.
    what_changed: WhatChanged
        With satisfied: what changed for whom it is about, or that it is too early to say.
    what_changed_text: str
        The same in words, which stay with the case.
    ask_again_on: date
        With too_early: when it is asked again; else as the procedure says.
    json: bool
        Print the receipt as JSON.
    """
    said = {"by": by, "outcome": outcome, "to": to, "stage": stage, "outcome_text": outcome_text, "reason": reason}
    changed = {"what_changed": what_changed, "what_changed_text": what_changed_text, "ask_again_on": ask_again_on}
    return _do(reference, Decide.model_validate(said | changed), json=json)


def act(reference: str, do: str, *said: str, json: AsJson = False) -> int:
    """Do any act by its name: bypass, grant_extension, cover, set_action, answer_promise, close, and the others.

    For example: twentydays act SWK-2026-0001 grant_extension by=iro working_days=3
    What the procedure's own form or recordings ask for stands in `fields`: fields.checklist.risk_of_breach=true

    Parameters
    ----------
    do: str
        The name of the act, or of one of the procedure's recordings, such as child_informed.
    said: str
        What it says, as field=value; a part of a group as fields.group.part=value.
    json: bool
        Print the receipt as JSON.
    """
    return _do(reference, typed.command(*_kind(reference, do), said), json=json)


def _kind(reference: str, do: str) -> tuple[type[Command], dict[str, Any]]:
    """The act of this name; one of the procedure's recordings is recorded as what it is."""
    if do in KINDS:
        return KINDS[do], {}
    recordings: list[str] = []
    with suppress(UnknownReference):
        listed = Office(load()).case(reference).procedure.recordings
        recordings = [recording.do for recording in listed if recording.within]
    if do not in recordings:
        raise InvalidDocument([Fault(do, f"is no act; there are {', '.join(sorted([*KINDS, *recordings]))}")])
    return RecordEvent, {"what": do}


def _do(reference: str, command: Command, *, json: bool) -> int:
    office = Office(load())
    escalation = office.row(reference).escalation
    return _tell(office, asyncio.run(_act(office, escalation, command)), json=json)


async def _act(office: Office, escalation: str, command: Command) -> Receipt:
    return await escalations.act(await office.temporal(), escalation, command)


def _tell(office: Office, receipt: Receipt, *, json: bool, answered: str | None = None) -> int:
    """`answered`: the stage to which an answer was given."""
    if json:
        print(receipt.model_dump_json(indent=1))
    else:
        print("\n".join(_lines(office, receipt, answered)))
    return DONE if receipt.accepted else REFUSED


def _lines(office: Office, receipt: Receipt, answered: str | None) -> Iterator[str]:
    state = receipt.state
    yield from (f"Advice: {warning.message}" for warning in receipt.warnings)
    if receipt.rejection:
        yield f"Refused: {receipt.rejection.message}{way_out(receipt.rejection, state.reference)}"
    procedure = office.began_under(office.row(state.reference))
    yield from state_lines(state, procedure or office.procedure(state.procedure))
    if answered and receipt.accepted:
        with suppress(UnknownReference):  # the register may be a moment behind
            yield from awaited_lines(state, office.case(state.reference), answered)


def way_out(refused: Rejection, reference: str) -> str:
    """How what is missing is given: by an option of `decide`, or into the form before the act."""
    if refused.code != "incomplete" or not refused.field:
        return ""
    if refused.field in Decide.model_fields:
        return f" With decide: --{refused.field.replace('_', '-')}; with act: {refused.field}=…"
    asked = f"twentydays act {reference} complete_form by=… fields.{refused.field}=…"
    return f" Give it first: {asked}; `twentydays export form` and `twentydays tell` show what belongs there."
