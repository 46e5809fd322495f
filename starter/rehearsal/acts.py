"""What does a step of a scenario ask of the system: a start, an act in an escalation, a recording, a report?

Pure: a rehearsal and a worked example read their steps here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from escalation.case import Case
from escalation.errors import TwentydaysError
from escalation.forms import date_in
from escalation.messages import COMMANDS, Command, Respond, Start
from escalation.procedure import Procedure, Process, Role
from escalation.working_days import london_date
from starter.rehearsal import apart, sayings
from starter.rehearsal.apart import Apart
from starter.rehearsal.filling import Filling
from starter.rehearsal.scenario import Given, Step

TIME_PASSES = {"lapse", "advance_clock", "alert_sent"}
KINDS: dict[str, type[Command]] = {kind.model_fields["do"].default: kind for kind in COMMANDS}


class NothingOpenError(TwentydaysError):
    """The step needs an escalation, or another process, that has not been opened."""


class UnknownActError(TwentydaysError):
    """Neither we nor the procedure know an act of this name."""


@dataclass(frozen=True)
class Setting:
    """What a step's meaning depends on. `case` is the one that it is about, as `about` finds it; None before any."""

    procedure: Procedure
    given: Given
    case: Case | None = None

    @property
    def open_case(self) -> Case:
        if self.case is None:
            raise NothingOpenError("No escalation has been started in this rehearsal.")
        return self.case


@dataclass(frozen=True)
class Opens:
    """A new escalation, or another process of the document, under this procedure."""

    procedure: Procedure
    start: Start


@dataclass(frozen=True)
class Reports:
    """A report of a period, or on a date."""

    report: str
    first: date | None
    last: date | None
    on: date | None


Act = Opens | Apart | Reports | Command
Verb = Literal["opens", "answers", "passes_on"]


def read(step: Step, setting: Setting) -> Act | None:
    """What a step asks for; None where only time passes. Raises NothingOpenError, UnknownActError, ValidationError."""
    procedure, ours = setting.procedure, process_of(setting.procedure, step.do)
    if step.do in TIME_PASSES:
        return None
    if step.do == "run_report":
        return _report(step, procedure)
    if ours:
        return _in_process(step, setting, *ours)
    if step.do == "start" or (step.do == "notice" and not _is_open(setting.case)):
        return Opens(procedure, _start(step, setting))
    if kind := KINDS.get(step.do):
        return _command(kind, step, setting)
    if recording := procedure.recording(step.do):
        return apart.read(recording, step, procedure, setting.case if _is_open(setting.case) else None)
    raise UnknownActError(f"Neither this version nor “{procedure.title}” knows `{step.do}`.")


def process_of(procedure: Procedure, do: str) -> tuple[str, Verb] | None:
    """Which other process an act belongs to, and what it does there."""
    for name, process in procedure.processes.items():
        verbs: dict[str, Verb] = {
            process.do: "opens",
            process.answered_by: "answers",
            process.passed_on_by: "passes_on",
        }
        if do in verbs:
            return name, verbs[do]
    return None


def about(procedure: Procedure, do: str, cases: Sequence[Case]) -> Case | None:
    """Which of the cases opened so far an act is about: the newest of its process, or of the ladder."""
    ours = process_of(procedure, do)
    fitting = [case for case in cases if case.procedure.process == (ours[0] if ours else None)]
    return next(reversed(fitting or ([] if ours else list(cases))), None)


# Opening ---------------------------------------------------------------------------------------------------------


def _start(step: Step, setting: Setting) -> Start:
    """What is given of the case is said on its form; the step's own words go before it."""
    procedure, given = setting.procedure, setting.given
    own, said = _split(Start, given.facts(procedure) | step.said)
    track = own.get("track", given.track)
    stage = own.get("stage") or _first_stage(procedure, track, said)
    filling = Filling(procedure, stage, london_date(step.at), track)
    fields = filling.for_act("start", own.pop("fields", {}) | said | _spared(own))
    if said.get("concurrent_cafcass"):
        fields = sayings.for_cafcass(procedure, fields, filling)
    usual = {
        "by": procedure.raiser.roles[0],
        "subject": given.subject_under(procedure),
        "contacts": given.contacts(procedure),
    }
    fields = {key: value for key, value in fields.items() if key not in _spared(own)}
    return Start.model_validate(usual | own | {"track": track, "fields": fields})


