"""What of a history entry a letter may say: dates, numbers and codes, never free text."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from escalation.messages import Why
from escalation.procedure import Name, Role

Code = Annotated[str, StringConstraints(max_length=300, pattern=r"^[\w .,:;?*+()/&'’‘“”–-]*$")] | int


class Facts(BaseModel):
    """A fact that is missing or not understood is None, and its sentence is left out: no letter waits for a fact."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    answered: bool | None = None
    asked: list[Role] | None = None
    called: Name | None = None
    because: Literal["lapsed", "decided", "not_taken", "leave"] | None = None
    bounced: bool | None = None
    by: Role | None = None
    cap: AwareDatetime | None = None
    cap_reached: bool | None = None
    cover: Role | None = None
    date_concluded: date | None = None
    day_zero: date | None = None
    decided_by: Role | None = None
    done_by: date | None = None
    due: AwareDatetime | None = None
    event: Name | None = None
    grounds: list[Code] | None = None
    leaves_ladder: bool | None = None
    necessary: bool | None = None
    new_due: AwareDatetime | None = None
    notice: str | None = None
    old_due: AwareDatetime | None = None
    one_date: bool | None = None
    outcome: Literal["resolved", "unresolved", "no_longer_applicable"] | None = None
    part: Literal["addressee", "copies", "all"] | None = None
    process: Name | None = None
    promises: int | None = None
    reason: Literal["final_stage_lapsed", "final_stage_not_satisfied", "cap_reached"] | None = None
    received_at: AwareDatetime | None = None
    requested_actions: int | None = None
    role: Role | None = None
    roles: list[Role] | None = None
    stage_already_left: bool | None = None
    status: Name | None = None
    still_open: bool | None = None
    stops_clock: bool | None = None
    stops_on: Literal["response", "resolution"] | None = None
    then: Literal["advance", "ask", "hold"] | None = None
    theme: list[Code] | None = None
    timed: bool | None = None
    title: Code | None = None
    to: Role | None = None
    waiting_since: AwareDatetime | None = None
    went_on: bool | None = None
    whom: Code | None = None
    why: Why | Literal["away"] | None = None
    working_days: int | None = None
    working_days_late: int | None = None

    @field_validator("*", mode="wrap")
    @classmethod
    def _none_where_not_understood(cls, value: Any, read: ValidatorFunctionWrapHandler) -> Any:
        try:
            return read(value)
        except ValidationError:
            return None
