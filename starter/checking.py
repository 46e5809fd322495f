"""The command `check`: what can be proved of a procedure before anybody relies on it, and every fault at once."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from activities import rendering
from config import procedures
from config.settings import load
from escalation import proof
from escalation.contradictions import FaultAt
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import Procedure
from escalation.proof import LadderProof
from escalation.proof.dates import Dates, Span
from escalation.proof.years import Path as ProvedPath
from escalation.words import on
from escalation.working_days import london_date
from starter.office import Office
from starter.rehearsal.examples import load_examples, run_examples

DONE, REFUSED = 0, 1
YEARS = 10
BEYOND = 3
"""Years that the calendar reaches further than the last start: no path is longer."""


@dataclass
class Checked:
    """What was found of the procedure in one file."""

    file: Path
    procedure: Procedure | None = None
    ladders: list[LadderProof] = field(default_factory=list)
    examples: int = 0
    faults: list[Fault] = field(default_factory=list)


def check(
    *procedure: str,
    from_year: int | None = None,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Prove what can be proved of procedures, for every start date of ten years and every path. Exit code 1: faults.

    Parameters
    ----------
    procedure: str
        Keys or files; none: every procedure that this installation knows.
    from_year: int | None
        The first of the ten years; this year where not given.
    json: bool
        Print what was found as JSON.
    """
    office = Office(load())
    files = [_file(named, office.settings.procedures) for named in procedure]
    known = files or list(procedures.files(office.settings.procedures).values())
    dates = _dates(office, from_year or london_date(datetime.now(UTC)).year)
    checked = list(_shown(known, dates))
    if json:
        print(jsonlib.dumps([_document(each) for each in checked], indent=1, ensure_ascii=False, default=str))
    else:
        print("\n".join(line for each in checked for line in lines(each, dates)))
    return REFUSED if any(each.faults for each in checked) else DONE


def examined(file: Path, dates: Dates) -> Checked:
    """Everything about one file: what a load sees, its texts, its paths, its worked examples."""
    checked = Checked(file)
    try:
        checked.procedure = procedures.read(file, _without_dates)
    except InvalidDocument as refused:
        checked.faults = refused.faults
        return checked
    checked.ladders = list(proof.proofs(checked.procedure, dates))
    checked.faults += [
        Fault("stages", f"{ladder.name}: {fault}", str(file)) for ladder in checked.ladders for fault in ladder.faults
    ]
    _run_examples(checked, checked.procedure)
    return checked


def _without_dates(procedure: Procedure) -> list[FaultAt]:
    return [*proof.faults(procedure), *proof.without_texts(procedure, rendering.notices())]


def _run_examples(checked: Checked, procedure: Procedure) -> None:
    path = checked.file.parent / "examples" / checked.file.name
    if not path.is_file():
        return
    try:
        checked.examples = len(load_examples(path))
        checked.faults += [Fault("", fault, str(path)) for fault in run_examples(procedure, path)]
    except InvalidDocument as refused:
        checked.faults += refused.faults


def _file(named: str, own: Path | None) -> Path:
    """The file of a key, or the file itself."""
    if not named.endswith(".yaml"):
        return procedures.find(named, own)
    path = Path(named)
    if not path.is_file():
        raise InvalidDocument([Fault("", "there is no such file", named)])
    return path


def _dates(office: Office, first_year: int) -> Dates:
    calendar = office.calendars.covering(first_year - 1, first_year + YEARS + BEYOND)
    return Dates(calendar, date(first_year, 1, 1), date(first_year + YEARS - 1, 12, 31))


def _shown(files: list[Path], dates: Dates) -> Iterator[Checked]:
    """One after the other, with a bar on a terminal."""
    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        for file in bar.track(files, description="Procedures"):
            yield examined(file, dates)


# In words ------------------------------------------------------------------------------------------------------------


