"""Which part of the one list is which of the other: the same first, then those of one name, then the likest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from pydantic import BaseModel

from escalation.schema import (
    Advised,
    Check,
    Code,
    Copies,
    Filing,
    Forced,
    Form,
    FormField,
    FormPart,
    Letter,
    Needed,
    Recording,
    Stage,
    ToDo,
)  # fmt: skip

Key = Callable[[BaseModel], Hashable]
Pairs = list[tuple[int, int]]
NAMES: dict[type[BaseModel], tuple[tuple[str, ...], ...]] = {
    Stage: (("track", "key"),),
    FormField: (("key", "at", "stages"), ("key", "at"), ("key",)),
    Code: (("code", "stages"), ("code",)),
    Check: (("key",),),
    Advised: (("field",),),
    Needed: (("field",),),
    Recording: (("do",),),
    Form: (("title",),),
    FormPart: (("begins",),),
    Forced: (("flag",),),
    Copies: (("to",), ("when",)),
    Letter: (("notice", "on", "when"), ("notice", "on", "to"), ("notice", "on"), ("notice", "to"), ("notice",)),
    Filing: (("where", "heading", "on"), ("where", "heading", "when"), ("where", "heading"), ("on", "when")),
    ToDo: (("key", "what"), ("what",), ("key", "to", "on"), ("to", "on")),
}
"""By which values a part is known in its list, the surest first."""


def pairs(old: Sequence[BaseModel], new: Sequence[BaseModel]) -> Pairs:
    """(place in `old`, place in `new`) of each part that stands in both, in the order of `old`."""
    found: Pairs = []
    for key in _keys(old, new):
        left = [n for n in range(len(old)) if n not in {a for a, _ in found}]
        right = [n for n in range(len(new)) if n not in {b for _, b in found}]
        found += _by(key, {n: old[n] for n in left}, {n: new[n] for n in right})
    return sorted(found)


def _keys(old: Sequence[BaseModel], new: Sequence[BaseModel]) -> list[Key]:
    kind = type((*old, *new)[0]) if old or new else BaseModel
    names = next((listed for part, listed in NAMES.items() if issubclass(kind, part)), ())
    return [repr, *(_named(each) for each in names)]


def _named(names: tuple[str, ...]) -> Key:
    return lambda part: repr([getattr(part, name, None) for name in names])


def _by(key: Key, old: dict[int, BaseModel], new: dict[int, BaseModel]) -> Pairs:
    """Those of one key, in their own order."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for n, part in new.items():
        waiting[key(part)].append(n)
    return [(n, waiting[key(part)].pop(0)) for n, part in old.items() if waiting[key(part)]]
