"""The commands `directory` that change nothing: who serves, what was changed, what will be empty."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from cyclopts import App, Parameter
from pydantic import BaseModel
from rich.console import Console
from rich.progress import Progress

from config.directory import written
from config.settings import load
from escalation.working_days import london_date
from register.rows import EscalationRow
from starter.directory.gaps import open_gaps
from starter.directory.shown import changes_shown, post_shown, shown
from starter.directory.words import (
    change_lines,
    gap_line,
    known_procedures,
    serving_words,
    shown_lines,
    source_line,
    strange_roles,
    titles,
)  # fmt: skip
from starter.office import Office

asking = App()
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
DONE, NOBODY = 0, 1


@asking.command
def show(*, role: str | None = None, team: str | None = None, on: date | None = None, json: AsJson = False) -> int:
    """Who serves in every post, who is away, and whether the register's directory counts or the file's.

    Parameters
    ----------
    role: str | None
        Only this role, such as team_manager.
    team: str | None
        Only the posts of this team.
    on: date | None
        On this London date; today where not given.
    json: bool
        Print it as JSON.
    """
    office = Office(load())
    found = shown(office, on or _today(), role, team)
    if json:
        print(found.model_dump_json(indent=1))
    else:
        print("\n".join([source_line(found, office.settings), *shown_lines(found)]))
    return DONE


@asking.command
def who(
    role: str, *, team: str | None = None, agency: str | None = None, on: date | None = None, json: AsJson = False
) -> int:
    """Who would be asked in a role. Exit code 1 where nobody would.

    Parameters
    ----------
    role: str
        A role, such as team_manager.
    team: str | None
        For an escalation of this team.
    agency: str | None
        For an escalation that asks this partner agency.
    on: date | None
        On this London date; today where not given.
    json: bool
        Print it as JSON.
    """
    office = Office(load())
    found = post_shown(office.people.now(), on or _today(), role, team, agency)
    print(found.model_dump_json(indent=1) if json else serving_words(found))
    if not found.serving:
        strange = strange_roles([role], known_procedures(office.settings.procedures))
        sys.stderr.write("".join(f"{line}\n" for line in strange))
    return DONE if found.serving else NOBODY


@asking.command
def changes(*, limit: int = 20, json: AsJson = False) -> int:
    """What was changed, when and by whom, newest first.

    Parameters
    ----------
    limit: int
        How many at most.
    json: bool
        Print them as JSON.
    """
    office = Office(load())
    found = changes_shown(office.register, limit, titles(known_procedures(office.settings.procedures)))
    _print(found, change_lines(found), "Nothing was ever changed: the directory's file counts.", json=json)
    return DONE


@asking.command
def export(*, format: Literal["yaml", "csv"] = "yaml", leave: Annotated[bool, Parameter(negative="")] = False) -> int:  # noqa: A002
    """Print the directory as a file that can be imported again.

    Parameters
    ----------
    format: Literal["yaml", "csv"]
        YAML holds everything; CSV has one row a post.
    leave: bool
        The leave instead, as CSV: one row each.
    """
    directory = Office(load()).people.now()
    as_csv = written.leave_as_csv if leave else written.as_csv
    sys.stdout.write(as_csv(directory) if leave or format == "csv" else written.as_yaml(directory))
    return DONE


@asking.command
def check(*, days: int = 10, json: AsJson = False) -> int:
    """Posts that are or will be empty while an open escalation waits for them. Exit code 1 where there are any.

    Parameters
    ----------
    days: int
        So many working days ahead.
    json: bool
        Print them as JSON.
    """
    office = Office(load())
    found = open_gaps(office, _today(), days, _watched)
    title = titles(known_procedures(office.settings.procedures)) if found and not json else str
    nobody = f"Every post that an open escalation waits for is served, {days} working days ahead."
    _print(found, (gap_line(gap, title) for gap in found), nobody, json=json)
    return NOBODY if found else DONE


def _watched(rows: Iterable[EscalationRow]) -> Iterator[EscalationRow]:
    """With a bar on a terminal."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        yield from bar.track(list(rows), description="Escalations")


def _print(found: Sequence[BaseModel], lines: Iterable[str], none: str, *, json: bool) -> None:
    if json:
        documents = [each.model_dump(mode="json") for each in found]
        print(jsonlib.dumps(documents, indent=1, ensure_ascii=False))
    else:
        print("\n".join(lines) or none)


def _today() -> date:
    return london_date(datetime.now(UTC))
