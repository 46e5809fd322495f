"""Plays a scenario, step by step, in a world of its own, and writes down what happened at each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import procedures
from escalation import clocks, reporting
from escalation.case import Case
from escalation.errors import TwentydaysError
from escalation.explain import explain
from escalation.fold import apply, fold
from escalation.local_calendar import LocalCalendar
from escalation.opening import Opening
from escalation.past import Past
from escalation.printed import printed
from escalation.procedure import Procedure
from escalation.rules import Advisory, Rejection
from escalation.state import EntryView, State
from escalation.working_days import london_date
from starter import escalations, records
from starter.rehearsal import acts
from starter.rehearsal.acts import Act, NothingOpenError, Opens, Reports, Setting, UnknownActError
from starter.rehearsal.apart import Apart
from starter.rehearsal.scenario import Given, Scenario, Step, overridden
from starter.rehearsal.transcript import Clocks, StepTranscript, Transcript, happened
from starter.rehearsal.world import World, world_at
from starter.starting import rule_opening
from workflows import record_id, reference_in, workflow_id

REFERENCE = "REHEARSAL"
REFUSALS: dict[type[Exception], str] = {
    NothingOpenError: "not_open",
    escalations.NotFound: "not_open",
    UnknownActError: "not_part_of_this_version",
    reporting.UnknownReport: "no_such_report",
}
"""What becomes of an act that reached no rule."""


@dataclass(frozen=True)
class Verdict:
    """What a person is told at once."""

    rejection: Rejection | None = None
    warnings: list[Advisory] = field(default_factory=list)
    report: dict[str, Any] | None = None


async def perform(scenario: Scenario, own: Path | None = None) -> Transcript:
    """One transcript; `own` is the council's folder of procedures. Raises UnknownProcedure, InvalidDocument."""
    procedure = overridden(procedures.load(scenario.procedure, own), scenario.given)
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
        self.opened: dict[str, Procedure] = {}
        """By workflow id, in order: escalations, and other processes of the procedure."""
        self.folded: dict[str, Case] = {}
        self.apart: list[str] = []
        """The workflow ids of recordings that stand alone."""
        self.seen: dict[str, int] = {}

    async def step(self, step: Step) -> StepTranscript:
        await self.world.pass_time(step.at)
        verdict = await self._do(step)
        case = acts.about(self.procedure, "", self._cases())
        return StepTranscript(
            id=step.id,
            at=step.at,
            do=step.do,
            accepted=verdict.rejection is None,
            rejection=verdict.rejection,
            warnings=verdict.warnings,
            state=await self._state(case),
            why=explain(case) if case else None,
            form=printed(case) if case else None,
            report=verdict.report,
            **happened([await self._news(of) for of in [*self.opened, *self.apart]], self.world.outbox.sent),
        )

    async def _do(self, step: Step) -> Verdict:
        case = acts.about(self.procedure, step.do, self._cases())
        try:
            return await self._done(acts.read(step, Setting(self.procedure, self.given, case)), step, case)
        except ValidationError as problem:
            return Verdict(_malformed(problem))
        except TwentydaysError as problem:
            if type(problem) not in REFUSALS:
                raise
            return Verdict(Rejection(code=REFUSALS[type(problem)], message=str(problem)))

    async def _done(self, act: Act | None, step: Step, case: Case | None) -> Verdict:
        match act:
            case None:
                return Verdict()
            case Opens():
                return await self._open(act, step)
            case Apart():
                return await self._record(act, step)
            case Reports():
                return self._report(act)
        receipt = await self.world.act(act, _id(case) if case else None)
        return Verdict(receipt.rejection, receipt.warnings)

    async def _open(self, opens: Opens, step: Step) -> Verdict:
        """Ruled at the edge first, as every start is; a refused one opens nothing but the tasks that it calls for."""
        reference = f"{REFERENCE}-{len(self.opened) + 1}"
        opening = Opening(reference=reference, procedure=opens.procedure, start=opens.start, raised_at=step.at)
        outcome = rule_opening(opening, self.world.calendars, step.at)
        if outcome.rejection is None:
            await self.world.open_case(opens.start, reference, opens.procedure)
            self.opened[workflow_id(opens.procedure.key, reference)] = opens.procedure
        else:
            beside = (outcome.rejection, opens.start, reference, step.at)
            kept = await records.set_apart(self.world.client, self.world.register, opens.procedure, *beside)
            await self._follow(record_id(opens.procedure.key, kept) if kept else None)
        return Verdict(outcome.rejection, list(outcome.warnings))

    async def _record(self, apart: Apart, step: Step) -> Verdict:
        rejection, advice = apart.ruled(self.procedure)
        if rejection is None:
            opening = apart.opening(self.procedure, f"{REFERENCE}-R{len(self.apart) + 1}", step.at)
            kept = await records.begin(self.world.client, self.world.register, opening, step.at)
            await self._follow(kept.record)
        return Verdict(rejection, advice)

    async def _follow(self, record: str | None) -> None:
        if record:
            self.apart.append(record)
            await self.world.follow(record)

    def _report(self, asked: Reports) -> Verdict:
        """The cases that are given, and what the rehearsal itself has done by then."""
        register, key, last = self.world.register.cases, self.procedure.key, asked.last or asked.on
        listed = [
            Past.read(line, closed=name.startswith("closed"))
            for name, lines in self.given.cases().items()
            for line in lines
        ]
        found = reporting.figures(
            self.procedure,
            asked.report,
            [*listed, *register.past(key, asked.first, last)],
            register.recorded(key, None, last),
            asked.first,
            asked.last,
            asked.on,
        )
        return Verdict(report=found.model_dump(mode="json"))

    def _cases(self) -> list[Case]:
        """As the register tells them; what a case has folded before is not folded again."""
        for of, procedure in self.opened.items():
            entries = self.world.register.history(reference_in(of))
            known = self.folded.get(of)
            self.folded[of] = reduce(apply, entries[known.n :], known) if known else fold(procedure, entries)
        return list(self.folded.values())

    async def _state(self, case: Case | None) -> State | Clocks | None:
        """Where the newest escalation stands, or else another process; with every other clock that runs."""
        timers: dict[str, datetime] = {}
        if case is None or case.procedure.process:
            calendar = self.world.calendars.calendar_for(london_date(await self.world.now()))
            timers = clocks.ends(self.procedure, self.given.facts(self.procedure), calendar)
        for of, procedure in self.opened.items():
            beside = await self.world.state(of) if procedure.process else None
            timers |= beside.timers if beside else {}
        state = await self.world.state(_id(case)) if case else None
        if state is None:
            return Clocks(timers=timers) if timers else None
        return state.model_copy(update={"timers": timers | state.timers})

    async def _news(self, of: str) -> list[EntryView]:
        """What its history has that no step has told."""
        history = await self.world.history(of)
        new = history[self.seen.get(of, 0) :]
        self.seen[of] = len(history)
        return new


def _id(case: Case) -> str:
    return workflow_id(case.procedure.key, case.reference)


def _malformed(problem: ValidationError) -> Rejection:
    first = problem.errors()[0]
    message = "; ".join(f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in problem.errors())
    return Rejection(code="malformed", message=message, field=".".join(str(part) for part in first["loc"]))
