"""The words that every part of a procedure is written in: roles, stages, events, conditions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
StageKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,19}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
SubjectKind = Literal["lac", "cp", "foster_carer"]
Positive = Annotated[int, Field(ge=1, le=60)]
Value = str | int | bool

SUBJECTS: dict[SubjectKind, str] = {
    "lac": "looked-after children",
    "cp": "children who are the subject of child protection planning",
    "foster_carer": "foster carers",
}
"""Whom an escalation is about, as people are told."""

PARTS = {
    "raiser": "whoever raised the concern, or who covers for them",
    "line_manager": "the raiser's line manager",
    "addressee": "everyone whom the stage now entered asks to answer",
    "next_addressee": "everyone whom the next stage would ask to answer",
    "asked": "everyone who has been asked to answer at any stage so far",
    "responder": "who gave the response that the entry is about",
}
"""Names that stand in a list of recipients for whoever has that part in the escalation."""

EVERYWHERE = {"operations": "operations", "directors": "directors"}
"""Roles that every installation may have beside those of its procedures."""

OPTIONAL = frozenset({"directors"})
"""Those that nobody need hold: without directors no monthly summary is sent."""

EVENTS = {
    "raised", "entered", "alerted", "responded", "late_response", "lapsed", "satisfied", "not_satisfied", "decided",
    "extension_requested", "extension_granted", "extension_refused", "held", "closed", "withdrawn", "noted",
    "action_set", "covered", "cap_reached", "notice_given", "form_completed", "reassigned", "manager_disagrees",
    "meeting_held", "cafcass_considered", "cafcass_referred", "legal_advice_requested", "legal_advice_decided",
}  # fmt: skip
"""What a duty may hang on beside the events of the procedure's own recordings: history events; `entered` is any way
into a stage, `alerted` its alert accepted, `satisfied` and `not_satisfied` a decision on an answer,
`decided` one to go to a stage of the raiser's choice."""


class Strict(BaseModel):
    """A part of a document written by a person: unknown keys and wrong types are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class When(Strict):
    """A condition on the case; every key given must hold."""

    subject: list[SubjectKind] | None = None
    track: list[str] | None = Field(None, description="Only on the ladders of these tracks.")
    flag: str | None = Field(None, description="A yes/no fact of the subject or field of the form that must be true.")
    unless: str | None = Field(None, description="A yes/no fact or field that must not be true.")
    given: dict[str, list[Value]] | None = Field(
        None, description="Fields of the form, or of the act, that have one of these values; of none listed, any."
    )
    stages: list[StageKey] | None = Field(None, description="Only where the entry is about one of these stages.")
    started_here: bool | None = Field(None, description="Whether the escalation started at the stage of the entry.")
    because: Literal["lapsed", "decided"] | None = Field(None, description="How the stage was entered.")
    state: Literal["in_time", "late"] | None = None
    outcome: list[Literal["resolved", "unresolved", "no_longer_applicable"]] | None = Field(
        None, description="Only where it is closed with one of these."
    )
