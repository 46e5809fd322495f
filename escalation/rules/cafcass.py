"""Considering and making a referral to CAFCASS: at any time beside the ladder, and where nothing of it runs any more.

The discretion is the raiser's own. What a council asks first is a gate only after the last stage (requirements LEI-A5);
what the law gives to others, the child or a suitable adult, is refused always and becomes a task (HAL-A16).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escalation import forms
from escalation.case import Case
from escalation.duties import may_refer
from escalation.history import CafcassConsidered, CafcassReferred, ManagerDisagreed, MeetingHeld
from escalation.messages import ConsiderCafcass, HoldMeeting, ManagerDisagrees, ReferCafcass, Start
from escalation.procedure import SUBJECTS, Advised, Cafcass, Check, Procedure, Stage
from escalation.rules.acting import as_raiser, ensure_open
from escalation.rules.page import CalledFor, Page, RefusedActError
from escalation.wire import Fields

CONCURRENT = "concurrent_cafcass"
"""The field of a start in which the raiser says that CAFCASS is referred to at the same time."""


def consider(page: Page, command: ConsiderCafcass) -> None:
    ensure_open(page.case)
    who = as_raiser(page.case, command)
    check_subject(page.case.procedure, page.case.subject.kind)
    page.write(
        CafcassConsidered(at=page.at, stage=page.case.visit.stage, reason=command.reason, fields=command.fields, **who)
    )


def refer(page: Page, command: ReferCafcass) -> None:
    case = page.case
    ensure_open(case)
    who = as_raiser(case, command)
    cafcass = check_subject(case.procedure, case.subject.kind)
    if case.left_for_cafcass or (case.cafcass_referred and not case.is_last_stage_over):
        raise RefusedActError("already_referred", "This has been referred to CAFCASS already.")
    early = case.next_stage is not None and not case.is_last_stage_over
    _check_asked(case.procedure, cafcass, command.fields)
    _check_list(cafcass, command.fields, command.reason, case.raiser, early=early)
    _check_meeting(case, cafcass, command)
    advise(page, cafcass.advised, command.fields)
    page.write(
        CafcassReferred(
            at=page.at,
            stage=case.visit.stage,
            leaves_ladder=case.is_last_stage_over,
            reason=command.reason,
            override_reason=command.override_reason,
            fields=command.fields,
            **who,
        )
    )


def check_concurrent(procedure: Procedure, command: Start, stage: Stage, track: str | None) -> None:
    """What a referral at the same time must say, in the fields of the start (OXF-32, HLC-09)."""
    cafcass = check_subject(procedure, command.subject.kind, CONCURRENT)
    _check_asked(procedure, cafcass, command.fields)
    early = procedure.next_stage(stage.key, track) is not None
    raiser = command.by or procedure.raiser.roles[0]
    _check_list(cafcass, command.fields, command.bypass_reason or command.fields.get("reason"), raiser, early=early)


def refer_at_once(page: Page, command: Start, who: dict[str, Any]) -> None:
    """At the same time as the escalation is raised: both run."""
    cafcass = page.case.procedure.cafcass
    advise(page, cafcass.advised if cafcass else [], command.fields)
    said = {key: command.fields[key] for key in _said_of(cafcass) if key in command.fields}
    page.write(CafcassReferred(at=page.at, stage=page.case.visit.stage, fields=said, **who))


def _said_of(cafcass: Cafcass | None) -> list[str]:
    if cafcass is None:
        return []
    return ["checklist", *(field.key for field in cafcass.asks), *(each.field for each in cafcass.advised)]


def check_subject(procedure: Procedure, kind: str, field: str | None = None) -> Cafcass:
    """Refused where the procedure knows no referral, or none for such a subject."""
    cafcass = procedure.cafcass
    if cafcass is None:
        raise RefusedActError("no_cafcass", "This procedure knows no referral to CAFCASS.", field)
    if kind not in cafcass.subjects:
        whom = ", or ".join(SUBJECTS[each] for each in cafcass.subjects)
        raise RefusedActError("cafcass_not_for_this_subject", f"A referral to CAFCASS is for {whom}.", field)
    return cafcass


def _check_asked(procedure: Procedure, cafcass: Cafcass, fields: Fields) -> None:
    faults = list(forms.faults_in(procedure, cafcass.asks, fields))
    if faults:
        raise RefusedActError("incomplete", " ".join(message for _, message in faults), faults[0][0])


# The checklist --------------------------------------------------------------------------------------------------------


def _check_list(cafcass: Cafcass, fields: Fields, reason: str | None, raiser: str, *, early: bool) -> None:
    """Every fault at once. Before the last stage has been reached, a reason stands for what only its end can say."""
    said = fields.get("checklist")
    given = said if isinstance(said, dict) else {}
    faults = [fault for check in cafcass.checklist for fault in _faults(check, given, reason, early=early)]
    if not faults:
        return
    instead = [check.otherwise for check in cafcass.checklist if check.otherwise and _is_otherwise(check, given)]
    tasks = [CalledFor(to=raiser, what=what) for what in instead]
    raise RefusedActError("checklist", " ".join(message for _, message in faults), faults[0][0], tasks)


def _is_otherwise(check: Check, given: Fields) -> bool:
    return given.get(check.key) is (not check.must_be)


def _faults(check: Check, given: Fields, reason: str | None, *, early: bool) -> Iterator[tuple[str, str]]:
    field = f"checklist.{check.key}"
    if not isinstance(given.get(check.key), bool):
        yield field, f"“{check.label}” is answered yes or no."
    elif _is_otherwise(check, given):
        if check.otherwise:
            yield field, f"“{check.label}”: there is no referral. Instead: {check.otherwise}."
        elif not (early and check.early_with_reason):
            yield field, f"“{check.label}” must be {'yes' if check.must_be else 'no'} for a referral."
        elif not reason:
            said = "no" if check.must_be else "yes"
            yield "reason", f"“{check.label}” is answered {said}: give the reason for referring now."


# The meeting ----------------------------------------------------------------------------------------------------------


def _check_meeting(case: Case, cafcass: Cafcass, command: ReferCafcass) -> None:
    """A hard gate once the ladder is over, with a recorded reason as the only way round it (requirements LEI-A5)."""
    meeting = cafcass.meeting
    if meeting is None or case.meeting_held or not case.is_last_stage_over:
        return
    if command.override_reason or command.reason:
        return
    who = ", ".join(case.procedure.role_title(role) for role in meeting.attendees)
    raise RefusedActError(
        "meeting_required",
        f"{meeting.title} comes before CAFCASS: {who}. Record that it was held (hold_meeting), "
        "or give the reason for referring without it.",
        "override_reason",
    )


def hold_meeting(page: Page, command: HoldMeeting) -> None:
    case = page.case
    ensure_open(case)
    unknown = [role for role in command.attendees if role not in case.procedure.roles]
    if unknown:
        raise RefusedActError("no_such_role", f"This procedure has no {', '.join(unknown)}.", "attendees")
    if not command.attendees:
        raise RefusedActError("who_attended", "Say who attended.", "attendees")
    meeting = case.procedure.cafcass.meeting if case.procedure.cafcass else None
    absent = [role for role in (meeting.attendees if meeting else []) if role not in command.attendees]
    if absent:
        who = ", ".join(case.procedure.role_title(role) for role in absent)
        page.warn("not_everybody_attended", f"The document has the meeting with the {who} too: it does not count yet.")
    page.write(
        MeetingHeld(
            at=page.at,
            stage=case.visit.stage,
            by=command.by or case.raiser,
            name=command.name,
            attendees=command.attendees,
            complete=not absent,
            resolved=command.resolved,
            text=command.text,
        )
    )


# The manager ----------------------------------------------------------------------------------------------------------


def disagree(page: Page, command: ManagerDisagrees) -> None:
    """Recorded and discussed; the raiser's decision stands (HLC-26)."""
    ensure_open(page.case)
    if command.by is None or command.by == page.case.raiser:
        raise RefusedActError("who_acts", "Say which manager disagrees.", "by")
    page.write(
        ManagerDisagreed(
            at=page.at, stage=page.case.visit.stage, by=command.by, name=command.name, reason=command.reason
        )
    )


def advise(page: Page, advised: list[Advised], fields: Fields) -> None:
    """Good practice that was not followed is said, and blocks nothing."""
    for each in advised:
        if fields.get(each.field) is not True:
            page.warn(each.field, f"It is good practice, though no condition: {each.label}.")


def offered(case: Case) -> list[str]:
    """The acts of this route that are open to the raiser now."""
    if not may_refer(case) or case.left_for_cafcass:
        return []
    acts = ["consider_cafcass"]
    if not case.cafcass_referred or case.is_last_stage_over:
        acts.append("refer_cafcass")
    cafcass = case.procedure.cafcass
    return [*acts, "hold_meeting"] if cafcass and cafcass.meeting and not case.meeting_held else acts
