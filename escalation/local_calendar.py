"""Which days of its own does a council close, and which national closures does it not keep?"""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from escalation.contradictions import Contradictions
from escalation.procedure import Strict

SATURDAY = 5


class LocalCalendar(Strict):
    """A council's own days, each with the reason that `explain` gives for it."""

    name: str = Field("local calendar", description="What `explain` calls this list; the file's name where not given.")
    closed: dict[date, str] = Field({}, description="Days that do not count although the country works.")
    open: dict[date, str] = Field({}, description="Bank holidays that count here; weekends never do.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        both = [(f"open.{day}", "stands under `closed` too; keep one") for day in self.open if day in self.closed]
        weekends = [
            (f"open.{day}", f"is a {day:%A}; weekends never count") for day in self.open if day.weekday() >= SATURDAY
        ]
        if both or weekends:
            raise Contradictions([*both, *weekends])
        return self
