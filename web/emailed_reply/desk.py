"""What does a link to record a reply open, and who may record it?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from temporalio.client import Client

from activities.links import Claims, Links, digest_of
from activities.people import People
from escalation.case import Case, Visit
from escalation.directory import Person
from escalation.fold import fold
from escalation.history import ReplyReceived
from escalation.visit import Received
from escalation.working_days import london_date
from register.store import Register
from web.reply.desk import Confirmations
from web.reply.guarding import Paces
from web.reply.raising import in_their_stead, not_yet, revoked
from web.reply.refusing import Refusal


@dataclass(frozen=True)
class Reply:
    """One reply by email, and who may record it: by the digest of their address, and the role in which they do."""

    token: str = field(repr=False)
    escalation: str
    case: Case
    entry: ReplyReceived
    visit: Visit
    people: dict[str, Person]
    roles: dict[str, str]

    @property
    def response_id(self) -> str:
        """The same for every way of recording this reply, so that it counts once."""
        return f"email-{self.entry.mail_id[:24]}"

    @property
    def recorded(self) -> Received | None:
        """What the escalation made of it, where it was recorded before."""
        answers = (answer for visit in self.case.visits for answer in visit.answers)
        return next((answer for answer in answers if answer.response_id == self.response_id), None)

    @property
    def answering(self) -> dict[str, str]:
        """Titles of those who were asked to answer, by their roles."""
        return {role: self.case.procedure.role_title(role) for role in self.case.addressees(self.visit)}

    @property
    def due(self) -> datetime | None:
        due = self.case.due_of(self.visit)
        return due.at if due else None

    @property
    def in_time(self) -> bool:
        return self.due is None or self.entry.received_at <= self.due

    def role_of(self, person: Person) -> str:
        return self.roles[digest_of(person.email)]


@dataclass(frozen=True)
class Desk:
    """The tools of the page."""

    links: Links
    register: Register
    people: People
    confirmations: Confirmations
    client: Callable[[], Awaitable[Client]]
    now: Callable[[], datetime]
    paces: Paces

    async def reply(self, token: str, claims: Claims) -> Reply:
        """What a genuine link opens. Raises Refusal where that is nothing any more, or not yet."""
        return await asyncio.to_thread(self._reply, token, claims)

    def _reply(self, token: str, claims: Claims) -> Reply:
        row = self.register.find(claims.reference)
        procedure = self.register.procedure(row.procedure, row.procedure_version) if row else None
        history = self.register.history(claims.reference) if procedure else []
        entry = next((entry for entry in history if entry.n == claims.visit), None)
        if row is None or procedure is None or not isinstance(entry, ReplyReceived):
            raise not_yet()
        case = fold(procedure, history)
        written = case.visit_numbered(entry.visit) or case.visit
        turns = [case.passed_to, case.follow_ups.passed_to]
        may = dict(in_their_stead(self.people.now(), claims, case, london_date(self.now()), turns))
        if not may:
            raise revoked(case, "somebody else reads this reply")
        return Reply(
            token=token,
            escalation=row.escalation,
            case=case,
            entry=entry,
            visit=case.latest_visit(written.stage) or written,
            people={digest: person for digest, (person, _) in may.items()},
            roles={digest: role for digest, (_, role) in may.items()},
        )


def closed(case: Case) -> Refusal:
    return Refusal(
        HTTPStatus.GONE,
        "closed",
        "This matter is closed",
        f"{case.reference} ({case.procedure.council}) was {'withdrawn' if case.withdrawn else 'closed'}.",
        "Answers are no longer recorded. The reply stays in its history.",
    )
