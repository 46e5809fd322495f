"""What must happen when something happens: notices to people, records to file, tasks to do.

Each comes in two shapes: as it stands in a recording, which says by itself when it happens, and with `on`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from escalation.schema.words import Name, Role, Strict, When

On = list[Name] | Name


class Letter(Strict):
    """Who hears. `notice` names a folder of activities/templates."""

    notice: Name
    to: list[Role]
    cc: list[Role] = []
    when: When = When()
    sent_for: Role | None = Field(None, description="Sent on behalf of this role.")


class Notice(Letter):
    """Who hears what when something happens."""

    on: On


class Filing(Strict):
    """What is filed, and where, under the document's own heading."""

    where: str
    heading: str = Field(description="{field} stands for what the form or the act says there.")
    form: Literal["case_note", "form", "document", "pdf", "log"] = "case_note"
    when: When = When()


class Record(Filing):
    """What is filed on the child's or carer's file when something happens."""

    on: On


class ToDo(Strict):
    """What a person must do."""

    to: Role
    what: str
    key: Name | None = Field(None, description="By which a recording finds the tasks that it completes.")
    when: When = When()


class Task(ToDo):
    """What a person must do when something happens."""

    on: On
