"""What the register is told of an escalation: new entries of its history, and where it stands after them.

These are stored in Temporal histories for months. Add optional fields; never rename, remove or re-type one.
"""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, Field

from escalation.case import Case, Status
from escalation.history import HistoryEntry
from escalation.procedure import Role, StageKey, SubjectKind
from escalation.wire import Message, Reference


class Summary(Message):
    """Where an escalation stands after entry `n` of its history: one line of the tracker."""

    reference: Reference
    procedure: str
    procedure_version: str
    subject_kind: SubjectKind
    team: str | None = None
    raised_at: AwareDatetime
    stage: StageKey
    status: Status
    waiting_for: Role | None = Field(None, description="Whose turn it is; none only when it has ended.")
    due: AwareDatetime | None = Field(None, description="The running deadline of the stage.")
    cap: AwareDatetime | None = Field(None, description="When the total time ends.")
    closed_at: AwareDatetime | None = None
    outcome: str | None = None
    raised_by: Role | None = Field(None, description="The raiser's role.")
    raised_by_name: str | None = None
    follow_up_on: date | None = Field(None, description="The next date of what outlives the close, if anything does.")
    follow_up_asked: bool | None = Field(None, description="Whether a question about it waits for the raiser.")
    n: int = Field(ge=0, description="Number of the last entry that this takes into account; 0 before there is one.")


class RecordBatch(Message):
    """Entries to keep, numbered one after the other, and the summary that follows from the last."""

    escalation: str = Field(description="The workflow id.")
    entries: list[HistoryEntry]
    summary: Summary


def summary_of(case: Case) -> Summary:
    """Where a case stands, for the register."""
    return Summary(
        reference=case.reference,
        procedure=case.procedure.key,
        procedure_version=case.procedure.version,
        subject_kind=case.subject.kind,
        team=case.team,
        raised_at=case.raised_at or case.visit.entered_at,
        stage=case.shown_stage or case.visit.stage,
        status=case.status,
        waiting_for=case.waiting_for,
        due=case.due.at if case.due else None,
        cap=case.cap_at,
        closed_at=case.ended_at,
        outcome="withdrawn" if case.withdrawn else case.outcome,
        raised_by=case.raised_by or None,
        raised_by_name=case.raised_by_name,
        follow_up_on=case.follow_up_on,
        follow_up_asked=bool(case.follow_ups.questions) if case.follow_up_on else None,
        n=case.n,
    )
