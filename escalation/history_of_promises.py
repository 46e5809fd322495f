"""The entries that outlive the close: what was promised, whether it was done, what changed for whom it was about."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from escalation.commands import WhatChanged
from escalation.entry import Entry
from escalation.procedure import Role, StageKey
from escalation.wire import Reference, Text

__all__ = [
    "ChangeAsked", "ChangeTold", "Followed", "OfferEnded", "PromiseDue", "PromiseKept", "PromiseNotKept", "Promised",
]  # fmt: skip


class Promised(Entry):
    """Something will be done by a date; `by` promised it. The number of this entry is the promise's own.

    With `corrects` it is no promise more, but another date for that one.
    """

    event: Literal["promised"] = "promised"
    done_by: date
    response: int | None = Field(None, description="The answer that promised it, by the number of its entry.")
    visit: int | None = Field(None, description="The stay at the stage, by the number of the entry that entered it.")
    action: Text | None = Field(None, description="The requested action that it is about.")
    text: Text = ""
    corrects: int | None = None
    how: Text | None = None
    recorded_by: Role | None = None
    recorded_by_name: str | None = None


class PromiseDue(Entry):
    """Their date has come: the raiser is asked "was it done?"."""

    event: Literal["promise_due"] = "promise_due"
    promises: list[int]


class PromiseKept(Entry):
    event: Literal["promise_kept"] = "promise_kept"
    promise: int
    done_by: date
    text: Text = ""


class PromiseNotKept(Entry):
    """It was not done. Where no stage runs any more, a linked escalation is offered."""

    event: Literal["promise_not_kept"] = "promise_not_kept"
    promise: int
    done_by: date
    text: Text = ""


class OfferEnded(Entry):
    """A linked escalation was offered, and nobody began one."""

    event: Literal["offer_ended"] = "offer_ended"
    promises: list[int]


class Followed(Entry):
    """A linked escalation was begun because of a promise that was not kept."""

    event: Literal["followed"] = "followed"
    promise: int
    reference: Reference
    at_stage: StageKey | None = None


class ChangeAsked(Entry):
    """It had been too early to say: the raiser is asked again what changed."""

    event: Literal["change_asked"] = "change_asked"


class ChangeTold(Entry):
    """What changed, in a code for reports; `ask_again_on` where it is too early to say."""

    event: Literal["change_told"] = "change_told"
    changed: WhatChanged
    text: Text = ""
    ask_again_on: date | None = None
