"""Who hears what: which notices a history entry calls for, to whom, as the procedure lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from escalation.case import Case
from escalation.duties import fits, names_of, roles_for
from escalation.forms import titles_in
from escalation.history import (
    AlertNotAccepted,
    Closed,
    EmailFailed,
    Entry,
    Held,
    Lapsed,
    Noted,
    Reminded,
    StageEntered,
    TakenOver,
    Withdrawn,
)
from escalation.messages import NoticeToSend, SendNotice
from escalation.procedure import Notice, Stage

ALWAYS = (
    Notice(notice="response_received", on="responded", to=["raiser"]),
    Notice(notice="late_response", on="late_response", to=["raiser"]),
    Notice(notice="extension_requested", on="extension_requested", to=["raiser"]),
    Notice(notice="extension_granted", on="extension_granted", to=["addressee"]),
    Notice(notice="extension_refused", on="extension_refused", to=["addressee"]),
)
"""What every procedure needs to work at all; a procedure's own lists come on top."""

TEXTS = {"text", "answers", "fields", "outcome_text", "reason", "how", "subject", "calendar", "failed", "delivered"}
"""What an entry says in free words or about people: it never reaches a template."""


def called_for(case: Case, entry: Entry) -> list[NoticeToSend]:
    """The notices that an entry, just applied, calls for. Two of the same name go out as one."""
    if isinstance(entry, TakenOver):
        return []
    wanted = [*_alert(case, entry), *_by_rule(case, entry), *_by_nature(case, entry)]
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
    stage, following = case.stage_of(visit), procedure.next_stage(visit.stage, case.track)
    spoken_of = [case.raiser, notice.sent_for, notice.facts.get("by"), "operations", *stage.addressee]
    named = [role for role in _unique([*notice.to, *notice.cc, *notice.answering, *spoken_of]) if role]
    is_alert = notice.part != "all"
    return SendNotice(
        escalation=escalation,
        reference=case.reference,
        procedure=procedure.key,
        procedure_title=procedure.title,
        council=procedure.council,
        subject_line=procedure.subject_line,
        team=case.team,
        raiser=case.raiser,
        raiser_name=case.raised_by_name if case.raiser == case.raised_by else None,
        titles={role: procedure.role_title(role) for role in named},
        notice=notice,
        stage_title=stage.title,
        next_stage_title=following.title if following else None,
        next_addressee=procedure.role_title(following.addressee[0]) if following else None,
        clock=case.clock_of(visit) if is_alert else None,
        calendar=case.calendar if is_alert else None,
        day_zero=visit.day_zero if notice.part == "copies" else None,
        linked=case.linked if notice.entry == case.visits[0].n else (),
    )


def _alert(case: Case, entry: Entry) -> list[NoticeToSend]:
    """The addressee's own message is a task of its own: only it starts the clock."""
    if not isinstance(entry, StageEntered):
        return []
    stage = case.stage
    to = _unique([*stage.addressee, *stage.also_to])
    copies = [role for role in stage.copy_to if role not in to and not _left_out(case, stage, role)]
    base = _notice(
        case, entry, stage.notice, to, copies, channel=stage.channel, answering=tuple(stage.addressee), asks=True
    )
    others = _unique([*stage.also_to, *copies], without=stage.addressee)
    return [
        base.model_copy(update={"part": "addressee", "reaches": tuple(stage.addressee)}),
        base.model_copy(update={"part": "copies", "reaches": tuple(others)}),
    ]


def _left_out(case: Case, stage: Stage, role: str) -> bool:
    fact = stage.copy_unless.get(role)
    return fact is not None and case.is_true(fact)


def _by_rule(case: Case, entry: Entry) -> list[NoticeToSend]:
    names = names_of(entry)
    rules = [*ALWAYS, *case.procedure.notices, *(_stage_of(case, entry).notices if case.visits else [])]
    return [
        _notice(
            case,
            entry,
            rule.notice,
            roles_for(case, rule.to, entry),
            roles_for(case, rule.cc, entry),
            sent_for=rule.sent_for,
        )
        for rule in rules
        if names & _listed(rule.on) and fits(case, rule.when, entry)
    ]


