"""What a history entry calls for at once: records to file and tasks for people, as the procedure lists them."""

from __future__ import annotations

from collections.abc import Iterable

from escalation.case import OPERATIONS, Case
from escalation.history import (
    AlertNotAccepted,
    AlertTold,
    CaseNote,
    Decided,
    EmailFailed,
    EmailSent,
    Entry,
    ExtensionRequested,
    Held,
    Lapsed,
    LateResponse,
    Raised,
    Responded,
    StageEntered,
    TaskOpened,
)  # fmt: skip
from escalation.procedure import Procedure, Record, Stage, Task, When


def called_for(case: Case, entry: Entry) -> list[CaseNote | TaskOpened]:
    """The entries that follow from this one. They are numbered and applied by whoever writes it."""
    names = names_of(entry)
    stage = case.procedure.stage(entry.stage, case.track) if entry.stage else None
    lists: list[Procedure | Stage] = [case.procedure, *([stage] if stage else [])]
    records = [record for owner in lists for record in owner.records if _meets(case, record, names, entry)]
    tasks = [task for owner in lists for task in owner.tasks if _meets(case, task, names, entry)]
    return [
        *(_case_note(case, record, entry) for record in records),
        *(_task(case, entry, role, task.what) for task in tasks for role in roles_for(case, [task.to], entry)),
        *(_task(case, entry, role, what) for role, what in _always(case, entry)),
    ]


def _always(case: Case, entry: Entry) -> list[tuple[str, str]]:
    """Tasks that every procedure needs: nobody's turn goes unsaid."""
    match entry:
        case Responded(stage_already_left=False):
            return [(case.raiser, "Decide on the response")]
        case Responded():
            return [(case.raiser, "Decide whether the higher stage stands down: the answer was received in time")]
        case LateResponse():
            return [(case.raiser, "Decide on the late response")]
        case ExtensionRequested():
            return [(case.raiser, "Grant or refuse more time")]
        case Held():
            return [(case.raiser, "Decide what follows: nothing moves by itself any more")]
        case EmailFailed() if entry.part != "addressee" or not _waits_for_its_alert(case, entry):
            return []
        case AlertNotAccepted(count=1) | EmailFailed():
            return [("operations", f"Give the alert to {_titles(case)} by hand and record it (record_told)")]
    return []


def _waits_for_its_alert(case: Case, entry: Entry) -> bool:
    return case.waiting_for == OPERATIONS and entry.stage == case.visit.stage


def _titles(case: Case) -> str:
    return " or ".join(case.procedure.role_title(role) for role in case.stage.addressee)


def names_of(entry: Entry) -> set[str]:
    """The words that a procedure may use for an entry."""
    match entry:
        case Raised():
            return {"raised", "entered"}
        case StageEntered():
            return {"entered"}
        case AlertTold() | EmailSent(starts_clock=True):
            return {"alerted"}
        case Decided(outcome="satisfied" | "not_satisfied" as outcome):
            return {outcome}
        case Lapsed(then="hold"):
            return set()  # the hold that follows says it all, once (requirements G-A9)
    return {entry.event}


def fits(case: Case, when: When, entry: Entry) -> bool:
    """Whether every part of a condition holds."""
    return (
        (when.subject is None or case.subject.kind in when.subject)
        and (when.flag is None or case.is_true(when.flag))
        and (when.unless is None or not case.is_true(when.unless))
        and (when.stages is None or (entry.stage or case.visit.stage) in when.stages)
        and (when.outcome is None or getattr(entry, "outcome", None) in when.outcome)
        and (when.state is None or (when.state == "late") == isinstance(entry, LateResponse))
    )


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
                found += case.stage.addressee
            case "asked":
                found += [role for visit in case.visits for role in case.stage_of(visit).addressee]
            case "responder":
                found += [entry.by] if entry.by else []
            case _:
                found.append(name)
    return list(dict.fromkeys(found))


def _meets(case: Case, duty: Record | Task, names: set[str], entry: Entry) -> bool:
    on = {duty.on} if isinstance(duty.on, str) else set(duty.on)
    return bool(names & on) and fits(case, duty.when, entry)


def _case_note(case: Case, record: Record, entry: Entry) -> CaseNote:
    return CaseNote(
        at=entry.at,
        stage=entry.stage or case.visit.stage,
        by=case.raiser,
        where=record.where,
        heading=record.heading,
        form=record.form,
        text=_in_a_sentence(case, entry),
    )


def _in_a_sentence(case: Case, entry: Entry) -> str:
    stage = case.procedure.stage(entry.stage or case.visit.stage, case.track) or case.stage
    said = {key: value for key, value in entry.details.items() if key in {"text", "outcome", "outcome_text", "reason"}}
    tail = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in said.items() if value)
    return f"{case.reference}, {stage.title}: {entry.event.replace('_', ' ')}" + (f" ({tail})" if tail else "")


def _task(case: Case, entry: Entry, role: str, what: str) -> TaskOpened:
    return TaskOpened(at=entry.at, stage=entry.stage or case.visit.stage, to=role, what=what)
