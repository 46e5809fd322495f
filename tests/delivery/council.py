"""Made-up councils: who holds which role, who is away, whom no mail reaches. Each escalation has one of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from escalation.directory import Directory, Leave, Person, Post
from escalation.procedure import EVERYWHERE, Procedure

DOMAIN = "council.example"
TEAM = "Care Team 1"
FIRST, LAST = (
    ("Ada", "Bea", "Cai", "Dev", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kit", "Lea"),
    ("Ash", "Birch", "Cole", "Dale", "Elm", "Ford", "Glen", "Hill", "Iles", "Jay"),
)


@dataclass(frozen=True)
class Serves:
    """One post, in plain data: the oracle reads these, the product a `Directory` made of them."""

    role: str
    name: str
    address: str
    kind: str = "holder"
    team: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Away:
    address: str
    first: date
    last: date


@dataclass
class Council:
    serves: list[Serves]
    away: list[Away] = field(default_factory=list)
    raiser_name: str | None = None
    oddities: list[str] = field(default_factory=list)

    def directory(self) -> Directory:
        people = {_key(each.address): Person(name=each.name, email=each.address) for each in self.serves}
        posts = [
            Post.model_validate(
                {"role": each.role, "person": _key(each.address), "team": each.team, "kind": each.kind}
                | {"first": each.first, "last": each.last}
            )
            for each in self.serves
        ]
        away = [each for each in self.away if _key(each.address) in people]
        leave = [Leave(person=_key(each.address), first=each.first, last=each.last) for each in away]
        return Directory(people=people, posts=posts, leave=leave)

    def replace(self, role: str, *others: Serves) -> None:
        """Whoever held a role holds it no more."""
        self.serves = [each for each in self.serves if each.role != role] + list(others)

    def of(self, role: str) -> Serves | None:
        return next((each for each in self.serves if each.role == role), None)


def council(procedure: Procedure, chance: random.Random, begins: date) -> Council:
    """One person a role, and then what is odd about it."""
    roles = [*procedure.roles, *EVERYWHERE]
    made = Council([_person(role, n, chance) for n, role in enumerate(roles)])
    asked = sorted({role for stage in procedure.stages for role in stage.addressee})
    for oddity in chance.sample(list(ODDITIES), chance.choice([0, 1, 1, 2, 3])):
        ODDITIES[oddity](made, procedure, chance.choice(asked), chance, begins)
        made.oddities.append(oddity)
    return made


def _person(role: str, n: int, chance: random.Random, more: str = "") -> Serves:
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {n}{more}"
    return Serves(role, name, f"{role}{more}@{DOMAIN}")


def _key(address: str) -> str:
    return address.replace("@", ".").replace(".", "_")


# What can be odd ------------------------------------------------------------------------------------------------------


def _vacant(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    made.replace(role)


def _ends(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """The post is held until some day during the escalation."""
    last = begins + timedelta(days=chance.randrange(0, 14))
    made.serves = [replace(each, first=None, last=last) if each.role == role else each for each in made.serves]


def _appointed(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """Empty until somebody is appointed some days into the escalation."""
    first = begins + timedelta(days=chance.randrange(1, 20))
    made.serves = [replace(each, first=first, last=None) if each.role == role else each for each in made.serves]


def _gone(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """No mail reaches whoever holds it."""
    made.replace(role, Serves(role, "Gone Away", f"{role}.gone@{DOMAIN}"))


def _outside(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """An address to which the council lets no mail go."""
    made.replace(role, Serves(role, "Out Side", f"{role}@elsewhere.example"))


def _deputy(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """On leave, with a deputy, who may be on leave too."""
    holder = made.of(role)
    if holder is None:
        return
    made.serves.append(Serves(role, "De Puty", f"{role}.deputy@{DOMAIN}", "deputy"))
    first = begins + timedelta(days=chance.randrange(-3, 8))
    made.away.append(Away(holder.address, first, first + timedelta(days=chance.randrange(3, 15))))
    if chance.random() < 0.3:
        made.away.append(Away(f"{role}.deputy@{DOMAIN}", first, first + timedelta(days=4)))


def _leave(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """On leave, and nobody stands in."""
    for each in [each for each in made.serves if each.role == role]:
        made.away.append(Away(each.address, begins - timedelta(days=1), begins + timedelta(days=30)))


def _conflict(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """Whoever raises it holds a post that is asked to answer."""
    raiser = made.of(procedure.raiser.roles[0])
    if raiser is not None:
        made.replace(role, replace(raiser, role=role))
        made.raiser_name = raiser.name


def _several(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """A role that several people hold, one of them only for the team."""
    made.serves += [Serves(role, f"Se Veral {n}", f"{role}.{n}@{DOMAIN}") for n in range(2)]
    if chance.random() < 0.5:
        made.serves.append(Serves(role, "Own Team", f"{role}.team@{DOMAIN}", team=TEAM))


def _twice(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    """One person in two roles, their address spelt in two ways."""
    other, holder = chance.choice(sorted(procedure.roles)), made.of(role)
    if holder is not None and other not in procedure.raiser.roles:
        spelt = holder.address.capitalize() if chance.random() < 0.5 else holder.address
        made.replace(other, replace(holder, role=other, address=spelt))


def _raiser_away(made: Council, procedure: Procedure, role: str, chance: random.Random, begins: date) -> None:
    raiser = made.of(procedure.raiser.roles[0])
    if raiser is not None:
        made.raiser_name = raiser.name
        made.serves.append(Serves(raiser.role, "Another Raiser", f"another.raiser@{DOMAIN}"))
        first = begins + timedelta(days=chance.randrange(-2, 10))
        made.away.append(Away(raiser.address, first, first + timedelta(days=10)))


ODDITIES = {
    "an empty post": _vacant,
    "a post that ends": _ends,
    "a post that is filled": _appointed,
    "an address that is refused": _gone,
    "an address outside the domains": _outside,
    "leave with a deputy": _deputy,
    "leave without a deputy": _leave,
    "a concern of one's own": _conflict,
    "a role of several people": _several,
    "one person in two roles": _twice,
    "a raiser on leave": _raiser_away,
}
