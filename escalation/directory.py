"""Who holds a post on a date: roles stand in procedures, people in the directory."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from escalation.contradictions import Contradictions
from escalation.procedure import Role, Strict

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MOST_CHARACTERS = 254
BACKWARDS = "is before `first`"


def email_address(text: str) -> str:
    """One address as it may stand in a header: plain characters and one @. Raises ValueError."""
    if len(text) > MOST_CHARACTERS or not _ADDRESS.fullmatch(text):
        raise ValueError("is not an email address such as a.name@council.example")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise ValueError("must be a name on one line, without control characters")
    return text


Name = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]


class Person(Strict):
    name: Name
    email: Annotated[str, AfterValidator(email_address)]


class Dated(Strict):
    """Something that holds from `first` to `last`, both London dates included; open where not given."""

    first: date | None = None
    last: date | None = None

    def holds(self, on: date) -> bool:
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


Kind = Literal["holder", "deputy", "acting"]


class Post(Dated):
    """A person in a role. Acting and deputy serve while no holder is there; acting goes first."""

    role: Role
    person: str = Field(description="A key of `people`.")
    team: str | None = Field(None, description="None: for every team that has nobody of its own.")
    agency: str | None = Field(None, description="None: within the council, and for every agency.")
    kind: Kind = "holder"


class Leave(Dated):
    """Days on which a person answers nothing."""

    person: str
    first: date
    last: date


class Serving(NamedTuple):
    """Somebody who serves in a role, and as what."""

    person: Person
    kind: Kind


class Directory(Strict):
    """The people of a council, their posts and their leave."""

    people: dict[str, Person]
    posts: list[Post] = []
    leave: list[Leave] = []

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        faults = [*_strangers(self), *_backwards(self)]
        if faults:
            raise Contradictions(faults)
        return self

    def serving(
        self, role: str, team: str | None, on: date, agency: str | None = None, away: frozenset[str] = frozenset()
    ) -> list[Serving]:
        """Who serves in a role on a London date: the agency's and the team's own people first, else those for all.

        Holders on leave are stood in for by who acts for them, else by the deputy; `away` are addresses of further
        people who are known to be away. Empty where nobody is there.
        """
        missing = {address.casefold() for address in away}
        posts = [post for post in self.posts if post.role == role and post.holds(on)]
        scopes = [(its, own) for its in dict.fromkeys((agency, None)) for own in dict.fromkeys((team, None))]
        for its, own in scopes:
            serving = self._serving([post for post in posts if (post.agency, post.team) == (its, own)], on, missing)
            if serving:
                return serving
        return []

    def holders(self, role: str, team: str | None, on: date, agency: str | None = None) -> list[Person]:
        """The people of `serving`, whatever they serve as."""
        return [serving.person for serving in self.serving(role, team, on, agency)]

    def is_away(self, person_email: str, on: date) -> bool:
        """Whether somebody with this address is on leave on a London date; of a stranger nobody knows it."""
        return any(
            self.people[leave.person].email.casefold() == person_email.casefold()
            for leave in self.leave
            if leave.holds(on)
        )

    def _serving(self, posts: list[Post], on: date, missing: set[str]) -> list[Serving]:
        there = [post for post in posts if not self._away(post.person, on, missing)]
        holders = [post for post in posts if post.kind == "holder"]
        present = [post for post in there if post.kind == "holder"]
        if not present or present != holders:
            kinds = ([post for post in there if post.kind == kind] for kind in ("acting", "deputy"))
            present += next(filter(None, kinds), [])
        first_of_each = {post.person: post.kind for post in reversed(present)}
        return [Serving(self.people[key], first_of_each[key]) for key in dict.fromkeys(post.person for post in present)]

    def _away(self, person: str, on: date, missing: set[str]) -> bool:
        on_leave = any(leave.person == person and leave.holds(on) for leave in self.leave)
        return on_leave or self.people[person].email.casefold() in missing


def _strangers(directory: Directory) -> list[tuple[str, str]]:
    named = [
        *((f"posts.{n}.person", post.person) for n, post in enumerate(directory.posts)),
        *((f"leave.{n}.person", leave.person) for n, leave in enumerate(directory.leave)),
    ]
    return [(path, stranger(key)) for path, key in named if key not in directory.people]


def stranger(key: str) -> str:
    """What is said of a post or a leave of somebody whom the directory does not name."""
    return f"`{key}` is not one of `people`"


def _backwards(directory: Directory) -> list[tuple[str, str]]:
    dated: list[tuple[str, Dated]] = [
        *((f"posts.{n}.last", post) for n, post in enumerate(directory.posts)),
        *((f"leave.{n}.last", leave) for n, leave in enumerate(directory.leave)),
    ]
    return [(path, BACKWARDS) for path, span in dated if span.first and span.last and span.last < span.first]
