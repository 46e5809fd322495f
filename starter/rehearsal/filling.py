"""What a scenario leaves out because it does not matter: valid values, never where it says null or false."""

from __future__ import annotations

from datetime import date
from typing import Any

from escalation.procedure import FormField, Procedure


def filled(procedure: Procedure, fields: dict[str, Any], act: str, stage: str, on: date) -> dict[str, Any]:
    """Fields as given, with every required one that is not there."""
    asked = [field for field in procedure.form.fields if field.at == act and stage in (field.stages or [stage])]
    complete = _filled(asked, fields, on)
    for key, taxonomy in procedure.taxonomies.items():
        if act == "start" and taxonomy.required and key not in fields:
            complete[key] = taxonomy.codes[0].code
    return complete


def _filled(asked: list[FormField], given: dict[str, Any], on: date) -> dict[str, Any]:
    complete = dict(given)
    for field in asked:
        if field.kind == "group" and isinstance(given.get(field.key), dict):
            complete[field.key] = _filled(field.fields, given[field.key], on)
        elif field.required and field.key not in given:
            complete[field.key] = _value(field, on)
    return complete


def _value(field: FormField, on: date) -> Any:
    match field.kind:
        case "yes_no":
            return True
        case "date":
            return on.isoformat()
        case "whole_number":
            return 5
        case "choice":
            return field.choices[0]
        case "group":
            return _filled(field.fields, {}, on)
    return f"{field.label} (rehearsed)"
