"""The command `report`: the numbers of a procedure, for a meeting, a quarter, a year, in the form that is asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.status import Status

from config.settings import load
from documents.reports.text import text
from escalation.figures import Figures
from escalation.procedure import Procedure
from escalation.tabling import Tabled, tabled
from starter.office import Office
from starter.report_files import PRINTED, Form, form_of, write
from starter.report_numbers import Dates, dates, numbers

From = Annotated[date | None, Parameter(name="--from", help="First date.")]
To = Annotated[date | None, Parameter(help="Last date.")]
On = Annotated[
    date | None,
    Parameter(help="The date at whose end things are open, for a report that lists what is open."),
]
As = Annotated[
    Form | None,
    Parameter(name="--as", help="In which form; else the file's ending says it, else a table for the terminal."),
]
Output = Annotated[
    Path | None,
    Parameter(
        name=["--output", "-o"],
        help="The file; or a folder, for files named after the report, or after the tables of CSV and the charts of "
        "SVG. Without it a file is named after the report and stands here.",
    ),
]
Tables = Annotated[tuple[str, ...], Parameter(name="--table", negative="", help="Only this table; may be given again.")]
Force = Annotated[bool, Parameter(negative="", help="Write over a file that is there.")]
Committee = Annotated[
    bool | None,
    Parameter(
        negative="--no-committee",
        help="With counts from 1 to 4 withheld and without single disputes; not said, as the procedure says.",
    ),
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="The numbers as JSON: the same as --as json.")]
PERIODS = {"month": "monthly", "quarter": "quarterly", "half_year": "every six months", "year": "yearly"}
WIDE = (100, 24)
"""Columns and lines where no terminal says them."""


def report(
    procedure: str,
    report: str | None = None,
    *,
    from_: From = None,
    to: To = None,
    on: On = None,
    as_: As = None,
    output: Output = None,
    table: Tables = (),
    force: Force = False,
    committee: Committee = None,
    json: AsJson = False,
) -> None:
    """The numbers of one of a procedure's reports; without its name, the reports that there are.

    Dates are London's, both included. Without any: the newest period that is over, by the financial year; of a report
    that lists what is open, today. Words and JSON are printed; every other form becomes a file.
    """
    office = Office(load())
    known = office.procedure(procedure)
    if report is None:
        print("\n".join(_reports(known)) or f"`{known.key}` names no reports.")
        return
    form = form_of(as_, output, as_json=json)
    asked = dates(known, report, Dates(from_, to, on), datetime.now(UTC))
    with _counting():
        counted = numbers(office.register, known, report, asked, committee=committee)
    document = tabled(known, counted, datetime.now(UTC)).only(table)
    said = _said(document, counted, form)
    if output is None and form in PRINTED:
        sys.stdout.write(said)
        return
    written = write(document, form, output, said, force=force)
    print("\n".join(f"Written: {path}" for path in written))


def _said(document: Tabled, counted: Figures, form: Form) -> str:
    """What is printed, in the forms that are."""
    if form == "json":
        return f"{counted.model_dump_json(indent=1)}\n"
    return text(document, get_terminal_size(fallback=WIDE).columns) if form == "table" else ""


def _counting() -> Status | nullcontext[None]:
    """Something to see while disputes are counted, where somebody looks."""
    shown = Console(stderr=True)
    return shown.status("Counting disputes …") if shown.is_terminal else nullcontext()


# The reports that there are -------------------------------------------------------------------------------------------


def _reports(procedure: Procedure) -> Iterator[str]:
    for key, known in procedure.reports.items():
        for_whom = f", for {_roles(procedure, known.audience)}" if known.audience else ""
        yield f"{key:<30} {known.title} ({PERIODS.get(known.period, 'on demand')}{for_whom})"


def _roles(procedure: Procedure, roles: list[str]) -> str:
    return ", ".join(procedure.role_title(role) for role in roles)
