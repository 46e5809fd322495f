"""Which posts will be empty while somebody in them has to answer? Asked days ahead, while it can still be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from escalation.case import Case
from escalation.directory import Directory
from escalation.procedure import Stage
from escalation.wire import Message
from escalation.working_days import Calendar, london_date

DAYS_AHEAD = 10
"""Working days: how far the alarm of the morning looks."""


class Gap(Message):
    """Working days on which nobody serves in a role that is asked, or is about to be.

    `first` and `last` are of the days that were looked at; `since` is the day on which it began, if that is past.
    `due` is when the stage now is due, and with it the next one asked.
    """

    reference: str
    stage: str
    asked: Literal["now", "next"]
    role: str
    team: str | None = None
    agency: str | None = None
    first: date
    last: date
    since: date | None = None
    due: date | None = None
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
    asked = case.visit.lapsed_due or london_date(case.visit.entered_at)
    for role in case.addressees():
        span = _Span(min(asked, today), min(due or end, end), today)
        yield from _runs(case, directory, case.stage, role, "now", span)
    following = case.next_stage
    if following is None or due is None or case.stage.on_lapse != "advance":
        return
    asked_on = max(due, today)
    answers_by = case.calendar.after(asked_on, following.response.working_days or days)
    for role in following.addressee:
        yield from _runs(case, directory, following, role, "next", _Span(due, min(answers_by, end), today))


class _Span(NamedTuple):
    """From the day on which somebody is asked, perhaps a past one."""

    first: date
    last: date
    looked_on: date

    def days(self, calendar: Calendar) -> list[date]:
        """Its working days; in any case its first day and that of looking: somebody may be asked on those."""
        every = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return [day for day in every if day in {self.first, self.looked_on} or calendar.is_working(day)]


def _runs(
    case: Case, directory: Directory, stage: Stage, role: str, asked: Literal["now", "next"], span: _Span
) -> Iterator[Gap]:
    contact = case.procedure.contacts.get(role)
    if role in case.contacts or (contact and contact.email):
        return
    days = groupby(span.days(case.calendar), key=lambda day: not directory.serving(role, case.team, day, case.agency))
    for run in (list(found) for is_empty, found in days if is_empty):
        if run[-1] < span.looked_on:
            continue
        away = _away(case, directory, role, [day for day in run if day >= span.looked_on])
        yield Gap(
            reference=case.reference,
            stage=stage.key,
            asked=asked,
            role=role,
            team=case.team,
            agency=case.agency,
            first=max(run[0], span.looked_on),
            last=run[-1],
            since=run[0],
            due=case.due.day if case.due else None,
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
