"""What somebody typed on the command line as field=value, each value of its field's kind."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, get_origin

from pydantic import ValidationError

from config.wording import sentence
from escalation.commands import Command
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import FormField
from starter.importing.translating import READERS

HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters, which no text in UTF-8 holds."""


def fields_in(asked: Sequence[FormField], said: Sequence[str]) -> tuple[dict[str, Any], list[Fault]]:
    """The fields, and every fault. A part of a group is group.part=value; a field given twice has both values."""
    fields: dict[str, Any] = {}
    faults: list[Fault] = []
    for path, equals, text in (part.partition("=") for part in said):
        if wrong := _unreadable(path, equals, text):
            faults.append(wrong)
            continue
        try:
            _fill(fields, path.split("."), _value(asked, path.split("."), text))
        except ValueError as error:
            faults.append(Fault(path, str(error)))
    return fields, faults


def _value(fields: Sequence[FormField], path: list[str], text: str) -> Any:
    field = next((field for field in fields if field.key == path[0]), None)
    if field and field.kind == "group" and path[1:]:
        return _value(field.fields, path[1:], text)
    read = READERS.get(field.kind) if field else None
    return read(text, []) if read else text


def _fill(fields: dict[str, Any], path: list[str], value: Any) -> None:
    """Raises ValueError."""
    for part in path[:-1]:
        fields = _inside(fields, part)
    key = path[-1]
    if key in fields:
        value = [*fields[key], value] if isinstance(fields[key], list) else [fields[key], value]
    fields[key] = value


def _inside(fields: dict[str, Any], group: str) -> dict[str, Any]:
    inner = fields.setdefault(group, {})
    if isinstance(inner, dict):
        return inner
    raise ValueError(f"`{group}` has a value already, so it has no parts")


def _unreadable(path: str, equals: str, text: str) -> Fault | None:
    """What is wrong with a word of the command line, whatever its field is."""
    if not equals:
        return Fault(path, "is written field=value")
    if not _writable(f"{path}{text}"):
        return Fault(path.encode(errors="replace").decode(), "is not written in UTF-8")
    return None


def _writable(text: str) -> bool:
    """Whether it is text at all: bytes that a terminal could not read come as halves of characters."""
    return not HALVES.search(text)


def command(kind: type[Command], given: dict[str, Any], said: Sequence[str]) -> Command:
    """An act of this kind. Raises InvalidDocument with every fault."""
    pairs = [part.partition("=") for part in said]
    faults = [wrong for pair in pairs if (wrong := _unreadable(*pair))]
    known = set(kind.model_fields) - {"do"}
    strange = [key for key, _, _ in pairs if key.partition(".")[0] not in known]
    faults += [Fault(key, f"is no field of it; its fields are {', '.join(sorted(known))}") for key in strange]
    fields = dict(given)
    for key, _, text in pairs:
        try:
            _put(fields, kind, key.split("."), text)
        except ValueError as error:
            faults.append(Fault(key, str(error)))
    try:
        read = kind.model_validate(fields)
    except ValidationError as problem:
        faults += [Fault(".".join(str(part) for part in error["loc"]), sentence(error)) for error in problem.errors()]
    if faults:
        raise InvalidDocument(faults)
    return read


def _put(fields: dict[str, Any], kind: type[Command], path: list[str], text: str) -> None:
    """One value at its place. Commas part several; inside `fields`, true, 5 and ["a"] are what they look like.

    Raises ValueError.
    """
    *groups, last = path
    for group in groups:
        fields = _inside(fields, group)
    field = None if groups else kind.model_fields.get(last)
    several = field is not None and get_origin(field.annotation) is list
    fields[last] = _plain(text) if groups else text.split(",") if several else text


def _plain(text: str) -> Any:
    """JSON where it is that, and could be kept as it is; else the text."""
    try:
        read = json.loads(text)
        return read if _writable(json.dumps(read, ensure_ascii=False, allow_nan=False)) else text
    except (ValueError, RecursionError):
        return text
