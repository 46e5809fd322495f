"""Commands that ask: where an escalation stands, how it got there, why a date is the date, which there are."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from datetime import date
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from config.settings import load
from escalation.explain import explain as explained
from escalation.working_days import LONDON
from register.rows import EscalationRow
from starter.office import Office
from starter.telling import email_lines, history_lines, paper_lines, stands, state_lines, why_lines

LINE = 110
"""Columns that the table needs; a narrower terminal folds its lines, and nothing is cut off."""
AsJson = Annotated[bool, Parameter(name="--json", negative="")]


def show(reference: str, *, json: AsJson = False) -> None:
    """Where an escalation stands, its history, and what became of each email. Also after it has closed.

    Parameters
    ----------
    json: bool
        Print state, history and emails as JSON.
    """
    office = Office(load())
    procedure, history = office.case(reference).procedure, office.history(reference)
    state, emails = office.state(reference), office.emails(reference)
    if json:
        document = {
            "state": state.model_dump(mode="json"),
            "history": [entry.model_dump(mode="json") for entry in history],
            "emails": [email.model_dump(mode="json") for email in emails],
        }
        print(jsonlib.dumps(document, indent=1, ensure_ascii=False))
    else:
        told = ["", "Emails", *email_lines(procedure, emails)] if emails else []
        papers = ["", *paper_lines(procedure, state)]
        print("\n".join([*state_lines(state, procedure), "", *history_lines(history), *told, *papers]))


def explain(reference: str, *, json: AsJson = False) -> None:
    """Why its dates are what they are: each day counted or skipped, with the reason, and which clock binds.

    Parameters
    ----------
    json: bool
        Print the explanation as JSON.
    """
    explanation = explained(Office(load()).case(reference))
    print(explanation.model_dump_json(indent=1) if json else "\n".join(why_lines(explanation)))


def list_(
    *,
    all: Annotated[bool, Parameter(negative="")] = False,  # noqa: A002 - the flag is --all
    follow_ups: Annotated[bool, Parameter(negative="")] = False,
    procedure: str | None = None,
    json: AsJson = False,
) -> None:
    """The open escalations: stage, whose turn, until when.

    Parameters
    ----------
    all: bool
        Closed ones too.
    follow_ups: bool
        Only those, open or closed, with a promise, an offer or what is asked again to come, by their dates.
    procedure: str
        Only those under this procedure.
    json: bool
        Print them as JSON.
    """
    office = Office(load())
    register = office.register
    rows = register.escalations(open_only=not (all or follow_ups), with_follow_ups=follow_ups, procedure=procedure)
    rows = sorted(rows, key=lambda row: row.follow_up_on or date.max) if follow_ups else rows
    if json:
        print(jsonlib.dumps([row.model_dump(mode="json") for row in rows], indent=1))
    elif rows:
        Console(width=max(Console().width, LINE)).print(_to_follow(rows) if follow_ups else _table(rows, office.title))
    else:
        none = "Nothing is to follow." if follow_ups else "No open escalations. `--all` shows closed ones too."
        print("No escalations." if all and not follow_ups else none)


def _table(rows: list[EscalationRow], title: Callable[[EscalationRow, str], str]) -> Table:
    table = Table("Reference", "Stage", "Status", "Waiting for", "Due", box=None, pad_edge=False)
    for row in rows:
        due = f"{row.due.astimezone(LONDON):%a %d %b %Y %H:%M}" if row.due else ""
        table.add_row(
            row.reference, row.stage, stands(row.status), title(row, row.waiting_for) if row.waiting_for else "", due
        )
    return table


def _to_follow(rows: list[EscalationRow]) -> Table:
    table = Table("Reference", "Stage", "Status", "Date", "The raiser", box=None, pad_edge=False)
    for row in rows:
        day = f"{row.follow_up_on:%a %d %b %Y}" if row.follow_up_on else ""
        asked = "is asked" if row.follow_up_asked else "is not yet asked"
        table.add_row(row.reference, row.stage, stands(row.status), day, asked)
    return table
