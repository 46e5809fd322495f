"""How a change of the directory is told in a sentence, and how do two directories differ?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from escalation.directory import Directory, Post
from escalation.directory_changes import (
    AnyChange,
    Appoint,
    CancelLeave,
    EndPost,
    Import,
    RemovePerson,
    SetPerson,
    TakeLeave,
    ends,
)  # fmt: skip
from escalation.words import on

Title = Callable[[str], str]
"""How a role is called."""
AS: dict[str, str] = {"holder": "", "acting": "acting ", "deputy": "deputy "}


def in_words(role: str) -> str:
    return role.replace("_", " ")


def told(change: AnyChange, before: Directory, title: Title = in_words) -> str:
    """One change in a sentence; `before` knows the names."""

    def name(key: str) -> str:
        return before.people[key].name if key in before.people else key

    match change:
        case Import():
            return f"A directory was imported: {contents(change.directory)}."
        case Appoint(post=post):
            return f"{name(post.person)} is {position(post, title)}{spoken(post.first, post.last)}."
        case EndPost():
            held = " and ".join(position(post, title) for post in before.posts if ends(post, change))
            return f"{name(change.person)} is {held or title(change.role)} until {on(change.last)}, and no longer."
        case TakeLeave():
            return f"{name(change.person)} is on leave{spoken(change.first, change.last)}."
        case CancelLeave():
            return f"{name(change.person)} is not on leave{spoken(change.first, change.last)} after all."
        case SetPerson(key=key) if key not in before.people:
            return f"{change.name} was added, at {change.email}."
        case SetPerson():
            return f"{name(change.key)} is now {change.name}, at {change.email}."
        case RemovePerson():
            return f"{name(change.key)} was taken out."


def position(post: Post, title: Title = in_words) -> str:
    """deputy team manager of Care Team 1, Police"""
    where = ", ".join(part for part in (post.team, post.agency) if part)
    return f"{AS[post.kind]}{title(post.role)}{f' of {where}' if where else ''}"


def spoken(first: date | None, last: date | None) -> str:
    """` from Monday 4 January 2027 until Friday 8 January 2027`; empty where neither is given."""
    if first and first == last:
        return f" on {on(first)}"
    begins = f" from {on(first)}" if first else ""
    return f"{begins} until {on(last)}" if last else begins


def contents(directory: Directory) -> str:
    """61 people, 1 post, no leave"""
    people, posts, leave = len(directory.people), len(directory.posts), len(directory.leave)
    counted = f"{people or 'no'} {'person' if people == 1 else 'people'}, {posts or 'no'} post{'s' * (posts != 1)}"
    return f"{counted}, {'no leave' if leave == 0 else f'{leave} on leave'}"


# How two differ -------------------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One thing that another directory brings."""

    what: Literal["added", "ended", "changed"]
    sentence: str


def differences(before: Directory, now: Directory, title: Title = in_words) -> list[Difference]:
    """What is added, ended and changed from one directory to another. People are known by their addresses."""
    return [*_of_people(before, now), *_of_posts(before, now, title), *_of_leave(before, now)]


def _of_people(before: Directory, now: Directory) -> Iterator[Difference]:
    old, new = _by_address(before), _by_address(now)
    for address, name in new.items():
        if address not in old:
            yield Difference("added", f"{name}, {address}")
        elif old[address] != name:
            yield Difference("changed", f"{old[address]} is called {name}")
    yield from (Difference("ended", f"{name}, {address}") for address, name in old.items() if address not in new)


def _by_address(directory: Directory) -> dict[str, str]:
    return {person.email.casefold(): person.name for person in directory.people.values()}


Position = tuple[str, Post]
"""The address of a person, and what they are, without dates."""
Span = tuple[date | None, date | None]


def _of_posts(before: Directory, now: Directory, title: Title) -> Iterator[Difference]:
    old, new = _positions(before), _positions(now)
    names = _by_address(before) | _by_address(now)
    for (address, post), spans in new.items():
        is_one = f"{names[address]} is {position(post, title)}"
        was = old.get((address, post))
        if was is None:
            yield from (Difference("added", f"{is_one}{spoken(*span)}") for span in spans)
        elif was != spans:
            yield Difference("changed", f"{is_one}{_spans(spans)}; it was{_spans(was)}")
    for (address, post), spans in old.items():
        if (address, post) not in new:
            yield Difference("ended", f"{names[address]} was {position(post, title)}{_spans(spans, '')}")


def _positions(directory: Directory) -> dict[Position, list[Span]]:
    found: dict[Position, list[Span]] = {}
    for post in directory.posts:
        held = post.model_copy(update={"person": "", "first": None, "last": None})
        address = directory.people[post.person].email.casefold()
        found.setdefault((address, held), []).append((post.first, post.last))
    return found


def _spans(spans: list[Span], always: str = " for good") -> str:
    return " and".join(spoken(*span) or always for span in spans)


def _of_leave(before: Directory, now: Directory) -> Iterator[Difference]:
    old, new = _leaves(before), _leaves(now)
    yield from (Difference("added", sentence) for sentence in new if sentence not in old)
    yield from (Difference("ended", sentence) for sentence in old if sentence not in new)


def _leaves(directory: Directory) -> list[str]:
    return [
        f"{directory.people[leave.person].name} is on leave{spoken(leave.first, leave.last)}"
        for leave in directory.leave
    ]
