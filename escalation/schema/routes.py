"""The routes beside the ladder: CAFCASS, independent legal advice, recordings, other processes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from escalation.schema.duties import Filing, Letter, ToDo
from escalation.schema.forms import FormField
from escalation.schema.words import Name, Role, StageKey, Strict, SubjectKind, When


class Contact(Strict):
    """A body outside the council, as the document gives it."""

    name: str
    email: str | None = None
    post: str | None = None
    telephone: str | None = None
    check_before_use: bool = Field(True, description="The document may be old (HAL-A22).")


class Advised(Strict):
    """Good practice that is asked for: not done, there is advice and nothing is blocked."""

    field: Name
    label: str


class Needed(Strict):
    """What must have been done first; the act is refused without it."""

    field: Name
    label: str


class Check(Strict):
    """One question of a checklist, and the answer without which there is no referral."""

    key: Name
    label: str
    must_be: bool
    early_with_reason: bool = Field(
        False, description="Before the last stage is reached, the other answer will do with a reason (HAL-A16)."
    )
    otherwise: str | None = Field(None, description="What the raiser does instead of a referral.")


class Meeting(Strict):
    """A meeting that must have been held after the last stage; a concurrent referral only calls for it (LEI-A5)."""

    title: str
    attendees: Annotated[list[Role], Field(min_length=1)]


class Cafcass(Strict):
    """Considering and making a referral to CAFCASS. A procedure without this part knows none."""

    to: Role
    subjects: Annotated[list[SubjectKind], Field(min_length=1)]
    stage: str = Field("CAFCASS", description="Where it stands once referred with no stage running.")
    meeting: Meeting | None = None
    checklist: list[Check] = []
    advised: list[Advised] = []
    asks: list[FormField] = []


class Provider(Strict):
    """Who gives legal advice, and who may when there is a conflict of interest."""

    name: str
    post: str | None = None
    telephone: str | None = None
    panel: str | None = Field(None, description="Another firm must be a member of it (HLC-29).")
    panel_field: Name = Field("firm_on_panel", description="In which it is said that it is a member.")
    check_before_use: bool = True


class LegalAdvice(Strict):
    """Independent legal advice for the raiser. A procedure without this part knows none."""

    from_stage: StageKey | None = Field(None, description="None: at any time.")
    needs: list[Needed] = []
    advised: list[Advised] = []
    decided_by: Role | None = Field(None, description="Who determines that it is necessary, and appoints.")
    provider: Provider | None = None


class Advice(Strict):
    """Said to whoever records something, where the condition holds."""

    message: str
    when: When = When()


class Recording(Strict):
    """Something that people record, within an escalation or by itself: it notifies, files, opens tasks, and ends."""

    do: Name = Field(description="The act, by its name.")
    event: Name = Field(description="What the history calls it: past tense.")
    title: str
    by: list[Role] = Field([], description="Who may; empty: anybody.")
    alone: bool = Field(True, description="Whether it may be recorded without an escalation.")
    within: bool = Field(True, description="Whether it may be recorded in an open escalation.")
    fields: list[FormField] = []
    notices: list[Letter] = []
    records: list[Filing] = []
    tasks: list[ToDo] = []
    completes: list[Name] = Field([], description="Tasks with these keys, where still open, are done.")
    advice: list[Advice] = []


class SetApart(Strict):
    """Issues that go another way than an escalation of one child's (OXF-28)."""

    field: Name
    codes: list[str]
    to: Role
    what: str = Field(description="The task that it opens for that role.")
    message: str = Field(description="What the raiser is told.")
    may_override: bool = Field(True, description="Whether `override_reason` opens the escalation all the same.")
