"""May the directory be changed like this? Every reason against it at once, each with the way out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from escalation.contradictions import FaultAt
from escalation.directory import BACKWARDS, Dated, Directory, Person, Post
from escalation.directory_changes import (
    AnyChange,
    Appoint,
    CancelLeave,
    EndPost,
    Import,
    RemovePerson,
    SetPerson,
    TakeLeave,
    after,
    cuts,
    ends,
)  # fmt: skip
from escalation.directory_told import position, spoken
from escalation.errors import TwentydaysError


class RefusedChange(TwentydaysError):
    """A change was refused; it holds every fault at once, each with the field that it is about."""

    def __init__(self, faults: list[FaultAt]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{field}: {message}" for field, message in faults))


def apply(directory: Directory, change: AnyChange, today: date) -> Directory:
    """The directory as it is after a change that is made on a London date. Raises RefusedChange with every fault."""
    if found := list(faults(directory, change, today)):
        raise RefusedChange(found)
    return after(directory, change)


def faults(directory: Directory, change: AnyChange, today: date) -> Iterator[FaultAt]:
    """Every reason not to make a change: (field, what is wrong and the way out)."""
    match change:
        case Import():
            yield from _without_posts(change.directory)
            yield from shared_addresses(change.directory)
        case Appoint():
            yield from _known(directory, "post.person", change.post.person)
            yield from backwards(change)
            yield from _held_already(directory, change.post)
        case EndPost():
            yield from _known(directory, "person", change.person)
            if change.person in directory.people and not any(ends(post, change) for post in directory.posts):
                yield "role", f"they are in no such post after that day; {_posts_of(directory, change.person)}"
        case TakeLeave():
            yield from _known(directory, "person", change.person)
            yield from backwards(change)
            yield from _away_already(directory, change)
        case CancelLeave():
            yield from _known(directory, "person", change.person)
            yield from backwards(change)
            if change.person in directory.people and not any(cuts(leave, change) for leave in directory.leave):
                yield "first", "they are on no leave then"
        case SetPerson():
            others = (key for key, other in directory.people.items() if _at(other, change.email) and key != change.key)
            yield from (("email", f"is the address of {directory.people[key].name} ({key})") for key in others)
        case RemovePerson():
            yield from _known(directory, "key", change.key)
            yield from _still_in_post(directory, change.key, today)


def backwards(change: AnyChange) -> Iterator[FaultAt]:
    """Days that end before they begin, whatever the directory is."""
    match change:
        case Appoint():
            yield from _in_order("post.last", change.post)
        case TakeLeave() | CancelLeave():
            yield from _in_order("last", change)


def _without_posts(directory: Directory) -> Iterator[FaultAt]:
    if not directory.posts:
        yield "directory.posts", "there are none: nobody would be asked or told anything; name who is in which role"


def shared_addresses(directory: Directory) -> Iterator[FaultAt]:
    """One address under two names: nobody could say who of them was written to."""
    first: dict[str, Person] = {}
    for key, person in directory.people.items():
        known = first.setdefault(person.email.casefold(), person)
        if known.name != person.name:
            yield f"people.{key}.email", f"is the address of {known.name} too; give each person their own"


def _known(directory: Directory, field: str, key: str) -> Iterator[FaultAt]:
    if key not in directory.people:
        yield field, f"`{key}` is not one of the directory's people; add them first"


def _in_order(field: str, span: Dated | TakeLeave | CancelLeave) -> Iterator[FaultAt]:
    if span.first and span.last and span.last < span.first:
        yield field, BACKWARDS


def _held_already(directory: Directory, post: Post) -> Iterator[FaultAt]:
    undated = {"first": None, "last": None}
    same = post.model_copy(update=undated)
    for held in directory.posts:
        if held.model_copy(update=undated) == same and _overlap(held, post):
            yield "post", f"{directory.people[held.person].name} is in this post already{spoken(held.first, held.last)}"


def _away_already(directory: Directory, asked: TakeLeave) -> Iterator[FaultAt]:
    for leave in directory.leave:
        if leave.person == asked.person and _overlap(leave, asked):
            yield "first", f"they are on leave already{spoken(leave.first, leave.last)}; cancel that first"


def _still_in_post(directory: Directory, key: str, today: date) -> Iterator[FaultAt]:
    for post in directory.posts:
        if post.person == key and (post.last is None or post.last >= today):
            yield "key", f"is still in the post {post.role}{spoken(post.first, post.last)}; end it first"


def _posts_of(directory: Directory, key: str) -> str:
    theirs = [post for post in directory.posts if post.person == key]
    return "they are " + ("; ".join(f"{position(post)}{spoken(post.first, post.last)}" for post in theirs) or "in none")


def _overlap(one: Dated, other: Dated | TakeLeave) -> bool:
    begins_in_time = one.first is None or other.last is None or one.first <= other.last
    return begins_in_time and (other.first is None or one.last is None or other.first <= one.last)


def _at(person: Person, address: str) -> bool:
    return person.email.casefold() == address.casefold()
