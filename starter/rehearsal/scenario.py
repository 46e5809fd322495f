"""A scenario file: who does what and when, and how its `given` changes the procedure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from escalation.errors import Fault, InvalidDocument
from escalation.messages import Subject
from escalation.procedure import Cap, Procedure, Stage
from escalation.working_days import EndOfDay


class MailOutage(BaseModel):
    begins: AwareDatetime = Field(alias="from")
    ends: AwareDatetime = Field(alias="to")


class Given(BaseModel):
    """The case, and overrides of the procedure's own values."""

    model_config = ConfigDict(extra="allow")

    subject: Subject | None = None
    track: str | None = None
    ladder: dict[str, str] | None = None
    response_working_days: int | None = None
    informal_working_days: int | None = None
    level_working_days: int | None = None
    pc_working_days: int | None = None
    stage_working_days: int | dict[str, int] | None = None
    cap_working_days: int | None = None
    cap_from: str | None = None
    timer_stops_on: str | None = None
    end_of_day: EndOfDay | None = None
    extra_non_working_days: list[date] = []
    mail_outage: MailOutage | None = None
    variants: list[dict[str, Any]] = []


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
    stages = [_stage(stage, given) for stage in procedure.stages]
    update: dict[str, Any] = {"stages": stages}
    if given.end_of_day:
        update["end_of_day"] = given.end_of_day
    if "cap_working_days" in given.model_fields_set or given.cap_from:
        update["cap"] = _cap(procedure, given)
    return procedure.model_copy(update=update)


def _cap(procedure: Procedure, given: Given) -> Cap | None:
    own = procedure.cap
    days = given.cap_working_days if "cap_working_days" in given.model_fields_set else own.working_days if own else None
    if days is None:
        return None
    return Cap(working_days=days, starts=given.cap_from or (own.starts if own else "first_alert"))


def _stage(stage: Stage, given: Given) -> Stage:
    update: dict[str, Any] = {}
    response: dict[str, Any] = {}
    if (days := _working_days(stage, given)) is not None and stage.response.working_days is not None:
        response["working_days"] = days
    if given.timer_stops_on:
        response["stops_on"] = given.timer_stops_on
    if given.ladder and stage.key in given.ladder:
        update["addressee"] = [given.ladder[stage.key]]
    return stage.model_copy(update=update | {"response": stage.response.model_copy(update=response)})


def _working_days(stage: Stage, given: Given) -> int | None:
    each = given.stage_working_days
    if not stage.formal:
        informal = given.pc_working_days or given.informal_working_days
        return informal or (each.get(stage.key) if isinstance(each, dict) else None)
    if isinstance(each, dict):
        return each.get(stage.key)
    return given.response_working_days or given.level_working_days or each
