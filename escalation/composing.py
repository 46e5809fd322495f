"""One notice, as a history entry calls for it: its readers, and what it may say in dates, numbers and codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from escalation.case import Case
from escalation.forms import codes_of
from escalation.history import (
    ChangeAsked,
    EmailFailed,
    Entry,
    Held,
    Lapsed,
    LateResponse,
    LegalAdviceRequested,
    OutOfOffice,
    PromiseDue,
    Recorded,
    Reminded,
    ReplyReceived,
    Responded,
    StageEntered,
    TurnPassed,
)
from escalation.messages import NoticeToSend
from escalation.question import requested_actions
from escalation.words import whom

TEXTS = {
    "text", "answers", "fields", "outcome_text", "reason", "how", "subject", "calendar", "failed", "delivered",
    "bypass_reason", "override_reason", "provider", "contacts", "agency", "person", "address", "to_name", "from_name",
    "mail_id", "hand_over", "action",
}  # fmt: skip
"""What an entry says in free words or about people: it never reaches a template."""


def compose(
    case: Case,
    entry: Entry,
    name: str,
    to: Iterable[str],
    cc: Iterable[str] = (),
    **more: Any,
) -> NoticeToSend:
    readers = unique(to)
    copies = unique(cc, without=readers)
    return NoticeToSend(
        **({"reaches": (*readers, *copies)} | more),
        entry=entry.n,
        notice=name,
        to=tuple(readers),
        cc=tuple(copies),
        stage=entry.stage or case.visit.stage,
        visit=case.visit.n,
        at=entry.at,
        facts=_facts(case, entry) | (_of_a_request(case) if more.get("asks") else {}),
    )


def _of_a_request(case: Case) -> dict[str, Any]:
    """What whoever is asked must know, whichever entry it is that has them asked: also the second time, or another."""
    said = {
        "then": case.stage.on_lapse if case.next_stage else "hold",
        "grounds": _titles(case, "ground"),
        "theme": [title for key in _themes(case) for title in _titles(case, key)],
        "requested_actions": len(requested_actions(case)) or None,
    }
    return {key: value for key, value in said.items() if value}


def _facts(case: Case, entry: Entry) -> dict[str, Any]:
    """What the entry says in dates, numbers and codes."""
    said = {"event": entry.event} | {key: value for key, value in entry.details.items() if key not in TEXTS}
    match entry:
        case PromiseDue() | ChangeAsked() | Reminded(about="follow_up") | TurnPassed(about="follow_up"):
            return _of_a_question(case, entry) | said
        case Held():
            said |= {"reason": entry.reason, "answered": bool(case.visit.answers)}
        case Lapsed():
            said["answered"] = bool(case.visit.answers)
        case Reminded():
            said |= {"answered": bool(case.visit.answers), "status": case.status, "asked": case.addressees()}
        case LegalAdviceRequested():
            said["decided_by"] = case.procedure.legal_advice and case.procedure.legal_advice.decided_by
        case Responded():
            visit = case.visit_numbered(entry.visit)
            said["timed"] = visit is None or visit.working_days is not None
            said |= _promised(entry)
        case LateResponse():
            said |= _promised(entry)
        case Recorded():
            recording = case.procedure.recording(entry.what)
            said["title"] = recording.title if recording else entry.called
        case EmailFailed():
            said["roles"] = [failure.role for failure in entry.failed]
        case ReplyReceived() if not case.open:
            said["status"] = case.status
        case StageEntered():
            said |= {"answered": any(visit.answers for visit in case.visits[-2:-1])} | _of_a_request(case)
    if isinstance(entry, Reminded | EmailFailed | OutOfOffice):
        said["requested_actions"] = len(requested_actions(case)) or None
    return _of_the_case(case, entry.at) | said | ({"by": entry.by} if entry.by else {})


def _of_the_case(case: Case, now: datetime) -> dict[str, Any]:
    """What holds of the case now, unless the entry itself says otherwise."""
    due, cap = case.due, case.cap_at
    stands = {
        "due": due.at.isoformat() if due else None,
        "cap": cap.isoformat() if cap else None,
        "cap_reached": cap is not None and now >= cap,
        "stops_on": case.stage.response.stops_on if case.visits else None,
        "process": case.procedure.process,
    }
    return {key: value for key, value in stands.items() if value}


def _promised(entry: Responded | LateResponse) -> dict[str, Any]:
    """The dates by which something is still to be done, as the answer says."""
    days = [day for day in (entry.done_by, *(answer.done_by for answer in entry.answers)) if day]
    return {"promises": len(days), "done_by": min(days).isoformat()} if days else {}


def _of_a_question(case: Case, entry: Entry) -> dict[str, Any]:
    """What outlives the close, as it is asked: how much was promised, by whom and for when; never what."""
    waiting = [promise for promise in case.follow_ups.unanswered if promise.asked]
    numbers = entry.promises if isinstance(entry, PromiseDue) else [promise.n for promise in waiting]
    asked = [promise for promise in waiting if promise.n in numbers]
    by, days = {promise.by for promise in asked}, {promise.done_by for promise in asked}
    said = {
        "whom": whom(case),
        "promises": len(asked) or None,
        "done_by": min(days).isoformat() if days else None,
        "one_date": len(days) == 1,
        "by": by.pop() if len(by) == 1 else None,
        "went_on": any(promise.visit != case.visit.n for promise in asked),
        "still_open": case.open,
        "date_concluded": case.date_concluded.isoformat() if case.date_concluded else None,
        "process": case.procedure.process,
        "asked_in": case.follow_ups.asked_in,
    }
    return {key: value for key, value in said.items() if value is not None}


def _themes(case: Case) -> list[str]:
    """The lists that say what it is about: those that must be filled in, else the first."""
    lists = {key: taxonomy for key, taxonomy in case.procedure.taxonomies.items() if key != "ground"}
    return [key for key, taxonomy in lists.items() if taxonomy.required] or list(lists)[:1]


def _titles(case: Case, key: str) -> list[str]:
    """The codes given, in the words of the procedure's own list; never in anybody's own words."""
    taxonomy = case.procedure.taxonomies.get(key)
    codes = codes_of(taxonomy, case.fields.get(key), case.visit.stage) if taxonomy else []
    return [code.title for code in codes if code]


def unique(roles: Iterable[Any], without: Iterable[str] = ()) -> list[str]:
    left_out = set(without)
    return [role for role in dict.fromkeys(roles) if role not in left_out]
