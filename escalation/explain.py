"""Why a date is the date: every day from day 0 to the deadline, counted or skipped, with the reason; and what binds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import field_serializer

from escalation.case import Case
from escalation.wire import Message
from escalation.working_days import LONDON, Calendar, end_of


class Day(Message):
    """One date: its number where it counts, else the reason why it does not."""

    date: date
    counts_as: int | None = None
    skipped: str | None = None


class Count(Message):
    """One clock: from day 0, so many working days, to a deadline."""

    clock: str
    rule: str
    day_zero: date
    working_days: int
    due: datetime
    days: list[Day]

    @field_serializer("due")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class Explanation(Message):
    """Every running clock of an escalation, and which one binds."""

    reference: str
    calendar: str
    counts: list[Count]
    binds: str | None = None
    why_not_running: str | None = None


def explain(case: Case) -> Explanation:
    """The clocks of the current stage and of the whole."""
    counts = [*_stage_counts(case), *_cap_count(case)]
    due = case.due
    binds = ("total time" if due.clipped else case.clock_name(case.visit)) if due else None
    return Explanation(
        reference=case.reference,
        calendar=f"{case.calendar.source}, revision {case.calendar.revision}{_end_of_calendar(case.calendar, counts)}",
        counts=counts,
        binds=binds,
        why_not_running=None if due else _why_not_running(case),
    )


def _end_of_calendar(calendar: Calendar, counts: list[Count]) -> str:
    if all(calendar.covers(count.days[-1].date) for count in counts):
        return ""
    return f"; it ends on {calendar.last}, after which only weekends are left out"


def _stage_counts(case: Case) -> Iterator[Count]:
    visit = case.visit
    if visit.day_zero is None or visit.working_days is None:
        return
    reason = "the day on which its alert was accepted"
    if visit.notice_period:
        reason = "the day on which notice was accepted"
    if visit.lapsed_due == visit.day_zero:
        reason = "the due date of the stage that lapsed"
    if visit.taken_over:
        reason = "the day 0 given when it was taken over"
    spans = [(visit.working_days, f"{visit.working_days} working days after {reason}")]
    spans += [(more, f"{more} working days more, from the old due date") for more in visit.extensions]
    start = visit.day_zero
    for granted, (days, rule) in enumerate(spans):
        yield _count(case, case.clock_name(visit), start, days, rule)
        start = _due_with(case, visit.extensions[:granted], start)


def _due_with(case: Case, extensions: tuple[int, ...], otherwise: date) -> date:
    """The deadline before more time was granted: where the cap cut it short, more time counts from there."""
    visit = case.visit.model_copy(update={"extensions": extensions})
    due = case.due_of(visit)
    return due.day if due else otherwise


def _cap_count(case: Case) -> Iterator[Count]:
    cap = case.procedure.cap
    if cap and case.cap_day_zero:
        rule = f"{cap.working_days} working days in total, counted once"
        yield _count(case, "total time", case.cap_day_zero, cap.working_days, rule)


def _count(case: Case, clock: str, day_zero: date, working_days: int, rule: str) -> Count:
    last = case.calendar.after(day_zero, working_days)
    return Count(
        clock=clock,
        rule=rule,
        day_zero=day_zero,
        working_days=working_days,
        due=end_of(last, case.procedure.end_of_day),
        days=list(_days(case.calendar, day_zero, last)),
    )


def _days(calendar: Calendar, day_zero: date, last: date) -> Iterator[Day]:
    yield Day(date=day_zero, skipped="day 0")
    counted = 0
    for n in range(1, (last - day_zero).days + 1):
        day = day_zero + timedelta(days=n)
        closed = calendar.reason_closed(day)
        counted += closed is None
        yield Day(date=day, skipped=closed) if closed else Day(date=day, counts_as=counted)


def _why_not_running(case: Case) -> str:
    match case.status:
        case "closed" | "withdrawn":
            return "The escalation has ended."
        case "referred":
            return "The matter is with CAFCASS; no stage runs."
        case "unresolved_hold":
            return "The escalation is on hold: the raiser decides what follows."
        case "awaiting_iro_decision":
            return "The stage has been answered or has lapsed: the raiser decides."
    if case.alert_accepted:
        return "This stage has no time of its own: the raiser decides when to go on."
    return "No mail server has accepted the alert yet, so its days have not begun."
