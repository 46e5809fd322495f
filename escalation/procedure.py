"""What a council's written procedure says, as data: config/procedures/*.yaml, one procedure a file.

Values that the document does not state are named in `inferred` with the reason, so that the council can see what it
must confirm.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from escalation.contradictions import Contradictions, contradictions
from escalation.schema import *  # noqa: F403 - the parts are read from here
from escalation.schema import (
    EVERYWHERE,
    Cafcass,
    Cap,
    Clock,
    Contact,
    Entry,
    Extension,
    FollowUp,
    Form,
    FormField,
    LegalAdvice,
    Name,
    Notice,
    Process,
    Question,
    Raiser,
    Record,
    Recording,
    Reminders,
    Report,
    Role,
    Source,
    Stage,
    Strict,
    SubjectKind,
    Task,
    Taxonomy,
)  # fmt: skip
from escalation.working_days import EndOfDay

DASH = " – "
STORED = {"stored": True}
"""The context in which a procedure is read back: one that was accepted once is not judged by a later release."""


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
    contacts: dict[Role, Contact] = Field({}, description="Roles outside the council whose address the document gives.")
    raiser: Raiser
    quality_assurance: Role = Field(description="Who is told when an email is refused or a post is empty.")
    end_of_day: EndOfDay = "17:00"
    cap: Cap | None = None
    entry: Entry = Entry()
    tracks: list[str] = Field([], description="Names of parallel ladders; empty where there is one.")
    track_titles: dict[str, str] = Field({}, description="What the document heads them, where its words are others.")
    stages: Annotated[list[Stage], Field(min_length=1)]
    extension: Extension | None = None
    reminders: Reminders = Reminders()
    follow_up: FollowUp = FollowUp()
    cafcass: Cafcass | None = None
    legal_advice: LegalAdvice | None = None
    recordings: list[Recording] = []
    processes: dict[Name, Process] = {}
    notices: list[Notice] = []
    records: list[Record] = []
    tasks: list[Task] = []
    asks: list[FormField] = Field([], description="What the acts of people must say; the `start` of ../samples.")
    question: Question = Question()
    forms: list[Form] = Field([], description="What is printed, by the labels of the document's own form.")
    outcome_heading: str | None = Field(
        None, description="What the outcome is recorded under, in the document's words."
    )
    clocks: dict[Name, Clock] = {}
    taxonomies: dict[str, Taxonomy] = {}
    reports: dict[Name, Report] = {}
    subject_line: str | None = Field(None, description="What the subject of every alert starts with (OXF-08).")
    alert_line: str | None = Field(None, description="A sentence that every alert says to who must answer (SWK-05).")
    process: Name | None = Field(None, description="Set in an opened process of `processes`; never in a file.")
    digest: list[Name] = Field(
        [], description="Notices of which several to one person in a day go out as one digest; none asks for an answer."
    )
    inferred: dict[str, str] = Field({}, description="Path of a value that the document does not state: the reason.")

    @model_validator(mode="after")
    def _agrees_with_itself(self, info: ValidationInfo) -> Self:
        faults = [] if info.context == STORED else contradictions(self)
        if faults:
            raise Contradictions(faults)
        return self

    @classmethod
    def stored(cls, body: str) -> Self:
        """One that was kept, perhaps by another release: what this one does not know of it is left out."""
        return cls.model_validate_json(body, extra="ignore", context=STORED)

    @property
    def version(self) -> str:
        """Twelve digits of the SHA-256 of what this procedure says."""
        said = self.model_dump_json(exclude_defaults=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def ladder(self, track: str | None = None) -> list[Stage]:
        return [stage for stage in self.stages if stage.track in {None, track}]

    def stage(self, key: str, track: str | None = None) -> Stage | None:
        return next((stage for stage in self.ladder(track) if stage.key == key), None)

    def stage_titles(self) -> dict[str, str]:
        """By key. What two ladders have under one key is called by both titles."""
        titles = {stage.key: [each.title for each in self.stages if each.key == stage.key] for stage in self.stages}
        return {key: _either(list(dict.fromkeys(both))) for key, both in titles.items()}

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

    def form_at(self, stage: str) -> Form | None:
        """The printed form in use at a stage."""
        return next((form for form in self.forms if stage in (form.stages or [stage])), None)

    def recording(self, do: str) -> Recording | None:
        return next((recording for recording in self.recordings if recording.do == do), None)

    def opened(self, process: str) -> Procedure:
        """Another process of this document as a procedure of its own, to be run as an escalation is."""
        other = self.processes[process]
        shared = ("key", "council", "source", "subjects", "roles", "contacts", "quality_assurance", "end_of_day")
        own = ("title", "raiser", "stages", "reminders", "asks", "notices", "records", "tasks")
        parts = {name: getattr(self, name) for name in shared} | {name: getattr(other, name) for name in own}
        return Procedure.model_construct(**parts, process=process)

    def track_title(self, track: str) -> str:
        return self.track_titles.get(track) or track.replace("_", " ")

    def role_title(self, role: str) -> str:
        return self.roles.get(role) or EVERYWHERE.get(role, role.replace("_", " "))


def _either(titles: list[str]) -> str:
    """Stage 2: formal – Divisional Manager or Service Manager"""
    heads, tails = {title.partition(DASH)[0] for title in titles}, [title.partition(DASH)[2] for title in titles]
    if len(heads) > 1 or not all(tails):
        return " or ".join(titles)
    return f"{heads.pop()}{DASH}{' or '.join(tails)}"
