"""A raiser's turn that is not taken: after the reminders their line manager may take it, and at once while on leave."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from escalation.case import Case
from escalation.history import TurnPassed
from escalation.rules.page import Page
from escalation.working_days import london_date, opening_of


def pass_on(page: Page, because: Literal["not_taken", "leave"]) -> None:
    """The raiser may still take it: the concern stays theirs (requirements G-A6, G-A7; LEI-35)."""
    case = page.case
    if _may_pass(case):
        to = case.procedure.raiser.line_manager
        page.write(TurnPassed(at=page.at, stage=case.visit.stage, to=to, because=because))


def passes_at(case: Case) -> datetime | None:
    """When a turn that is not taken passes to the line manager; None while it is not the raiser's, or has passed."""
    after = case.procedure.reminders.pass_turn_after
    if after is None or case.turn_since is None or not _may_pass(case):
        return None
    return opening_of(case.calendar.after(london_date(case.turn_since), after))


def reminder_after(case: Case, since: datetime, sent: int) -> datetime:
    """When a raiser whose turn it is since then is reminded, after so many reminders (requirements G-A6)."""
    rule = case.procedure.reminders
    days = rule.raiser_after[sent] if sent < len(rule.raiser_after) else None
    if days is None:
        last = rule.raiser_after[-1] if rule.raiser_after else 0
        days = last + rule.then_every * (sent - len(rule.raiser_after) + 1)
    return opening_of(case.calendar.after(london_date(since), days))


def _may_pass(case: Case) -> bool:
    return case.raisers_turn and case.passed_to is None and case.raiser != case.procedure.raiser.line_manager
