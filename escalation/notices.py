"""Who hears what: which notices a history entry calls for, to whom, as the procedure lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from escalation import alerts
from escalation.case import Case
from escalation.composing import compose, unique
from escalation.conditions import fits, names_of, roles_for
from escalation.history import (
    AlertNotAccepted,
    ChangeAsked,
    Closed,
    EmailFailed,
    Entry,
    HandedOver,
    Held,
    Lapsed,
    Noted,
    OutOfOffice,
    PostCovered,
    PromiseDue,
    Recorded,
    Reminded,
    ReplyReceived,
    TakenOver,
    TurnPassed,
    Withdrawn,
)  # fmt: skip
from escalation.messages import NoticeToSend
from escalation.procedure import Letter, Notice, Stage

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
        case PromiseDue():
            return _asked_of_the_raiser(case, entry, ["was_it_done"])
        case ChangeAsked():
            return _asked_of_the_raiser(case, entry, ["what_changed"])
        case Reminded(about="follow_up") | TurnPassed(about="follow_up"):
            return _asked_of_the_raiser(case, entry, case.follow_ups.questions)
        case Reminded(whom="addressee"):
            asked = case.addressees()
            copies = [case.raiser] if case.procedure.reminders.raiser_too else []
            return [compose(case, entry, "reminder", asked, copies, answering=tuple(asked), asks=True)]
        case Reminded():
            return [compose(case, entry, "decision_reminder", unique([case.raiser, *_passed_to(case)]))]
        case Closed() | Withdrawn():
            return _ended(case, entry)
        case EmailFailed(notice=failed) if failed != "delivery_failed":
            readers = unique([case.procedure.quality_assurance, "operations", case.raiser])
            return [compose(case, entry, "delivery_failed", readers)]
        case Noted(by=by) if by in case.addressees():  # "this is for somebody else", say
            return [compose(case, entry, "noted", [case.raiser])]
        case AlertNotAccepted():
            return [compose(case, entry, "alert_not_accepted", ["operations", case.raiser])]
    return _about_people(case, entry)


def _asked_of_the_raiser(case: Case, entry: Entry, questions: Iterable[str]) -> list[NoticeToSend]:
    """What outlives the close is asked of the raiser, and of whoever may answer in their stead by now."""
    passed_to = case.follow_ups.passed_to
    readers = unique([case.raiser, *([passed_to] if passed_to else [])])
    return [compose(case, entry, question, readers) for question in questions]


def _passed_to(case: Case) -> list[str]:
    return [case.passed_to] if case.passed_to else []


def _about_people(case: Case, entry: Entry) -> list[NoticeToSend]:
    """Somebody else was asked, or has the turn; something came back."""
    match entry:
        case PostCovered():
            return [compose(case, entry, "post_covered", [case.procedure.quality_assurance, "operations", case.raiser])]
        case TurnPassed(to=to):
            return [compose(case, entry, "turn_passed", [to], [case.raiser])]
        case HandedOver():
            return [compose(case, entry, "handed_over", [case.raiser])]
        case OutOfOffice(asked_here=True):
            return [compose(case, entry, "out_of_office", [case.raiser])]
        case ReplyReceived(notice="reply_received"):
            return []  # two machines that answer each other through us would never stop
        case ReplyReceived(role=role):
            return [compose(case, entry, "reply_received", ["operations" if role == case.raiser else case.raiser])]
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
    reaches = unique(role for role in (*to, *cc) if role in {*one.reaches, *other.reaches})  # To before Cc
    return one.model_copy(update={"to": tuple(to), "cc": tuple(cc), "reaches": tuple(reaches)})


def _stage_of(case: Case, entry: Entry) -> Stage:
    """The stage that an entry is about: an answer may belong to one already left."""
    stage = case.procedure.stage(entry.stage, case.track) if entry.stage else None
    return stage or case.stage


def _listed(on: list[Any] | str) -> set[str]:
    return {on} if isinstance(on, str) else set(on)
