"""What a history entry calls for at once: records to file and tasks for people, as the procedure lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escalation import forms, recordings
from escalation.case import OPERATIONS, Case
from escalation.conditions import fits, names_of, roles_for
from escalation.history import (
    AlertNotAccepted,
    CafcassReferred,
    CaseNote,
    ChangeAsked,
    EmailFailed,
    Entry,
    ExtensionRequested,
    Held,
    LateResponse,
    PromiseDue,
    Raised,
    Reassigned,
    Recorded,
    ReplyReceived,
    Responded,
    StageEntered,
    TaskOpened,
    TurnPassed,
)  # fmt: skip
from escalation.printed import said
from escalation.procedure import Filing, Procedure, Record, Stage, Task, ToDo
from escalation.words import on, whom


def called_for(case: Case, entry: Entry) -> list[CaseNote | TaskOpened]:
    """The entries that follow from this one. They are numbered and applied by whoever writes it."""
    filings, tasks, text = _of_recording(case, entry) or _listed(case, entry)
    return [
        *(_case_note(case, filing, entry, text) for filing in filings),
        *(_task(case, entry, role, task) for task in tasks for role in roles_for(case, [task.to], entry)),
        *(_task(case, entry, role, task) for role, task in _always(case, entry)),
    ]


Called = tuple[list[Filing], list[ToDo], str]
"""What to file, what to do, and the text to paste."""


def _listed(case: Case, entry: Entry) -> Called:
    """What the procedure and its stage list for such an entry."""
    names = names_of(entry)
    stage = case.procedure.stage(entry.stage, case.track) if entry.stage else None
    owners: list[Procedure | Stage] = [case.procedure, *([stage] if stage else [])]
    filings: list[Filing] = [
        record for owner in owners for record in owner.records if _meets(case, record, names, entry)
    ]
    tasks: list[ToDo] = [task for owner in owners for task in owner.tasks if _meets(case, task, names, entry)]
    return filings, tasks, _in_words(case, entry)


def _of_recording(case: Case, entry: Entry) -> Called | None:
    """What one of the procedure's recordings calls for, beside whatever is listed for its event."""
    recording = case.procedure.recording(entry.what) if isinstance(entry, Recorded) else None
    if recording is None or not isinstance(entry, Recorded):
        return None
    called = recordings.duties_of(case.procedure, recording, entry.fields, lambda when: fits(case, when, entry))
    filings, tasks, _ = _listed(case, entry)
    text = recordings.text_of(case.procedure, recording, entry.fields)
    return [*filings, *called.filings], [*tasks, *called.tasks], f"{case.reference}: {text}"


DRAFT, CHANGE = "draft_form", "what_changed"
"""The keys of the tasks to complete what time alone could not fill in, and to say what changed."""
RECORD_IT = "Record what was replied by email as the response, if it is one"
READ_IT = "Read what was replied by email after the end: it can no longer be recorded as the response"


def _always(case: Case, entry: Entry) -> list[tuple[str, ToDo]]:
    """Tasks that every procedure needs: nobody's turn goes unsaid, and no lapse waits for a form (G-A22)."""
    if isinstance(entry, StageEntered) and (draft := _draft_left(case, entry)):
        return [(case.raiser, ToDo(to=case.raiser, what=draft, key=DRAFT))]
    if isinstance(entry, PromiseDue | ChangeAsked):
        return [(case.raiser, ToDo(to=case.raiser, what=what, key=key)) for key, what in _questions(case, entry)]
    return [(role, ToDo(to=role, what=what)) for role, what in _turns(case, entry)]


def promise_task(n: int) -> str:
    """The key of the task to say whether a promise was kept."""
    return f"promise_{n}"


def _questions(case: Case, entry: PromiseDue | ChangeAsked) -> Iterator[tuple[str, str]]:
    """What outlives the close, by its key: one task for each promise."""
    if isinstance(entry, ChangeAsked):
        yield CHANGE, f"Say what changed for {whom(case)}, or that it is still too early to say"
        return
    for promise in case.follow_ups.promises:
        if promise.n in entry.promises:
            yield promise_task(promise.n), f"Say whether what was promised by {on(promise.done_by)} was done"


def _turns(case: Case, entry: Entry) -> list[tuple[str, str]]:
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
            return [(case.raiser, what) for what in _after_hold(case)]
        case CafcassReferred(leaves_ladder=False) if _must_meet(case):
            return [(case.raiser, _convene(case))]
        case Reassigned():
            return [(entry.to, "Answer: this was handed on to you, and the deadline is unchanged")]
        case ReplyReceived(role=role) if role != case.raiser:
            return [(case.raiser, RECORD_IT if case.open else READ_IT)]
        case TurnPassed(about=None):
            return [(entry.to, "Act in the raiser's stead, or see that they do")]
        case EmailFailed(stops_clock=True):
            return []  # whoever else there is, is asked now
        case EmailFailed() if entry.part != "addressee" or not _waits_for_its_alert(case, entry):
            return []
        case AlertNotAccepted(count=1) | EmailFailed():
            return [("operations", f"Give the alert to {_titles(case)} by hand and record it (record_told)")]
    return []


