"""What the raiser decides: satisfied, not satisfied, to a stage of their choice, closed, taken back."""

from __future__ import annotations

from typing import Any

from escalation import forms
from escalation.case import Case, Visit
from escalation.history import Decided, Withdrawn
from escalation.messages import Bypass, Close, Decide, GiveNotice, Withdraw
from escalation.procedure import Stage
from escalation.rules import advice, change, entering, ladder
from escalation.rules.acting import as_raiser, ensure_open
from escalation.rules.page import Page, RefusedActError


def decide(page: Page, command: Decide) -> None:
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    if command.stage and page.case.latest_visit(command.stage) is None:
        raise RefusedActError("stage_not_entered", f"Nobody has been asked for an answer at {command.stage}.", "stage")
    change.check(page, command, closes=command.outcome == "satisfied")
    match command.outcome:
        case "satisfied":
            _satisfied(page, command, who)
        case "not_satisfied":
            _not_satisfied(page, command, who)
        case _:
            _move_on(page, command, who)


def _satisfied(page: Page, command: Decide, who: dict[str, Any]) -> None:
    """Satisfied closes, and takes what the document asks of a closing (SWK-48)."""
    _check_form(page.case, command.model_dump(), "decide")
    page.write(_decided(page, command, who))
    ladder.close(page, "resolved", command.outcome_text, **who)
    change.tell_at_closing(page, command, who)


def _not_satisfied(page: Page, command: Decide, who: dict[str, Any]) -> None:
    """To the next stage, or a hold at the last; with an unsatisfactory late answer the higher stage simply goes on."""
    judged = _judged(page.case, command)
    if judged is not None and judged.n != page.case.visit.n:
        page.write(_decided(page, command, who, visit=judged))
        return
    case = page.case
    if case.left_for_cafcass:
        raise RefusedActError("with_cafcass", "The matter is with CAFCASS: close it with what comes of it.", "outcome")
    if case.awaits_answer and not case.visit.answers:
        _check_early(case)
    stage = case.stage if case.visit.notice_period else case.next_stage
    terms = _terms(page, stage, command) if stage else {}
    page.write(_decided(page, command, who))
    if stage:
        ladder.enter(page, stage, command.reason, terms, **who)
    elif case.on_hold is None:
        ladder.hold(page, "final_stage_not_satisfied")


def _terms(page: Page, stage: Stage, command: Decide | Bypass) -> dict[str, Any]:
    """What the act says of the stage that it enters, with advice where a ground does not fit."""
    terms = entering.terms(
        page, stage, given=command.fields, addressee=command.addressee, working_days=command.working_days
    )
    advice.on_entering(page, command.fields, stage)
    return terms


def _judged(case: Case, command: Decide) -> Visit | None:
    """The stay whose answer is judged: the one named, else the newest with an answer not yet judged."""
    if command.stage:
        return case.latest_visit(command.stage)
    if case.visit.answers or not case.unjudged or not case.awaits_answer:
        return case.visit
    return case.unjudged[-1][0]


def _check_early(case: Case) -> None:
    """Leaving a stage before its answer and before its end is a bypass (requirements G-A11)."""
    if not case.procedure.entry.may_bypass:
        raise RefusedActError(
            "no_answer_yet",
            f"{case.stage.title} has neither answered nor lapsed, and this procedure leaves out no stage.",
            "outcome",
        )


def _move_on(page: Page, command: Decide, who: dict[str, Any]) -> None:
    """`escalate` and `go_formal` go to a stage of the raiser's choice."""
    target = _target(page.case, command)
    _check_way(page, target, command.reason)
    terms = _terms(page, target, command)
    page.write(_decided(page, command, who, to=target.key))
    ladder.enter(page, target, command.reason, terms, **who)


def _check_way(page: Page, target: Stage, reason: str | None) -> None:
    """Leaving out a stage, or leaving one before it has answered or ended, is for those who may bypass."""
    case = page.case
    is_next = target.key in {case.visit.stage, case.next_stage.key if case.next_stage else None}
    if not is_next or (case.awaits_answer and not case.visit.answers):
        _check_bypass(case)
    if not is_next:
        _check_reason(page, reason)


def _target(case: Case, command: Decide) -> Stage:
    if command.to:
        target = ladder.higher_stage(case, command.to)
    elif command.outcome == "go_formal":
        target = ladder.higher_stage(case, case.procedure.first_formal(case.track).key)
    elif case.next_stage:
        target = case.next_stage
    else:
        raise RefusedActError("last_stage", f"{case.stage.title} is the last stage.", "to")
    if command.outcome == "go_formal" and not target.formal:
        raise RefusedActError("not_formal", f"{target.title} is not a stage of the formal process.", "to")
    return target


def bypass(page: Page, command: Bypass) -> None:
    """The raiser goes to a later stage before the current one has ended."""
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    target = ladder.higher_stage(page.case, command.to)
    _check_bypass(page.case)
    _check_reason(page, command.reason)
    ladder.jump(page, target, command.reason, _terms(page, target, command), **who)


def give_notice(page: Page, command: GiveNotice) -> None:
    """Notice of a later stage, in which the matter may still be settled (HLC-15)."""
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    target = ladder.higher_stage(page.case, command.stage)
    if page.case.visit.notice_period:
        raise RefusedActError("notice_runs", f"Notice of {page.case.stage.title} has been given already.", "stage")
    ladder.check_notice(target, command.notice_working_days)
    _check_way(page, target, command.reason)
    terms = entering.terms(page, target, given=command.fields, addressee=None, working_days=None)
    notice = {"notice_working_days": command.notice_working_days}
    ladder.enter(page, target, command.reason, terms | notice, **who)


def _check_bypass(case: Case) -> None:
    if not case.procedure.entry.may_bypass:
        raise RefusedActError(
            "each_stage_followed", "This procedure follows each stage in turn; none may be left out.", "to"
        )


def _check_reason(page: Page, reason: str | None) -> None:
    rule = page.case.procedure.entry.reason_to_bypass
    if reason or rule == "none":
        return
    if rule == "require":
        raise RefusedActError("reason_needed", "Say why the stage is bypassed.", "reason")
    page.warn("reason_advised", "Say why the stage is bypassed: the history has no reason.")


def close(page: Page, command: Close) -> None:
    """Closing without a resolution needs a reason (requirements G-A7, G-A20)."""
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    _need_reason(command.reason, "Say why it is closed without a resolution.")
    _check_form(page.case, {"outcome_text": command.reason, **command.model_dump()}, "close")
    change.check(page, command, closes=True)
    ladder.close(page, command.outcome, command.reason, **who)
    change.tell_at_closing(page, command, who)


def withdraw(page: Page, command: Withdraw) -> None:
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    _need_reason(command.reason, "Say why the concern is taken back.")
    page.write(Withdrawn(at=page.at, stage=page.case.visit.stage, reason=command.reason, **who))


def _need_reason(reason: str | None, sentence: str) -> None:
    if not reason:
        raise RefusedActError("reason_needed", sentence, "reason")


def _check_form(case: Case, given: dict[str, Any], act: str) -> None:
    faults = forms.faults(case.procedure, given, act, case.visit.stage)
    if faults:
        raise RefusedActError("incomplete", " ".join(message for _, message in faults), faults[0][0])


def _decided(
    page: Page, command: Decide, who: dict[str, Any], visit: Visit | None = None, to: str | None = None
) -> Decided:
    return Decided(
        at=page.at,
        stage=(visit or page.case.visit).stage,
        outcome=command.outcome,
        to=to,
        visit=visit.n if visit else None,
        outcome_text=command.outcome_text,
        reason=command.reason,
        **who,
    )
