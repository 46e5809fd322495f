"""Whether what a person filled in is what the procedure asks for, at this act and this stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from escalation.procedure import Code, FormField, Procedure, Taxonomy
from escalation.wire import Fields

FaultAt = tuple[str, str]
"""(field, what is wrong with it in a sentence)"""


def asked_at(procedure: Procedure, act: str, stage: str) -> list[FormField]:
    """What an act about a stage must say; entering a stage by an act is a `start` of it."""
    return [field for field in procedure.asks if field.at == act and stage in (field.stages or [stage])]


def faults(procedure: Procedure, fields: Fields, act: str, stage: str) -> list[FaultAt]:
    """Every fault at once: fields that are missing or of the wrong kind, and codes that no taxonomy lists."""
    found = faults_in(procedure, asked_at(procedure, act, stage), fields)
    return [*found, *(_taxonomy_faults(procedure, fields, stage) if act == "start" else [])]


def faults_in(procedure: Procedure, asked: Iterable[FormField], given: Fields) -> Iterator[FaultAt]:
    """Faults of some fields, whoever asks for them."""
    for field in asked:
        value = given.get(field.key)
        if not is_given(value):
            if is_needed(field, given):
                yield field.key, f"“{field.label}” is needed."
        else:
            yield from _faults_of(procedure, field, value)


def is_needed(field: FormField, given: Fields) -> bool:
    """Whether it must be filled in beside what else is given."""
    spared = any(is_given(value_at(given, other)) for other in field.unless_given)
    where = all(value_at(given, other) in values for other, values in field.needed_where.items())
    return field.required and where and not spared


def is_given(value: Any) -> bool:
    return not (value is None or value == [] or (isinstance(value, str) and not value.strip()))


def value_at(given: Fields, path: str) -> Any:
    """`form.expected_outcome`: the value of a field, also inside a group."""
    value: Any = given
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def label_of(asks: Iterable[FormField], path: str) -> str:
    """The label of a field, also inside a group; the path itself where nobody is asked for it."""
    key, _, rest = path.partition(".")
    field = next((field for field in asks if field.key == key), None)
    return path if field is None else label_of(field.fields, rest) if rest else field.label


def _faults_of(procedure: Procedure, field: FormField, value: Any) -> Iterator[FaultAt]:
    match field.kind:
        case "group" if isinstance(value, dict):
            inside = faults_in(procedure, field.fields, value)
            yield from ((f"{field.key}.{key}", message) for key, message in inside)
        case "code":
            known = [str(code.code) for code in procedure.taxonomies[field.taxonomy or ""].codes]
            if not all(code in known for code in codes_in(value)):
                yield field.key, f"“{field.label}” is one of: {', '.join(known)}."
        case _:
            if wrong := _wrong_kind(field, value):
                yield field.key, f"“{field.label}” {wrong}"


def _wrong_kind(field: FormField, value: Any) -> str | None:
    """What it should be instead; None where it is as it should be."""
    match field.kind:
        case "yes_no":
            if not isinstance(value, bool):
                return "is answered yes or no."
            return "must be yes." if field.needs_true and not value else None
        case "date":
            return None if date_in(value) else "is a date, such as 2026-11-27."
        case "whole_number":
            is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
            return None if is_number else "is a whole number."
        case "timescale":
            days = isinstance(value, int) and not isinstance(value, bool) and value > 0
            return None if days or date_in(value) else "is a number of working days, or a date such as 2026-11-27."
        case "choice":
            return None if value in field.choices else f"is one of: {', '.join(field.choices)}."
        case "group":
            return f"has parts: {', '.join(part.label for part in field.fields)}."
    texts = value if isinstance(value, list) else [value]  # several actions may be requested, one by one
    return None if all(isinstance(text, str) for text in texts) else "is text."


YEARS = range(1900, 2101)
"""Of the dates that people mean. From one slip beyond them, days would be counted for as long as a worker runs."""


def date_in(value: Any) -> date | None:
    """A date, however it is written."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if day.year in YEARS else None


def merged(before: Fields, now: Fields) -> Fields:
    """What was said before and is not said again stays, inside a group too."""
    both = before | now
    groups = {key for key in now if isinstance(before.get(key), dict) and isinstance(now[key], dict)}
    return both | {key: before[key] | now[key] for key in groups}