def _spared(own: dict[str, Any]) -> dict[str, Any]:
    """What a start says beside its form may spare a field of the form: a reason to bypass, say."""
    return {key: own[key] for key in ("bypass_reason", "override_reason") if key in own}


def _first_stage(procedure: Procedure, track: str | None, said: dict[str, Any]) -> str:
    """Where the procedure begins if no stage is named."""
    entry = procedure.entry
    forced = next((rule.start_at for rule in entry.forced if said.get(rule.flag) is True), None)
    return forced or entry.default or procedure.ladder(track or next(iter(procedure.tracks), None))[0].key


# In an escalation ------------------------------------------------------------------------------------------------


def _command(kind: type[Command], step: Step, setting: Setting) -> Command:
    case = setting.open_case
    said = {"by": _usual_actor(step, case)} | step.said
    said = sayings.completed(step, said, case)
    own, other = _split(kind, said)
    if "fields" in kind.model_fields:
        own["fields"] = own.get("fields", {}) | other
    return kind.model_validate({"do": step.do} | own)


def _usual_actor(step: Step, case: Case) -> Role | None:
    """Who does this where the step does not say: the raiser, or who covers for them, but for some acts."""
    procedure = case.procedure
    match step.do:
        case "respond" | "request_extension" | "reassign":
            visit = case.latest_visit(step.said.get("stage") or case.visit.stage)
            return case.addressees(visit)[0] if visit else None
        case "manager_disagrees":
            return procedure.raiser.line_manager
        case "decide_legal_advice" if procedure.legal_advice and procedure.legal_advice.decided_by:
            return procedure.legal_advice.decided_by
        case "cover":
            return step.said.get("cover") or procedure.raiser.line_manager
    return case.raiser


# Other processes ---------------------------------------------------------------------------------------------------


def _in_process(step: Step, setting: Setting, name: str, verb: Verb) -> Act:
    process = setting.procedure.processes[name]
    if verb == "opens":
        return Opens(setting.procedure.opened(name), _opening_of(process, name, step, setting))
    case = setting.open_case
    if verb == "answers":
        as_answer = step.model_copy(update={"do": "respond"})
        return _command(Respond, as_answer, setting)
    said = {key: value for key, value in step.said.items() if key != "escalate_to"}
    passed_on = {"outcome": "escalate", "addressee": step.said.get("escalate_to"), "by": case.raiser} | said
    as_decision = Step.model_validate({"id": step.id, "at": step.at, "do": "decide"} | passed_on)
    return _command(KINDS["decide"], as_decision, setting)


def _opening_of(process: Process, name: str, step: Step, setting: Setting) -> Start:
    opened = setting.procedure.opened(name)
    own, said = _split(Start, step.said)
    filling = Filling(opened, process.stages[0].key, london_date(step.at))
    usual = {"by": process.raiser.roles[0], "subject": setting.given.subject_under(opened)}
    return Start.model_validate(usual | own | {"fields": filling.for_act("start", said)})


# Reports -----------------------------------------------------------------------------------------------------------


OFTEN = {"month": "monthly", "quarter": "quarterly", "half_year": "six monthly", "year": "annual"}


def _report(step: Step, procedure: Procedure) -> Reports:
    first, last, on = (date_in(step.said.get(key)) for key in ("from_date", "to_date", "on"))
    return Reports(_report_called(str(step.said.get("report")), procedure), first, last, on)


def _report_called(name: str, procedure: Procedure) -> str:
    """By its key; or by words that stand in the key, title or period of one report alone (`quarterly`)."""
    if name in procedure.reports:
        return name
    said = {key: f"{key} {each.title} {OFTEN.get(each.period, '')}" for key, each in procedure.reports.items()}
    fitting = [key for key, words in said.items() if _words(name) <= _words(words)]
    return fitting[0] if len(fitting) == 1 else name


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def _is_open(case: Case | None) -> bool:
    return case is not None and case.open


def _split(kind: type[Command], said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the command itself says, and what goes into its form."""
    own = {key: value for key, value in said.items() if key in kind.model_fields}
    return own, {key: value for key, value in said.items() if key not in own}
