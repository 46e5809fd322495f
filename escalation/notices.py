"""Who hears what: which notices a history entry calls for, to whom, as the procedure lists them."""

from __future__ import annotations

from typing import Any

from escalation import alerts
from escalation.case import Case
from escalation.composing import compose, unique
from escalation.conditions import fits, names_of, roles_for
from escalation.history import (
    AlertNotAccepted,
    Closed,
    EmailFailed,
    Entry,
    Held,
    Lapsed,
    Noted,
    Recorded,
    Reminded,
    TakenOver,
    Withdrawn,
)
from escalation.messages import NoticeToSend, SendNotice
from escalation.procedure import Letter, Notice, Procedure, Stage
from escalation.wire import Known

ALWAYS = (
    Notice(notice="response_received", on="responded", to=["raiser"]),
    Notice(notice="late_response", on="late_response", to=["raiser"]),
    Notice(notice="extension_requested", on="extension_requested", to=["raiser"]),
    Notice(notice="extension_granted", on="extension_granted", to=["addressee"]),
    Notice(notice="extension_refused", on="extension_refused", to=["addressee"]),
)
"""What every procedure needs to work at all; a procedure's own lists come on top."""


def called_for(case: Case, entry: Entry) -> list[NoticeToSend]:
    """The notices that an entry, just applied, calls for. Two of the same name go out as one."""
    if isinstance(entry, TakenOver):
        return []
    wanted = [*alerts.called_for(case, entry), *_by_rule(case, entry), *_by_nature(case, entry)]
    merged: dict[tuple[str, str | None, str], NoticeToSend] = {}
    for notice in wanted:
        key = (notice.notice, notice.sent_for, notice.part)
        merged[key] = _together(merged[key], notice) if key in merged else notice
    return [notice for notice in merged.values() if notice.reaches]


def sendable(case: Case) -> list[NoticeToSend]:
    """The outstanding notices that may go now: copies of an alert wait for its addressee's, to state the same date."""
    first = {(notice.entry, notice.notice) for notice in case.outstanding if notice.part == "addressee"}
    return [
        notice
        for notice in case.outstanding
        if notice.part != "copies" or notice.overtaken or (notice.entry, notice.notice) not in first
    ]


def order(case: Case, notice: NoticeToSend, escalation: str) -> SendNotice:
    """All that sending a notice needs to know of the case."""
    procedure, visit = case.procedure, case.visit_numbered(notice.visit or 0) or case.visit
    stage = procedure.stage(notice.stage or visit.stage, case.track) or case.stage_of(visit)
    following = procedure.next_stage(stage.key, case.track)
    named = _named(case, notice, case.addressees(visit))
    is_alert = notice.part != "all"
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
        raised_through=case.raised_through,
        raised_through_name=case.raised_through_name,
        titles={role: procedure.role_title(role) for role in named},
        notice=notice,
        stage_title=stage.title,
        next_stage_title=following.title if following else None,
        next_addressee=_asked_next(procedure, following) if following else None,
        clock=case.clock_of(visit) if is_alert else None,
        calendar=case.calendar if is_alert else None,
        day_zero=visit.day_zero if notice.part == "copies" else None,
        agency=case.agency,
        contacts={role: known for role, known in _contacts(case).items() if role in named},
        linked=case.linked if notice.entry == case.visits[0].n else (),
    )


def _named(case: Case, notice: NoticeToSend, asked: list[str]) -> list[str]:
    """Every role that a notice is for, or may speak of by its title."""
    facts = notice.facts
    acted = [case.raiser, case.raised_through, notice.sent_for, facts.get("by"), facts.get("decided_by")]
    spoken_of = [*acted, "operations", *asked, *facts.get("roles", [])]
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


def _by_rule(case: Case, entry: Entry) -> list[NoticeToSend]:
    names = names_of(entry)
    rules = [*ALWAYS, *case.procedure.notices, *(_stage_of(case, entry).notices if case.visits else [])]
    letters: list[Letter] = [rule for rule in rules if names & _listed(rule.on)]
    if isinstance(entry, Recorded) and (recording := case.procedure.recording(entry.what)):
        letters += recording.notices
    return [
        compose(
            case,
            entry,
            letter.notice,
            roles_for(case, letter.to, entry),
            roles_for(case, letter.cc, entry),
            sent_for=letter.sent_for,
        )
        for letter in letters
        if fits(case, letter.when, entry)
    ]


def _by_nature(case: Case, entry: Entry) -> list[NoticeToSend]:
    """Notices whose readers depend on more than a list can say."""
    match entry:
        case Lapsed(then=then) if then != "hold":  # a hold says it all in one message (requirements G-A9)
            return [compose(case, entry, "overdue", [case.raiser])]
        case Held(cap_reached=at_cap):
            addressees = case.addressees() if at_cap else []
            return [
                compose(case, entry, "held", unique([case.raiser, case.procedure.raiser.line_manager, *addressees]))
            ]
        case Reminded(whom="addressee"):
            asked = case.addressees()
            copies = [case.raiser] if case.procedure.reminders.raiser_too else []
            return [compose(case, entry, "reminder", asked, copies, answering=tuple(asked), asks=True)]
        case Reminded():
            return [compose(case, entry, "decision_reminder", [case.raiser])]
        case Closed() | Withdrawn():
            return _ended(case, entry)
        case EmailFailed(notice=failed) if failed != "delivery_failed":
            readers = unique([case.procedure.quality_assurance, "operations", case.raiser])
            return [compose(case, entry, "delivery_failed", readers)]
        case Noted(by=by) if by in case.addressees():  # "this is for somebody else", say
            return [compose(case, entry, "noted", [case.raiser])]
        case AlertNotAccepted():
            return [compose(case, entry, "alert_not_accepted", ["operations", case.raiser])]
    return []


def _ended(case: Case, entry: Closed | Withdrawn) -> list[NoticeToSend]:
    """Whoever still has the matter before them is told that nothing more is asked (requirements G-A10)."""
    if isinstance(entry, Closed) and entry.outcome == "resolved":
        told = {role for rule in _stage_of(case, entry).notices if "satisfied" in _listed(rule.on) for role in rule.to}
        readers = [] if case.visit.answered_in_time else [role for role in case.addressees() if role not in told]
        return [compose(case, entry, "closed", readers)]
    name = "withdrawn" if isinstance(entry, Withdrawn) else "closed"
    return [compose(case, entry, name, roles_for(case, ["asked"], entry), list(case.stage.copy_to))]


def _together(one: NoticeToSend, other: NoticeToSend) -> NoticeToSend:
    to = unique([*one.to, *other.to])
    cc = unique([*one.cc, *other.cc], without=to)
    reaches = unique([*one.reaches, *other.reaches])
    return one.model_copy(update={"to": tuple(to), "cc": tuple(cc), "reaches": tuple(reaches)})


def _stage_of(case: Case, entry: Entry) -> Stage:
    """The stage that an entry is about: an answer may belong to one already left."""
    stage = case.procedure.stage(entry.stage, case.track) if entry.stage else None
    return stage or case.stage


def _listed(on: list[Any] | str) -> set[str]:
    return {on} if isinstance(on, str) else set(on)
