"""What a worked example says that holds after a step."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from escalation.procedure import Role


class Concluded(BaseModel):
    """How it was closed, and on which date."""

    model_config = ConfigDict(extra="forbid")

    outcome: str
    date_concluded: date


class Then(BaseModel):
    """Every key is optional; what is not named is not looked at. Dates are days of London."""

    model_config = ConfigDict(extra="forbid")

    stage: str | None = None
    status: str | None = None
    waiting_for: str | None = None
    due: date | None = None
    cap: date | None = None
    timers: dict[str, date | None] | None = None
    clipped: bool | None = None
    beyond_cap: bool | None = None
    on_hold: str | None = None
    cap_reached: bool | None = None
    closed: Concluded | bool | str | None = Field(None, description="Whether, how, or how and when.")
    offered: list[str] = []
    not_offered: list[str] = []
    alert: list[str] | None = Field(None, description="Everybody whom the alert of the stage reached, and nobody else.")
    emails: dict[str, list[str]] = Field({}, description="By notice: who was among those whom it reached.")
    no_emails_to: list[str] = []
    records: list[str] = Field([], description="Headings of what was filed.")
    tasks: dict[Role, str | list[str]] = Field({}, description="By role: words that all stand in one of its tasks.")
    history: list[str] = Field([], description="Events that were added, in this order; others may stand between.")
    refused: str | bool | None = Field(None, description="Whether the step was refused, or with which code.")
    warned: str | bool | None = Field(None, description="Whether there was advice, or which code it had.")
    form: dict[str, Any] = Field({}, description="Lines of the printed form, by their labels.")
