"""What does a link to "was it done?" or "what changed?" open, and who may answer there?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from temporalio.client import Client

from activities.links import Claims, Links, digest_of
from escalation import rules
from escalation.case import Case
from escalation.directory import Person
from escalation.fold import fold
from escalation.follow_up import Promise
from escalation.history import (
    ChangeAsked,
    ChangeTold,
    HistoryEntry,
    PromiseDue,
    PromiseKept,
    PromiseNotKept,
    TurnPassed,
)
from escalation.messages import Command
from escalation.rules import Rejection
from escalation.working_days import london_date
from starter.office import Office
from web.reply.desk import Confirmations
from web.reply.guarding import Paces
from web.reply.raising import in_their_stead, not_yet, revoked


@dataclass(frozen=True)
class Inquiry:
    """One question that was put to the raiser, as the history has it. `roles` are those in which people may answer."""

    token: str = field(repr=False)
    escalation: str
    case: Case
    history: list[HistoryEntry]
    entry: PromiseDue | ChangeAsked
    people: dict[str, Person]
    roles: dict[str, str]
    now: datetime

    @property
    def about_promises(self) -> bool:
        return isinstance(self.entry, PromiseDue)

    @property
    def promises(self) -> list[Promise]:
        """Those that the email asked about, and whatever else waits for the same answer."""
        named = self.entry.promises if isinstance(self.entry, PromiseDue) else []
        return [one for one in self.case.follow_ups.promises if one.n in named or (named and _waits(one))]

    @property
    def waiting(self) -> list[Promise]:
        return [promise for promise in self.promises if _waits(promise)]

    @property
    def waits(self) -> bool:
        """Whether anything is left to say."""
        return bool(self.waiting) if self.about_promises else self.case.follow_ups.change_asked

    @property
    def told(self) -> ChangeTold | None:
        """What was said last of what changed, after it was asked."""
        said = (one for one in reversed(self.history) if isinstance(one, ChangeTold) and one.n > self.entry.n)
        return next(said, None)

    def answer_to(self, n: int) -> PromiseKept | PromiseNotKept | None:
        said = (one for one in self.history if isinstance(one, PromiseKept | PromiseNotKept) and one.promise == n)
        return next(said, None)

    def may_act(self, person: Person) -> bool:
        return digest_of(person.email) in self.roles

    def after(self, command: Command) -> Inquiry | Rejection:
        """As it will be once the act is done, or why it cannot be: the register hears of it a moment later."""
        ruled = rules.rule(self.case, command, self.now)
        if ruled.rejection:
            return ruled.rejection
        return replace(self, case=ruled.case, history=[*self.history, *ruled.entries])


def _waits(promise: Promise) -> bool:
    return promise.asked and promise.kept is None


@dataclass(frozen=True)
class Desk:
    """The tools of the page."""

    links: Links
    office: Office
    confirmations: Confirmations
    client: Callable[[], Awaitable[Client]]
    now: Callable[[], datetime]
    paces: Paces

    async def inquiry(self, token: str, claims: Claims) -> Inquiry:
        """What a genuine link opens. Raises Refusal where that is nothing for its reader, or not yet."""
        return await asyncio.to_thread(self._inquiry, token, claims)

    def _inquiry(self, token: str, claims: Claims) -> Inquiry:
        register, now = self.office.register, self.now()
        row = register.find(claims.reference)
        procedure = register.procedure(row.procedure, row.procedure_version) if row else None
        history = register.history(claims.reference) if procedure else []
        entry = next((entry for entry in history if entry.n == claims.visit), None)
        if row is None or procedure is None or not isinstance(entry, PromiseDue | ChangeAsked):
            raise not_yet()
        asked = Inquiry(token, row.escalation, fold(procedure, history), history, entry, {}, {}, now)
        may = dict(self._who(claims, asked, _turn(asked.case)))
        reads = may if asked.waits else dict(self._who(claims, asked, _ever_passed(history))) | may
        if not reads:
            raise revoked(asked.case, "somebody else answers this")
        people = {digest: person for digest, (person, _) in reads.items()}
        return replace(asked, people=people, roles={digest: role for digest, (_, role) in may.items()})

    def _who(self, claims: Claims, asked: Inquiry, roles: set[str]) -> Iterator[tuple[str, tuple[Person, str]]]:
        return in_their_stead(self.office.people.now(), claims, asked.case, london_date(asked.now), roles)


def _turn(case: Case) -> set[str]:
    """Whose turn it is beside the raiser's; who said no in their stead may also begin what follows."""
    follow_ups = case.follow_ups
    instead = {promise.answered_instead for promise in follow_ups.offered}
    return {role for role in {case.passed_to, follow_ups.passed_to, *instead} if role}


def _ever_passed(history: list[HistoryEntry]) -> set[str]:
    """Who was asked once is told what became of it."""
    return {entry.to for entry in history if isinstance(entry, TurnPassed) and entry.about == "follow_up"}
