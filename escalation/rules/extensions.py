"""More time: asked by the addressee, granted or refused by the raiser, within the cap or knowingly beyond (SWK-A7)."""

from __future__ import annotations

from escalation.case import Case
from escalation.deadlines import Due
from escalation.history import BeyondCap, ExtensionGranted, ExtensionRefused, ExtensionRequested
from escalation.messages import GrantExtension, RefuseExtension, RequestExtension
from escalation.procedure import Extension
from escalation.rules import ladder
from escalation.rules.acting import as_raiser, ensure_open
from escalation.rules.page import Page, RefusedActError
from escalation.working_days import london_date


def request(page: Page, command: RequestExtension) -> None:
    """Asking changes nothing: undecided at the deadline, the stage lapses."""
    case = page.case
    ensure_open(case)
    rule = _allowed(case)
    _running(page)
    if command.by not in case.addressees():
        asked = " or ".join(case.procedure.role_title(role) for role in case.addressees())
        raise RefusedActError("not_the_addressee", f"Only the {asked} asks for more time at {case.stage.title}.", "by")
    _check_length(rule, command.working_days)
    page.write(
        ExtensionRequested(
            at=page.at,
            stage=case.visit.stage,
            by=command.by,
            name=command.name,
            working_days=command.working_days,
            reason=command.reason,
        )
    )


def grant(page: Page, command: GrantExtension) -> None:
    """The new deadline counts from the old one; past the cap only with the raiser's reason."""
    case = page.case
    ensure_open(case)
    who = as_raiser(case, command)
    rule = _allowed(case)
    old = _running(page)
    _check_length(rule, command.working_days)
    ladder.ensure_calendar(page, command.working_days, old.day)
    past_cap = _passes_cap(case, command.working_days)
    if past_cap and (rule.beyond_cap == "never" or not command.reason):
        _refuse_past_cap(case, rule)
    new = _with(case, command.working_days, may_pass_cap=past_cap)
    page.write(
        ExtensionGranted(
            at=page.at,
            stage=case.visit.stage,
            working_days=command.working_days,
            old_due=old.at,
            new_due=new.at,
            may_pass_cap=past_cap,
            reason=command.reason,
            **who,
        )
    )
    if past_cap and case.cap_at:
        page.write(BeyondCap(at=page.at, stage=case.visit.stage, cap=case.cap_at, reason=command.reason, **who))


def refuse(page: Page, command: RefuseExtension) -> None:
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    _allowed(page.case)
    if page.case.visit.extension_asked is None:
        raise RefusedActError("not_asked", "Nobody has asked for more time at this stage.")
    page.write(ExtensionRefused(at=page.at, stage=page.case.visit.stage, reason=command.reason, **who))


def _allowed(case: Case) -> Extension:
    if case.procedure.extension is None:
        raise RefusedActError("no_extension", "This procedure knows no further time.")
    return case.procedure.extension


def _running(page: Page) -> Due:
    """The deadline to be moved: it must be running and not have passed."""
    due = page.case.due
    if due is None or page.case.visit.notice_period:
        raise RefusedActError("no_running_deadline", f"No deadline runs at {page.case.stage.title}.")
    if page.at > due.at:
        raise RefusedActError("deadline_passed", f"The deadline of {page.case.stage.title} has passed.")
    return due


def _check_length(rule: Extension, working_days: int) -> None:
    if rule.most_working_days and working_days > rule.most_working_days:
        raise RefusedActError(
            "too_long", f"This procedure allows at most {rule.most_working_days} working days more.", "working_days"
        )


def _with(case: Case, working_days: int, *, may_pass_cap: bool) -> Due:
    visit = case.visit.model_copy(
        update={
            "extensions": (*case.visit.extensions, working_days),
            "may_pass_cap": case.visit.may_pass_cap or may_pass_cap,
        }
    )
    due = case.due_of(visit)
    if due is None:  # a deadline runs, so its stay has a clock
        raise RefusedActError("no_running_deadline", f"No deadline runs at {case.stage.title}.")
    return due


def _passes_cap(case: Case, working_days: int) -> bool:
    return case.cap_at is not None and _with(case, working_days, may_pass_cap=True).at > case.cap_at


def _refuse_past_cap(case: Case, rule: Extension) -> None:
    cap = case.cap_at
    left = case.calendar.between(case.due.day, london_date(cap)) if cap and case.due else 0
    way_out = "" if rule.beyond_cap == "never" else ", or give the reason why the total time is exceeded"
    raise RefusedActError(
        "beyond_cap",
        f"That would pass the total time, which ends on {cap:%A %-d %B %Y}. "
        f"At most {max(left, 0)} working days more are left{way_out}.",
        "reason",
    )
