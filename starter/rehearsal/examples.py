"""Do the worked examples beside a procedure hold? Dates and recipients that a person counted by hand, as YAML."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from config import documents
from escalation.procedure import Procedure
from escalation.working_days import LONDON
from starter.rehearsal.holding import faults_of
from starter.rehearsal.scenario import Given, Step, overridden
from starter.rehearsal.tabletop import Tabletop
from starter.rehearsal.then import Then


class Move(BaseModel):
    """One step, and what holds after it. All keys beside these are what the act says."""

    model_config = ConfigDict(extra="allow")

    at: datetime
    do: str
    then: Then = Then()

    def step(self, n: int) -> Step:
        at = self.at if self.at.tzinfo else self.at.replace(tzinfo=LONDON)
        return Step.model_validate({"id": f"step-{n}", "at": at, "do": self.do} | (self.model_extra or {}))


class Example(BaseModel):
    """One example; `source` names the rows of the requirements that it shows. Times are London's."""

    model_config = ConfigDict(extra="forbid")

    title: str
    source: list[str] = Field(min_length=1)
    given: Given = Given()
    steps: list[Move] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _dates_are_text(cls, said: Any) -> Any:
        """As the forms of scenarios and case events say them."""
        return _plain(said)


class Examples(RootModel[list[Example]]):
    """One file: examples of one procedure."""


def load_examples(path: Path) -> list[Example]:
    """Raises InvalidDocument with every fault of the file."""
    return documents.load(path, Examples).root


def run_examples(procedure: Procedure, path: Path) -> list[str]:
    """What does not hold, in words: "<title>, step 2: due is 2027-04-01, not 2027-03-31". Raises InvalidDocument."""
    return [fault for example in load_examples(path) for fault in run(procedure, example)]


def run(procedure: Procedure, example: Example) -> list[str]:
    """The same of one example."""
    table = Tabletop(overridden(procedure, example.given), example.given)
    faults = []
    for n, move in enumerate(example.steps, 1):
        seen = table.step(move.step(n))
        faults += [f"{example.title}, step {n}: {fault}" for fault in faults_of(move.then, seen)]
    return faults


def _plain(said: Any) -> Any:
    match said:
        case datetime() | date():
            return said.isoformat()
        case dict():
            return {key: _plain(value) for key, value in said.items()}
        case list():
            return [_plain(value) for value in said]
    return said
