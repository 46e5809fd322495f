"""Who may answer through a link: the person to whom it was sent, while they hold the post, and their stand-ins."""

from __future__ import annotations

from datetime import date

from activities.links import Claims, digest_of
from escalation.directory import Directory, Person, Post

STANDING_IN = ("deputy", "acting")


def may_answer(directory: Directory, claims: Claims, team: str | None, on: date) -> dict[str, Person]:
    """By digest of their address. Empty where the link's own reader holds the post no more: it is revoked."""
    posts = _posts(directory, claims.role, team, on)
    people = {digest_of(person.email): (post, person) for post, person in posts}
    if claims.address not in people:
        return {}
    return {
        digest: person
        for digest, (post, person) in people.items()
        if digest == claims.address or post.kind in STANDING_IN
    }


def _posts(directory: Directory, role: str, team: str | None, on: date) -> list[tuple[Post, Person]]:
    """The team's own posts, else those for every team. Who is on leave holds the post all the same."""
    held = [post for post in directory.posts if post.role == role and post.holds(on) and post.agency is None]
    for scope in dict.fromkeys((team, None)):
        own = [(post, directory.people[post.person]) for post in held if post.team == scope]
        if own:
            return own
    return []
