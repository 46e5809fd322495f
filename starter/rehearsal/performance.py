"""Plays a scenario, step by step, in a world of its own, and writes down what happened at each."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from config import procedures
from escalation.explain import Explanation, explain
from escalation.fold import fold
from escalation.local_calendar import LocalCalendar
from escalation.messages import COMMANDS, Command, RecordResponse, RecordTold, Respond, Start, Subject
from escalation.opening import Opening
from escalation.procedure import Procedure
from escalation.rules import Advisory, Rejection
from escalation.working_days import london_date
from starter import escalations
from starter.rehearsal.filling import filled
from starter.rehearsal.scenario import Given, Scenario, Step, overridden
from starter.rehearsal.transcript import StepTranscript, Transcript, step_transcript
from starter.rehearsal.world import World, world_at
from starter.starting import rule_opening

REFERENCE = "REHEARSAL-1"
TIME_PASSES = {"lapse", "advance_clock", "alert_sent"}
KINDS: dict[str, type[Command]] = {kind.model_fields["do"].default: kind for kind in COMMANDS}
TIMESCALES = ("iro_timescale_working_days", "agreed_timescale_working_days")

Verdict = tuple[bool, Rejection | None, list[Advisory]]


async def perform(scenario: Scenario) -> Transcript:
    """One transcript. Raises UnknownProcedure."""
    procedure = overridden(procedures.load(scenario.procedure), scenario.given)
    local = LocalCalendar(name=scenario.id, closed=dict.fromkeys(scenario.given.extra_non_working_days, "closed"))
    async with world_at(scenario.steps[0].at, procedure, local=local) as world:
        outage = scenario.given.mail_outage
        if outage:
            world.outbox.down.append((outage.begins, outage.ends))
        play = Play(world, procedure, scenario.given)
        steps = [await play.step(step) for step in scenario.steps]
    return Transcript(scenario=scenario.id, procedure=scenario.procedure, steps=steps)


class Play:
    """The scenario under way."""

    def __init__(self, world: World, procedure: Procedure, given: Given) -> None:
        self.world = world
        self.procedure = procedure
        self.given = given
        self.seen = 0

    async def step(self, step: Step) -> StepTranscript:
        await self.world.pass_time(step.at)
        accepted, rejection, warnings = await self._do(step)
        history = await self.world.history()
        new, self.seen = history[self.seen :], len(history)
        return step_transcript(
            step, accepted, rejection, warnings, await self.world.state(), new, self.world.outbox.sent, self._why()
        )

    def _why(self) -> Explanation | None:
        """Why its dates are what they are, read back from the register."""
        entries = self.world.register.history(REFERENCE)
        return explain(fold(self.procedure, entries)) if entries else None

    async def _do(self, step: Step) -> Verdict:
        if step.do in TIME_PASSES:
            return True, None, []
        if step.do not in KINDS:
            return (
                False,
                Rejection(code="not_part_of_this_version", message=f"This version does not know `{step.do}`."),
                [],
            )
        try:
            return await (self._start(step) if step.do == "start" else self._act(step))
        except ValidationError as problem:
            return False, _malformed(problem), []
        except escalations.NotFound as problem:
            return False, Rejection(code="not_open", message=str(problem)), []

    async def _start(self, step: Step) -> Verdict:
        """Ruled at the edge first, as every start is; a refused one opens nothing."""
        said = {
            key: value for key, value in step.said.items() if key not in Start.model_fields and key not in TIMESCALES
        }
        stage = step.said.get("stage") or self.procedure.entry.default or self.procedure.stages[0].key
        start = Start(
            by=step.said.get("by", self.procedure.raiser.roles[0]),
            subject=self.given.subject or Subject(kind=self.procedure.subjects[0]),
            stage=step.said.get("stage"),
            track=step.said.get("track", self.given.track),
            working_days=next((step.said[key] for key in TIMESCALES if key in step.said), None),
            bypass_reason=step.said.get("bypass_reason"),
            fields=filled(self.procedure, said, "start", stage, london_date(step.at)),
        )
        opening = Opening(reference=REFERENCE, procedure=self.procedure, start=start, raised_at=step.at)
        outcome = rule_opening(opening, self.world.calendars, step.at)
        if outcome.rejection:
            return False, outcome.rejection, []
        await self.world.open_case(start, opening.reference)
        return True, None, list(outcome.warnings)

    async def _act(self, step: Step) -> Verdict:
        kind, stage = KINDS[step.do], step.said.get("stage") or await self._stage()
        said = {"do": step.do, "by": self._usual_actor(step.do, stage)} | step.said
        if kind is Respond:
            said = {"response_id": step.id, "text": step.said.get("content", ""), "received_at": step.at} | said
            said["stage"] = stage
        elif kind is RecordResponse:
            said = self._another_way(step, stage)
        elif kind is RecordTold:
            said = {"told_at": step.at, "how": "by telephone"} | said
        if step.do in {"close", "withdraw"} or step.said.get("outcome") == "satisfied":
            said = filled(self.procedure, self._with_reason(step, said), step.do, stage, london_date(step.at))
        receipt = await self.world.act(kind.model_validate(said))
        return receipt.accepted, receipt.rejection, receipt.warnings

    def _with_reason(self, step: Step, said: dict[str, Any]) -> dict[str, Any]:
        return said if step.do == "decide" else {"reason": "Rehearsed"} | said

    def _usual_actor(self, do: str, stage: str) -> str:
        """Who does this where the step does not say: the raiser, but for an addressee's own acts."""
        return self._addressee(stage) if do in {"respond", "request_extension"} else self.procedure.raiser.roles[0]

    def _addressee(self, stage: str) -> str:
        found = self.procedure.stage(stage, self.given.track)
        return found.addressee[0] if found else stage

    def _another_way(self, step: Step, stage: str) -> dict[str, Any]:
        """`by` may name who answered; the raiser then records it."""
        found, by = self.procedure.stage(stage, self.given.track), step.said.get("by")
        answered = by if found and by in found.addressee else self._addressee(stage)
        recorder = self.procedure.raiser.roles[0] if by in {None, answered} else by
        usual = {"response_id": step.id, "received_at": step.at, "how": "by telephone", "answered_by": answered}
        return usual | step.said | {"do": step.do, "by": recorder, "stage": stage}

    async def _stage(self) -> str:
        state = await self.world.state()
        return (state.stage if state else None) or self.procedure.stages[0].key


def _malformed(problem: ValidationError) -> Rejection:
    first = problem.errors()[0]
    message = "; ".join(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in problem.errors())
    return Rejection(code="malformed", message=message, field=".".join(str(part) for part in first["loc"]))
