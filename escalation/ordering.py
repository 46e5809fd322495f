"""All that sending a notice needs to know of the case: who is named, who may be asked, which dates it states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from escalation.case import Case, Visit
from escalation.composing import unique
from escalation.messages import Concern, Deadline, HasAlert, NoticeToSend, SendNotice
from escalation.procedure import Procedure, Stage
from escalation.visit import Asked
from escalation.wire import Known


def order(case: Case, notice: NoticeToSend, escalation: str) -> SendNotice:
    """All that sending a notice needs to know of the case."""
    procedure, visit = case.procedure, case.visit_numbered(notice.visit or 0) or case.visit
    stage = procedure.stage(notice.stage or visit.stage, case.track) or case.stage_of(visit)
    following = procedure.next_stage(stage.key, case.track)
    named = _named(case, notice, case.addressees(visit))
    is_alert, may_wait = notice.part != "all", notice.notice in procedure.digest and not notice.asks
    return SendNotice(
        escalation=escalation,
        reference=case.reference,
        procedure=procedure.key,
        procedure_title=procedure.title,
        council=procedure.council,
        subject_line=procedure.subject_line,
        alert_line=procedure.alert_line,
        team=case.team,
        raiser=case.raiser,
        raiser_name=case.raised_by_name if case.raiser == case.raised_by else None,
        raiser_line_manager=procedure.raiser.line_manager,
        **_raised_first(case),
        raised_through=case.raised_through,
        raised_through_name=case.raised_through_name,
        titles={role: procedure.role_title(role) for role in named},
        notice=notice,
        stage_title=stage.title,
        next_stage_title=following.title if following else None,
        next_addressee=_asked_next(procedure, following) if following else None,
        clock=case.clock_of(visit) if is_alert else None,
        calendar=case.calendar if is_alert or may_wait else None,
        day_zero=visit.day_zero if notice.part == "copies" or notice.stand_ins or visit.told else None,
        agency=case.agency,
        contacts={role: known for role, known in _contacts(case).items() if role in named},
        linked=case.linked if notice.entry == case.visits[0].n else (),
        may_be_gathered=may_wait,
        **_about_people(case, notice, visit),
    )


def _raised_first(case: Case) -> dict[str, Any]:
    """Whoever it was handed over to did not raise it."""
    role, name = next(iter(case.raised_before), (None, None))
    return {"raised_first": role, "raised_first_name": name}


def _about_people(case: Case, notice: NoticeToSend, visit: Visit) -> dict[str, Any]:
    """Who may be asked and who may not, and the deadlines in their calendars."""
    said: dict[str, Any] = {"deadlines_left": _left(case, notice), "asked_as": _asked_as(case, notice)}
    if notice.notice == "extension_granted":
        return said | {"deadline": _moved(case, notice, visit)}
    if not notice.answering:
        return said
    silent = [asked.address for past in case.visits if past.lapsed and not past.answers for asked in past.asked]
    people = {
        "covers": {role: tuple(_above(case, role, visit)) for role in notice.answering},
        "own_concern": tuple(
            concern for concern in _raisers(case) if concern.role not in case.stage_of(visit).addressee
        ),
        "silent": tuple(dict.fromkeys(silent)),
        "unreachable": visit.unreachable,
        "away": visit.away,
        "asked_already": tuple(dict.fromkeys(asked.address for asked in visit.asked)),
    }
    return said | people | {"deadline": _deadline(case, notice, visit)}


def _asked_as(case: Case, notice: NoticeToSend) -> dict[str, tuple[HasAlert, ...]]:
    """Who was last asked in each role that the notice names: perhaps a deputy, or somebody above as cover."""
    found: dict[str, tuple[HasAlert, ...]] = {}
    for role in unique([*notice.to, *notice.cc, *notice.reaches]):
        asked = next((asked for visit in reversed(case.visits) if (asked := _in_role(visit, role))), ())
        if asked:
            found[role] = tuple(HasAlert(name=one.person, email=one.address, cover=one.cover) for one in asked)
    return found


def _in_role(visit: Visit, role: str) -> tuple[Asked, ...]:
    """Each person once, as they were last asked."""
    return tuple({asked.address.casefold(): asked for asked in visit.asked if asked.role == role}.values())


def _above(case: Case, role: str, visit: Visit) -> list[str]:
    """Who is asked as cover where nobody can be in a role: those of the stages that would follow."""
    procedure = case.procedure
    later = procedure.ladder(case.track)[procedure.place(visit.stage, case.track) + 1 :]
    return [above for above in unique(role for stage in later for role in stage.addressee) if above != role]


def _raisers(case: Case) -> list[Concern]:
    """Whose concern it is. Where no name is known, it may be that of anybody who holds the role.

    Where the document itself asks the raiser's own role, it is no conflict (SWK-46); where somebody hands it on to that
    role, it is.
    """
    own = [Concern(role=role, name=name) for role, name in (*case.raised_before, (case.raised_by, case.raised_by_name))]
    through = case.raised_through
    return [*own, *([Concern(role=through, name=case.raised_through_name)] if through else [])]


def _deadline(case: Case, notice: NoticeToSend, visit: Visit) -> Deadline | None:
    """Of the stage, while it runs; in its alert, whatever the date of sending makes it."""
    is_alert, due = notice.part != "all", case.due_of(visit)
    if visit.n != case.visit.n or not case.awaits_answer or visit.working_days is None:
        return None
    if due is None or (is_alert and not visit.alerted_at):
        return _as_it_stands(case, visit, None)
    return _as_it_stands(case, visit, due.at)


def _moved(case: Case, notice: NoticeToSend, visit: Visit) -> Deadline | None:
    """A deadline that moved, for the calendars of those who have it already."""
    deadline = _deadline(case, notice, visit)
    asked = tuple(dict.fromkeys(asked.address for asked in visit.asked))
    return deadline and deadline.model_copy(update={"addresses": asked})


def _left(case: Case, notice: NoticeToSend) -> tuple[Deadline, ...]:
    """Those that still lay ahead when their stage was answered, left or closed: they come out of calendars again."""
    over = case.visits[:-1] if case.awaits_answer else case.visits
    dues = [(visit, case.due_of(visit)) for visit in over if visit.asked]
    return tuple(
        _as_it_stands(case, visit, due.at, left=True) for visit, due in dues if due is not None and due.at > notice.at
    )


def _as_it_stands(case: Case, visit: Visit, due: datetime | None, *, left: bool = False) -> Deadline:
    return Deadline(
        visit=visit.n,
        stage_title=case.stage_of(visit).title,
        sequence=len(visit.extensions) + visit.restarts + left,
        due=due,
        addresses=tuple(dict.fromkeys(asked.address for asked in visit.asked)) if left else (),
    )


def _named(case: Case, notice: NoticeToSend, asked: list[str]) -> list[str]:
    """Every role that a notice is for, or may speak of by its title."""
    facts = notice.facts
    acted = [
        case.raiser,
        case.raised_through,
        *(role for role, _ in case.raised_before),
        notice.sent_for,
        facts.get("by"),
        facts.get("decided_by"),
    ]
    told_of = [facts.get("role"), facts.get("cover"), facts.get("to"), case.passed_to]
    people = [role for role in told_of if role in case.procedure.roles]  # `to` may be a stage
    above = [role for asked_of in notice.answering for role in _above(case, asked_of, case.visit)]
    spoken_of = [*acted, *people, *above, "operations", *asked, *facts.get("roles", [])]
    return [role for role in unique([*notice.to, *notice.cc, *notice.answering, *spoken_of]) if role]


def _asked_next(procedure: Procedure, stage: Stage) -> str:
    """Who must answer at a stage to come: the first of its addressees, or whichever of them will be picked."""
    picked_from = stage.addressee if stage.pick_one else stage.addressee[:1]
    return " or ".join(procedure.role_title(role) for role in picked_from)


def _contacts(case: Case) -> dict[str, Known]:
    """People whom no directory has: bodies whose address the document gives, and those of this case alone."""
    return contacts_of(case.procedure) | case.contacts


def contacts_of(procedure: Procedure) -> dict[str, Known]:
    """The bodies outside the council whose email address the document gives."""
    given = procedure.contacts.items()
    return {role: Known(name=contact.name, email=contact.email) for role, contact in given if contact.email}
