"""What outlives the close of an escalation: promises with their dates, and what changed for whom it was about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from escalation.commands import WhatChanged
from escalation.visit import Frozen

Question = Literal["was_it_done", "what_changed"]
"""What the raiser is asked, by the name of its notice."""


class Promise(Frozen):
    """`n` is the number of the entry that made it, `dated_at` when it got its date; `kept` is None until it is said.

    `answered_instead`: the role that said in the raiser's stead that it was not. `offered`: it was not kept, no stage
    ran any more, and a linked escalation may still be begun because of it. `went_on`: it was not kept, and a stage ran.
    """

    n: int
    done_by: date
    by: str | None = None
    stage: str = ""
    visit: int | None = None
    action: str | None = None
    text: str = ""
    dated_at: datetime
    asked: bool = False
    kept: bool | None = None
    answered_at: datetime | None = None
    answered_instead: str | None = None
    offered: bool = False
    went_on: bool = False
    followed_by: str | None = None


class FollowUps(Frozen):
    """`ask_on`: when the raiser is asked again what changed. `since`: since when a question waits for the raiser.

    `asked_in`: for each question, the number of the entry that put it last.
    """

    promises: tuple[Promise, ...] = ()
    changed: WhatChanged | None = None
    ask_on: date | None = None
    change_asked: bool = False
    since: datetime | None = None
    reminders: int = 0
    asked_in: dict[Question, int] = {}
    passed_to: str | None = None

    @property
    def unanswered(self) -> list[Promise]:
        """Promises of which nobody has said whether they were kept."""
        return [promise for promise in self.promises if promise.kept is None]

    @property
    def questions(self) -> list[Question]:
        """What was asked and waits for the raiser."""
        done: list[Question] = ["was_it_done"] if any(promise.asked for promise in self.unanswered) else []
        return [*done, "what_changed"] if self.change_asked else done

    @property
    def offered(self) -> list[Promise]:
        """Promises not kept, because of which a linked escalation may be begun."""
        return [promise for promise in self.promises if promise.offered]

    @property
    def outstanding(self) -> bool:
        """Whether anything is still to be asked, answered or begun."""
        return bool(self.unanswered or self.offered or self.ask_on or self.change_asked)

    def promise(self, n: int | None) -> Promise | None:
        return next((promise for promise in self.promises if promise.n == n), None)
