"""Acts beside the ladder: none of them moves a deadline."""

from __future__ import annotations

from escalation import deadlines
from escalation.case import OPERATIONS
from escalation.duties import DRAFT
from escalation.history import ActionSet, AlertTold, Covered, FormCompleted, Noted, Reassigned
from escalation.messages import CompleteForm, Cover, Note, Reassign, RecordTold, SetAction
from escalation.rules import entering
from escalation.rules.acting import as_raiser, ensure_lives, ensure_open
from escalation.rules.page import Page, RefusedActError


def set_action(page: Page, command: SetAction) -> None:
    """Dates of single actions are separate from the deadline of the response (LEI-46)."""
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    page.write(
        ActionSet(at=page.at, stage=page.case.visit.stage, text=command.text, action_due=command.action_due, **who)
    )


def cover(page: Page, command: Cover) -> None:
    """The line manager acts in the raiser's absence, so that timescales are met (LEI-35)."""
    ensure_lives(page.case)
    procedure = page.case.procedure
    raisers = {*procedure.raiser.roles, *procedure.raiser.may_also_raise}
    may = {*(procedure.raiser.cover or [procedure.raiser.line_manager]), *raisers}
    if command.by not in {None, *may, procedure.quality_assurance, OPERATIONS}:
        raise RefusedActError("may_not_cover", "Cover is recorded by whoever covers, or on the raiser's side.", "by")
    if command.absent not in raisers:
        raise RefusedActError("not_the_raiser", "Cover is for the raiser.", "absent")
    if command.cover not in may:
        names = " or ".join(sorted(procedure.role_title(role) for role in may))
        raise RefusedActError("may_not_cover", f"In the raiser's absence the {names} acts.", "cover")
    page.write(
        Covered(
            at=page.at,
            stage=page.case.visit.stage,
            by=command.by or command.cover,
            name=command.name,
            absent=command.absent,
            cover=command.cover,
        )
    )


def note(page: Page, command: Note) -> None:
    ensure_open(page.case)
    page.write(Noted(at=page.at, stage=page.case.visit.stage, by=command.by, name=command.name, text=command.text))


def record_told(page: Page, command: RecordTold) -> None:
    """An alert given by hand starts the clock when it was given, as an accepted one would (docs/rulings.md)."""
    ensure_open(page.case)
    case = page.case
    if case.alert_accepted:
        raise RefusedActError("already_alerted", f"The alert of {case.stage.title} has reached its addressee already.")
    if not case.visit.entered_at <= command.told_at <= page.at:
        raise RefusedActError(
            "told_when", f"The alert can have been given between the start of {case.stage.title} and now.", "told_at"
        )
    if command.by is None:
        raise RefusedActError("who_acts", "Say who gave the alert.", "by")
    page.write(
        AlertTold(
            at=page.at,
            stage=case.visit.stage,
            by=command.by,
            name=command.name,
            told_at=command.told_at,
            day_zero=deadlines.day_zero(case.clock_of(case.visit), command.told_at, case.calendar),
            how=command.how,
        )
    )


def reassign(page: Page, command: Reassign) -> None:
    """The addressee hands on: both may answer from now on, and the deadline stays."""
    ensure_open(page.case)
    case = page.case
    asked = case.addressees()
    if not case.awaits_answer:
        raise RefusedActError("nobody_is_asked", f"Nobody is asked for an answer at {case.stage.title} now.")
    if command.by not in asked:
        names = " or ".join(case.procedure.role_title(role) for role in asked)
        raise RefusedActError("not_the_addressee", f"Only the {names} can hand this on.", "by")
    if command.to not in case.procedure.roles or command.to == case.raiser:
        raise RefusedActError("no_such_role", f"It cannot be handed on to {command.to}.", "to")
    if command.to == asked[0]:
        raise RefusedActError("asked_already", f"The {case.procedure.role_title(command.to)} is asked already.", "to")
    page.write(
        Reassigned(
            at=page.at,
            stage=case.visit.stage,
            by=command.by,
            name=command.name,
            to=command.to,
            reason=command.reason,
        )
    )


def complete_form(page: Page, command: CompleteForm) -> None:
    """What the form says from now on; a draft that time alone had opened is complete with it (requirements G-A22)."""
    ensure_open(page.case)
    case = page.case
    who = as_raiser(case, command)
    if not command.fields:
        raise RefusedActError("nothing_said", "Say what the form says now.", "fields")
    entering.check_form(case, case.stage, command.fields)
    page.write(FormCompleted(at=page.at, stage=case.visit.stage, fields=command.fields, **who))
    page.complete(DRAFT, **who)
