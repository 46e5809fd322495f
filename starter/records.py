"""How is something recorded outside every escalation? Ruled here, claimed in the register, then notified once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field, field_serializer
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from escalation import forms, record, recordings
from escalation.commands import RecordEvent, Start
from escalation.errors import Fault
from escalation.procedure import Procedure, Recording, ToDo
from escalation.record import RecordOpening
from escalation.rules import Advisory, Rejection
from escalation.state import EntryView, view
from escalation.wire import Fields, Message
from escalation.working_days import LONDON
from register.claims import Claim
from register.rows import RecordRow
from register.store import Register
from starter.escalations import NoOutcomeYet
from workflows import RECORD, TASK_QUEUE, record_id

LONGEST_REFERENCE, DIGITS = 40, 12
LONGEST_SUMMARY = 150
"""Characters: Temporal refuses what is long, and encryption adds to it."""


class Kept(BaseModel):
    """What became of something to record. `faults` are of its fields, every one at once."""

    result: Literal["recorded", "already_recorded", "refused"]
    reference: str
    record: str | None = None
    warnings: list[Advisory] = []
    rejection: Rejection | None = None
    faults: list[Fault] = []


async def keep(
    client: Client,
    register: Register,
    procedure: Procedure,
    command: RecordEvent,
    at: datetime,
    *,
    reference: str,
    team: str | None = None,
) -> Kept:
    """Record it and notify whoever hears of it. The same again, even after its end, records nothing new and says so.

    `at` is when it was received. Raises NoOutcomeYet and RegisterUnavailable: recording it again is harmless.
    """
    recording = procedure.recording(command.what)
    faults = faults_of(procedure, recording, command)
    rejection = why_not(procedure, recording, command, faults)
    if rejection or recording is None:
        return Kept(result="refused", reference=reference, rejection=rejection, faults=faults)
    holds = recordings.holds_alone(command.fields)
    advice = recordings.duties_of(procedure, recording, command.fields, holds).advice
    opening = RecordOpening(
        reference=reference, procedure=procedure, recording=recording, command=command, team=team, recorded_at=at
    )
    told = await begin(client, register, opening, at)
    return told.model_copy(update={"warnings": [Advisory(code=recording.do, message=each) for each in advice]})


def faults_of(procedure: Procedure, recording: Recording | None, command: RecordEvent) -> list[Fault]:
    """Fields that are missing, wrong or not asked for."""
    if recording is None:
        return []
    wrong = forms.faults_in(procedure, recording.fields, command.fields)
    return [Fault(*fault) for fault in (*wrong, *recordings.unknown_fields(recording, command.fields))]


def why_not(
    procedure: Procedure, recording: Recording | None, command: RecordEvent, faults: Sequence[Fault]
) -> Rejection | None:
    """Why it is not recorded outside an escalation; None where it may be."""
    if recording is None:
        known = ", ".join(each.do for each in procedure.recordings if each.alone) or "none"
        message = f"This procedure has nothing called `{command.what}` to record. There are: {known}."
        return Rejection(code="no_such_recording", message=message, field="what")
    if not recording.alone:
        message = f"“{recording.title}” is recorded in an escalation: `twentydays act REFERENCE record_event`."
        return Rejection(code="only_within_an_escalation", message=message, field="what")
    if refused := recordings.check(procedure, recording, command.by, command.fields):
        return Rejection(code=refused.code, message=refused.message, field=refused.field)
    if faults:
        return Rejection(code="incomplete", message=" ".join(f.message for f in faults), field=faults[0].where)
    return None


async def set_apart(
    client: Client,
    register: Register,
    procedure: Procedure,
    refused: Rejection,
    start: Start,
    reference: str,
    at: datetime,
) -> str | None:
    """Keep what a refused start calls tasks for, and tell those who have them (OXF-28); gives its reference.

    None where it calls for none. Refused again with the same words, it is kept once.
    """
    if not refused.tasks:
        return None
    recording = record.set_apart((ToDo(to=task.to, what=task.what) for task in refused.tasks), start.by)
    command = RecordEvent(what=recording.do, by=start.by, name=start.name, fields=start.fields)
    digest = _digest(procedure, command, start.team)[:DIGITS].upper()
    opening = RecordOpening(
        # Not the case's own reference, under which it may yet be raised with a reason.
        reference=f"{reference[: LONGEST_REFERENCE - DIGITS - 1]}-{digest}",
        procedure=procedure,
        recording=recording,
        command=command,
        team=start.team,
        recorded_at=at,
    )
    return (await begin(client, register, opening, at)).reference


async def begin(client: Client, register: Register, opening: RecordOpening, at: datetime) -> Kept:
    """Claim the reference, then start the workflow; either may have been done before."""
    procedure, reference = opening.procedure, opening.reference
    record_, digest = record_id(procedure.key, reference), _digest(procedure, opening.command, opening.team)
    claimed = await asyncio.to_thread(_claim, register, opening, digest, at)
    if claimed == "different":
        message = f"The reference {reference} belongs to something else that was recorded. Give this one of its own."
        rejection = Rejection(code="reference_taken", message=message, field="reference")
        return Kept(result="refused", reference=reference, rejection=rejection)
    new = await _start(client, opening)
    return Kept(result="recorded" if new else "already_recorded", reference=reference, record=record_)


def _claim(register: Register, opening: RecordOpening, digest: str, at: datetime) -> Claim:
    register.keep_procedure(opening.procedure)
    record_ = record_id(opening.procedure.key, opening.reference)
    return register.recordings.claim(record_, record.summary_of(opening, at), digest)


async def _start(client: Client, opening: RecordOpening) -> bool:
    """Start its workflow; False where it runs already or has ended."""
    procedure = opening.procedure
    try:
        await client.start_workflow(
            RECORD,
            opening,
            id=record_id(procedure.key, opening.reference),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"{opening.reference}: {opening.recording.title}, {procedure.council}"[:LONGEST_SUMMARY],
        )
    except WorkflowAlreadyStartedError:
        return False
    except RPCError as error:
        raise NoOutcomeYet(
            f"Temporal could not take {opening.reference} now ({error.message}). Recording it again is harmless."
        ) from error
    return True


def _digest(procedure: Procedure, command: RecordEvent, team: str | None) -> str:
    """What tells the same recording from another with the same reference; when it came does not count."""
    said = {"procedure": procedure.key, "team": team, "command": command.model_dump(mode="json")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# What is kept ---------------------------------------------------------------------------------------------------------


class RecordingView(Message):
    """One recording for a reader, with everything that came of it. Instants carry the offset that London has then."""

    reference: str
    procedure: str
    what: str
    called: str = Field(description="What histories call it.")
    title: str
    by: str | None = None
    name: str | None = None
    team: str | None = None
    recorded_at: AwareDatetime
    fields: Fields = {}
    history: list[EntryView] = []

    @field_serializer("recorded_at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def view_of(register: Register, row: RecordRow) -> RecordingView:
    history = [view(entry) for entry in register.recordings.history(row.record)]
    return RecordingView.model_validate(row.model_dump() | {"history": history})


def instants(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The instants at which the first of two London dates begins and the last has ended."""
    start = datetime.combine(first, time(0), LONDON) if first else None
    before = datetime.combine(last + timedelta(days=1), time(0), LONDON) if last and last < date.max else None
    return start, before