# Codes ---------------------------------------------------------------------------------------------------------------


def _taxonomy_faults(procedure: Procedure, given: Fields, stage: str) -> Iterator[FaultAt]:
    for key, taxonomy in procedure.taxonomies.items():
        if any(field.taxonomy == key for field in procedure.asks):
            continue  # the field that asks for it says whether it is needed
        codes = codes_in(given.get(key))
        known = list(dict.fromkeys(str(code.code) for code in taxonomy.codes))
        if taxonomy.required and not codes:
            yield key, f"“{taxonomy.title}” is needed: one of {', '.join(known)}."
        if taxonomy.single and len(codes) > 1:
            yield key, f"Give one of “{taxonomy.title}”, not several."
        unknown = [code for code in codes if code not in known and not taxonomy.open]
        if unknown:
            yield key, f"{', '.join(unknown)} is not one of the codes of “{taxonomy.title}”: {', '.join(known)}."
        chosen = [code for code in codes_of(taxonomy, given.get(key), stage) if code]
        if any(code.free_text for code in chosen) and not is_given(given.get("other_text")):
            yield "other_text", f"The code of “{taxonomy.title}” needs a text that says what it is."
        yield from _item_faults(taxonomy, chosen, given)


def _item_faults(taxonomy: Taxonomy, chosen: list[Code], given: Fields) -> Iterator[FaultAt]:
    field = taxonomy.items_in
    for item in codes_in(given.get(field)) if field else []:
        if field and not any(_item(code, item) for code in chosen):
            most = max((len(code.items) for code in chosen), default=0)
            there_are = f"those of the code given are numbered 1 to {most}" if most else "the code given has none"
            yield field, f"{item} is not one of the items of “{taxonomy.title}”: {there_are}."


def _item(code: Code, item: str) -> str | None:
    """An item by its number, or by its letter: 1 is a."""
    named = {name: title for n, title in enumerate(code.items) for name in (str(n + 1), chr(ord("a") + n))}
    return named.get(item.lower())


def codes_of(taxonomy: Taxonomy, value: Any, stage: str | None = None) -> list[Code | None]:
    """The codes given; one that stands for several things is the one of the stage. None: not listed."""
    return [_code(taxonomy, given, stage) for given in codes_in(value)]


def _code(taxonomy: Taxonomy, given: str, stage: str | None) -> Code | None:
    same = [code for code in taxonomy.codes if str(code.code) == given]
    return next((code for code in same if not code.stages or stage in code.stages), same[0] if same else None)


def titles_in(procedure: Procedure, taxonomy: str, value: Any, stage: str | None = None) -> list[str]:
    """The codes given, in the document's words."""
    if taxonomy not in procedure.taxonomies:
        return codes_in(value)
    codes = codes_of(procedure.taxonomies[taxonomy], value, stage)
    return [code.title if code else given for code, given in zip(codes, codes_in(value), strict=True)]


def codes_in(value: Any) -> list[str]:
    """The codes given, as text: one, several or none."""
    if value is None or value == "":
        return []
    return [str(code) for code in (value if isinstance(value, list) else [value])]


def item_titles(taxonomy: Taxonomy, given: Any, items: Any, stage: str | None = None) -> list[str]:
    """The items given of the codes given, in the document's words."""
    codes = [code for code in codes_of(taxonomy, given, stage) if code]
    return [title for item in codes_in(items) for code in codes[:1] if (title := _item(code, item))]


def known_at_start(procedure: Procedure) -> set[str]:
    """Every key that what opens an escalation may say beside who, what about and where."""
    asked = {field.key for field in procedure.asks} | set(procedure.taxonomies) | {"other_text", "date_of_birth"}
    asked |= {taxonomy.items_in for taxonomy in procedure.taxonomies.values() if taxonomy.items_in}
    asked |= {clock.counts_from for clock in procedure.clocks.values()}
    asked |= {forced.flag for forced in procedure.entry.forced}
    if procedure.cafcass:
        advised = [each.field for each in procedure.cafcass.advised]
        asked |= {
            "concurrent_cafcass",
            "checklist",
            "reason",
            *(field.key for field in procedure.cafcass.asks),
            *advised,
        }
    return asked
