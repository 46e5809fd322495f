"""The command `import`: an extract of a case system in, escalations out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from config import mappings
from config.connect import TemporalUnreachable
from config.settings import load
from register.errors import RegisterUnavailable
from starter.escalations import NoOutcomeYet
from starter.importing import mapping as mapped
from starter.importing import quarantine, rows
from starter.importing.run import Done, Run, Summary, summed
from starter.importing.translating import Translator
from starter.intake import Intake
from starter.office import Office

DONE, REFUSED, NO_ANSWER = 0, 1, 3


def import_(
    file: Path,
    *,
    mapping: str,
    apply: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Read case events out of an extract. Without --apply nothing is written: every fault is told, by line and column.

    Running it again goes on where it stopped: a row that has started is not started twice. Rows that fail go into a
    file beside the extract; mend them there and import that file.

    Parameters
    ----------
    file: Path
        A CSV file with a header, or a .jsonl file with one object a line.
    mapping: str
        Which column is which field: a YAML file, or one of mosaic, liquidlogic, eclipse.
    apply: bool
        Start the escalations.
    json: bool
        Print the summary as JSON.
    """
    found = mappings.find(mapping)
    says, office = mapped.load(found), Office(load())
    procedure = office.procedure(says.procedure)
    mapped.check(says, procedure, str(found))
    extract = rows.read(file, says)
    intake = Intake(office.procedure, office.register, office.calendars, datetime.now(UTC))
    run = Run(extract, Translator(says, procedure, str(file)), intake)
    summary = (
        asyncio.run(_apply(run, extract, office))
        if apply
        else summed(list(_shown(run.rehearse(), len(extract.rows))), applied=False)
    )
    print(summary.model_dump_json(indent=1) if json else "\n".join(lines(summary)))
    return NO_ANSWER if summary.unfinished else REFUSED if summary.refused else DONE


async def _apply(run: Run, extract: rows.Extract, office: Office) -> Summary:
    client = await office.temporal()
    done: list[Done] = []
    stopped = None
    try:
        async for each in _shown_as_done(run.apply(client), len(extract.rows)):
            done.append(each)  # noqa: PERF401 - what was done is told even where the rest could not be
    except (NoOutcomeYet, TemporalUnreachable, RegisterUnavailable) as problem:
        stopped = str(problem)
    failed = [each for each in done if each.result == "refused"]
    kept = await asyncio.to_thread(quarantine.write, extract, failed) if failed else None
    return summed(done, applied=True).model_copy(
        update={"quarantine": str(kept) if kept else None, "unfinished": stopped}
    )


def lines(summary: Summary) -> Iterable[str]:
    """The summary in words, the faults first."""
    yield from (str(fault) for fault in summary.faults)
    yield from (f"{fault} (draft)" for fault in summary.lacking)
    yield from (f"Advice on {number} rows: {code.replace('_', ' ')}" for code, number in sorted(summary.advice.items()))
    would = "" if summary.applied else "would be "
    yield (
        f"{summary.rows} rows: {summary.started} {would}started, {summary.already_started} started before, "
        f"{summary.draft} {would}kept as drafts, {summary.refused} {would}refused."
    )
    if summary.quarantine:
        yield f"What was refused is in {summary.quarantine}: mend it there, and import that file."
    if summary.unfinished:
        yield f"Not finished: {summary.unfinished} Run it again: it goes on where it stopped."
    elif not summary.applied:
        yield "Nothing was written. `--apply` starts them."


def _bar() -> Progress:
    """On a terminal only, and never in what is printed as the result."""
    shown = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=shown, transient=True, disable=not sys.stderr.isatty())


def _shown(done: Iterable[Done], total: int) -> Iterable[Done]:
    with _bar() as bar:
        yield from bar.track(done, total=total, description="Rows")


async def _shown_as_done(done: AsyncIterator[Done], total: int) -> AsyncIterator[Done]:
    with _bar() as bar:
        task = bar.add_task("Rows", total=total)
        async for each in done:
            bar.advance(task)
            yield each