def lines(checked: Checked, dates: Dates) -> Iterator[str]:
    """What was found of one procedure, for a person."""
    procedure = checked.procedure
    yield f"{procedure.key}: {procedure.title}, {procedure.council}" if procedure else str(checked.file)
    for ladder in checked.ladders:
        yield from _ladder_lines(ladder, dates)
    if checked.examples:
        yield f"  {_count(checked.examples, 'worked example')} played"
    yield from (f"  FAULT {fault}" for fault in checked.faults)
    yield "  refused: mend what is named above" if checked.faults else "  no fault found"
    yield ""


def _ladder_lines(ladder: LadderProof, dates: Dates) -> Iterator[str]:
    span = f"{on(dates.starts[0])} to {on(dates.starts[-1])}"
    yield f"  {ladder.name}: {_count(ladder.paths, 'path')} on each of {ladder.starts:,} start dates ({span})"
    limit = f"; no deadline lies beyond the total of {_count(ladder.cap, 'working day')}" if ladder.cap else ""
    yield f"    proved: every stage is reached and asks somebody; each path ends on hold or with the raiser{limit}"
    yield from _path_lines("longest path", ladder.longest)
    if ladder.silence.steps != ladder.longest.steps:
        yield from _path_lines("if nobody ever does anything", ladder.silence)
    yield from (f"    look: {line}" for line in ladder.worth_knowing)


def _path_lines(name: str, path: ProvedPath) -> Iterator[str]:
    yield f"    {name}: {_count(path.working_days, 'working day')}, then {path.ends}"
    for step in path.steps:
        due = "no deadline" if step.due is None else f"due on day {step.due}"
        yield f"      {step.stage}{' (notice)' if step.entered.notice else ''}: {due}; {step.left}, day {step.on}"
    if path.working_days:
        yield f"      usually {_count(path.years.usual, 'calendar day')}, at most {_span(path.years.longest)}"
        yield from (f"      {line}" for line in _christmas(path))


def _christmas(path: ProvedPath) -> Iterator[str]:
    """What Christmas does to it."""
    seen, otherwise = path.years.at_christmas, path.years.otherwise
    if seen is None or otherwise is None:
        return
    more = seen.days - path.years.usual
    yield f"Christmas makes it up to {_count(more, 'day')} longer than usual: {_span(seen)}"
    yield f"without a Christmas in it: at most {_span(otherwise)}"


def _span(span: Span) -> str:
    return f"{_count(span.days, 'calendar day')}, from {on(span.start)} to {on(span.end)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


# As JSON -------------------------------------------------------------------------------------------------------------


def _document(checked: Checked) -> dict[str, Any]:
    return {
        "file": str(checked.file),
        "procedure": checked.procedure.key if checked.procedure else None,
        "version": checked.procedure.version if checked.procedure else None,
        "ladders": [_ladder(ladder) for ladder in checked.ladders],
        "examples": checked.examples,
        "faults": [vars(fault) for fault in checked.faults],
    }


def _ladder(ladder: LadderProof) -> dict[str, Any]:
    return {
        "name": ladder.name,
        "cap_working_days": ladder.cap,
        "start_dates": ladder.starts,
        "paths": ladder.paths,
        "longest": _path(ladder.longest),
        "silence": _path(ladder.silence),
        "worth_knowing": list(ladder.worth_knowing),
    }


def _path(path: ProvedPath) -> dict[str, Any]:
    spans = {name: getattr(path.years, name) for name in ("longest", "at_christmas", "otherwise")}
    return {
        "working_days": path.working_days,
        "ends": path.ends,
        "stages": [{"stage": step.stage, "due": step.due, "left": step.left, "on": step.on} for step in path.steps],
        "usual_calendar_days": path.years.usual,
        **{name: _dated(span) for name, span in spans.items() if span},
    }


def _dated(span: Span) -> dict[str, Any]:
    return {"calendar_days": span.days, "start": span.start, "end": span.end}
