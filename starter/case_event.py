"""A case event: what a case system says when a concern is raised, and whether it can start an escalation."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from config.wording import sentence
from escalation import forms
from escalation.directory import Name
from escalation.errors import Fault, InvalidDocument
from escalation.messages import Start
from escalation.opening import Opening
from escalation.procedure import Procedure, Role, StageKey, SubjectKind
from escalation.wire import Identifier, Known, Reference, Subject, Text

REFERENCE = re.compile(r"[A-Z0-9-]{3,40}")
MOST_SUBJECTS = 20
ROOM_FOR_NUMBERS = len(f"-{MOST_SUBJECTS}")
"""Characters by which the reference of one of several subjects is longer than the event's own."""
EVENT_LIMIT = 256 * 1024
"""Bytes of one event. Temporal takes payloads of 2 MB, and the texts stand in a history several times."""


class Strictly(BaseModel):
    """A part of an event: unknown keys and wrong types are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EventSubject(Strictly):
    """Whom the concern is about. Identifiers are typed, and never part of a reference."""

    kind: SubjectKind
    identifiers: dict[str, str] = Field({}, description="For the council's own use; they are not stored by us.")
    legal_status: Literal["s20", "s31"] | None = None
    has_guardian: bool = False
    in_proceedings: bool = False


class RaisedBy(Strictly):
    role: Role
    name: Name | None = None


class PastAnswer(Strictly):
    """An answer that was given before the dispute was taken over."""

    stage: StageKey
    by: Role
    received_at: AwareDatetime
    text: Text = ""


class PastVisit(Strictly):
    """A stage that it went through before the one at which it stands."""

    stage: StageKey
    day_zero: date | None = Field(None, description="The date on which its addressee was alerted.")


class TakenOver(Strictly):
    """An open dispute that another system kept until now: where it stands, and the dates that already count."""

    stage: StageKey
    day_zero: date = Field(description="From which the days of the stage count.")
    cap_day_zero: date | None = Field(None, description="From which the total time counts.")
    answers: Annotated[list[PastAnswer], Field(max_length=50)] = []
    visits: Annotated[list[PastVisit], Field(max_length=50)] = Field([], description="Earlier stages, in order.")


class EventData(BaseModel):
    """What every event says; all other keys are fields of the procedure's form."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    procedure: str
    process: str | None = Field(None, description="Another process of the document, such as a complaint about an IRO.")
    reference: Reference | None = Field(None, description="Made from the event's id where missing.")
    subjects: Annotated[list[EventSubject], Field(min_length=1, max_length=MOST_SUBJECTS)]
    raised_by: RaisedBy
    team: Annotated[Name, Field(max_length=100)] | None = None
    stage: StageKey | None = None
    track: str | None = None
    working_days: Annotated[int, Field(ge=1, le=60)] | None = None
    bypass_reason: Text | None = None
    override_reason: Text | None = None
    addressee: Role | None = Field(None, description="Where the procedure lets the raiser name who must answer.")
    agency: Annotated[Name, Field(max_length=100)] | None = None
    contacts: dict[Role, Known] | None = Field(None, description="People whom only this case knows, by their role.")
    notice_working_days: Annotated[int, Field(ge=1, le=60)] | None = None
    taken_over: TakenOver | None = None

    @property
    def fields(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class CaseEvent(BaseModel):
    """CloudEvents 1.0, JSON. Extension attributes of the envelope are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    type: Literal["twentydays.escalation.raised"]
    time: AwareDatetime | None = None
    data: EventData

    @property
    def reference(self) -> str:
        """The one given, or one made from the event's id: the id itself where it may be one, else a digest of it."""
        if self.data.reference:
            return self.data.reference
        plain = self.id.upper()
        if REFERENCE.fullmatch(plain) and len(plain) <= self._longest:
            return plain
        return "TD-" + hashlib.sha256(f"{self.source}\n{self.id}".encode()).hexdigest()[:12].upper()

    @property
    def references(self) -> list[str]:
        """One for each subject: the event's own, or numbered from it where there are several."""
        several = len(self.data.subjects) > 1
        return [f"{self.reference}-{n}" if several else self.reference for n in range(1, len(self.data.subjects) + 1)]

    @property
    def digest(self) -> str:
        """What tells the same event from another with the same reference; its time and envelope do not count."""
        said = self.data.model_dump(mode="json", exclude_none=True)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def _longest(self) -> int:
        return 40 - (ROOM_FOR_NUMBERS if len(self.data.subjects) > 1 else 0)

    def start(self, place: int = 0) -> Start:
        """The raiser's act about one of the subjects, counted from 0."""
        data = self.data
        return Start(
            by=data.raised_by.role,
            name=data.raised_by.name,
            subject=Subject(**data.subjects[place].model_dump(exclude={"identifiers"})),
            stage=data.stage,
            track=data.track,
            team=data.team,
            working_days=data.working_days,
            bypass_reason=data.bypass_reason,
            override_reason=data.override_reason,
            addressee=data.addressee,
            agency=data.agency,
            contacts=data.contacts or {},
            notice_working_days=data.notice_working_days,
            fields=data.fields,
            linked=[other for n, other in enumerate(self.references) if n != place],
        )

    def opening(self, procedure: Procedure, received_at: datetime, place: int = 0) -> Opening:
        """What starts the escalation of one of the subjects."""
        return Opening.model_construct(  # the procedure was validated when it was read
            reference=self.references[place], procedure=procedure, start=self.start(place), raised_at=received_at
        )


def read_event(text: str | bytes, name: str = "event") -> CaseEvent:
    """Parse one event. Raises InvalidDocument with every fault of its form."""
    if len(text) > EVENT_LIMIT:
        raise InvalidDocument([Fault("", f"is larger than {EVENT_LIMIT} bytes", file=name)])
    try:
        event = CaseEvent.model_validate_json(text)
    except ValidationError as problem:
        faults = [Fault(".".join(str(p) for p in e["loc"]), sentence(e), file=name) for e in problem.errors()]
        raise InvalidDocument(faults) from None
    if len(event.reference) > event._longest:  # noqa: SLF001 - its own module
        too_long = f"has at most {event._longest} characters where there are several subjects"  # noqa: SLF001
        raise InvalidDocument([Fault("data.reference", too_long, file=name)])
    return event


EVENTS_OWN = {"by": "data.raised_by.role", "subject": "data.subjects"}
"""Where an event says what the rules call by another name."""


def place_of(field: str | None) -> str:
    """Where in an event stands what the rules refused."""
    if field is None or field.startswith("data"):
        return field or ""
    return EVENTS_OWN.get(field, f"data.{field}")


def procedure_of(event: CaseEvent, procedure: Procedure) -> Procedure:
    """The procedure that the event asks for: the document's own, or another process of it. Raises InvalidDocument."""
    process = event.data.process
    if process is None or procedure.process == process:
        return procedure
    if process not in procedure.processes:
        there_are = ", ".join(procedure.processes) or "none"
        raise InvalidDocument([Fault("data.process", f"is no process of {procedure.key}; there are: {there_are}")])
    return procedure.opened(process)


def unknown_fields(event: CaseEvent, procedure: Procedure) -> list[Fault]:
    """Keys of `data` that are neither the event's nor the form's, each with the nearest that is."""
    known = forms.known_at_start(procedure) | set(EventData.model_fields)
    return [
        Fault(f"data.{key}", f"is not a field of this procedure's form{_nearest(key, known)}")
        for key in event.data.fields
        if key not in known
    ]


def _nearest(key: str, known: set[str]) -> str:
    near = get_close_matches(key, known, 1)
    return f"; did you mean {near[0]}?" if near else f". Its fields are: {', '.join(sorted(known))}"
