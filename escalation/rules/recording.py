"""One of the procedure's recordings, within an open escalation: it moves no deadline, and may complete tasks."""

from __future__ import annotations

from escalation import recordings
from escalation.case import Case, OpenTask
from escalation.conditions import fits, roles_for
from escalation.history import Recorded, TaskDone
from escalation.messages import RecordEvent
from escalation.procedure import PARTS, Recording
from escalation.rules.acting import ensure_open
from escalation.rules.page import Page, RefusedActError


def record(page: Page, command: RecordEvent) -> None:
    case = page.case
    ensure_open(case)
    recording = _recording(case, command.what)
    entry = Recorded(
        at=page.at,
        stage=case.visit.stage,
        by=command.by,
        name=command.name,
        what=recording.do,
        called=recording.event,
        fields=command.fields,
    )
    parts = {part: roles_for(case, [part], entry) for part in PARTS}
    if refusal := recordings.check(case.procedure, recording, command.by, command.fields, parts):
        raise RefusedActError(*refusal)
    done = _completed(case, recording, command.task)
    called = recordings.duties_of(case.procedure, recording, command.fields, lambda when: fits(case, when, entry))
    for message in called.advice:
        page.warn(recording.do, message)
    page.write(entry)
    for task in done:
        who = {"by": command.by, "name": command.name}
        page.write(TaskDone(at=page.at, stage=case.visit.stage, task=task.n, what=task.what, **who))


def _recording(case: Case, what: str) -> Recording:
    recording = case.procedure.recording(what)
    if recording is None or not recording.within:
        known = ", ".join(each.do for each in case.procedure.recordings if each.within) or "none"
        raise RefusedActError("no_such_recording", f"There is no `{what}` to record; there are: {known}.", "what")
    return recording


def _completed(case: Case, recording: Recording, named: int | None) -> list[OpenTask]:
    """The task named, and those that such a recording always completes."""
    if named is not None and named not in {task.n for task in case.tasks}:
        raise RefusedActError("no_such_task", f"There is no open task {named}.", "task")
    return [task for task in case.tasks if task.n == named or (task.key and task.key in recording.completes)]
