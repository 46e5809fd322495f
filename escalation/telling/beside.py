"""What stands beside the ladder: recordings, and the other processes of the same document."""

from __future__ import annotations

from escalation.procedure import Process, Recording
from escalation.telling import duties, fields, ladder, people, times
from escalation.telling.conditions import person, when
from escalation.telling.sheet import Sheet
from escalation.telling.wording import both, either, plain, quoted


def recordings(sheet: Sheet) -> None:
    if not sheet.procedure.recordings:
        return
    sheet.heading("What is recorded beside the stages")
    sheet.text("None of these moves a date or a stage.", "recordings")
    for n, recording in enumerate(sheet.procedure.recordings):
        _recording(sheet, recording, f"recordings.{n}")


def _recording(sheet: Sheet, recording: Recording, at: str) -> None:
    own = recording.fields
    sheet.heading(recording.title, below=1)
    sheet.beside_heading(at, f"{at}.title")
    who = either(person(sheet.procedure, role) for role in recording.by) if recording.by else "anybody"
    sheet.say(f"Who may record it: {who}. {_where(recording)}", f"{at}.by", f"{at}.alone", f"{at}.within")
    sheet.table(["What", "How", "Needed", "Beside it"], fields.rows(sheet, own, f"{at}.fields"))
    duties.letters_of(sheet, recording.notices, f"{at}.notices", own)
    duties.filings_of(sheet, recording.records, f"{at}.records", own)
    duties.tasks_of(sheet, recording.tasks, f"{at}.tasks", own)
    if recording.completes:
        done = both(_tasks(sheet, key) for key in recording.completes)
        sheet.say(f"With it this task is done: {done}.", f"{at}.completes")
    for n, advice in enumerate(recording.advice):
        where = when(sheet.procedure, advice.when, own)
        said = f"Advice to whoever records it{f', {where}' if where else ''}: {quoted(advice.message)}"
        sheet.say(said, f"{at}.advice", f"{at}.advice.{n}")


def _where(recording: Recording) -> str:
    if not recording.alone:
        return "Only in an open escalation."
    return "In an open escalation, or by itself." if recording.within else "Only by itself, never in an escalation."


def _tasks(sheet: Sheet, key: str) -> str:
    """What the tasks of this key ask for."""
    procedure = sheet.procedure
    listed = [*procedure.tasks, *(task for stage in procedure.stages for task in stage.tasks)]
    listed += [task for recording in procedure.recordings for task in recording.tasks]  # type: ignore[misc]
    found = [quoted(task.what) for task in listed if task.key == key]
    return either(found) if found else plain(key)


def processes(sheet: Sheet) -> None:
    """Other ladders of the same document, each told as this procedure is."""
    if not sheet.procedure.processes:
        return
    sheet.heading("Other processes of the document")
    for key, process in sheet.procedure.processes.items():
        root = f"processes.{key}"
        sheet.heading(process.title, below=1)
        sheet.beside_heading(root, f"{root}.title")
        _process(sheet.inside(sheet.procedure.opened(key), root), process)


def _process(inner: Sheet, process: Process) -> None:
    people.who_raises(inner, process.raiser)
    inner.say("It has no total time, no CAFCASS and no legal advice.")
    for n, stage in enumerate(inner.procedure.stages):
        ladder.one(inner, stage, f"stages.{n}")
    fields.asked(inner)
    if inner.procedure.notices:
        duties.notices(inner)
    duties.filing(inner)
    duties.tasks(inner)
    times.reminding(inner)
