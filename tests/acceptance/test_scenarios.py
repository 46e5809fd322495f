"""Scenarios whose every date was worked out by hand from the councils' documents hold, but for what waits for later."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.checker import CHECKS, fallen_short

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
LATER = {
    "LEI-S04": {"s6 history", "s6 record", "s6 email"},
    "LEI-S09": {"s1 report", "s2 history"},
    "SWK-S08": {"s2 email", "s2 email (2)", "s3 email", "s4 history"},
    "SWK-S09": {"s1 email", "s1 due", "s3 email"},
    "SWK-S12": {"s1 report", "s2 report"},
}
"""What this version does not do yet: CAFCASS and legal advice, reports, complaints and challenge meetings."""


def _expected(path: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["expect"]
    return listed


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
async def test_the_scenario_holds(rehearse: Callable[[Path], Awaitable[dict[str, Any]]], path: Path) -> None:
    """Equality, so that what begins to hold is taken off the list, and what is on the list is there."""
    expected = _expected(path)
    faults = fallen_short(expected, await rehearse(path))
    assert set(faults) == LATER.get(path.stem, set()), faults


def test_what_waits_for_later_belongs_to_scenarios_that_are_there() -> None:
    assert set(LATER) <= {path.stem for path in SCENARIOS}


def test_every_hand_count_has_as_many_days_as_it_says() -> None:
    for path in SCENARIOS:
        for expected in _expected(path):
            if count := expected.get("count"):
                assert (len(count["days"]), count["days"][-1]) == (count["n"], expected["date"]), path.stem


async def test_an_expectation_that_is_not_met_falls_short(
    rehearse: Callable[[Path], Awaitable[dict[str, Any]]],
) -> None:
    """Each type of check can fail: a transcript with nothing right in it holds nothing."""
    path = next(path for path in SCENARIOS if path.stem == "SWK-S02")
    transcript = await rehearse(path)
    wrong: dict[str, dict[str, Any]] = {
        "due": {"stage": "L1", "date": "2025-05-09", "at_17h": "2025-05-09T17:00:00+01:00"},
        "cap": {"date": "2025-05-09"},
        "stage": {"stage": "L2", "status": "awaiting_response"},
        "hold": {"reason": "cap_reached", "cap_reached": True},
        "no_due": {"stage": "L1"},
        "email": {"trigger": "alert", "to": ["head_of_service"], "cc": []},
        "no_email": {"to": "operational_manager"},
        "record": {"where": "Mosaic case note", "heading": "Something else", "exact": True},
        "task": {"to": "iro", "what": "Convene the meeting before CAFCASS"},
        "history": {"event": "lapsed"},
        "history_order": {"events": ["case_note", "raised"]},
        "closed": {"outcome": "unresolved", "date_concluded": "2025-05-08"},
        "rejected": {"reason": "anything"},
        "warned": {"reason": "anything"},
        "report": {"by_category": {"2": 2}},
    }
    expectations = [{"after": "s1", "type": kind} | said for kind, said in wrong.items()]
    expectations += [{"after": "s3", "type": "not_closed"}, {"after": "s2", "type": "unchanged", "what": "status"}]
    assert {key.partition(" ")[2] for key in fallen_short(expectations, transcript)} == set(CHECKS)
