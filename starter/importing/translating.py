"""What case event does one row of an extract say, and which cells cannot be understood?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from escalation.errors import Fault
from escalation.procedure import Procedure
from escalation.working_days import LONDON
from starter.importing.mapping import Cell, Mapping, Target, kind_of, target
from starter.importing.rows import Row

YES, NO = {"y", "yes", "true", "t", "1"}, {"n", "no", "false", "f", "0"}
TYPE = "twentydays.escalation.raised"


@dataclass
class Translated:
    """An event as JSON, and the cells that nobody could understand, by the place that they were meant for."""

    event_id: str
    event: bytes
    misread: dict[Target, Fault] = field(default_factory=dict)

    def explains(self, fault: Fault) -> bool:
        """Whether a cell that nobody understood is why the event has this fault."""
        path = _path(fault)
        return any(path[: len(where)] == where[: len(path)] for where in self.misread)


class Translator:
    """Reads rows as a mapping says, for one procedure."""

    def __init__(self, mapping: Mapping, procedure: Procedure, file: str) -> None:
        self._mapping, self._file = mapping, file
        self._cells = [(target(path), cell) for path, cell in mapping.cells.items()]
        self._kinds = {where: kind_of(where, procedure) for where, _ in self._cells}
        self._columns = {where: cell.column for where, cell in self._cells if cell.column}

    def translate(self, row: Row) -> Translated:
        said: dict[Target, Any] = {}
        misread: dict[Target, Fault] = {}
        for where, cell in self._cells:
            try:
                said[where] = self._value(row, where, cell)
            except ValueError as error:
                misread[where] = self._fault(row, cell.column, str(error))
        event = {
            "specversion": "1.0",
            "id": self._event_id(row, misread),
            "source": self._mapping.source,
            "type": TYPE,
            "data": {"procedure": self._mapping.procedure, **self._data(said)},
        }
        if self._mapping.time and (happened := self._time(row, misread)):
            event["time"] = happened
        return Translated(str(event["id"]), to_json(event), misread)

    def place(self, row: Row, fault: Fault) -> Fault:
        """A fault of the event, at the column from which its value came."""
        path = _path(fault)
        for length in range(len(path), 0, -1):
            if path[:length] in self._columns:
                return self._fault(row, self._columns[path[:length]], fault.message)
        return Fault(fault.where, fault.message, self._file, row.line)

    def _fault(self, row: Row, column: str | None, message: str) -> Fault:
        return Fault(f"column {column}" if column else "", message, self._file, row.line)

    def _event_id(self, row: Row, misread: dict[Target, Fault]) -> str:
        parts = [self._plain(row, column) for column in self._mapping.event_id]
        for column, part in zip(self._mapping.event_id, parts, strict=True):
            if part is None:
                misread[("id", column)] = self._fault(row, column, "is needed: it tells this event from another")
        return "-".join(str(part) for part in parts)

    def _time(self, row: Row, misread: dict[Target, Fault]) -> Any:
        value = self._plain(row, self._mapping.time or "")
        try:
            return READERS["instant"](value, self._mapping.dates) if isinstance(value, str) else value
        except ValueError as error:
            misread[("time",)] = self._fault(row, self._mapping.time, str(error))
            return None

    def _value(self, row: Row, where: Target, cell: Cell) -> Any:
        if cell.column is None:
            return cell.constant
        value = self._plain(row, cell.column)
        meaning = self._mapping.meaning(cell)
        if value is None:
            return None
        if meaning is not None:
            if str(value) not in meaning:
                raise ValueError(f"{str(value)!r:.80} is not in the mapping's table: {', '.join(meaning)}")
            return meaning[str(value)]
        read = READERS.get(self._kinds[where])
        return read(value, self._mapping.dates) if read and isinstance(value, str) else value

    def _plain(self, row: Row, column: str) -> Any:
        value = row.values.get(column)
        if isinstance(value, str):
            value = value.strip()
            return None if not value or value in self._mapping.nothing else value
        return value

    def _data(self, said: dict[Target, Any]) -> dict[str, Any]:
        """Constants alone make no second subject and no past answer: with all its columns empty, it is not there."""
        present = {part for where in self._columns if said.get(where) is not None for part in _optional(where)}
        absent = {part for where in self._columns for part in _optional(where)} - present
        tree: dict[str, Any] = {}
        for where, value in said.items():
            if value is not None and absent.isdisjoint(_optional(where)):
                _put(tree, where, value)
        return {key: _with_lists(value) for key, value in tree.items()}


def _path(fault: Fault) -> Target:
    return tuple(fault.where.removeprefix("data.").split("."))


def _optional(where: Target) -> list[Target]:
    """The parts of an event around a place that a row may do without: items of lists, and what was taken over."""
    items = [where[: n + 1] for n, part in enumerate(where) if part.isdecimal()]
    if where[0] == "taken_over":
        return [("taken_over",), *items]
    return [item for item in items if item != ("subjects", "0")]


def _put(tree: dict[str, Any], where: Target, value: Any) -> None:
    for part in where[:-1]:
        tree = tree.setdefault(part, {})
    tree[where[-1]] = value


def _with_lists(value: Any) -> Any:
    """Where all keys are places, in a list; gaps close."""
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(part) for key, part in value.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


# Values ---------------------------------------------------------------------------------------------------------------


def _yes_no(text: str, _dates: list[str]) -> bool:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise ValueError(f"{text!r:.80} is neither yes nor no (Y, N, true, false, 1, 0)")


def _whole_number(text: str, _dates: list[str]) -> int:
    if text.isdecimal() and text.isascii():
        return int(text)
    raise ValueError(f"{text!r:.80} is not a whole number")


def _date(text: str, dates: list[str]) -> str:
    """A date; the midnight that databases write behind one is left out."""
    return _read(text, dates, lambda moment: moment.date().isoformat(), "a date")


def _instant(text: str, dates: list[str]) -> str:
    """An instant; one without an offset is London's time."""
    return _read(text, dates, lambda m: (m if m.tzinfo else m.replace(tzinfo=LONDON)).isoformat(), "an instant")


def _read(text: str, dates: list[str], said: Callable[[datetime], str], what: str) -> str:
    try:
        return said(datetime.fromisoformat(text))
    except ValueError:
        pass  # not ISO 8601: the forms that the mapping names are tried next
    for form in (written + clock for written in dates for clock in ("", " %H:%M", " %H:%M:%S")):
        try:
            return said(datetime.strptime(text, form))  # noqa: DTZ007 - its zone is given where it is said
        except ValueError:
            continue
    raise ValueError(f"{text!r:.80} is not {what} such as 2026-11-27{''.join(f', or {form}' for form in dates)}")


def _timescale(text: str, formats: list[str]) -> Any:
    """Working days, or the date by which."""
    return _whole_number(text, formats) if text.strip().isdecimal() else _date(text, formats)


READERS: dict[str, Callable[[str, list[str]], Any]] = {
    "yes_no": _yes_no,
    "whole_number": _whole_number,
    "date": _date,
    "instant": _instant,
    "timescale": _timescale,
}