def _by_nature(case: Case, entry: Entry) -> list[NoticeToSend]:
    """Notices whose readers depend on more than a list can say."""
    match entry:
        case Lapsed(then=then) if then != "hold":  # a hold says it all in one message (requirements G-A9)
            return [_notice(case, entry, "overdue", [case.raiser])]
        case Held(cap_reached=at_cap):
            addressees = case.stage.addressee if at_cap else []
            return [
                _notice(case, entry, "held", _unique([case.raiser, case.procedure.raiser.line_manager, *addressees]))
            ]
        case Reminded(whom="addressee"):
            return [
                _notice(case, entry, "reminder", case.stage.addressee, answering=tuple(case.stage.addressee), asks=True)
            ]
        case Reminded():
            return [_notice(case, entry, "decision_reminder", [case.raiser])]
        case Closed() | Withdrawn():
            return _ended(case, entry)
        case EmailFailed(notice=failed) if failed != "delivery_failed":
            readers = _unique([case.procedure.quality_assurance, "operations", case.raiser])
            return [_notice(case, entry, "delivery_failed", readers)]
        case Noted(by=by) if by in case.stage.addressee:  # "this is for somebody else", say
            return [_notice(case, entry, "noted", [case.raiser])]
        case AlertNotAccepted():
            return [_notice(case, entry, "alert_not_accepted", ["operations", case.raiser])]
    return []


def _ended(case: Case, entry: Closed | Withdrawn) -> list[NoticeToSend]:
    """Whoever still has the matter before them is told that nothing more is asked (requirements G-A10)."""
    if isinstance(entry, Closed) and entry.outcome == "resolved":
        told = {role for rule in _stage_of(case, entry).notices if "satisfied" in _listed(rule.on) for role in rule.to}
        readers = [] if case.visit.answered_in_time else [role for role in case.stage.addressee if role not in told]
        return [_notice(case, entry, "closed", readers)]
    name = "withdrawn" if isinstance(entry, Withdrawn) else "closed"
    return [_notice(case, entry, name, roles_for(case, ["asked"], entry), list(case.stage.copy_to))]


def _notice(
    case: Case,
    entry: Entry,
    name: str,
    to: Iterable[str],
    cc: Iterable[str] = (),
    **more: Any,
) -> NoticeToSend:
    readers = _unique(to)
    copies = _unique(cc, without=readers)
    return NoticeToSend(
        **({"reaches": (*readers, *copies)} | more),
        entry=entry.n,
        notice=name,
        to=tuple(readers),
        cc=tuple(copies),
        stage=entry.stage or case.visit.stage,
        visit=case.visit.n,
        at=entry.at,
        facts=_facts(case, entry),
    )


def _facts(case: Case, entry: Entry) -> dict[str, Any]:
    """What the entry says in dates, numbers and codes."""
    said = {key: value for key, value in entry.details.items() if key not in TEXTS}
    match entry:
        case Held():
            said["reason"] = entry.reason
        case EmailFailed():
            said["roles"] = [failure.role for failure in entry.failed]
        case StageEntered():
            said["then"] = case.stage.on_lapse if case.next_stage else "hold"
            said["grounds"] = titles_in(case.procedure, "ground", case.fields.get("ground"))
            said["theme"] = titles_in(case.procedure, "category", case.fields.get("category"))
    due = case.due
    if due and "due" not in said:
        said["due"] = due.at.isoformat()
    if case.cap_at and "cap" not in said:
        said["cap"] = case.cap_at.isoformat()
    return said | ({"by": entry.by} if entry.by else {})


def _together(one: NoticeToSend, other: NoticeToSend) -> NoticeToSend:
    to = _unique([*one.to, *other.to])
    cc = _unique([*one.cc, *other.cc], without=to)
    reaches = _unique([*one.reaches, *other.reaches])
    return one.model_copy(update={"to": tuple(to), "cc": tuple(cc), "reaches": tuple(reaches)})


def _stage_of(case: Case, entry: Entry) -> Stage:
    """The stage that an entry is about: an answer may belong to one already left."""
    stage = case.procedure.stage(entry.stage, case.track) if entry.stage else None
    return stage or case.stage


def _listed(on: list[Any] | str) -> set[str]:
    return {on} if isinstance(on, str) else set(on)


def _unique(roles: Iterable[Any], without: Iterable[str] = ()) -> list[str]:
    left_out = set(without)
    return [role for role in dict.fromkeys(roles) if role not in left_out]
