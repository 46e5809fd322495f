"""What a council's written procedure says, as data: config/procedures/*.yaml, one procedure a file.

Values that the document does not state are named in `inferred` with the reason, so that the council can see what it
must confirm.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Self

from pydantic import Field, model_validator

from escalation.contradictions import Contradictions, contradictions
from escalation.schema import (
    EVERYWHERE,
    PARTS,
    Cap,
    Code,
    Entry,
    Extension,
    Form,
    FormField,
    Notice,
    Positive,
    Raiser,
    Record,
    Reminders,
    Response,
    Role,
    Source,
    Stage,
    StageKey,
    Strict,
    SubjectKind,
    Task,
    Taxonomy,
    When,
)  # fmt: skip
from escalation.working_days import EndOfDay

__all__ = [
    "EVERYWHERE", "PARTS", "Cap", "Code", "Contradictions", "Entry", "Extension", "Form", "FormField", "Notice",
    "Positive", "Procedure", "Raiser", "Record", "Reminders", "Response", "Role", "Source", "Stage", "StageKey",
    "Strict", "SubjectKind", "Task", "Taxonomy", "When", "contradictions",
]  # fmt: skip


class Procedure(Strict):
    """A council's procedure. An open escalation keeps the one it began under."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    title: str
    council: str
    source: Source
    subjects: Annotated[list[SubjectKind], Field(min_length=1)]
    roles: dict[Role, str] = Field(
        description="Every role named in this file, with its title as the document words it."
    )
    raiser: Raiser
    quality_assurance: Role = Field(description="Who is told when an email is refused or a post is empty.")
    end_of_day: EndOfDay = "17:00"
    cap: Cap | None = None
    entry: Entry = Entry()
    tracks: list[str] = Field([], description="Names of parallel ladders; empty where there is one.")
    stages: Annotated[list[Stage], Field(min_length=1)]
    extension: Extension | None = None
    reminders: Reminders = Reminders()
    notices: list[Notice] = []
    records: list[Record] = []
    tasks: list[Task] = []
    form: Form
    taxonomies: dict[str, Taxonomy] = {}
    subject_line: str | None = Field(None, description="What the subject of every alert starts with (OXF-08).")
    outcome_heading: str | None = None
    inferred: dict[str, str] = Field({}, description="Path of a value that the document does not state: the reason.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        faults = contradictions(self)
        if faults:
            raise Contradictions(faults)
        return self

    @property
    def version(self) -> str:
        """Twelve digits of the SHA-256 of what this procedure says."""
        said = self.model_dump_json(exclude_defaults=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def ladder(self, track: str | None = None) -> list[Stage]:
        return [stage for stage in self.stages if stage.track in {None, track}]

    def stage(self, key: str, track: str | None = None) -> Stage | None:
        return next((stage for stage in self.ladder(track) if stage.key == key), None)

    def place(self, key: str, track: str | None = None) -> int:
        """Where a stage stands on its ladder, from 0."""
        return [stage.key for stage in self.ladder(track)].index(key)

    def next_stage(self, key: str, track: str | None = None) -> Stage | None:
        ladder = self.ladder(track)
        place = self.place(key, track) + 1
        return ladder[place] if place < len(ladder) else None

    def first_formal(self, track: str | None = None) -> Stage:
        ladder = self.ladder(track)
        return next((stage for stage in ladder if stage.formal), ladder[0])

    def role_title(self, role: str) -> str:
        return self.roles.get(role) or EVERYWHERE.get(role, role.replace("_", " "))
