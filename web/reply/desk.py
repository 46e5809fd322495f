"""What do the reply pages work with: what does a link open, and who has confirmed themselves?"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from activities.links import Claims, Links, digest_of, signing_keys
from activities.people import People
from config.keys import KeyRing
from escalation.case import Case, Visit
from escalation.directory import Person
from escalation.fold import fold
from escalation.history import HistoryEntry
from escalation.words import on
from escalation.working_days import london_date
from register.store import Register
from web.reply.asked import Asked, Given, answers_of, asked
from web.reply.guarding import Paces
from web.reply.handing_on import may_be_handed_to
from web.reply.people import covers, may_answer
from web.reply.refusing import Refusal, later

CONFIRMED = "reply-confirmed.v1"
CONFIRMED_FOR = 30 * 60
"""Seconds."""


@dataclass(frozen=True)
class Matter:
    """One genuine link that still opens something: the stay at a stage that it asks about, and who may answer."""

    token: str = field(repr=False)
    escalation: str
    claims: Claims
    case: Case
    visit: Visit
    people: dict[str, Person]
    hand_on_to: dict[str, str]
    answers: list[Given]
    now: datetime

    @property
    def asked(self) -> Asked:
        return asked(self.case, self.visit, self.claims.role, self.now, self.answers)


class Opened(Protocol):
    """What a link opened, and by the digests of their addresses who may act through it."""

    @property
    def token(self) -> str: ...

    @property
    def people(self) -> Mapping[str, Person]: ...


def person_at(opened: Opened, address: str) -> str | None:
    """The digest of an address, where whoever has it may act through this link."""
    digest = digest_of(address)
    return digest if digest in opened.people else None


class Confirmations:
    """Who has confirmed their address: a signed cookie for one link, short-lived, out of reach of scripts."""

    def __init__(self, ring: KeyRing, *, secure: bool, path: str = "/reply/") -> None:
        keys = signing_keys(ring.active, ring.keys, CONFIRMED)
        self._signer = URLSafeTimedSerializer(
            keys, salt=CONFIRMED, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        )
        self._secure, self._path = secure, path

    def read(self, request: Request, matter: Opened) -> Person | None:
        """The person, if they may still answer."""
        named = _fingerprint(matter.token)
        try:
            token, person = self._signer.loads(request.cookies.get(_cookie(named), ""), max_age=CONFIRMED_FOR)
        except (BadData, TypeError, ValueError):
            return None
        return matter.people.get(person) if token == named else None

    def write(self, response: Response, matter: Opened, person: str) -> None:
        named = _fingerprint(matter.token)
        response.set_cookie(
            _cookie(named),
            str(self._signer.dumps([named, person])),
            max_age=CONFIRMED_FOR,
            path=self._path,
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )


@dataclass(frozen=True)
class Desk:
    """The tools of the reply pages."""

    links: Links
    register: Register
    people: People
    confirmations: Confirmations
    client: Callable[[], Awaitable[Client]]
    now: Callable[[], datetime]
    paces: Paces

    async def matter(self, token: str, claims: Claims) -> Matter:
        """What a genuine link opens. Raises Refusal where that is nothing any more, or not yet."""
        return await asyncio.to_thread(self._matter, token, claims)

    def _matter(self, token: str, claims: Claims) -> Matter:
        now = self.now()
        escalation, case, history = self._case(claims.reference)
        visit = _asked_of(case, claims)
        if visit is None:
            raise _not_yet()
        if not case.open:
            raise closed(case)
        directory, today = self.people.now(), london_date(now)
        people = may_answer(directory, claims, case, today, covers(history, claims))
        if not people or claims.role not in case.addressees(visit):
            raise _revoked(case, claims)
        others = may_be_handed_to(case, visit, claims.role, directory, today)
        answers = answers_of(case, visit, history, self.register.answers(escalation, now))
        return Matter(token, escalation, claims, case, visit, people, others, answers, now)

    def _case(self, reference: str) -> tuple[str, Case, list[HistoryEntry]]:
        row = self.register.find(reference)
        procedure = self.register.procedure(row.procedure, row.procedure_version) if row else None
        history = self.register.history(reference) if procedure else []
        if row is None or procedure is None or not history:
            raise _not_yet()
        return row.escalation, fold(procedure, history), history


def _asked_of(case: Case, claims: Claims) -> Visit | None:
    """The stay that a link is about; once a notice has ended, its link leads to the stage that it was notice of."""
    visit = case.visit_numbered(claims.visit)
    return case.latest_visit(visit.stage) if visit and visit.notice_period else visit


def closed(case: Case) -> Refusal:
    """Nothing of the case is shown any more."""
    ended = f" on {on(london_date(case.ended_at))}" if case.ended_at else ""
    return Refusal(
        HTTPStatus.GONE,
        "closed",
        "This matter is closed",
        f"{case.reference} ({case.procedure.council}) was {'withdrawn' if case.withdrawn else 'closed'}{ended}. "
        "Nothing more is asked of you, and answers are no longer taken here.",
        f"If you still have something to say about it, tell the {case.procedure.role_title(case.raiser)}.",
    )


def _revoked(case: Case, claims: Claims) -> Refusal:
    post = case.procedure.role_title(claims.role)
    return Refusal(
        HTTPStatus.GONE,
        "revoked",
        "This link can no longer be used",
        f"It was sent to somebody who is not the {post} today, as far as {case.procedure.council}'s directory knows.",
        f"If you are the {post} now, or think that this is wrong, ask the {case.procedure.role_title(case.raiser)} "
        "who raised the matter: the email that brought you here names them, and a reply to it reaches them.",
    )


def _not_yet() -> Refusal:
    return later(
        "not_yet",
        "We cannot show this just yet",
        "Your link is genuine, and our records have not caught up with it. Open it again in a minute.",
        "If that does not help, reply to the email that brought you here.",
    )


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _cookie(named: str) -> str:
    return f"reply-{named[:16]}"
