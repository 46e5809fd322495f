"""How is a fault that pydantic found told to the person who wrote the document, or typed the command?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic_core import ErrorDetails

from escalation.schema.words import Name, Role, StageKey
from escalation.wire import Reference

SENTENCES = {
    "missing": "is needed and is missing",
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false",
    "string_type": "must be text, in quotes",
    "int_type": "must be a whole number, without quotes",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "date_type": "must be a date such as 2026-12-25, without quotes",
    "date_parsing": "must be a date such as 2026-12-25",
    "date_from_datetime_parsing": "must be a date such as 2026-12-25",
    "list_type": "must be a list",
    "dict_type": "must be a set of keys, each with its value",
    "model_type": "must be a set of keys, each with its value",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "too_short": "must have at least {min_length}",
    "string_pattern_mismatch": "is not written as it must be (pattern {pattern})",
    "timezone_aware": "must say its time zone, as 2026-11-27T17:00:00Z does",
}
KEY = "must be a key in small letters, such as `head_of_service`"
WRITTEN = {
    TypeAdapter(kind).json_schema()["pattern"]: said
    for kind, said in (
        (Role, KEY),
        (Name, KEY),
        (StageKey, "must be the key of a stage, such as `L1`"),
        (Reference, "must be 3 to 40 capital letters, digits and hyphens"),
    )
}
"""How what has a pattern is written, in words."""


def sentence(error: ErrorDetails, known: Iterable[str] = ()) -> str:
    """One fault in plain words; `known` are the keys that could stand where an unknown one does. Never the value."""
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return f"is not known here{suggestion(str(error['loc'][-1]), known)}"
    if error["type"] == "value_error":
        return str(context["error"])
    if said := WRITTEN.get(context.get("pattern", "")):
        return said
    return SENTENCES.get(error["type"], error["msg"]).format_map(_Forgiving(context))


class _Forgiving(dict[str, Any]):
    """Leaves what it does not know as it stands: a pydantic message may hold braces of its own."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` where a known word is near, else the list of what there is."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; there are {', '.join(f'`{name}`' for name in words)}" if words else ""


def known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> set[str]:
    """The keys that may stand beside the last part of `loc` in a document of this model."""
    models = {model}
    for part in loc[:-1]:
        fields = [found.model_fields[part] for found in models if part in found.model_fields]
        if fields:
            models = {inner for field in fields for inner in _models_in(field.annotation)}
    return {name for found in models for name in found.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