def _draft_left(case: Case, entry: StageEntered) -> str | None:
    """A stage entered by time alone may lack what an act would have had to say: the raiser completes the draft."""
    if entry.lapsed_due is None or not forms.faults(case.procedure, case.fields, "start", case.visit.stage):
        return None
    form = case.procedure.form_at(case.visit.stage)
    return f"Complete the draft {form.title if form else 'of what this stage asks for'}"


def _after_hold(case: Case) -> list[str]:
    """What the raiser has to decide once nothing moves by itself any more (requirements G-A7, HAL-A15, LEI-A5)."""
    what, cafcass = ["Decide what follows: nothing moves by itself any more"], case.procedure.cafcass
    if cafcass and may_refer(case) and not case.cafcass_referred:
        what.append(f"Decide on a CAFCASS referral{' (checklist)' if cafcass.checklist else ''}")
        if case.next_stage is None and _must_meet(case):
            what.append(_convene(case))
    return what


def may_refer(case: Case) -> bool:
    """Whether the procedure knows a referral to CAFCASS for this subject."""
    cafcass = case.procedure.cafcass
    return cafcass is not None and case.subject.kind in cafcass.subjects


def _must_meet(case: Case) -> bool:
    """Whether a meeting comes before CAFCASS that has not been held."""
    cafcass = case.procedure.cafcass
    return cafcass is not None and cafcass.meeting is not None and not case.meeting_held


def _convene(case: Case) -> str:
    cafcass = case.procedure.cafcass
    meeting = cafcass.meeting if cafcass else None
    names = ", ".join(case.procedure.role_title(role) for role in meeting.attendees) if meeting else ""
    return f"Convene the meeting that comes before CAFCASS: {names}"


def _waits_for_its_alert(case: Case, entry: Entry) -> bool:
    return case.waiting_for == OPERATIONS and entry.stage == case.visit.stage


def _titles(case: Case) -> str:
    return " or ".join(case.procedure.role_title(role) for role in case.addressees())


def _meets(case: Case, duty: Record | Task, names: set[str], entry: Entry) -> bool:
    listed = {duty.on} if isinstance(duty.on, str) else set(duty.on)
    return bool(names & listed) and fits(case, duty.when, entry)


def _case_note(case: Case, filing: Filing, entry: Entry, text: str) -> CaseNote:
    """Ready to paste. A form says all that it prints; so does the note that a concern was raised, its alert sent, or
    what came of it (Oxfordshire, Stage 1: "record in brief the details of the R&E and the outcome")."""
    tells_all = filing.form in PRINTED or filing.heading == case.procedure.outcome_heading
    if tells_all or "alerted" in names_of(entry) or isinstance(entry, Raised):
        text = "\n".join([text, *said(case)])
    if filing.form == "pdf":
        text = f"{text}\n{_where_the_pdf_is(case, entry)}"
    return CaseNote(
        at=entry.at,
        stage=entry.stage or case.visit.stage,
        by=case.raiser,
        where=filing.where,
        heading=filing.heading,
        form=filing.form,
        text=text,
    )


def _where_the_pdf_is(case: Case, entry: Entry) -> str:
    """The same bytes whenever it is asked for: what is placed on the file can be made again (OXF-57)."""
    reference, stage = case.reference, entry.stage or case.visit.stage
    return (
        f"The PDF: `twentydays export form {reference} --stage {stage}`, or "
        f"GET /api/escalations/{reference}/form?stage={stage} with Accept: application/pdf"
    )


PRINTED = {"form", "pdf", "document"}
SAID = {
    "text": "In their words",
    "outcome": "Outcome",
    "outcome_text": "What came of it",
    "reason": "Reason",
    "provider": "Provider",
    "attendees": "There were",
    "necessary": "Necessary",
    "resolved": "Resolved",
}
"""What an entry says that belongs into the note on the file, and how it is called there."""
KEYS = {"outcome", "reason"}
"""Of these, what may be a word of ours."""


def _in_words(case: Case, entry: Entry) -> str:
    stage = case.procedure.stage(entry.stage or case.visit.stage, case.track) or case.stage
    words = {key: value for key, value in entry.details.items() if key in SAID and forms.is_given(value)}
    words |= {key: value for key, value in _said_to_cafcass(entry).items() if forms.is_given(value)}
    told = [f"{SAID.get(key, key.replace('_', ' '))}: {_plain(case, key, value)}" for key, value in words.items()]
    happened = entry.event.replace("_", " ").replace("cafcass", "CAFCASS")
    return "\n".join([f"{case.reference}, {stage.title}: {happened}", *told])


def _said_to_cafcass(entry: Entry) -> dict[str, Any]:
    return entry.fields if isinstance(entry, CafcassReferred) else {}


def _plain(case: Case, key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(case, key, each) for each in value if forms.is_given(each))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value in case.procedure.roles:
        return case.procedure.role_title(value)
    return str(value).replace("_", " ") if key in KEYS and str(value).isidentifier() else str(value)


def _task(case: Case, entry: Entry, role: str, task: ToDo) -> TaskOpened:
    return TaskOpened(at=entry.at, stage=entry.stage or case.visit.stage, to=role, what=task.what, key=task.key)
