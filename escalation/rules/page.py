"""What every rule writes on: a case with new entries, and the answer that the person gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from escalation import duties
from escalation.case import Case
from escalation.fold import apply
from escalation.history import HistoryEntry, TaskDone
from escalation.procedure import Role
from escalation.wire import Message

MOST_CHARACTERS = 4_000
"""Of what a person is told. It may quote what they sent, and that may be of any length."""


class CalledFor(Message):
    """What somebody has to do because an act was refused."""

    to: Role
    what: str


class Rejection(Message):
    """Why an act was refused: a code, a sentence for the person, and the field that is missing or wrong."""

    code: str
    message: str
    field: str | None = None
    tasks: list[CalledFor] = []


class Advisory(Message):
    """Allowed, with advice."""

    code: str
    message: str


class Outcome(BaseModel):
    """What a command, a result or the passing of time leads to."""

    model_config = ConfigDict(frozen=True)

    case: Case
    entries: tuple[HistoryEntry, ...] = ()
    warnings: tuple[Advisory, ...] = ()
    rejection: Rejection | None = None


class RefusedActError(Exception):
    """Raised inside a rule; it becomes a rejection and an entry, never an error."""

    def __init__(self, code: str, message: str, field: str | None = None, tasks: Sequence[CalledFor] = ()) -> None:
        shown = message if len(message) <= MOST_CHARACTERS else f"{message[:MOST_CHARACTERS]}…"
        self.rejection = Rejection(code=code, message=shown, field=field, tasks=list(tasks))
        super().__init__(message)


class Page:
    """A case, and the entries being added to its history at one instant."""

    def __init__(self, case: Case, at: datetime) -> None:
        self.case = case
        self.at = at
        self.entries: list[HistoryEntry] = []
        self.warnings: list[Advisory] = []

    def write(self, entry: HistoryEntry) -> None:
        """Number an entry, apply it, and write what it calls for at once."""
        numbered = entry.model_copy(update={"n": self.case.n + 1})
        self.case = apply(self.case, numbered)
        self.entries.append(numbered)
        if self.case.visits:
            for following in duties.called_for(self.case, numbered):
                self.write(following)

    def complete(self, key: str, **who: Any) -> None:
        """Every open task of this key is done."""
        for task in [task for task in self.case.tasks if task.key == key]:
            self.write(TaskDone(at=self.at, stage=self.case.visit.stage, task=task.n, what=task.what, **who))

    def warn(self, code: str, message: str) -> None:
        self.warnings.append(Advisory(code=code, message=message))

    def outcome(self, rejection: Rejection | None = None) -> Outcome:
        return Outcome.model_construct(
            case=self.case, entries=tuple(self.entries), warnings=tuple(self.warnings), rejection=rejection
        )
