"""The commands `directory` that change one thing: a post, a leave, a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from cyclopts import App, Parameter

from config.settings import load
from escalation.directory import Kind
from starter.directory.making import change_of, key_of, known_key, make, make_said
from starter.office import Office

editing = App()
Reason = Annotated[str | None, Parameter(help="Why, for the list of changes.")]
Strange = Annotated[bool, Parameter(negative="", help="Even where no procedure names the role.")]
Anyway = Annotated[bool, Parameter(negative="", help="Even where nobody is left in operations.")]


@editing.command
def appoint(
    role: str,
    person: str,
    *,
    by: str,
    team: str | None = None,
    agency: str | None = None,
    kind: Kind = "holder",
    first: date | None = None,
    last: date | None = None,
    anyway: Strange = False,
    reason: Reason = None,
) -> int:
    """Somebody holds a post, or stands in for its holder.

    Parameters
    ----------
    role: str
        A role of the procedures, such as team_manager.
    person: str
        A person of the directory, by key, address or name.
    by: str
        Who changes it.
    team: str | None
        For this team alone.
    agency: str | None
        In this partner agency.
    kind: Kind
        holder, or acting or deputy for while no holder is there.
    first: date | None
        The first day, such as 2027-01-04.
    last: date | None
        The last day.
    """
    office = Office(load())
    dated = {"kind": kind, "first": first, "last": last}
    post = {"role": role, "person": key_of(office.people.now(), person), "team": team, "agency": agency, **dated}
    change = change_of({"do": "appoint", "post": post, "reason": reason})
    return make(office, change, by, anyway=anyway)


@editing.command
def end(
    role: str,
    person: str,
    *,
    last: date,
    by: str,
    team: str | None = None,
    agency: str | None = None,
    anyway: Anyway = False,
    reason: Reason = None,
) -> int:
    """The last day on which somebody is in a post. One that would begin later never does.

    Parameters
    ----------
    role: str
        The role of the post.
    person: str
        Whoever is in it, by key, address or name.
    last: date
        The last day, such as 2026-12-31.
    by: str
        Who changes it.
    team: str | None
        The team of the post, where it is one team's.
    agency: str | None
        The partner agency of the post.
    """
    office = Office(load())
    post = {"role": role, "person": key_of(office.people.now(), person), "team": team, "agency": agency, "last": last}
    return make_said(office, {"do": "end_post", **post, "reason": reason}, by, anyway=anyway)


@editing.command
def leave(person: str, *, first: date, last: date, by: str, reason: str | None = None) -> int:
    """Somebody answers nothing from a first to a last day: whoever stands in is asked.

    Parameters
    ----------
    person: str
        By key, address or name.
    first: date
        The first day away.
    last: date
        The last day away.
    by: str
        Who changes it.
    reason: str | None
        Why; nobody needs to know more than that somebody is away.
    """
    office = Office(load())
    said = {"person": key_of(office.people.now(), person), "first": first, "last": last, "reason": reason}
    return make_said(office, {"do": "take_leave", **said}, by)


@editing.command
def cancel_leave(person: str, *, first: date, by: str, last: date | None = None, reason: Reason = None) -> int:
    """Somebody is not on leave on these days after all; the rest of the leave stands.

    Parameters
    ----------
    person: str
        By key, address or name.
    first: date
        The first day that they are there after all.
    by: str
        Who changes it.
    last: date | None
        The last such day; to the end of the leave where not given.
    """
    office = Office(load())
    said = {"person": key_of(office.people.now(), person), "first": first, "last": last, "reason": reason}
    return make_said(office, {"do": "cancel_leave", **said}, by)


@editing.command
def person(
    key: str,
    *,
    by: str,
    name: str | None = None,
    email: str | None = None,
    remove: Annotated[bool, Parameter(negative="")] = False,
    anyway: Anyway = False,
    reason: Reason = None,
) -> int:
    """A person more, another name or address of somebody, or somebody out of it.

    Parameters
    ----------
    key: str
        What the directory is to call them, such as grace.obi; or whom it knows, by key, address or name.
    by: str
        Who changes it.
    name: str | None
        As letters address them.
    email: str | None
        Where they are written to.
    remove: bool
        Take out somebody who is in no post any more.
    """
    office = Office(load())
    people = office.people.now()
    if remove:
        return make_said(
            office, {"do": "remove_person", "key": key_of(people, key), "reason": reason}, by, anyway=anyway
        )
    known = known_key(people, key)
    said = people.people[known].model_dump() if known else {}
    said |= {field: text for field, text in (("name", name), ("email", email)) if text is not None}
    return make_said(office, {"do": "set_person", "key": known or key, **said, "reason": reason}, by)
