"""Who is asked in a role: its holder or whoever stands in; where nobody can be, whoever stands above, as cover.

Nobody is asked to answer their own concern, and whoever let a stage lapse is not cover at the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from escalation.directory import Directory, Person, Serving
from escalation.messages import Concern, SendNotice, Why
from escalation.procedure import Role


@dataclass(frozen=True)
class Asked:
    """Who is written to in a role. `cover` is the role that they hold themselves, `why` nobody of the role is asked."""

    people: tuple[Person, ...]
    cover: Role | None = None
    why: Why | None = None


def asked(order: SendNotice, role: str, directory: Directory, on: date, refused: Iterable[str] = ()) -> Asked:
    """The people of a role that is asked to answer, on a London date.

    `refused` are addresses at which this notice was refused for good. Nobody at all is an empty tuple; `why` then says
    what is wrong with the role itself.
    """
    out_of_reach = _same(refused) | _same(order.unreachable)
    own = _serving(order, role, directory, on)
    fit, why = _fit(order, own, directory, on, out_of_reach, is_cover=False)
    if fit or order.notice.stand_ins:
        return Asked(_new(order, fit) if order.notice.stand_ins else fit)
    for above in order.covers.get(role, ()):
        people, _ = _fit(order, _serving(order, above, directory, on), directory, on, out_of_reach, is_cover=True)
        if people:
            return Asked(people, above, why)
    if order.notice.part == "all" or order.notice.again:  # perhaps the mailbox is in order by now
        return Asked(_fit(order, own, directory, on, _same(refused), is_cover=False)[0], None, why)
    return Asked((), None, why)


def _serving(order: SendNotice, role: str, directory: Directory, on: date) -> list[Serving]:
    """Somebody whom only this case knows, or whose address the document gives, goes before the directory."""
    known = order.contacts.get(role)
    if known:
        return [Serving(Person(name=known.name, email=known.email), "holder")]
    away = frozenset(order.away if order.notice.stand_ins else ())
    return directory.serving(role, order.team, on, order.agency, away)


def _fit(
    order: SendNotice, serving: list[Serving], directory: Directory, on: date, out_of_reach: set[str], *, is_cover: bool
) -> tuple[tuple[Person, ...], Why]:
    """Those who can be asked, and where there are none, why: the last thing that ruled somebody out."""
    silent, concerned = _same(order.silent), _concerned(order, directory, on)
    fit, why = [], "vacant"
    for person, kind in serving:
        address = person.email.casefold()
        if address in concerned:
            why = "conflict"
        elif address in silent and (is_cover or kind != "holder"):
            why = "silent"
        elif address in out_of_reach:
            why = "refused"
        else:
            fit.append(person)
    return tuple(dict.fromkeys(fit)), why  # type: ignore[return-value]


def _new(order: SendNotice, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Of stand-ins, those who have not been asked yet."""
    already = _same(order.asked_already)
    return tuple(person for person in people if person.email.casefold() not in already)


def _concerned(order: SendNotice, directory: Directory, on: date) -> set[str]:
    """Addresses of those whose concern it is. Where no name is known, anybody who serves in that role may be it."""
    return {
        person.email.casefold()
        for concern in order.own_concern
        for person in directory.holders(concern.role, order.team, on)
        if _is_theirs(concern, person)
    } | {person.email.casefold() for person in directory.people.values() if _is_named(order.own_concern, person)}


def _is_theirs(concern: Concern, person: Person) -> bool:
    return concern.name is None or concern.name.casefold() == person.name.casefold()


def _is_named(concerns: Iterable[Concern], person: Person) -> bool:
    return any(concern.name and concern.name.casefold() == person.name.casefold() for concern in concerns)


def _same(addresses: Iterable[str]) -> set[str]:
    return {address.casefold() for address in addresses}
