"""What does a step record beside the ladder: in the open escalation, or apart from any?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from escalation import recordings
from escalation.case import Case
from escalation.messages import RecordEvent
from escalation.procedure import PARTS, Procedure, Recording, Role
from escalation.record import RecordOpening
from escalation.rules import Advisory, Rejection
from escalation.working_days import london_date
from starter import records
from starter.rehearsal.filling import Filling
from starter.rehearsal.scenario import Step

WHO = {"by", "name"}


@dataclass(frozen=True)
class Apart:
    """A recording that no open escalation takes in."""

    recording: Recording
    command: RecordEvent

    def ruled(self, procedure: Procedure) -> tuple[Rejection | None, list[Advisory]]:
        """Whether it may be recorded so, and with what advice. What it has no field for is kept all the same."""
        if rejection := records.why_not(procedure, self.recording, self.command, []):
            return rejection, []
        fields = self.command.fields
        duties = recordings.duties_of(procedure, self.recording, fields, recordings.holds_alone(fields))
        return None, [Advisory(code=self.recording.do, message=message) for message in duties.advice]

    def opening(self, procedure: Procedure, reference: str, at: datetime) -> RecordOpening:
        return RecordOpening(
            reference=reference,
            procedure=procedure,
            recording=self.recording,
            command=self.command,
            recorded_at=at,
        )


def read(recording: Recording, step: Step, procedure: Procedure, case: Case | None) -> Apart | RecordEvent:
    """In the open escalation, unless the recording stands alone by its nature or is about another case."""
    said = {key: value for key, value in step.said.items() if key not in WHO}
    filling = Filling(procedure, case.visit.stage if case else None, london_date(step.at))
    by = step.said.get("by", _recorder(recording, case, procedure))
    fields = filling.fields(recording.fields, said)
    command = RecordEvent(by=by, name=step.said.get("name"), what=recording.do, fields=fields)
    about_this = case and said.get("ref") in {None, case.reference}
    return command if about_this and recording.within else Apart(recording, command)


def _recorder(recording: Recording, case: Case | None, procedure: Procedure) -> Role:
    """The first of those who may, else the raiser."""
    raiser = case.raiser if case else procedure.raiser.roles[0]
    first = next(iter(recording.by), "raiser")
    if first not in PARTS:
        return first
    if first == "line_manager":
        return procedure.raiser.line_manager
    return case.addressees()[0] if case and first != "raiser" else raiser
