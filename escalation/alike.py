"""What do many disputes have in common: the course that they took, and what was chosen on their form?

Written as text that is equal where these are, so that disputes that are alike can be counted at once. Nothing that a
person wrote stands in it, and no date: how a promise stands is kept, and when it fell due is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from escalation.counting import CODE
from escalation.past import Past
from escalation.procedure import Procedure

ITSELF = frozenset({
    "reference", "process", "subject", "team", "raised_by", "raised_on", "closed_on", "fields", "said_at",
})  # fmt: skip
"""What tells one dispute from another, and its form: no part of its course."""
OTHER_WORDS = "..."
"""In place of what a person wrote: no code, and still something that was said."""
OTHER_TEXT = "other_text"
SOME_DAY = date(2000, 1, 1)
SOMETHING = "-"
PROMISES, FOLLOWS = "promises", "follows"


def course(past: Past) -> str:
    """The stages, the answers, the end; everything of a dispute that is neither its own nor of its form."""
    said = past.model_dump(mode="json", exclude=set(ITSELF), exclude_defaults=True)
    if said.get(FOLLOWS):
        said[FOLLOWS] = SOMETHING
    if said.get(PROMISES):
        said[PROMISES] = sorted((_promise(one) for one in said[PROMISES]), key=_text)
    return _text(said)


def form(past: Past, asked: Collection[str] | None, codes: Collection[str] = ()) -> str:
    """What was chosen from lists, and what was answered yes. `asked`: the fields that hold such; None: not known.

    `codes` are those of the procedure, some of which are words of the document.
    """
    known = {key: value for key, value in past.fields.items() if asked is None or key in asked}
    chosen = {key: value for key, said in known.items() if (value := _chosen(said, codes)) is not None}
    at = {key: stage for key, stage in past.said_at.items() if key in chosen}
    return _text({"fields": chosen, "said_at": at})


def fields_asked(procedure: Procedure) -> frozenset[str]:
    """Those of the form that a report may count by, or choose by."""
    lists = procedure.taxonomies
    chosen = {field.key for field in procedure.asks if field.kind in {"code", "choice", "yes_no"}}
    items = {taxonomy.items_in for taxonomy in lists.values() if taxonomy.items_in}
    return frozenset({*lists, *chosen, *items, OTHER_TEXT, *_flags(procedure)})


def codes_of(procedure: Procedure) -> frozenset[str]:
    """Every code of its lists, and whatever its form lets one choose, as text."""
    codes = {str(code.code) for taxonomy in procedure.taxonomies.values() for code in taxonomy.codes}
    return frozenset(codes.union(*(field.choices or [] for field in procedure.asks)))


def replaced(past: Past, own: Mapping[str, Any]) -> Past:
    """Another with these values, unchecked: as `model_copy`, without what makes that slow for a hundred thousand."""
    other = Past.__new__(Past)
    object.__setattr__(other, "__dict__", {**past.__dict__, **own})
    for name in ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
        object.__setattr__(other, name, getattr(past, name))
    return other


def _flags(procedure: Procedure) -> set[str]:
    return {report.flag for report in procedure.reports.values() if report.flag}


def _promise(said: Mapping[str, Any]) -> dict[str, Any]:
    """How it stands, without its dates."""
    days = {key: SOME_DAY.isoformat() for key in ("made_on", "done_by", "answered_on") if said.get(key)}
    followed = {"followed_by": SOMETHING} if said.get("followed_by") else {}
    return {**said, **days, **followed}


def _chosen(said: Any, codes: Collection[str]) -> Any:
    if isinstance(said, bool):
        return said or None
    if isinstance(said, list | tuple):
        return [_one(each, codes) for each in said]
    return None if said is None else _one(said, codes)


def _one(said: Any, codes: Collection[str]) -> Any:
    """A code as it is; words by nothing but that there are some."""
    if isinstance(said, int) or (isinstance(said, str) and (said in codes or CODE.fullmatch(said))):
        return said
    return OTHER_WORDS if said else said if isinstance(said, str) else OTHER_WORDS


def _text(said: Any) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"))
