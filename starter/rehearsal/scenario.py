"""A scenario file: who does what and when, and how its `given` changes the procedure."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from escalation.errors import Fault, InvalidDocument
from escalation.forms import date_in
from escalation.procedure import Cap, Procedure, Stage
from escalation.wire import Known, Subject
from escalation.working_days import EndOfDay

NUMBERED = re.compile(r"[A-Z]\d+")
"""Keys such as `S1` and `L4`; the time of `PC` or `informal` is given under a name of its own."""


class MailOutage(BaseModel):
    begins: AwareDatetime = Field(alias="from")
    ends: AwareDatetime = Field(alias="to")


class Given(BaseModel):
    """The case, and overrides of the procedure's own values. All keys beside these are facts of the case."""

    model_config = ConfigDict(extra="allow")

    subject: dict[str, Any] = {}
    track: str | None = None
    process: str | None = None
    ladder: dict[str, str] | None = None
    response_working_days: int | None = None
    informal_working_days: int | None = None
    level_working_days: int | None = None
    pc_working_days: int | None = None
    stage_working_days: int | dict[str, int | None] | None = None
    cap_working_days: int | None = None
    cap_from: str | None = None
    timer_stops_on: str | None = None
    end_of_day: EndOfDay | None = None
    extra_non_working_days: list[date] = []
    mail_outage: MailOutage | None = None
    strategic_only_issues: list[str] | None = None
    variants: list[dict[str, Any]] = []

    def subject_under(self, procedure: Procedure) -> Subject:
        """Whom it is about; the procedure's first kind where nothing is said."""
        return Subject.model_validate({"kind": procedure.subjects[0]} | self.subject)

    def facts(self, procedure: Procedure) -> dict[str, Any]:
        """What is so of the case: yes/no facts, dates, and whatever else the procedure asks for by that name."""
        beside = {key: value for key, value in self.subject.items() if key not in Subject.model_fields}
        asked = {field.key for field in procedure.asks}
        said = beside | (self.model_extra or {})
        return {
            key: value
            for key, value in said.items()
            if isinstance(value, bool) or date_in(value) is not None or key in asked
        }

    def contacts(self, procedure: Procedure) -> dict[str, Known]:
        """People whom only this case knows, under the role that they have in it."""
        said = {key: value for key, value in (self.model_extra or {}).items() if key in procedure.roles}
        return {role: Known.model_validate(value) for role, value in said.items() if isinstance(value, dict)}

    def cases(self) -> dict[str, list[dict[str, Any]]]:
        """The cases that a report is to find, by the name under which they are given."""
        said = self.model_extra or {}
        return {key: value for key, value in said.items() if isinstance(value, list) and _are_cases(value)}


def _are_cases(listed: list[Any]) -> bool:
    return bool(listed) and all(isinstance(each, dict) for each in listed)


class Step(BaseModel):
    """One act, or time passing. All keys beside these are what the act says."""

    model_config = ConfigDict(extra="allow")

    id: str
    at: AwareDatetime
    do: str

    @property
    def said(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Scenario(BaseModel):
    """Steps stand in time order."""

    id: str
    procedure: str
    title: str = ""
    given: Given = Given()
    steps: list[Step] = Field(min_length=1)

    def variants(self) -> list[Scenario]:
        """One scenario for each variant of `given`, which overrides it by its keys; itself where there is none."""
        said = self.given.model_dump(exclude={"variants"}, exclude_unset=True, by_alias=True)
        changes = [{key: value for key, value in v.items() if key != "name"} for v in self.given.variants] or [{}]
        return [self.model_copy(update={"given": Given.model_validate(said | change)}) for change in changes]


def read_scenario(path: Path) -> Scenario:
    """Raises InvalidDocument with every fault, OSError where there is no such file."""
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except ValidationError as problem:
        faults = [
            Fault(".".join(str(part) for part in error["loc"]), error["msg"], file=str(path))
            for error in problem.errors()
        ]
        raise InvalidDocument(faults) from None


def overridden(procedure: Procedure, given: Given) -> Procedure:
    """The procedure with the values that a scenario gives instead of its own."""
    rungs = [stage for stage in procedure.stages if not given.ladder or stage.key in given.ladder]
    update: dict[str, Any] = {"stages": [_stage(stage, given) for stage in rungs]}
    if given.end_of_day:
        update["end_of_day"] = given.end_of_day
    if "cap_working_days" in given.model_fields_set or given.cap_from:
        update["cap"] = _cap(procedure, given)
        update["inferred"] = _inferred(procedure, update["cap"])
    apart = procedure.entry.set_apart
    if apart and given.strategic_only_issues is not None:
        named = apart.model_copy(update={"codes": [str(code) for code in given.strategic_only_issues]})
        update["entry"] = procedure.entry.model_copy(update={"set_apart": named})
    return procedure.model_copy(update=update)


def _cap(procedure: Procedure, given: Given) -> Cap | None:
    own = procedure.cap
    days = given.cap_working_days if "cap_working_days" in given.model_fields_set else own.working_days if own else None
    if days is None:
        return None
    return Cap(working_days=days, starts=given.cap_from or (own.starts if own else "first_alert"))


def _inferred(procedure: Procedure, cap: Cap | None) -> dict[str, str]:
    """Nothing is to be explained of a total time that was taken away."""
    about_cap = {path for path in procedure.inferred if path.partition(".")[0] == "cap"} if cap is None else set()
    return {path: why for path, why in procedure.inferred.items() if path not in about_cap}


def _stage(stage: Stage, given: Given) -> Stage:
    update: dict[str, Any] = {}
    response: dict[str, Any] = {**_working_days(stage, given)}
    if given.timer_stops_on:
        response["stops_on"] = given.timer_stops_on
    if given.ladder and stage.key in given.ladder:
        update["addressee"] = [given.ladder[stage.key]]
    return stage.model_copy(update=update | {"response": stage.response.model_copy(update=response)})


def _working_days(stage: Stage, given: Given) -> dict[str, int | None]:
    """`stage_working_days` may name each stage, one without a clock too; a number is for those that have one."""
    each = given.stage_working_days
    if isinstance(each, dict) and stage.key in each:
        return {"working_days": each[stage.key]}
    every = each if isinstance(each, int) else None
    numbered = given.response_working_days or given.level_working_days or every
    unnumbered = given.pc_working_days or given.informal_working_days
    days = numbered if NUMBERED.fullmatch(stage.key) else unnumbered
    return {"working_days": days} if days and stage.response.working_days is not None else {}
