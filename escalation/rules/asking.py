"""What time brings that outlives the close: "was it done?", "what changed?", and how both are chased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from escalation.case import Case
from escalation.follow_up import Promise
from escalation.history import ChangeAsked, OfferEnded, PromiseDue, Reminded, TurnPassed
from escalation.rules import turns
from escalation.rules.office_hours import is_office_hours
from escalation.rules.page import Page
from escalation.working_days import london_date, opening_of


def elapse(page: Page) -> None:
    """In office hours, as every reminder. A question that is put anew is chased from then on."""
    if not page.case.visits or not page.case.follow_ups.outstanding or not is_office_hours(page.case, page.at):
        return
    _ask_whether_done(page)
    _ask_what_changed(page)
    _chase(page)
    _pass_turn(page)
    _end_offers(page)


def next_instant(case: Case) -> datetime | None:
    """When one of these is next due; it may lie in the past, until offices open."""
    if not case.visits or not case.follow_ups.outstanding:
        return None
    now = case.follow_ups
    instants = [_asked_at(case, promise) for promise in now.unanswered if not promise.asked]
    instants += [_offer_ends(case, promise) for promise in now.offered]
    instants += [opening_of(_working(case, now.ask_on))] if now.ask_on else []
    if now.questions and now.since:
        instants.append(turns.reminder_after(case, now.since, now.reminders))
    passes = _passes_at(case)
    return min([*instants, *([passes] if passes else [])], default=None)


def pass_on(page: Page, because: Literal["not_taken", "leave"]) -> None:
    """The raiser's line manager may answer too; the concern stays the raiser's."""
    if _may_pass(page.case):
        to = page.case.procedure.raiser.line_manager
        stage = page.case.visit.stage
        page.write(TurnPassed(at=page.at, stage=stage, to=to, because=because, about="follow_up"))


def _ask_whether_done(page: Page) -> None:
    """All whose date has come, in one question."""
    case = page.case
    unasked = [promise for promise in case.follow_ups.unanswered if not promise.asked]
    due = [promise.n for promise in unasked if _asked_at(case, promise) <= page.at]
    if due:
        page.write(PromiseDue(at=page.at, stage=case.visit.stage, promises=due))


def _ask_what_changed(page: Page) -> None:
    day = page.case.follow_ups.ask_on
    if day and opening_of(_working(page.case, day)) <= page.at:
        page.write(ChangeAsked(at=page.at, stage=page.case.visit.stage))


def _chase(page: Page) -> None:
    now = page.case.follow_ups
    if not now.questions or now.since is None:
        return
    passed = now.reminders
    while turns.reminder_after(page.case, now.since, passed) <= page.at:
        passed += 1
    if passed > now.reminders:
        stage = page.case.visit.stage
        page.write(Reminded(at=page.at, stage=stage, whom="raiser", count=passed, about="follow_up"))


def _pass_turn(page: Page) -> None:
    when = _passes_at(page.case)
    if when is not None and when <= page.at:
        pass_on(page, "not_taken")


def _passes_at(case: Case) -> datetime | None:
    after, since = case.procedure.reminders.pass_turn_after, case.follow_ups.since
    if after is None or since is None or not _may_pass(case):
        return None
    return opening_of(case.calendar.after(london_date(since), after))


def _may_pass(case: Case) -> bool:
    now = case.follow_ups
    return bool(now.questions) and now.passed_to is None and case.raiser != case.procedure.raiser.line_manager


def _end_offers(page: Page) -> None:
    """A linked escalation may be begun for so long; nothing waits for it for ever."""
    case = page.case
    over = [promise.n for promise in case.follow_ups.offered if _offer_ends(case, promise) <= page.at]
    if over:
        page.write(OfferEnded(at=page.at, stage=case.visit.stage, promises=over))


def _offer_ends(case: Case, promise: Promise) -> datetime:
    answered = london_date(promise.answered_at or promise.dated_at)
    return opening_of(case.calendar.after(answered, case.procedure.follow_up.offer_stands_working_days))


def _asked_at(case: Case, promise: Promise) -> datetime:
    """At 9am of its date; of one that was promised for the same day, on the next working day."""
    made = london_date(promise.dated_at)
    day = promise.done_by if promise.done_by > made else case.calendar.after(made, 1)
    return opening_of(_working(case, day))


def _working(case: Case, day: date) -> date:
    """The date itself, or the next working day."""
    return day if case.calendar.is_working(day) else case.calendar.after(day, 1)
