"""Which posts will be empty while somebody in them has to answer? Asked days ahead, while it can still be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from escalation.case import Case
from escalation.directory import Directory
from escalation.procedure import Stage
from escalation.wire import Message


class Gap(Message):
    """Working days on which nobody serves in a role that is asked, or is about to be."""

    reference: str
    stage: str
    asked: Literal["now", "next"]
    role: str
    team: str | None = None
    agency: str | None = None
    first: date
    last: date
    because: Literal["vacant", "away"]
    away: tuple[str, ...] = ()


def gaps(cases: Iterable[Case], directory: Directory, today: date, days: int) -> list[Gap]:
    """Every gap from a London date to so many working days after it, the nearest first.

    Of the stage now, until it is due; of the stage after it, from the day on which it will be asked if nobody answers.
    """
    found = [gap for case in cases if case.open and case.awaits_answer for gap in _of(case, directory, today, days)]
    return sorted(found, key=lambda gap: (gap.first, gap.reference, gap.role))


def _of(case: Case, directory: Directory, today: date, days: int) -> Iterator[Gap]:
    end = case.calendar.after(today, days)
    due = case.due.day if case.due else None
    for role in case.addressees():
        yield from _runs(case, directory, case.stage, role, "now", _working(case, today, min(due or end, end)))
    following = case.next_stage
    if following is None or due is None or case.stage.on_lapse != "advance":
        return
    asked_on = max(due, today)
    answers_by = case.calendar.after(asked_on, following.response.working_days or days)
    for role in following.addressee:
        ahead = _working(case, asked_on, min(answers_by, end))
        yield from _runs(case, directory, following, role, "next", ahead)


def _working(case: Case, first: date, last: date) -> list[date]:
    """The working days of a span, and its first day in any case: it may be asked on that."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if day == first or case.calendar.is_working(day)]


def _runs(
    case: Case, directory: Directory, stage: Stage, role: str, asked: Literal["now", "next"], days: list[date]
) -> Iterator[Gap]:
    contact = case.procedure.contacts.get(role)
    if role in case.contacts or (contact and contact.email):
        return
    empty = groupby(days, key=lambda day: not directory.serving(role, case.team, day, case.agency))
    for run in (list(found) for is_empty, found in empty if is_empty):
        away = _away(case, directory, role, run)
        yield Gap(
            reference=case.reference,
            stage=stage.key,
            asked=asked,
            role=role,
            team=case.team,
            agency=case.agency,
            first=run[0],
            last=run[-1],
            because="away" if away else "vacant",
            away=tuple(away),
        )


def _away(case: Case, directory: Directory, role: str, days: list[date]) -> list[str]:
    """Who would serve if they were there."""
    scopes = {(agency, team) for agency in (case.agency, None) for team in (case.team, None)}
    held = [post for post in directory.posts if post.role == role and (post.agency, post.team) in scopes]
    return list(
        dict.fromkeys(directory.people[post.person].name for post in held if any(post.holds(day) for day in days))
    )
