"""By what are disputes counted: the codes of a procedure's taxonomies, and who, where and how they ended?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from escalation.past import Made, Past
from escalation.procedure import Procedure, Report, Taxonomy
from escalation.schema import DIMENSIONS, FormField

ALWAYS = ("reached", "stage", "outcome")
OUTCOMES = ("resolved", "unresolved", "no_longer_applicable", "withdrawn")
OF_STAGES = frozenset({"started_at", "reached", "stage"})
OTHER = "other"
"""What is on no list. The words that a person wrote stay in the dispute: they may name somebody."""
CODE = re.compile(r"[A-Za-z]{0,2}\d{1,6}|[A-Za-z]|[a-z0-9]+(?:_[a-z0-9]+)+")
"""What is a code, on whatever list it stood once. A word by itself is none: it may be a child's name."""
NUMBER = re.compile(r"[0-9]{1,20}")
Counts = dict[str, dict[str, int]]
"""How many, by dimension and by what stands there; every key is text."""


def dimensions(procedure: Procedure, report: Report) -> list[str]:
    """What a report counts by: what it names, or every taxonomy, and always by stage and outcome."""
    return list(dict.fromkeys([*(report.counts or procedure.taxonomies), *ALWAYS]))


def by_dimension(procedure: Procedure, report: Report, counted: Callable[[str], Mapping[str, int]]) -> Counts:
    """The counts in their order, and those of the items of codes beside them; `counted` tells one by its name.

    A dispute of which something is not known is left out of that count; one with two codes stands in both.
    """
    found: Counts = {}
    for name in dimensions(procedure, report):
        taxonomy = procedure.taxonomies[name] if name not in DIMENSIONS else None
        found[name] = in_order(counted(name), _codes_listed(taxonomy) if taxonomy else _known_of(procedure, name))
        if taxonomy and taxonomy.items_in:
            found[taxonomy.items_in] = in_order(counted(taxonomy.items_in), _items_listed(taxonomy))
    return found


def _codes_listed(taxonomy: Taxonomy) -> list[str]:
    """In the document's order. What it lists at two stages stands with its stage; by itself, at its first place."""
    return [
        key for code in taxonomy.codes for key in (*(f"{at}:{code.code}" for at in code.stages or []), str(code.code))
    ]


def _items_listed(taxonomy: Taxonomy) -> list[str]:
    return [f"{code.code}.{item}" for code in taxonomy.codes for item in (*range(1, len(code.items) + 1), OTHER)]


def _known_of(procedure: Procedure, name: str) -> Sequence[str]:
    """The ladder from its lowest stage, and a referral after it; outcomes as they are told everywhere."""
    if name in OF_STAGES:
        return [*(stage.key for stage in procedure.stages), *([procedure.cafcass.stage] if procedure.cafcass else [])]
    return OUTCOMES if name == "outcome" else []


def by_stage(procedure: Procedure, found: Mapping[str, int]) -> dict[str, int]:
    """In the order of the ladder."""
    ladder = dict.fromkeys([*(stage.key for stage in procedure.stages), *sorted(found)])
    return {key: found[key] for key in ladder if key in found}


def in_order(count: Mapping[str, int], listed: Sequence[str] = ()) -> dict[str, int]:
    """As the document lists them; what it does not list comes after, by its numbers: 2 before 11, 1.9 before 1.10."""
    places = dict(zip(reversed(listed), range(len(listed), 0, -1), strict=True))
    first = sorted(count, key=lambda key: (places.get(key, len(listed) + 1), _numbers(key), key))
    return {key: count[key] for key in first}


def _numbers(key: str) -> list[int]:
    """Of a code; a name or a reference that people wrote may hold ², which is no numeral, or thousands of digits."""
    return [int(number) for number in NUMBER.findall(key)]


def values(case: Past, dimension: str) -> list[str]:
    """What stands at a dimension of DIMENSIONS."""
    if dimension == "reached":
        return list(case.reached)
    value = case.fields.get("carer") if dimension == "carer" else _known(case, dimension)
    return [str(value)] if value else []


