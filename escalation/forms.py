"""Whether what a person filled in is what the procedure's form asks for, at this act and this stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from escalation.procedure import FormField, Procedure

FaultAt = tuple[str, str]
"""(field, what is wrong with it in a sentence)"""


def faults(procedure: Procedure, fields: dict[str, Any], act: str, stage: str) -> list[FaultAt]:
    """Every fault at once: fields that are missing or of the wrong kind, and codes that no taxonomy lists."""
    asked = [field for field in procedure.form.fields if field.at == act and stage in (field.stages or [stage])]
    return [*_faults_in(asked, fields), *(_code_faults(procedure, fields) if act == "start" else [])]


def _faults_in(asked: list[FormField], given: dict[str, Any]) -> Iterator[FaultAt]:
    for field in asked:
        value = given.get(field.key)
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            if field.required:
                yield field.key, f"“{field.label}” is needed."
        else:
            yield from _faults_of(field, value)


def _faults_of(field: FormField, value: Any) -> Iterator[FaultAt]:
    match field.kind:
        case "yes_no":
            if not isinstance(value, bool):
                yield field.key, f"“{field.label}” is answered yes or no."
            elif field.needs_true and not value:
                yield field.key, f"“{field.label}” must be yes."
        case "date":
            if not _is_date(value):
                yield field.key, f"“{field.label}” is a date, such as 2026-11-27."
        case "whole_number":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                yield field.key, f"“{field.label}” is a whole number."
        case "choice":
            if value not in field.choices:
                yield field.key, f"“{field.label}” is one of: {', '.join(field.choices)}."
        case "group":
            if isinstance(value, dict):
                yield from ((f"{field.key}.{key}", message) for key, message in _faults_in(field.fields, value))
            else:
                yield field.key, f"“{field.label}” has parts: {', '.join(part.label for part in field.fields)}."
        case _:
            texts = value if isinstance(value, list) else [value]  # several actions may be requested, one by one
            if not all(isinstance(text, str) for text in texts):
                yield field.key, f"“{field.label}” is text."


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _code_faults(procedure: Procedure, given: dict[str, Any]) -> Iterator[FaultAt]:
    for key, taxonomy in procedure.taxonomies.items():
        codes = codes_in(given.get(key))
        known = {str(code.code): code for code in taxonomy.codes}
        if taxonomy.required and not codes:
            yield key, f"“{taxonomy.title}” is needed: one of {', '.join(known)}."
        if unknown := [code for code in codes if code not in known]:
            yield key, f"{', '.join(unknown)} is not one of the codes of “{taxonomy.title}”: {', '.join(known)}."
        if any(code in known and known[code].free_text for code in codes) and not given.get("other_text"):
            yield "other_text", f"The code of “{taxonomy.title}” needs a text that says what it is."


def titles_in(procedure: Procedure, taxonomy: str, value: Any) -> list[str]:
    """The codes given, in the document's words."""
    known = (
        {str(code.code): code.title for code in procedure.taxonomies[taxonomy].codes}
        if taxonomy in procedure.taxonomies
        else {}
    )
    return [known.get(code, code) for code in codes_in(value)]


def codes_in(value: Any) -> list[str]:
    """The codes given, as text: one, several or none."""
    if value is None or value == "":
        return []
    return [str(code) for code in (value if isinstance(value, list) else [value])]
