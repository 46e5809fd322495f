"""Who may act for the raiser through a link: the one to whom it was sent, and who stands in for them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from http import HTTPStatus

from activities.links import Claims, digest_of
from escalation.case import Case
from escalation.directory import Directory, Person
from web.reply.refusing import Refusal, later


def in_their_stead(
    directory: Directory, claims: Claims, case: Case, on: date, passed_to: Iterable[str | None]
) -> Iterator[tuple[str, tuple[Person, str]]]:
    """By the digest of their address: the raiser to whom the link was sent, while the concern is theirs, and covers.

    `passed_to` are the roles to which the turn has passed.
    """
    covers = {role for absent, role in case.covered_by.items() if absent == case.raised_by}
    for role in sorted({*covers, *(role for role in passed_to if role)}):
        for person in directory.holders(role, case.team, on, case.agency):
            yield digest_of(person.email), (person, role)
    for person in _raisers(directory, claims, case, on):
        if claims.is_of(person.email):
            yield digest_of(person.email), (person, claims.role)


def _raisers(directory: Directory, claims: Claims, case: Case, on: date) -> list[Person]:
    """Whoever has it now, where their name is known; they need not be at work today."""
    raiser = case.procedure.raiser
    if claims.role not in {*raiser.roles, *raiser.may_also_raise}:
        return []
    if known := case.contacts.get(claims.role):
        return [Person(name=known.name, email=known.email)]
    posts = [post for post in directory.posts if post.role == claims.role and post.holds(on)]
    holders = [directory.people[post.person] for post in posts]
    if claims.role != case.raised_by or case.raised_by_name is None:
        return holders
    name = case.raised_by_name.casefold()
    return [person for person in holders if person.name.casefold() == name] or holders


def revoked(case: Case, so_that: str) -> Refusal:
    return Refusal(
        HTTPStatus.GONE,
        "revoked",
        "This link can no longer be used",
        f"{case.reference} is not yours now, as far as {case.procedure.council}'s directory knows, so that {so_that}.",
    )


def not_yet() -> Refusal:
    return later(
        "not_yet",
        "We cannot show this just yet",
        "Your link is genuine, and our records have not caught up with it. Open it again in a minute.",
    )
