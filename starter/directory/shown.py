"""What does the directory say on a date, as a document: who serves, who is away, where it comes from, what changed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, PlainSerializer

from escalation.directory import Directory, Kind
from escalation.directory_changes import Changed
from escalation.directory_told import Title, in_words, told
from escalation.wire import Message
from escalation.working_days import LONDON
from register.store import Register
from starter.office import Office


def _in_london(instant: datetime) -> str:
    return instant.astimezone(LONDON).isoformat()


Instant = Annotated[AwareDatetime, PlainSerializer(_in_london, when_used="json")]


class ServingShown(Message):
    """Somebody who serves in a post."""

    name: str
    email: str
    kind: Kind


class PostShown(Message):
    """A role, for a team or an agency where it has people of its own, and who serves in it."""

    role: str
    team: str | None = None
    agency: str | None = None
    serving: list[ServingShown]
    away: list[str] = []


class AwayShown(Message):
    """Somebody who is on leave on the date, and the last day of it."""

    name: str
    email: str
    last: date


class DirectoryShown(Message):
    """The directory on a London date. `counts`: whose directory it is, the register's or the file's."""

    counts: Literal["register", "file"]
    changes: int = 0
    changed_at: Instant | None = None
    changed_by: str | None = None
    on: date
    posts: list[PostShown]
    away: list[AwayShown]


class ChangeShown(Message):
    """One change, in a sentence."""

    n: int
    at: Instant
    by: str
    do: str
    says: str
    reason: str | None = None


def shown(office: Office, day: date, role: str | None = None, team: str | None = None) -> DirectoryShown:
    """Who serves on a London date: in every post, or in those of one role, of one team."""
    latest, directory = office.register.people.latest(), office.people.now()
    return DirectoryShown(
        counts="register" if latest else "file",
        changes=latest.n if latest else 0,
        changed_at=latest.at if latest else None,
        changed_by=latest.by if latest else None,
        on=day,
        posts=list(_posts(directory, day, role, team)),
        away=list(_away(directory, day)),
    )


def _posts(directory: Directory, day: date, role: str | None, team: str | None) -> Iterator[PostShown]:
    every = {(post.role, post.team, post.agency) for post in directory.posts}
    for scope in sorted(every, key=lambda scope: tuple(part or "" for part in scope)):
        if role in {None, scope[0]} and team in {None, scope[1]}:
            yield post_shown(directory, day, *scope)


def _away(directory: Directory, day: date) -> Iterator[AwayShown]:
    for leave in directory.leave:
        if leave.holds(day):
            person = directory.people[leave.person]
            yield AwayShown(name=person.name, email=person.email, last=leave.last)


def post_shown(directory: Directory, day: date, role: str, team: str | None, agency: str | None) -> PostShown:
    """Who would be asked in a role on a date, and who of its people is away."""
    serving = directory.serving(role, team, day, agency)
    posts = [post for post in directory.posts if (post.role, post.team, post.agency) == (role, team, agency)]
    people = [directory.people[post.person] for post in posts if post.holds(day)]
    return PostShown(
        role=role,
        team=team,
        agency=agency,
        serving=[ServingShown(name=who.name, email=who.email, kind=kind) for who, kind in serving],
        away=list(dict.fromkeys(person.name for person in people if directory.is_away(person.email, day))),
    )


def changes_shown(register: Register, limit: int, title: Title = in_words) -> list[ChangeShown]:
    """The latest changes, newest first."""
    return [change_shown(changed, before, title) for changed, before in register.people.changes(limit)]


def change_shown(changed: Changed, before: Directory, title: Title = in_words) -> ChangeShown:
    change = changed.change
    says = told(change, before, title)
    return ChangeShown(n=changed.n, at=changed.at, by=changed.by, do=change.do, says=says, reason=change.reason)
