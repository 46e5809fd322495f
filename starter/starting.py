"""Whether a case event starts an escalation: ruled here before any workflow exists, and started once."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.service import RPCError

from activities.calendar import Calendars
from escalation import forms, rules
from escalation.case import Case
from escalation.errors import Fault, InvalidDocument
from escalation.fold import fold
from escalation.opening import Opening
from escalation.procedure import Procedure
from escalation.rules import Advisory, Outcome, Rejection
from escalation.summary import summary_of
from register.rows import DraftRow, EscalationRow
from register.store import Register
from starter import escalations, records, taking_over
from starter.case_event import CaseEvent, procedure_of, unknown_fields
from workflows import workflow_id


class Lack(BaseModel):
    """A field of the form that is missing or wrong."""

    field: str
    message: str


class Started(BaseModel):
    """What became of one case event. `reference` and `escalation` are the first of several."""

    result: Literal["started", "already_started", "draft", "refused"]
    reference: str
    references: list[str] = []
    escalation: str | None = None
    warnings: list[Advisory] = []
    rejection: Rejection | None = None
    lacking: list[Lack] = []
    kept_as: str | None = None  # the recording of a refused start that calls for tasks


@dataclass(frozen=True)
class Ruling:
    """What an event would lead to: an escalation for each subject, a refusal, or a draft that lacks fields."""

    openings: list[Opening]
    cases: list[Case]
    warnings: list[Advisory]
    rejection: Rejection | None = None
    lacking: tuple[Lack, ...] = ()


async def start_from(
    event: CaseEvent,
    procedure: Procedure,
    client: Client,
    register: Register,
    calendars: Calendars,
    received_at: datetime,
    *,
    keep_drafts: bool = False,
) -> Started:
    """Start what an event asks for. The same event again, even after the end, starts nothing new and says so.

    What lacks only fields of the form is refused, or kept as a draft; an issue that goes another way is kept as a
    recording. Raises InvalidDocument with every fault.
    """
    ruling = rule_event(event, procedure := procedure_of(event, procedure), calendars, received_at)
    if ruling.rejection and not (ruling.lacking and keep_drafts):
        asked = (ruling.rejection, event.start(), event.reference, received_at)
        return _refused(event, ruling.rejection, await records.set_apart(client, register, procedure, *asked))
    if ruling.lacking:
        return await asyncio.to_thread(_keep_draft, event, procedure, register, ruling, received_at)
    claimed = await asyncio.to_thread(_claim, event, register, ruling)
    if isinstance(claimed, Rejection):
        return _refused(event, claimed)
    new = [await _begin(client, opening) for opening in claimed]
    await asyncio.to_thread(register.drafts.mark_started, event.reference, received_at)
    return _begun(event, procedure, "started" if any(new) else "already_started", ruling.warnings)


def rule_event(event: CaseEvent, procedure: Procedure, calendars: Calendars, at: datetime) -> Ruling:
    """The ruling on every subject of an event; nothing is written. Raises InvalidDocument with every fault."""
    if faults := [*unknown_fields(event, procedure), *_taking_over_faults(event, procedure, calendars, at)]:
        raise InvalidDocument(faults)
    openings = [_opening(event, procedure, calendars, at, place) for place in range(len(event.references))]
    outcomes = [rule_opening(opening, calendars, at) for opening in openings]
    rejections = [outcome.rejection for outcome in outcomes if outcome.rejection]
    rejection = next((r for r in rejections if r.code != "incomplete"), rejections[0] if rejections else None)
    lacks = lacking(event, procedure) if rejection and rejection.code == "incomplete" else ()
    advice = taking_over.advice(event, procedure) if event.data.taken_over else []
    warnings = {warning.code: warning for outcome in outcomes for warning in (*outcome.warnings, *advice)}
    return Ruling(openings, [outcome.case for outcome in outcomes], list(warnings.values()), rejection, lacks)


def rule_opening(opening: Opening, calendars: Calendars, at: datetime) -> Outcome:
    """The ruling that the workflow will make, made at the edge."""
    if opening.events:
        case = fold(opening.procedure, opening.events)
        return Outcome.model_construct(case=case, entries=tuple(opening.events), warnings=(), rejection=None)
    begun = rules.begin(opening.procedure, calendars.calendar_for(at.date()), at)
    if opening.start is None:
        return begun
    return rules.start(begun.case, opening.start, opening.reference, at)


def foresee(
    event: CaseEvent,
    procedure: Procedure,
    register: Register,
    calendars: Calendars,
    at: datetime,
    drafts: Container[str],
) -> Started:
    """What `start_from` would do; nothing is written. Raises InvalidDocument with every fault.

    `drafts` are the references of all drafts, read once for many events.
    """
    ruling = rule_event(event, procedure := procedure_of(event, procedure), calendars, at)
    if ruling.rejection and not ruling.lacking:
        return _refused(event, ruling.rejection)
    if ruling.lacking:
        return _foresee_draft(event, procedure, register, ruling)
    rows = [register.find(reference) for reference in event.references]
    draft = register.drafts.find(event.reference) if event.reference in drafts else None
    if _of_another(event, draft) or not _all_ours(event, procedure, rows):
        return _refused(event, _reference_taken(event))
    began = all(row and row.n for row in rows)
    return _begun(event, procedure, "already_started" if began else "started", ruling.warnings)


def _all_ours(event: CaseEvent, procedure: Procedure, rows: list[EscalationRow | None]) -> bool:
    """Whether each reference is free, or taken by this very event."""
    ids = [workflow_id(procedure.key, reference) for reference in event.references]
    held = zip(rows, ids, strict=True)
    return all(row is None or (row.escalation, row.start_digest) == (ours, event.digest) for row, ours in held)


def _of_another(event: CaseEvent, draft: DraftRow | None) -> bool:
    return draft is not None and not draft.is_of(event.source, event.id)


def _reference_taken(event: CaseEvent) -> Rejection:
    return Rejection(
        code="reference_taken",
        message=f"The reference {event.reference} belongs to another escalation, or to this one with other data. "
        "Give this one a reference of its own.",
        field="data.reference",
    )


def _opening(event: CaseEvent, procedure: Procedure, calendars: Calendars, at: datetime, place: int) -> Opening:
    if event.data.taken_over:
        return taking_over.opening_of(event, procedure, calendars.calendar_for(at.date()), at, place)
    return event.opening(procedure, at, place)


def _taking_over_faults(event: CaseEvent, procedure: Procedure, calendars: Calendars, at: datetime) -> list[Fault]:
    if not event.data.taken_over:
        return []
    return taking_over.faults_of(event, procedure, calendars.calendar_for(at.date()), at)


def lacking(event: CaseEvent, procedure: Procedure) -> tuple[Lack, ...]:
    """Every field of the form that is missing or wrong at the stage where it would start."""
    ladder = procedure.ladder(event.data.track or (procedure.tracks[0] if procedure.tracks else None))
    stage = event.data.stage or procedure.entry.default or ladder[0].key
    found = forms.faults(procedure, event.data.fields, "start", stage)
    return tuple(Lack(field=field, message=message) for field, message in found)


def _claim(event: CaseEvent, register: Register, ruling: Ruling) -> list[Opening] | Rejection:
    """Take all references, or none. One that was taken with the same data and has no history may not have started."""
    if _of_another(event, register.drafts.find(event.reference)):
        return _reference_taken(event)
    register.keep_procedure(ruling.openings[0].procedure)
    claims = {
        workflow_id(opening.procedure.key, opening.reference): summary_of(case).model_copy(update={"n": 0})
        for opening, case in zip(ruling.openings, ruling.cases, strict=True)
    }
    if register.claim_references(claims, event.digest) == "different":
        return _reference_taken(event)
    rows = [register.find(opening.reference) for opening in ruling.openings]
    return [opening for opening, row in zip(ruling.openings, rows, strict=True) if not (row and row.n)]


async def _begin(client: Client, opening: Opening) -> bool:
    try:
        return await escalations.start(client, opening)
    except RPCError as error:
        raise escalations.NoOutcomeYet(
            f"Temporal could not start {opening.reference} now ({error.message}). Sending the event again is harmless."
        ) from error


def _foresee_draft(event: CaseEvent, procedure: Procedure, register: Register, ruling: Ruling) -> Started:
    """What lacks fields starts nothing: the same event again finds the same draft, or what came of it."""
    held = register.drafts.find(event.reference)
    if _of_another(event, held) or (held is None and any(register.find(each) for each in event.references)):
        return _refused(event, _reference_taken(event))
    if held and held.started_at:
        return _begun(event, procedure, "already_started", [])
    lacking = list(ruling.lacking)
    return Started(result="draft", reference=event.reference, references=event.references, lacking=lacking)


def _keep_draft(
    event: CaseEvent, procedure: Procedure, register: Register, ruling: Ruling, received_at: datetime
) -> Started:
    foreseen = _foresee_draft(event, procedure, register, ruling)
    if foreseen.result == "draft":
        register.drafts.keep(
            DraftRow(
                reference=event.reference,
                procedure=procedure.key,
                source=event.source,
                event_id=event.id,
                received_at=received_at,
                event=event.model_dump_json(exclude_none=True),
            )
        )
    return foreseen


def _refused(event: CaseEvent, rejection: Rejection, kept_as: str | None = None) -> Started:
    said = {"reference": event.reference, "references": event.references, "rejection": rejection}
    return Started.model_validate({"result": "refused", "kept_as": kept_as} | said)


def _begun(
    event: CaseEvent, procedure: Procedure, result: Literal["started", "already_started"], warnings: list[Advisory]
) -> Started:
    first = event.references[0]
    return Started(
        result=result,
        reference=first,
        references=event.references,
        escalation=workflow_id(procedure.key, first),
        warnings=warnings,
    )
