"""What can be changed in a directory, and what is the directory afterwards?

Changes are kept for years: add optional fields; never rename, remove or re-type one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from escalation.directory import Directory, Kind, Leave, Name, Person, Post, email_address
from escalation.procedure import Role, Strict
from escalation.wire import Message

A_DAY = timedelta(days=1)


def _needs_do(schema: dict[str, Any]) -> None:
    schema["required"] = ["do", *schema.get("required", [])]


class Change(Strict):
    """Something that a person changes in the directory."""

    model_config = ConfigDict(json_schema_extra=_needs_do)

    reason: Annotated[str, Field(max_length=2_000)] | None = None


class Import(Change):
    """Another directory instead of the whole one."""

    do: Literal["import"] = "import"
    directory: Directory


class Appoint(Change):
    """A post more, from its first day to its last."""

    do: Literal["appoint"] = "appoint"
    post: Post


class EndPost(Change):
    """The last day on which somebody is in a post. One that would begin later never does."""

    do: Literal["end_post"] = "end_post"
    role: Role
    person: str
    team: str | None = None
    agency: str | None = None
    kind: Kind | None = Field(None, description="None: whatever they are in it.")
    last: date


class TakeLeave(Change):
    """Days on which somebody answers nothing."""

    do: Literal["take_leave"] = "take_leave"
    person: str
    first: date
    last: date


class CancelLeave(Change):
    """Days on which somebody is not on leave after all; the rest of the leave stands."""

    do: Literal["cancel_leave"] = "cancel_leave"
    person: str
    first: date
    last: date | None = Field(None, description="None: to the end of the leave.")


class SetPerson(Change):
    """A person more, or a name or an address that has changed."""

    do: Literal["set_person"] = "set_person"
    key: Annotated[str, Field(min_length=1, max_length=254)]
    name: Name
    email: Annotated[str, AfterValidator(email_address)]


class RemovePerson(Change):
    """Somebody who is in no post any more, with what they held once."""

    do: Literal["remove_person"] = "remove_person"
    key: str


AnyChange = Annotated[
    Import | Appoint | EndPost | TakeLeave | CancelLeave | SetPerson | RemovePerson, Field(discriminator="do")
]


class Changed(Message):
    """A change as it is kept: the `n`th, when, and by whom."""

    n: int
    at: AwareDatetime
    by: Name
    change: AnyChange


# What it comes to -----------------------------------------------------------------------------------------------------


def after(directory: Directory, change: AnyChange) -> Directory:
    """The directory after a change that was accepted once; it is not judged again."""
    people, posts, leave = directory.people, directory.posts, directory.leave
    match change:
        case Import():
            return change.directory
        case Appoint():
            posts = [*posts, change.post]
        case EndPost():
            posts = [ended for post in posts for ended in _ended(post, change)]
        case TakeLeave():
            leave = [*leave, Leave(person=change.person, first=change.first, last=change.last)]
        case CancelLeave():
            leave = [left for each in leave for left in _left_of(each, change)]
        case SetPerson():
            people = {**people, change.key: Person(name=change.name, email=change.email)}
        case RemovePerson():
            people = {key: person for key, person in people.items() if key != change.key}
            posts = [post for post in posts if post.person != change.key]
            leave = [each for each in leave if each.person != change.key]
    return directory.model_copy(update={"people": people, "posts": posts, "leave": leave})


def ends(post: Post, change: EndPost) -> bool:
    """Whether a post is one that the change ends."""
    same = (post.role, post.person, post.team, post.agency) == (change.role, change.person, change.team, change.agency)
    return same and change.kind in {None, post.kind} and (post.last is None or post.last > change.last)


def _ended(post: Post, change: EndPost) -> Iterator[Post]:
    if not ends(post, change):
        yield post
    elif post.first is None or post.first <= change.last:
        yield post.model_copy(update={"last": change.last})


def cuts(leave: Leave, change: CancelLeave) -> bool:
    """Whether a leave has days that the change cancels."""
    ends_after = leave.last >= change.first
    return leave.person == change.person and ends_after and (change.last is None or leave.first <= change.last)


def _left_of(leave: Leave, change: CancelLeave) -> Iterator[Leave]:
    """What of a leave stands before the days that are cancelled, and after them."""
    if not cuts(leave, change):
        yield leave
        return
    if leave.first < change.first:
        yield leave.model_copy(update={"last": change.first - A_DAY})
    if change.last and change.last < leave.last:
        yield leave.model_copy(update={"first": change.last + A_DAY})
