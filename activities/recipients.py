"""Who gets a notice: which people hold the roles that it names, and in which role each of them is written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from escalation.directory import Directory, Person
from escalation.messages import SendNotice

Holders = dict[str, list[Person]]
"""The people found for each role, on one date."""


@dataclass(frozen=True)
class Recipient:
    """One person, in the one role in which this notice is written to them."""

    role: str
    person: Person


def holders(order: SendNotice, directory: Directory, on: date) -> Holders:
    """Everyone whom a notice names, reaches or speaks of. A role that nobody holds has an empty list."""
    notice = order.notice
    raisers = [order.raiser, *([order.raised_through] if order.raised_through else [])]
    roles = dict.fromkeys([*notice.to, *notice.cc, *notice.reaches, *notice.answering, *raisers])
    found = {role: _serving(role, order, directory, on) for role in roles}
    return found | {order.raiser: _the_raiser(order, found[order.raiser])}


def _serving(role: str, order: SendNotice, directory: Directory, on: date) -> list[Person]:
    """Somebody whom only this case knows, or whose address the document gives, goes before the directory."""
    known = order.contacts.get(role)
    if known:
        return [Person(name=known.name, email=known.email)]
    return directory.holders(role, order.team, on, order.agency)


def _the_raiser(order: SendNotice, holders: list[Person]) -> list[Person]:
    """Many may hold the raiser's role: the one who raised it is written to, where the directory knows the name."""
    named = [person for person in holders if order.raiser_name and same(person.name) == same(order.raiser_name)]
    return named or holders


def recipients(order: SendNotice, found: Holders) -> list[Recipient]:
    """Each person once. Who is asked to answer is written to as such, and gets no copy from the other task."""
    notice = order.notice
    elsewhere = [role for role in notice.answering if role not in notice.reaches]
    written_to = {same(person.email) for role in elsewhere for person in found[role]}
    chosen = []
    for role in sorted(notice.reaches, key=lambda role: role not in notice.answering):
        for person in found[role]:
            if same(person.email) not in written_to:
                written_to.add(same(person.email))
                chosen.append(Recipient(role, person))
    return chosen


def same(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.casefold()
