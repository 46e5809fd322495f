"""What of a directory does not agree with itself, where other faults keep it from being read?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import ValidationError

from escalation.contradictions import FaultAt
from escalation.directory import BACKWARDS, Directory, Person, stranger
from escalation.directory_rules import shared_addresses


def faults(page: Any) -> Iterator[FaultAt]:
    """As the directory would say them, of as much as can be understood: (path in the file, message)."""
    written = _keys(page)
    people = _keys(written.get("people"))
    for kind in ("posts", "leave"):
        rows = written.get(kind)
        for n, row in enumerate(rows if isinstance(rows, list) else []):
            yield from _of_row(f"{kind}.{n}", _keys(row), people)
    yield from shared_addresses(Directory(people=dict(_understood(people))))


def _of_row(path: str, row: dict[Any, Any], people: dict[Any, Any]) -> Iterator[FaultAt]:
    person, first, last = row.get("person"), row.get("first"), row.get("last")
    if isinstance(person, str) and person not in people:
        yield f"{path}.person", stranger(person)
    if type(first) is type(last) is date and last < first:
        yield f"{path}.last", BACKWARDS


def _understood(people: dict[Any, Any]) -> Iterator[tuple[str, Person]]:
    for key, person in people.items():
        try:
            yield str(key), Person.model_validate(person)
        except ValidationError:
            continue


def _keys(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
