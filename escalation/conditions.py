"""Whether a duty is called for: what the procedure calls an entry, whether a condition holds, who has which part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from escalation import recordings
from escalation.case import Case
from escalation.history import (
    AlertTold,
    Decided,
    EmailSent,
    Entry,
    Lapsed,
    LateResponse,
    NoticeEnded,
    Raised,
    Recorded,
    Responded,
    StageEntered,
)
from escalation.procedure import When


def names_of(entry: Entry) -> set[str]:
    """The words that a procedure may use for an entry."""
    match entry:
        case Raised():
            return {"raised"} if entry.notice_working_days else {"raised", "entered"}
        case StageEntered():
            return set() if entry.notice_working_days else {"entered"}  # the stage begins when its notice ends
        case AlertTold() | EmailSent(starts_clock=True):
            return {"alerted"}
        case Decided(outcome="satisfied" | "not_satisfied" as outcome):
            return {outcome}
        case Lapsed(then="hold"):
            return set()  # the hold that follows says it all, once (requirements G-A9)
        case Recorded():
            return {entry.called}
    return {entry.event}


def fits(case: Case, when: When, entry: Entry) -> bool:
    """Whether every part of a condition holds."""
    stage = entry.stage or case.visit.stage
    return (
        (when.subject is None or case.subject.kind in when.subject)
        and (when.track is None or case.track in when.track)
        and (when.given is None or all(_says_one_of(case, entry, *each) for each in when.given.items()))
        and (when.started_here is None or when.started_here == (case.visits[0].stage == stage))
        and (when.because is None or _because(entry) == when.because)
        and (when.flag is None or _is_true(case, entry, when.flag))
        and (when.unless is None or not _is_true(case, entry, when.unless))
        and (when.stages is None or stage in when.stages)
        and (when.outcome is None or getattr(entry, "outcome", None) in when.outcome)
        and (when.state is None or (when.state == "late") == isinstance(entry, LateResponse))
    )


def _because(entry: Entry) -> str | None:
    """How the stage was entered; one of which notice was given, by the act that gave it."""
    return "decided" if isinstance(entry, NoticeEnded) else getattr(entry, "because", None)


def _is_true(case: Case, entry: Entry, fact: str) -> bool:
    act = getattr(entry, "fields", {})
    return act[fact] is True if fact in act else case.is_true(fact)


def _says_one_of(case: Case, entry: Entry, field: str, values: list[Any]) -> bool:
    """What the act says there, else what the form does; of several codes, one."""
    act = getattr(entry, "fields", {})
    return recordings.is_one_of(act if field in act else case.fields, field, values)


def roles_for(case: Case, named: Iterable[str], entry: Entry) -> list[str]:
    """Roles, with the parts that people have in this escalation resolved (procedure.PARTS)."""
    found: list[str] = []
    for name in named:
        match name:
            case "raiser":
                found.append(case.raiser)
            case "line_manager":
                found.append(case.procedure.raiser.line_manager)
            case "addressee":
                found += case.addressees()
            case "next_addressee":
                found += case.next_stage.addressee if case.next_stage else []
            case "asked":
                found += [role for visit in case.visits for role in case.addressees(visit)]
            case "responder":
                found += [entry.by] if entry.by and isinstance(entry, Responded | LateResponse) else []
            case _:
                found.append(name)
    return list(dict.fromkeys(found))
