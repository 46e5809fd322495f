"""Who gets a notice: which people hold the roles that it names, and in which role each of them is written to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from escalation.covering import Asked, asked
from escalation.directory import Directory, Person
from escalation.messages import SendNotice, Why

Holders = dict[str, list[Person]]
"""The people found for each role, on one date."""


@dataclass(frozen=True)
class Recipient:
    """One person, in the one role in which this notice is written to them, perhaps as cover for its holder."""

    role: str
    person: Person
    cover: str | None = None
    why: Why | None = None


@dataclass(frozen=True)
class Found:
    """Everyone whom a notice names, reaches or speaks of. `asked` says more of the roles that are to answer."""

    holders: Holders
    asked: dict[str, Asked]
    raiser_away: bool = False


def find(order: SendNotice, directory: Directory, on: date, refused: Iterable[str] = ()) -> Found:
    """A role that nobody holds has an empty list. `refused` are addresses at which this notice was refused for good."""
    notice = order.notice
    roles = dict.fromkeys([*notice.to, *notice.cc, *notice.reaches, *notice.answering, *_raisers(order)])
    to_answer = {role: asked(order, role, directory, on, refused) for role in notice.answering}
    found = {role: _told(role, order, directory, on) for role in roles}
    found |= {role: _to_answer(role, order, who, directory, on) for role, who in to_answer.items()}
    raiser = _the_raiser(order, directory, on, found[order.raiser])
    return Found(
        {order.raiser: raiser} | found if order.raiser in to_answer else found | {order.raiser: raiser},
        to_answer,
        raiser_away=bool(raiser) and all(directory.is_away(person.email, on) for person in raiser),
    )


def _raisers(order: SendNotice) -> list[str]:
    return [order.raiser, *([order.raised_through] if order.raised_through else [])]


def _told(role: str, order: SendNotice, directory: Directory, on: date) -> list[Person]:
    """Of whom nothing is asked. What follows from an alert goes to those who had it, perhaps as cover (G-A10)."""
    serving, had_it = _serving(role, order, directory, on), _have_alert(role, order, directory, on)
    is_alert = order.notice.part != "all"
    return (serving or had_it) if is_alert else (had_it or serving)


def _to_answer(role: str, order: SendNotice, who: Asked, directory: Directory, on: date) -> list[Person]:
    """A reminder goes to those who serve today, and to those who have the alert, such as who stood in for a day."""
    people = list(who.people)
    if order.notice.part == "all":
        written_to = {same(person.email) for person in people}
        have_it = _have_alert(role, order, directory, on)
        people += [person for person in have_it if same(person.email) not in written_to]
    return people


def _have_alert(role: str, order: SendNotice, directory: Directory, on: date) -> list[Person]:
    """Of those who were asked, whoever still has a post, on leave or not; who has left is written to no more."""
    here = {same(directory.people[post.person].email) for post in directory.posts if post.holds(on)}
    here |= {same(known.email) for known in order.contacts.values()}
    asked_as = order.asked_as.get(role, ())
    return [Person(name=known.name, email=known.email) for known in asked_as if same(known.email) in here]


def _serving(role: str, order: SendNotice, directory: Directory, on: date) -> list[Person]:
    """Somebody whom only this case knows, or whose address the document gives, goes before the directory."""
    known = order.contacts.get(role)
    if known:
        return [Person(name=known.name, email=known.email)]
    return directory.holders(role, order.team, on, order.agency)


def _the_raiser(order: SendNotice, directory: Directory, on: date, holders: list[Person]) -> list[Person]:
    """Many may hold the raiser's role: the one who raised it is written to, on leave too, where the name is known.

    Where that one has left, the line manager hears, and not all who hold the role.
    """
    if order.raiser_name is None:
        return holders
    held = [directory.people[post.person] for post in directory.posts if post.role == order.raiser and post.holds(on)]
    named = [person for person in [*holders, *held] if same(person.name) == same(order.raiser_name)]
    if not named and len(holders) > 1 and order.raiser_line_manager:
        return directory.holders(order.raiser_line_manager, order.team, on) or holders
    return list(dict.fromkeys(named)) or holders


def recipients(order: SendNotice, found: Found) -> list[Recipient]:
    """Each person once. Who is asked to answer is written to as such, and gets no copy from the other task."""
    notice, people = order.notice, found.holders
    elsewhere = [role for role in notice.answering if role not in notice.reaches]
    written_to = {same(person.email) for role in elsewhere for person in people[role]}
    chosen = []
    for role in sorted(notice.reaches, key=lambda role: role not in notice.answering):
        for person in people[role]:
            if same(person.email) not in written_to:
                written_to.add(same(person.email))
                chosen.append(_in(role, person, order, found))
    return chosen


def _in(role: str, person: Person, order: SendNotice, found: Found) -> Recipient:
    """As cover, where they are asked as such now, or were when they got the alert that they are reminded of."""
    who = found.asked.get(role, Asked(()))
    had_it = {same(known.email): known.cover for known in order.asked_as.get(role, ())}
    if order.notice.part == "all" and role in order.notice.answering and same(person.email) in had_it:
        return Recipient(role, person, had_it[same(person.email)], who.why)
    return Recipient(role, person, who.cover, who.why)


def same(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.casefold()
