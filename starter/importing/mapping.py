"""Which column of an extract is which field of a case event? A mapping is YAML; config/mappings holds samples."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from config import documents
from config.wording import suggestion
from escalation.contradictions import Contradictions
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import FormField, Procedure, Strict
from escalation.wire import Identifier
from starter.case_event import EventData, EventSubject, RaisedBy, TakenOver

Target = tuple[str, ...]
"""A path inside an event's `data`; places in a list count from 0 as pydantic's do, and from 1 in the file."""

PARTS: dict[str, set[str]] = {
    "subjects": set(EventSubject.model_fields),
    "raised_by": set(RaisedBy.model_fields),
    "taken_over": set(TakenOver.model_fields),
}
KINDS = {
    "has_guardian": "yes_no",
    "in_proceedings": "yes_no",
    "working_days": "whole_number",
    "day_zero": "date",
    "cap_day_zero": "date",
    "received_at": "instant",
}
"""The event's own fields that are not text; those of a form say so themselves."""


class Cell(Strict):
    """Where a field's value comes from: a column, or the same value for every row."""

    column: str | None = None
    constant: Any = None
    values: dict[str, Any] | str | None = Field(
        None, description="What each value of the column means; or the name of a table in `values`."
    )


class Mapping(Strict):
    """How one row becomes one case event."""

    title: str
    source: Identifier = Field(description="The event's source: with its id, it tells the same event from another.")
    procedure: str
    event_id: Annotated[list[str], Field(min_length=1)] = Field(description="The columns that make a row this event.")
    time: str | None = Field(None, description="The column that says when it happened.")
    dates: list[str] = Field([], description="How dates are written where not as 2026-11-27, such as `%d/%m/%Y`.")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    nothing: list[str] = Field(["NULL"], description="What stands for nothing, beside an empty cell.")
    values: dict[str, dict[str, Any]] = {}
    fields: dict[str, str | Cell] = Field(
        description="By their place in `data`, as in `subjects/1/kind`; text is the name of a column."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        faults = [fault for path, cell in self.cells.items() for fault in self._faults_of(path, cell)]
        faults += [
            (f"dates.{n}", "must hold a day, a month and a year, such as %d/%m/%Y")
            for n, form in enumerate(self.dates)
            if not _is_whole(form)
        ]
        if faults:
            raise Contradictions(faults)
        return self

    def _faults_of(self, path: str, cell: Cell) -> list[tuple[str, str]]:
        place = f"fields.{path}"
        faults = []
        if (cell.column is None) == (cell.constant is None):
            faults.append((place, "takes either a `column` or a `constant`"))
        if isinstance(cell.values, str) and cell.values not in self.values:
            faults.append((place, f"there is no table `{cell.values}`{suggestion(cell.values, self.values)}"))
        if any(part.isdecimal() and int(part) < 1 for part in path.split("/")):
            faults.append((place, "places in a list count from 1"))
        return faults

    @property
    def cells(self) -> dict[str, Cell]:
        return {path: Cell(column=said) if isinstance(said, str) else said for path, said in self.fields.items()}

    @property
    def columns(self) -> list[str]:
        """Every column that it names, once."""
        named = [*self.event_id, *([self.time] if self.time else [])]
        return list(dict.fromkeys([*named, *(cell.column for cell in self.cells.values() if cell.column)]))

    def meaning(self, cell: Cell) -> dict[str, Any] | None:
        return self.values[cell.values] if isinstance(cell.values, str) else cell.values


def load(path: Path) -> Mapping:
    """Raises InvalidDocument with every fault, each with line and column."""
    return documents.load(path, Mapping)


def check(mapping: Mapping, procedure: Procedure, file: str) -> None:
    """Raises InvalidDocument where it names fields that neither an event nor the procedure's form has."""
    known = set(EventData.model_fields) - {"procedure"} | {field.key for field in procedure.asks}
    known |= {*procedure.taxonomies, "other_text"}
    faults = []
    for path in mapping.fields:
        first, *inner = [part for part in path.split("/") if not part.isdecimal()]
        if first not in known:
            faults.append(Fault(f"fields.{path}", f"is no field of {procedure.key}{suggestion(first, known)}", file))
        elif first in PARTS and (not inner or inner[0] not in PARTS[first]):
            faults.append(Fault(f"fields.{path}", f"{first} has {', '.join(sorted(PARTS[first]))}", file))
    if faults:
        raise InvalidDocument(faults)


def target(path: str) -> Target:
    return tuple(str(int(part) - 1) if part.isdecimal() else part for part in path.split("/"))


def kind_of(where: Target, procedure: Procedure) -> str:
    """What kind of value belongs at a place: text, yes_no, date, instant or whole_number."""
    if where[0] in EventData.model_fields:
        return KINDS.get(where[-1], "text")
    return _kind_in(procedure.asks, where)


def _kind_in(fields: list[FormField], where: Target) -> str:
    field = next((field for field in fields if field.key == where[0]), None)
    if field is None:
        return "text"
    return _kind_in(field.fields, where[1:]) if field.kind == "group" and where[1:] else field.kind


def _is_whole(form: str) -> bool:
    day = datetime(2026, 11, 27)  # noqa: DTZ001 - a date alone is written and read back
    try:
        return datetime.strptime(day.strftime(form), form).date() == day.date()  # noqa: DTZ007
    except ValueError:
        return False
