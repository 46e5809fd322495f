"""What is reported, to whom, how often, and what it counts."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.procedure import DIMENSIONS, Procedure, Report
from escalation.telling.conditions import label, people, person, stages_named
from escalation.telling.sheet import Sheet
from escalation.telling.vocabulary import ENDINGS, PERIODS
from escalation.telling.wording import both, either, plain, quoted, sentence, spaced


def reports(sheet: Sheet) -> None:
    if not sheet.procedure.reports:
        return
    sheet.heading("Reports")
    sheet.text("Quarters, half-years and years are those of the financial year from 1 April (G-A19).", "reports")
    for key, report in sheet.procedure.reports.items():
        at = f"reports.{key}"
        sheet.heading(report.title, below=1)
        sheet.beside_heading(at, f"{at}.title")
        for name, said in _told(sheet.procedure, report):
            sheet.say(sentence(said), f"{at}.{name}")


def _told(procedure: Procedure, report: Report) -> Iterator[tuple[str, str]]:
    yield "period", PERIODS[report.period]
    if report.audience:
        yield "audience", f"For {people(procedure, report.audience)}"
    if report.by:
        yield "by", f"From {person(procedure, report.by)}"
    yield from _chosen(procedure, report)
    counted = [_dimension(procedure, name) for name in report.counts or procedure.taxonomies]
    yield "counts", f"Counts by: {'; '.join(counted)}" if counted else "Counts all together"
    if report.recordings:
        named = both(_recorded(procedure, do) for do in report.recordings)
        yield "recordings", f"Counts beside them what was recorded as {named}"
    if report.patterns_from:
        yield "patterns_from", f"{report.patterns_from} or more of one kind are named as a pattern"
    if report.open_at:
        yield "open_at", f"Lists what is open at {stages_named(procedure, report.open_at)} on the day"
    yield from _meeting(procedure, report)
    if report.committee:
        yield "committee", "Shown with counts from 1 to 4 withheld, and without any single dispute"
    if report.parts:
        yield "parts", f"In the document's words it consists of: {'; '.join(plain(part) for part in report.parts)}"


def _meeting(procedure: Procedure, report: Report) -> Iterator[tuple[str, str]]:
    """What is before it case by case, or action by action."""
    if report.meeting:
        referred = report.meeting.referred_by
        more = f", and what came to it by {_recorded(procedure, referred)}" if referred else ""
        kept = _recorded(procedure, report.meeting.by)
        yield "meeting", f"The agenda of a meeting, case by case{more}; {kept} says what it decided of each"
    if report.log:
        logged, reviewed = (_recorded(procedure, do) for do in (report.log.opened_by, report.log.reviewed_by))
        yield "log", f"Carries each action of {logged} with every {reviewed}, until it is done"


def _chosen(procedure: Procedure, report: Report) -> Iterator[tuple[str, str]]:
    """Which disputes it is about."""
    if report.process:
        process = procedure.processes.get(report.process)
        yield "process", f"About {quoted(process.title) if process else spaced(report.process)}, not about disputes"
    belongs = {
        "closed": "A dispute belongs to the period in which it was closed",
        "raised": "A dispute belongs to the period in which it was raised, open ones too",
    }
    yield "belongs", belongs[report.belongs]
    if report.reached:
        yield "reached", f"Only disputes that were at {stages_named(procedure, report.reached)}"
    if report.flag:
        yield "flag", f"Only where {label(procedure, report.flag)} is answered yes"
    if report.outcomes:
        yield "outcomes", f"Only those that ended as {either(ENDINGS[outcome] for outcome in report.outcomes)}"


def _dimension(procedure: Procedure, name: str) -> str:
    if name in procedure.taxonomies:
        return quoted(procedure.taxonomies[name].title)
    return DIMENSIONS.get(name, spaced(name)).partition(":")[0]


def _recorded(procedure: Procedure, do: str) -> str:
    recording = procedure.recording(do)
    return quoted(recording.title) if recording else spaced(do)
