"""What did a month come to, under each procedure? Numbers alone: no reference, no name, nothing of a child."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from escalation.directory import Directory, Person
from escalation.fold import fold
from escalation.history import (
    CalendarPinned,
    Closed,
    Entry,
    Lapsed,
    LateResponse,
    NoticeGiven,
    Responded,
    StageEntered,
    Withdrawn,
)  # fmt: skip
from escalation.months import Month
from escalation.past import Past
from escalation.procedure import Procedure
from escalation.small_numbers import Shown, shown
from escalation.wire import Message
from escalation.working_days import Calendar

DIRECTORS = "directors"
"""The role of those who get the summary; the directory names them, and need not."""
NO_TEAM = ""
OUTCOMES = ("resolved", "unresolved", "no_longer_applicable", "withdrawn")
Told = Literal["in_time", "late", "not_at_all", "lapsed"]
ANSWERS: tuple[Told, ...] = ("in_time", "late", "not_at_all", "lapsed")


class Seen(Message):
    """One dispute as its history tells of it at the end of a month, and what it came to within it.

    `answers` are stages: at which it was answered in time, late, or not at all by the end of the month, and at which
    it lapsed. `within_cap` is of what was resolved, where there is a total time.
    """

    team: str | None = None
    raised: bool = False
    outcome: str | None = None
    within_cap: bool | None = None
    open: bool = False
    held: bool = False
    waiting_for: str | None = None
    raised_on: date | None = None
    answers: dict[Told, list[str]] = {}


class Counted(Message):
    """The numbers of one month. `open`, `held`, `waiting_for` and `longest_open` are of its end.

    `until`: of a month that is not over, the London date up to which it is counted.
    """

    month: str
    until: date | None = None
    raised: int = 0
    closed: dict[str, int] = {}
    resolved_within_cap: int = 0
    resolved_with_cap: int = 0
    open: int = 0
    held: int = 0
    waiting_for: dict[str, int] = {}
    longest_open: int | None = None
    in_time: dict[str, int] = {}
    late: dict[str, int] = {}
    not_at_all: dict[str, int] = {}
    lapsed: dict[str, int] = {}

    @property
    def all_closed(self) -> int:
        return sum(self.closed.values())


class ProcedureMonth(Message):
    """One procedure's month beside the month before. `teams` are said so that no small number can be told."""

    procedure: str
    title: str
    council: str
    cap_working_days: int | None = None
    stages: dict[str, str] = {}
    roles: dict[str, str] = {}
    this: Counted
    before: Counted
    teams: dict[str, dict[str, Shown]] = {}
    unread: int = Field(0, description="Disputes whose histories could not be read: they are not counted.")


class MonthlySummary(Message):
    """What directors are sent."""

    month: str
    title: str
    made_at: AwareDatetime
    procedures: list[ProcedureMonth] = []


def seen(procedure: Procedure, history: Sequence[Entry], month: Month) -> Seen | None:
    """What a history tells of a month. None where it was not yet raised, or is no dispute but another process."""
    # What was taken over in a later month was raised in this one, and its closed days were pinned after that.
    entries = [entry for entry in history if entry.at < month.ends or isinstance(entry, CalendarPinned)]
    past = Past.of(entries, procedure.process)
    if past is None or past.process is not None:
        return None
    ending = next((entry for entry in entries if isinstance(entry, Closed | Withdrawn)), None)
    ended_now = ending is not None and ending.at >= month.begins
    case = None if ending else fold(procedure, entries)
    resolved = ended_now and past.outcome == "resolved" and procedure.cap is not None
    return Seen(
        team=past.team,
        raised=past.raised_on is not None and past.raised_on >= month.first,
        outcome=past.outcome if ended_now else None,
        within_cap=not past.beyond_total_time if resolved else None,
        open=case is not None,
        held=case is not None and case.on_hold is not None,
        waiting_for=case.waiting_for if case else None,
        raised_on=past.raised_on,
        answers=_answers(entries, month),
    )


