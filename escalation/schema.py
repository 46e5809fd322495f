"""The parts that a council's procedure is written in: stages, duties, times, form, taxonomies.

requirements section 2 is the matrix that these have to hold.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
StageKey = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,19}$")]
SubjectKind = Literal["lac", "cp", "foster_carer"]
Positive = Annotated[int, Field(ge=1, le=60)]

PARTS = {
    "raiser": "whoever raised the concern, or who covers for them",
    "line_manager": "the raiser's line manager",
    "addressee": "everyone whom the stage now entered asks to answer",
    "asked": "everyone who has been asked to answer at any stage so far",
    "responder": "who gave the response that the entry is about",
}
"""Names that stand in a list of recipients for whoever has that part in the escalation."""

EVERYWHERE = {"operations": "operations"}
"""Roles that every installation has beside those of its procedures."""

Event = Literal[
    "raised", "entered", "alerted", "responded", "late_response", "lapsed", "satisfied", "not_satisfied",
    "extension_requested", "extension_granted", "extension_refused", "held", "closed", "withdrawn", "noted",
    "action_set",
]  # fmt: skip
"""What a duty may hang on: history events; `entered` is any way into a stage, `alerted` its alert accepted,
`satisfied` and `not_satisfied` a decision."""


class Strict(BaseModel):
    """A part of a document written by a person: unknown keys and wrong types are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class When(Strict):
    """A condition on the case; every key given must hold."""

    subject: list[SubjectKind] | None = None
    flag: str | None = Field(None, description="A yes/no fact of the subject or field of the form that must be true.")
    unless: str | None = Field(None, description="A yes/no fact or field that must not be true.")
    stages: list[StageKey] | None = Field(None, description="Only where the entry is about one of these stages.")
    state: Literal["in_time", "late"] | None = None
    outcome: list[Literal["resolved", "unresolved", "no_longer_applicable"]] | None = Field(
        None, description="Only where it is closed with one of these."
    )


class Notice(Strict):
    """Who hears what when something happens. `notice` names a folder of activities/templates."""

    notice: str
    on: list[Event] | Event
    to: list[Role]
    cc: list[Role] = []
    when: When = When()
    sent_for: Role | None = Field(None, description="Sent on behalf of this role.")


class Record(Strict):
    """What is filed on the child's or carer's file when something happens, under the document's own heading."""

    on: list[Event] | Event
    where: str
    heading: str
    form: Literal["case_note", "form", "document"] = "case_note"
    when: When = When()


class Task(Strict):
    """What a person must do when something happens."""

    on: list[Event] | Event
    to: Role
    what: str
    when: When = When()


class Response(Strict):
    """How long the addressee has, and what ends that time."""

    working_days: Positive | None = Field(5, description="None: the stage has no clock.")
    raiser_may: Literal["nothing", "shorten", "set"] = Field(
        "nothing", description="shorten: a shorter time only; set: any time, limited by the cap."
    )
    stops_on: Literal["response", "resolution"] = Field(
        "response", description="resolution: an answer is recorded and the clock goes on (SBC-A3)."
    )


class Stage(Strict):
    """One rung of the ladder."""

    key: StageKey
    title: str
    track: str | None = Field(None, description="Only on the ladder of this track; see `tracks`.")
    formal: bool = True
    addressee: Annotated[list[Role], Field(min_length=1)] = Field(
        description="Who must answer; the first is named as the one who must, any of them may."
    )
    also_to: list[Role] = Field([], description="Notified with the alert, not asked to answer.")
    copy_to: list[Role] = []
    copy_unless: dict[Role, str] = Field({}, description="A copy that is left out where this fact is true (OXF-20).")
    notice: str = Field("alert", description="The notice that asks for the answer.")
    channel: Literal["email", "secure_email"] = "email"
    spoken: dict[str, list[str]] = Field(
        {}, description="Values of a field of the form that mean: told by voice, so the clock starts at once."
    )
    response: Response = Response()
    on_lapse: Literal["advance", "ask", "hold"] = Field(
        "advance", description="ask: the stage stays and the raiser decides (LEI-08). The last stage always holds."
    )
    grounds: list[str] = Field([], description="Codes of the taxonomy `ground` that fit this stage (G-A21).")
    notices: list[Notice] = []
    records: list[Record] = []
    tasks: list[Task] = []


class Cap(Strict):
    """The total time, counted once (requirements section 0, 7)."""

    working_days: Positive
    starts: Literal["first_alert", "formal"] | StageKey = Field(
        "first_alert", description="first_alert, formal (the first formal stage entered) or the key of a stage."
    )


class Entry(Strict):
    """Where an escalation may start and how it may move up."""

    start_at: list[StageKey] | None = Field(None, description="None: any stage.")
    default: StageKey | None = Field(None, description="Where the procedure starts if the raiser names no stage.")
    may_bypass: bool = Field(True, description="Whether the raiser may skip stages, or leave one before its end.")
    reason_to_bypass: Literal["none", "warn", "require"] = "none"
    reasons_past_default: list[str] | None = Field(
        None,
        description="Fields of which one should be given where the start is beyond the default stage; "
        "else a warning (LEI-09, SWK-18).",
    )


class Raiser(Strict):
    """Who raises, decides and closes."""

    roles: Annotated[list[Role], Field(min_length=1)]
    may_also_raise: list[Role] = []
    line_manager: Role
    cover: list[Role] = Field([], description="Who may act in the raiser's absence; empty: the line manager.")


class Extension(Strict):
    """More time, asked by the addressee and granted by the raiser (SWK-35)."""

    most_working_days: Positive | None = None
    beyond_cap: Literal["never", "with_reason"] = "with_reason"


class Reminders(Strict):
    """Working days; each reminder goes at 09:00 (requirements G-A6, SWK-A15)."""

    addressee_before_due: list[Positive] = []
    raiser_after: list[Positive] = [1, 3]
    then_every: Positive = 5


class Code(Strict):
    """One code of a taxonomy, worded as the document words it."""

    code: str | int
    title: str
    items: list[str] = []
    free_text: bool = Field(False, description="Needs `other_text`.")


class Taxonomy(Strict):
    title: str
    required: bool = False
    codes: list[Code]


class FormField(Strict):
    """One field of the escalation form. `at` says which act of a person needs it."""

    key: str
    label: str
    kind: Literal["text", "yes_no", "date", "whole_number", "choice", "group"] = "text"
    at: Literal["start", "respond", "decide", "close"] = "start"
    required: bool = True
    needs_true: bool = Field(False, description="A yes_no field that must be yes.")
    stages: list[StageKey] | None = Field(None, description="Only where the act is about one of these stages.")
    choices: list[str] = []
    fields: list[FormField] = []


class Form(Strict):
    title: str
    fields: list[FormField] = []


class Source(Strict):
    title: str
    amended: str
    reference: str = Field(description="The document's own number or name for this procedure.")
