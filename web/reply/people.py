"""Who may answer through a link: the person to whom it was sent, while they hold the post, and their stand-ins."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from activities.links import Claims, digest_of
from escalation.case import Case
from escalation.directory import Directory, Person, Post
from escalation.history import EmailSent, HistoryEntry

STANDING_IN = ("deputy", "acting")


def may_answer(
    directory: Directory, claims: Claims, case: Case, on: date, covers: Collection[str] = ()
) -> dict[str, Person]:
    """By digest of their address. Empty where the link's own reader holds the post no more: it is revoked.

    Somebody whom only the case knows goes before the directory, as in the letters. `covers` are the roles for which
    the link's reader was asked as cover: who still holds one of them may answer, and nobody else through that link.
    """
    known = case.contacts.get(claims.role)
    if known:
        digest = digest_of(known.email)
        return {digest: Person(name=known.name, email=known.email)} if digest == claims.address else {}
    posts = _posts(directory, claims.role, case, on)
    people = {digest_of(person.email): (post, person) for post, person in posts}
    if claims.address not in people:
        return _as_cover(directory, claims, case, on, covers)
    return {
        digest: person
        for digest, (post, person) in people.items()
        if digest == claims.address or post.kind in STANDING_IN
    }


def covers(history: Iterable[HistoryEntry], claims: Claims) -> set[str]:
    """The roles by which a link's reader was asked as cover for the link's role."""
    sent = (delivery for entry in history if isinstance(entry, EmailSent) for delivery in entry.delivered)
    return {mail.cover for mail in sent if mail.cover and mail.role == claims.role and claims.is_of(mail.address)}


def _as_cover(directory: Directory, claims: Claims, case: Case, on: date, covers: Collection[str]) -> dict[str, Person]:
    held = (person for role in covers for _, person in _posts(directory, role, case, on))
    return {digest_of(person.email): person for person in held if claims.is_of(person.email)}


def _posts(directory: Directory, role: str, case: Case, on: date) -> list[tuple[Post, Person]]:
    """The agency's and the team's own posts, else those for all. Who is on leave holds the post all the same."""
    held = [post for post in directory.posts if post.role == role and post.holds(on)]
    teams = dict.fromkeys((case.team, None))
    for scope in [(agency, team) for agency in dict.fromkeys((case.agency, None)) for team in teams]:
        own = [(post, directory.people[post.person]) for post in held if (post.agency, post.team) == scope]
        if own:
            return own
    return []
