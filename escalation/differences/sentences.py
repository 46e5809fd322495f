"""Walks two versions of a procedure side by side: a sentence for each value that differs, none said twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pydantic import BaseModel

from escalation.circumstances import joined
from escalation.differences.pairing import pairs
from escalation.differences.phrases import PHRASES
from escalation.differences.values import all_of, headed, known_as, plain, whole, worded
from escalation.procedure import Procedure
from escalation.schema import Form, FormField, Stage, When

GAINS: dict[tuple[type[BaseModel], str], tuple[str, str]] = {
    (Stage, "addressee"): ("{} is asked to answer too", "{} is no longer asked to answer"),
    (Stage, "also_to"): ("{} is told with the alert too", "{} is no longer told with the alert"),
    (Stage, "copy_to"): ("new: a copy of the alert to {}", "no copy of the alert goes to {} any more"),
}
KEYED: dict[tuple[type[BaseModel], str], str] = {
    (Procedure, "roles"): "the title of the role",
    (Procedure, "inferred"): "the reason for what the document does not state at",
    (Stage, "spoken"): "what counts as told by voice by",
    (Form, "lines"): "the line",
    (FormField, "needed_where"): "where it must be answered, by",
}
"""One entry of what stands under keys."""


class Difference(NamedTuple):
    """One thing that changes. `path` is where it stands in the old version, or in the new one where it is new."""

    path: str
    kind: str
    name: str
    said: str


@dataclass(frozen=True)
class Place:
    """Where the walk stands: the path, the part that a sentence begins with, and the way to it from there."""

    path: str = ""
    kind: str = ""
    name: str = ""
    way: str = ""

    def on(self, name: str | int) -> Place:
        return replace(self, path=f"{self.path}.{name}" if self.path else str(name))

    def into(self, kind: str, name: str = "") -> Place:
        if not self.kind:
            return replace(self, kind=kind, name=name)
        return replace(self, way=f"{self.way}{f'{kind} {name}'.strip()}: ")


def differences(old: Procedure, new: Procedure) -> list[Difference]:
    """Every difference, in the order in which a procedure is written."""
    return list(_Walk(old, new).parts(Place(), old, new))


def told(found: Sequence[Difference]) -> list[str]:
    """The sentences. What changes alike in several stages, forms or reports is said once for all of them."""
    alike: dict[tuple[str, str], list[str]] = {}
    for each in found:
        names = alike.setdefault((each.kind, each.said), [])
        names += [] if each.name in names else [each.name]
    return [_sentence(kind, names, said) for (kind, said), names in alike.items()]


def _sentence(kind: str, names: list[str], said: str) -> str:
    plural = f"{kind}{'es' if kind.endswith('s') else 's'}" if len(names) > 1 else kind
    subject = f"{plural} {joined(names)}".strip()
    text = f"{subject}: {said}" if subject else said
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", ".”")) else ".")


@dataclass(frozen=True)
class _Walk:
    """Titles are those of the version in which a value stands."""

    old: Procedure
    new: Procedure

    def parts(self, place: Place, old: BaseModel, new: BaseModel) -> Iterator[Difference]:
        """Two versions of one part, value by value."""
        for name in PHRASES[type(old)]:
            yield from self._value(place.on(name), type(old), name, getattr(old, name), getattr(new, name))

    def _value(self, place: Place, kind: type[BaseModel], name: str, old: Any, new: Any) -> Iterator[Difference]:
        if repr(old) == repr(new):  # unlike ==, that sees the order of keys, and 1 is not True
            return
        match old, new:
            case (BaseModel() as gone, None) | (None, BaseModel() as gone):
                yield self._one(place, PHRASES[kind][name], gone, is_new=old is None)
            case When(), When() if whole(self.old, old) != whole(self.new, new):
                yield self._changes(place, kind, name, (whole(self.old, old) or "none", whole(self.new, new) or "none"))
            case BaseModel(), BaseModel():
                yield from self.parts(_within(place, kind, name), old, new)
            case dict(), dict():
                yield from self._by_key(place, kind, name, old, new)
            case list(), list() if _has_parts(old, new):
                yield from self._list_of_parts(place, kind, name, old, new)
            case list(), list():
                yield from self._list(place, kind, name, old, new)
            case _:
                yield self._changes(place, kind, name, self._said(kind, name, old, new))

    def _said(self, kind: type[BaseModel], name: str, old: Any, new: Any) -> tuple[str, str]:
        before = worded(self.old, kind, name, old) if not isinstance(old, list) else all_of(self.old, kind, name, old)
        after = worded(self.new, kind, name, new) if not isinstance(new, list) else all_of(self.new, kind, name, new)
        return (before, after) if before != after else (plain(old), plain(new))

    def _changes(
        self, place: Place, kind: type[BaseModel], name: str, said: tuple[str, str], *, key: str = ""
    ) -> Difference:
        before, after = said
        what = _keyed(kind, name, key) if key else PHRASES[kind][name]
        if name in headed(kind) and not key:  # the sentence has named the part by it already
            return _difference(place, f"{what} changes to {after}")
        unit = f" {before.partition(' ')[2]}"
        if before[:1].isdigit() and unit.rstrip("s") == f" {after.partition(' ')[2]}".rstrip("s"):
            before = before.partition(" ")[0]  # from 5 to 7 working days
        return _difference(place, f"{what} changes from {before} to {after}")

    def _one(self, place: Place, what: str, part: BaseModel, *, is_new: bool) -> Difference:
        """A part that is there in one version only."""
        if not is_new:
            return _difference(place, f"no longer: {what}")
        said = whole(self.new, part)
        return _difference(place, f"new: {what}" + (f" ({said})" if said else ""))

    # Lists and keys --------------------------------------------------------------------------------------------------

    def _by_key(
        self, place: Place, kind: type[BaseModel], name: str, old: dict[str, Any], new: dict[str, Any]
    ) -> Iterator[Difference]:
        for key in dict.fromkeys((*old, *new)):
            there, value = place.on(key), new.get(key, old.get(key))
            what = _keyed(kind, name, key)
            if isinstance(value, BaseModel):
                what = " ".join(known_as(self.new, value, key))
            if key not in old and isinstance(value, BaseModel):
                yield self._one(there, what, value, is_new=True)
            elif key not in old:
                yield _difference(there, f"new: {what}: {all_of(self.new, kind, name, value)}")
            elif key not in new:
                yield _difference(there, f"no longer: {what}")
            elif isinstance(value, BaseModel):
                yield from self.parts(there.into(*known_as(self.new, value, key)), old[key], value)
            elif old[key] != value:
                yield self._changes(there, kind, name, self._said(kind, name, old[key], value), key=key)
        if _reordered(kind, name, old, new):
            yield _difference(place, f"{PHRASES[kind][name]} changes its order: {joined(map(plain, new))}")

    def _list_of_parts(
        self, place: Place, kind: type[BaseModel], name: str, old: list[BaseModel], new: list[BaseModel]
    ) -> Iterator[Difference]:
        both = pairs(old, new)
        for a, b in both:
            there = place.on(a).into(*known_as(self.old, old[a]))
            yield from self.parts(there, old[a], new[b])
        for a in (n for n in range(len(old)) if n not in {a for a, _ in both}):
            yield self._one(place.on(a), " ".join(known_as(self.old, old[a])), old[a], is_new=False)
        for b in (n for n in range(len(new)) if n not in {b for _, b in both}):
            yield self._one(place.on(b), " ".join(known_as(self.new, new[b])), new[b], is_new=True)
        order = [b for _, b in both]
        if order != sorted(order):
            named = joined(known_as(self.new, part)[1] for part in new)
            yield _difference(place, f"{PHRASES[kind][name]} changes its order: {named}")

    def _list(
        self, place: Place, kind: type[BaseModel], name: str, old: list[Any], new: list[Any]
    ) -> Iterator[Difference]:
        more, fewer = GAINS.get(
            (kind, name), (f"{PHRASES[kind][name]} gains {{}}", f"{PHRASES[kind][name]} loses {{}}")
        )
        gained, lost = Counter(new) - Counter(old), Counter(old) - Counter(new)
        if gained:
            yield _difference(place, more.format(all_of(self.new, kind, name, list(gained.elements()))))
        if lost:
            yield _difference(place, fewer.format(all_of(self.old, kind, name, list(lost.elements()))))
        kept = [item for item in old if item not in lost], [item for item in new if item not in gained]
        if kept[0] != kept[1]:
            now = all_of(self.new, kind, name, new)
            yield _difference(place, f"{PHRASES[kind][name]} changes its order: {now}")


def _within(place: Place, kind: type[BaseModel], name: str) -> Place:
    """A part that stands alone: the sentence begins with it, where its values do not say as much by themselves."""
    return place if name in {"cap", "response"} else place.into(PHRASES[kind][name])


def _keyed(kind: type[BaseModel], name: str, key: str) -> str:
    return f"{KEYED.get((kind, name), PHRASES[kind][name])} {plain(key)}"


def _reordered(kind: type[BaseModel], name: str, old: Any, new: Any) -> bool:
    """Of what stands under keys only the lines of a form have an order.

    The register keeps keys in the order of the alphabet: a version out of it does not say in which they stood.
    """
    if kind is not Form or name != "lines" or sorted(old) in (list(old), list(new)) or sorted(new) == list(new):
        return False
    return set(old) == set(new) and list(old) != list(new)


def _has_parts(old: list[Any], new: list[Any]) -> bool:
    return any(isinstance(item, BaseModel) for item in (*old, *new))


def _difference(place: Place, said: str) -> Difference:
    return Difference(place.path, place.kind, place.name, f"{place.way}{said}")