def _answers(entries: Iterable[Entry], month: Month) -> dict[Told, list[str]]:
    """By the first answer at each stay at a stage. What lapsed and was answered after all was answered, if late."""
    stay, lapses, first = 0, dict[int, Lapsed](), dict[int, Responded | LateResponse]()
    for entry in entries:
        if isinstance(entry, StageEntered | NoticeGiven):
            stay = entry.n
        elif isinstance(entry, Lapsed):
            lapses[stay] = entry
        elif isinstance(entry, Responded | LateResponse):
            first.setdefault(entry.visit, entry)
    found: dict[Told, list[Entry]] = {
        "in_time": [answer for answer in first.values() if isinstance(answer, Responded)],
        "late": [answer for answer in first.values() if isinstance(answer, LateResponse)],
        "not_at_all": [lapse for visit, lapse in lapses.items() if visit not in first],
        "lapsed": list(lapses.values()),
    }
    return {told: [e.stage for e in those if e.stage and e.at >= month.begins] for told, those in found.items()}


def counted(disputes: Iterable[Seen], month: Month, calendar: Calendar, today: date | None = None) -> Counted:
    """The numbers of a month, of every dispute that was seen in it. `today` falls into it where it is not over."""
    until = today if today and today <= month.last else None
    those = list(disputes)
    still_open = [one for one in those if one.open]
    ended = Counter(one.outcome for one in those if one.outcome)
    capped = [one.within_cap for one in those if one.within_cap is not None]
    days = [calendar.between(one.raised_on, until or month.last) for one in still_open if one.raised_on]
    answers = {told: dict(Counter(stage for one in those for stage in one.answers.get(told, []))) for told in ANSWERS}
    return Counted.model_validate({
        "month": str(month),
        "until": until,
        "raised": sum(one.raised for one in those),
        "closed": {outcome: ended[outcome] for outcome in OUTCOMES},
        "resolved_within_cap": sum(capped),
        "resolved_with_cap": len(capped),
        "open": len(still_open),
        "held": sum(one.held for one in still_open),
        "waiting_for": dict(Counter(one.waiting_for for one in still_open if one.waiting_for).most_common()),
        "longest_open": max(days, default=None),
        **answers,
    })  # fmt: skip


def month_of(
    procedure: Procedure,
    now: Sequence[Seen],
    before: Sequence[Seen],
    month: Month,
    calendar: Calendar,
    today: date | None = None,
    unread: int = 0,
) -> ProcedureMonth | None:
    """One procedure's part of the summary, in its newest words; None where there was nothing in either month.

    Of a month in which `today` falls everything is counted up to it.
    """
    this, last = counted(now, month, calendar, today), counted(before, month.before, calendar)
    if not (_anything(this) or _anything(last) or unread):
        return None
    roles = {role: procedure.role_title(role) for role in this.waiting_for}
    return ProcedureMonth(
        procedure=procedure.key,
        title=procedure.title,
        council=procedure.council,
        cap_working_days=procedure.cap.working_days if procedure.cap else None,
        stages=procedure.stage_titles(),
        roles=roles,
        this=this,
        before=last,
        teams=by_team(now),
        unread=unread,
    )


def _anything(month: Counted) -> bool:
    return bool(month.raised or month.all_closed or month.open or any(month.lapsed.values()))


def by_team(disputes: Iterable[Seen]) -> dict[str, dict[str, Shown]]:
    """What was raised and what was open at the end, by team; empty where there are not two teams to tell apart."""
    those = [one for one in disputes if one.raised or one.open]
    teams = sorted({one.team or NO_TEAM for one in those})
    if len(teams) < 2:  # noqa: PLR2004 - one team's numbers are those of all
        return {}
    raised = shown({team: sum(one.raised for one in those if (one.team or NO_TEAM) == team) for team in teams})
    open_ = shown({team: sum(one.open for one in those if (one.team or NO_TEAM) == team) for team in teams})
    return {team: {"raised": raised[team], "open": open_[team]} for team in teams}


def directors(directory: Directory, on: date) -> list[Person]:
    """Whoever gets the summary, on leave too: it is not urgent, and waits for them."""
    posts = [post for post in directory.posts if post.role == DIRECTORS and post.holds(on) and post.kind != "deputy"]
    return list(dict.fromkeys(directory.people[post.person] for post in posts))