def _known(case: Past, dimension: str) -> str | None:
    if dimension == "started_at":
        return case.reached[0] if case.reached else None
    return {"team": case.team, "raised_by": case.raised_by, "subject": case.subject, "stage": case.stage}.get(
        dimension, case.outcome
    )


# Codes ----------------------------------------------------------------------------------------------------------------


def codes(procedure: Procedure, name: str, case: Past) -> dict[str, list[str]]:
    """The codes of a taxonomy that a dispute has, and the items of them where the form asks for those."""
    taxonomy = procedure.taxonomies[name]
    fields = dict.fromkeys([name, *(field.key for field in procedure.asks if field.taxonomy == name)])
    found = {name: _codes(taxonomy, case, fields)}
    if taxonomy.items_in:
        found[taxonomy.items_in] = list(_items(taxonomy, case, fields))
    return found


def _codes(taxonomy: Taxonomy, case: Past, fields: Iterable[str]) -> list[str]:
    given = [(str(code), field) for field in fields for code in _listed(case.fields.get(field))]
    return list(dict.fromkeys(_key(taxonomy, code, _stages(case, field)) for code, field in given))


def _stages(case: Past, field: str) -> list[str]:
    """The stages that may tell what a code stands for, the likeliest first."""
    return [case.said_at.get(field, ""), *case.reached, case.stage]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _key(taxonomy: Taxonomy, given: str, stages: list[str]) -> str:
    """A code by itself; where the document lists it twice, with the stage that tells which one was meant: `S2:3`."""
    meant = [code for code in taxonomy.codes if str(code.code) == given]
    if not meant and not CODE.fullmatch(given):
        return OTHER
    at = [stage for stage in stages if any(stage in (code.stages or []) for code in meant)]
    return f"{at[0]}:{given}" if len(meant) > 1 and at else given


def _items(taxonomy: Taxonomy, case: Past, fields: Iterable[str]) -> Iterator[str]:
    """`2.1`: the first item of the second code, whether it was given by its number or its letter."""
    codes = _codes(taxonomy, case, fields)
    items = _listed(case.fields.get(taxonomy.items_in or ""))
    if codes and items:
        yield from (f"{codes[0]}.{_number(str(item))}" for item in items)
    elif codes and case.fields.get("other_text") and not _is_text(taxonomy, codes[0]):
        yield f"{codes[0]}.{OTHER}"


def _number(item: str) -> str:
    is_letter = len(item) == 1 and item.isascii() and item.isalpha()
    return str(ord(item.lower()) - ord("a") + 1) if is_letter else item


def _is_text(taxonomy: Taxonomy, key: str) -> bool:
    """Whether the code itself is the one that needs words."""
    return any(str(code.code) == key and code.free_text for code in taxonomy.codes)


# Patterns, and what was recorded --------------------------------------------------------------------------------------


def patterns(report: Report, counts: Counts) -> dict[str, list[str]]:
    """What occurs so often that the report names it (SBC-26, OXF-52); stages and outcomes are no patterns."""
    least = report.patterns_from
    if least is None:
        return {}
    often = {name: [key for key, n in count.items() if n >= least] for name, count in counts.items()}
    return {name: keys for name, keys in often.items() if keys and name not in ALWAYS}


def chosen(procedure: Procedure, do: str, made: Iterable[Made]) -> Counts:
    """What was recorded, by each field in which one chooses from a list: themes of good practice, say (HCP-17)."""
    recorded, recording = list(made), procedure.recording(do)
    lists = [field for field in recording.fields if field.kind in {"choice", "code"}] if recording else []
    return {field.key: _chosen(procedure, field, recorded) for field in lists}


def _chosen(procedure: Procedure, field: FormField, recorded: Iterable[Made]) -> dict[str, int]:
    listed = _codes_listed(procedure.taxonomies[field.taxonomy]) if field.taxonomy else field.choices
    return in_order(Counter(str(value) for one in recorded for value in _listed(one.fields.get(field.key))), listed)
