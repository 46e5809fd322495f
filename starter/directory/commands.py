"""The commands `directory`: look up who holds which post, change one thing at a time, or import the whole."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from config import directory as files
from config.settings import load
from escalation.directory import Directory
from escalation.directory_changes import Import
from escalation.directory_rules import RefusedChange, faults
from escalation.directory_told import contents, differences
from escalation.working_days import london_date
from starter.directory.asked import asking
from starter.directory.edited import Anyway, editing
from starter.directory.making import DONE, REFUSED, make, refuse_slips
from starter.directory.words import known_procedures, left_empty, titles
from starter.office import Office

directory = App(name="directory", help="Who holds which post: look it up, change it, import it, look ahead.")
directory.update(asking)
directory.update(editing)
SIGNS = {"added": "+", "ended": "-", "changed": "~"}


@directory.command(name="import")
def import_(
    file: Path,
    *,
    leave: Path | None = None,
    by: str | None = None,
    reason: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    anyway: Anyway = False,
) -> int:
    """Another directory instead of the whole one. Prints what it adds (+), ends (-) and changes (~).

    From the first import on, the register's directory counts, and TWENTYDAYS_DIRECTORY does not.

    Parameters
    ----------
    file: Path
        YAML, or CSV with one row a post: role, name, email, team, agency, kind, first, last.
    leave: Path | None
        With a CSV: a CSV of leave, with email or name, first, last.
    by: str | None
        Who changes it; needed but for a dry run.
    reason: str | None
        Why, for the list of changes.
    dry_run: bool
        Only print what would change.
    """
    office = Office(load())
    new = files.load(file, leave)
    before = office.people.now()
    _tell(office, before, new)
    change = Import(directory=new, reason=reason)
    if not dry_run:
        return make(office, change, by, anyway=anyway)
    if not anyway:
        refuse_slips(office, change, before)
    if refused := list(faults(before, change, london_date(datetime.now(UTC)))):
        sys.stderr.write(f"{RefusedChange(refused)}\n")
        return REFUSED
    print(f"Not imported, as asked: {contents(new)}.")
    return DONE


def _tell(office: Office, before: Directory, new: Directory) -> None:
    """What it comes to, and which roles it leaves empty."""
    known = known_procedures(office.settings.procedures)
    print("\n".join(f"{SIGNS[what]} {says}" for what, says in differences(before, new, titles(known))) or "No changes.")
    if empty := left_empty(before, new):
        sys.stderr.write(f"{empty}\n")
