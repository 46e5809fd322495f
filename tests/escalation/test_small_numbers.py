"""That no small count can be told from what is said beside it, however the counts fall."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.small_numbers import FEWER, LEAST, NOT_SHOWN, Shown, shown


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([12, 7], [12, 7]),
        ([12, 0], [12, 0]),
        ([12, 3, 2], [12, FEWER, FEWER]),
        ([12, 7, 3], [12, NOT_SHOWN, NOT_SHOWN]),
        ([12, 7, 7, 3], [12, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN]),
        ([12, 3], [NOT_SHOWN, NOT_SHOWN]),
        ([3, 0], [NOT_SHOWN, NOT_SHOWN]),
        ([4, 4], [NOT_SHOWN, NOT_SHOWN]),
        ([12, 1, 1], [NOT_SHOWN, NOT_SHOWN, NOT_SHOWN]),
        ([0, 0], [0, 0]),
    ],
)
def test_what_is_small_is_not_said_and_what_would_tell_it_is_withheld(counts: list[int], said: list[Shown]) -> None:
    assert list(shown(_by_team(counts)).values()) == said


@pytest.mark.parametrize(("cells", "most"), [(2, 9), (3, 8), (4, 5)])
def test_for_every_small_count_another_would_have_been_said_alike(cells: int, most: int) -> None:
    """Whoever knows the rule and the total cannot tell any count from 1 to 4."""
    alike: dict[tuple[object, ...], list[set[int]]] = {}
    every = list(product(range(3 * most if cells < 4 else 2 * most), repeat=cells))
    for counts in every:
        places = alike.setdefault(_said(counts), [set() for _ in counts])
        for place, n in enumerate(counts):
            places[place].add(n)
    for counts in every:
        for place, n in enumerate(counts):
            if 0 < n < LEAST and max(counts) <= most:
                assert len(alike[_said(counts)][place]) > 1, counts


def _said(counts: tuple[int, ...]) -> tuple[object, ...]:
    """All that a reader sees: how each is said, and what they come to."""
    return sum(counts), *shown(_by_team(list(counts))).values()


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_no_small_count_is_ever_said(counts: list[int]) -> None:
    assert not {n for n in shown(_by_team(counts)).values() if isinstance(n, int)} & set(range(1, LEAST))


def _by_team(counts: list[int]) -> dict[str, int]:
    return {f"Team {n}": count for n, count in enumerate(counts)}
