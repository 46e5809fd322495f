"""What a report sees of what outlives a close: promises, each as it stood on a day, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from escalation.commands import WhatChanged
from escalation.history import ChangeTold, Entry, Followed, Promised, PromiseDue, PromiseKept, PromiseNotKept
from escalation.working_days import london_date


class PastPromise(BaseModel):
    """Something that was promised.

    `asked`: its date came, and the raiser was asked; `kept` is None until they say; `followed_by`: begun because of it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    made_on: date
    done_by: date
    asked: bool = False
    kept: bool | None = None
    answered_on: date | None = None
    followed_by: str | None = None

    def stood(self, day: date | None) -> Literal["kept", "not_kept", "unanswered", "not_yet_due"] | None:
        """At the end of a London date, by the date that it has now; None before it was made. Without a date: now."""
        if day is not None and self.made_on > day:
            return None
        if self.kept is not None and (day is None or self.answered_on is None or self.answered_on <= day):
            return "kept" if self.kept else "not_kept"
        due = self.asked if day is None else self.done_by <= day
        return "unanswered" if due else "not_yet_due"


def promises_in(entries: Iterable[Entry]) -> tuple[PastPromise, ...]:
    """Each with the date that it has in the end, and what was said of it."""
    said: dict[int, dict[str, Any]] = {}
    for entry in entries:
        match entry:
            case Promised(corrects=None):
                said[entry.n] = {"made_on": london_date(entry.at), "done_by": entry.done_by}
            case Promised(corrects=n) if n in said:
                said[n] |= {"done_by": entry.done_by, "asked": False}
            case PromiseDue(promises=numbers):
                for n in numbers:
                    said.get(n, {})["asked"] = True
            case PromiseKept(promise=n) | PromiseNotKept(promise=n) if n in said:
                said[n] |= {"kept": isinstance(entry, PromiseKept), "answered_on": london_date(entry.at)}
            case Followed(promise=n) if n in said:
                said[n]["followed_by"] = entry.reference
    return tuple(PastPromise.model_validate(one) for one in said.values())


def what_changed(entries: Sequence[Entry]) -> WhatChanged | None:
    """What the raiser said last."""
    return next((entry.changed for entry in reversed(entries) if isinstance(entry, ChangeTold)), None)
