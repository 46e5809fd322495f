"""What happens when a manager is silent, and all else that time alone brings: lapse, cap, reminders, alarms.

`elapse` applies what has become due by `now`; `next_wake` says when it must be asked again. A stage lapses only after
its inbox was read past the deadline and held nothing (`silence_needs_proof`): silence is proven, not assumed.
"""

from __future__ import annotations

from datetime import datetime

from escalation.case import Case
from escalation.deadlines import GRACE, Due
from escalation.history import AlertNotAccepted, CapReached, Lapsed, Reminded
from escalation.rules import asking, ladder, turns
from escalation.rules.office_hours import is_office_hours, office_hours_from
from escalation.rules.page import Page
from escalation.working_days import after_office_hours, london_date, opening_of

ALARM_AFTER_OFFICE_HOURS = 2
"""An alert that no mail server has accepted by then alarms operations and the raiser."""


def elapse(page: Page) -> None:
    """All that time alone has brought by now, in the order in which it fell due."""
    written = -1
    while page.case.open and len(page.entries) > written:
        written = len(page.entries)
        _fall_due(page)
    asking.elapse(page)


def _fall_due(page: Page) -> None:
    due = page.case.due
    if due and page.at >= due.at + GRACE and _before_cap(page.case, due):
        if page.case.visit.silence_proven:
            _lapse(page, due)
        return
    _reach_cap(page)
    _remind(page)
    _pass_turn(page)
    _alarm(page)


def silence_needs_proof(case: Case, now: datetime) -> datetime | None:
    """The deadline past which the inbox has to be read before the stage can lapse; None while nothing is to prove."""
    due = case.due if case.open else None
    if due is None or now < due.at + GRACE or case.visit.silence_proven:
        return None
    return due.at


def next_wake(case: Case, now: datetime) -> datetime | None:
    """The next instant after `now` at which time alone changes something; None once nothing is left to ask."""
    asked_at = asking.next_instant(case)
    follow_up = office_hours_from(case, asked_at, now) if asked_at else None
    if not case.open:
        return follow_up
    due, cap = case.due, case.cap_at
    instants = [
        follow_up,
        due.at + GRACE if due else None,
        cap + GRACE if cap and not case.cap_reached else None,
        office_hours_from(case, _next_reminder(case, case.reminders), now),
        office_hours_from(case, turns.passes_at(case), now),
        _next_alarm(case, case.alarms),
    ]
    return min((instant for instant in instants if instant is not None), default=None)


# The deadline --------------------------------------------------------------------------------------------------------


def _before_cap(case: Case, due: Due) -> bool:
    """Stage lapse and cap at one instant: the lapse comes first (requirements G-A9)."""
    return case.cap_reached or case.cap_at is None or due.at <= case.cap_at


def _lapse(page: Page, due: Due) -> None:
    case = page.case
    following = case.stage if case.visit.notice_period else case.next_stage
    at_cap = case.cap_reached or (case.cap_at is not None and max(due.at, page.at - GRACE) >= case.cap_at)
    if following is None or at_cap or (case.stage.on_lapse == "hold" and not case.visit.notice_period):
        _lapse_into_hold(page, due, final=following is None, at_cap=at_cap)
    elif case.visit.notice_period:
        ladder.lapse_into(page, following, due.day)
    elif case.stage.on_lapse == "ask":
        page.write(Lapsed(at=page.at, stage=case.visit.stage, due=due.at, then="ask"))
    else:
        page.write(Lapsed(at=page.at, stage=case.visit.stage, due=due.at, then="advance"))
        ladder.lapse_into(page, following, due.day)


def _lapse_into_hold(page: Page, due: Due, *, final: bool, at_cap: bool) -> None:
    page.write(Lapsed(at=page.at, stage=page.case.visit.stage, due=due.at, then="hold"))
    if at_cap:
        _say_cap_reached(page)
    ladder.hold(page, "final_stage_lapsed" if final or not at_cap else "cap_reached")


# The cap -------------------------------------------------------------------------------------------------------------


def _reach_cap(page: Page) -> None:
    """With anything open at the cap, the raiser decides; a stage that may pass it runs on (requirements G-A8)."""
    cap = page.case.cap_at
    if cap is None or page.case.cap_reached or page.at < cap + GRACE:
        return
    _say_cap_reached(page)
    if page.case.on_hold:
        ladder.hold(page, page.case.on_hold)  # type: ignore[arg-type]
    elif not (page.case.visit.may_pass_cap or page.case.visit.beyond_cap or page.case.left_for_cafcass):
        ladder.hold(page, "cap_reached")


def _say_cap_reached(page: Page) -> None:
    cap = page.case.cap_at
    if cap and not page.case.cap_reached:
        page.write(CapReached(at=page.at, stage=page.case.visit.stage, cap=cap))


# Reminders, in office hours of working days -------------------------------------------------------------------------


def _remind(page: Page) -> None:
    case = page.case
    passed = case.reminders
    while (when := _next_reminder(case, passed)) is not None and when <= page.at:
        passed += 1
    if passed == case.reminders or not is_office_hours(case, page.at):
        return
    whom = "addressee" if case.due else "raiser"
    page.write(Reminded(at=page.at, stage=case.visit.stage, whom=whom, count=passed))


def _pass_turn(page: Page) -> None:
    when = turns.passes_at(page.case)
    if when is not None and when <= page.at and is_office_hours(page.case, page.at):
        turns.pass_on(page, "not_taken")


def _next_reminder(case: Case, sent: int) -> datetime | None:
    """For whoever's turn it is; at a stage without a clock, for the raiser, who alone can move it on."""
    if case.turn_since is None or (case.awaits_answer and not case.alert_accepted):
        return None
    if case.due:
        return _reminder_to_addressee(case, sent)
    return turns.reminder_after(case, case.turn_since, sent)


def _reminder_to_addressee(case: Case, sent: int) -> datetime | None:
    due, turn = case.due, case.turn_since
    if due is None or turn is None:
        return None
    before = sorted(case.procedure.reminders.addressee_before_due, reverse=True)
    instants = [opening_of(case.calendar.before(due.day, days)) for days in before]
    ahead = [instant for instant in instants if instant > turn]
    return ahead[sent] if sent < len(ahead) else None


# An alert that no mail server accepts -------------------------------------------------------------------------------


def _alarm(page: Page) -> None:
    passed = page.case.alarms
    while (when := _next_alarm(page.case, passed)) is not None and when <= page.at:
        passed += 1
    if passed > page.case.alarms:
        since = _waits_since(page.case)
        page.write(AlertNotAccepted(at=page.at, stage=page.case.visit.stage, waiting_since=since, count=passed))


def _next_alarm(case: Case, sent: int) -> datetime | None:
    """First after two office hours, then at the opening of each working day."""
    if not case.awaits_answer or case.alert_accepted:
        return None
    first = after_office_hours(_waits_since(case), ALARM_AFTER_OFFICE_HOURS, case.calendar)
    return opening_of(case.calendar.after(london_date(first), sent)) if sent else first


def _waits_since(case: Case) -> datetime:
    """An alert: since its stage was entered, or since it came back."""
    return case.turn_since if case.turn_since and case.visit.restarts else case.visit.entered_at
