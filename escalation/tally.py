"""What is added up, dispute by dispute, to make the numbers of a report?

A tally is a bag of keys: it can be added to another and taken from it, so that disputes that are alike are counted
together. Whatever a part counts, it reads from the columns that it names and from no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from statistics import median
from typing import Literal, NamedTuple

from escalation import counting
from escalation.past import Past
from escalation.procedure import DIMENSIONS, Procedure, Report

Key = tuple[str, ...]
Tally = Counter[Key]
Column = Literal["course", "form", "team", "raised_by", "carer", "subject", "days"]
"""`course` is how it went: stages, answers, end; `form` what its form says. The others are themselves."""

TOLD = ("in_time", "late", "not_at_all", "lapsed")
"""How an answer came, or that none did."""
OF_THE_COURSE = frozenset({"started_at", "reached", "stage", "outcome"})

BY_THEMSELVES: tuple[Column, ...] = ("team", "raised_by", "carer", "subject")


class Part(NamedTuple):
    """Some of the keys, and the columns that tell them."""

    needs: frozenset[Column]
    keys: Callable[[Past], Iterable[Key]]


def parts(procedure: Procedure, report: Report) -> list[Part]:
    """All that a report counts of a dispute."""
    names = counting.dimensions(procedure, report)
    by_course = [name for name in names if name in OF_THE_COURSE]
    found = [
        Part(frozenset({"course"}), partial(_course, procedure, by_course)),
        Part(frozenset({"days"}), _days),
        Part(frozenset({"team", "course"}), partial(_told_by, "team")),
    ]
    found += [Part(frozenset({name}), partial(_dimension, name)) for name in BY_THEMSELVES if name in names]
    if "raised_by" in names:  # whether all use the procedure alike (OXF-44)
        found.append(Part(frozenset({"raised_by", "course"}), partial(_told_by, "raised_by")))
        found.append(Part(frozenset({"raised_by", "days"}), partial(_days_by, "raised_by")))
    if codes := [name for name in names if name in procedure.taxonomies and name not in DIMENSIONS]:
        found.append(Part(frozenset({"form", "course"}), partial(_codes, procedure, codes)))
    return found


def tally(of: Iterable[Part], cases: Iterable[Past]) -> Tally:
    """Each dispute by itself."""
    counted: Tally = Counter()
    known = list(of)
    for case in cases:
        for part in known:
            counted.update(part.keys(case))
    return counted


# Read out -------------------------------------------------------------------------------------------------------------


def number(counted: Tally, *key: str) -> int:
    return counted[key]


def under(counted: Tally, *start: str) -> dict[str, int]:
    """By whatever stands after the beginning of a key."""
    size = len(start)
    return {key[size]: n for key, n in counted.items() if n and len(key) == size + 1 and key[:size] == start}


def beneath(counted: Tally, *start: str) -> dict[str, dict[str, int]]:
    """By the two that stand after the beginning of a key."""
    size, found = len(start), dict[str, dict[str, int]]()
    for key, n in counted.items():
        if n and len(key) == size + 2 and key[:size] == start:
            found.setdefault(key[size], {})[key[size + 1]] = n
    return found


def middle(days: Mapping[str, int]) -> float | None:
    """The median of so many days each; None of none."""
    return median(Counter({int(day): n for day, n in days.items()}).elements()) if days else None


# The keys -------------------------------------------------------------------------------------------------------------


def _course(procedure: Procedure, names: Iterable[str], case: Past) -> Iterator[Key]:
    yield ("disputes",)
    resolved = case.outcome == "resolved"
    if case.outcome:
        yield ("ended", case.outcome)
    if resolved and procedure.cap and case.beyond_total_time is not None:
        yield ("beyond_total_time", "yes" if case.beyond_total_time else "no")
    if resolved and case.stage:
        yield ("resolved_by_stage", case.stage)
    if case.referred:
        yield ("referred_to_cafcass",)
    if case.legal_advice:
        yield ("legal_advice",)
    yield from (("promises", stood) for promise in case.promises if (stood := promise.stood(None)))
    if case.what_changed:
        yield ("what_changed", case.what_changed)
    if case.follows:
        yield ("follows",)
    for told in TOLD:
        for stage, n in getattr(case, told).items():
            yield from [(told, stage)] * n
    for name in names:
        yield from _dimension(name, case)


def _dimension(name: str, case: Past) -> Iterator[Key]:
    yield from (("by", name, value) for value in counting.values(case, name))


def _codes(procedure: Procedure, names: Iterable[str], case: Past) -> Iterator[Key]:
    for name in names:
        for dimension, values in counting.codes(procedure, name, case).items():
            yield from (("by", dimension, value) for value in values)


def _told_by(name: str, case: Past) -> Iterator[Key]:
    for who in counting.values(case, name):
        for told in TOLD:
            for stage, n in getattr(case, told).items():
                yield from [("told_by", name, told, who, stage)] * n


def _days(case: Past) -> Iterator[Key]:
    if case.days is not None:
        yield ("days", str(case.days))


def _days_by(name: str, case: Past) -> Iterator[Key]:
    if case.days is not None:
        yield from (("days_by", name, who, str(case.days)) for who in counting.values(case, name))
