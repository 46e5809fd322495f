"""Scenarios whose every date was worked out by hand from the councils' documents hold, but for what waits for later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.checker import CHECKS, fallen_short
from tests.acceptance.conftest import Rehearse

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.json"))


def _expected(path: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["expect"]
    return listed


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
async def test_the_scenario_holds(rehearse: Rehearse, path: Path) -> None:
    expected = _expected(path)
    for variant, transcript in (await rehearse(path)).items():
        assert fallen_short(expected, transcript, variant) == {}, variant


def test_every_type_of_check_is_used() -> None:
    used = {expected["type"] for path in SCENARIOS for expected in _expected(path)}
    assert used == set(CHECKS)


def test_every_hand_count_has_as_many_days_as_it_says() -> None:
    for path in SCENARIOS:
        for expected in _expected(path):
            if count := expected.get("count"):
                assert (len(count["days"]), count["days"][-1]) == (count["n"], expected["date"]), path.stem


async def test_an_expectation_that_is_not_met_falls_short(rehearse: Rehearse) -> None:
    """Each type of check can fail: a transcript with nothing right in it holds nothing."""
    path = next(path for path in SCENARIOS if path.stem == "SWK-S02")
    transcript = (await rehearse(path))[None]
    wrong: dict[str, dict[str, Any]] = {
        "due": {"stage": "L1", "date": "2025-05-09", "at_17h": "2025-05-09T17:00:00+01:00"},
        "cap": {"date": "2025-05-09"},
        "stage": {"stage": "L2", "status": "awaiting_response"},
        "hold": {"reason": "cap_reached", "cap_reached": True},
        "no_due": {"stage": "L1"},
        "no_timer": {},
        "no_escalation": {},
        "email": {"trigger": "alert", "to": ["head_of_service"], "cc": []},
        "no_email": {"to": "operational_manager"},
        "record": {"where": "Mosaic case note", "heading": "Something else", "exact": True},
        "no_record": {"heading": "IRO - escalation"},
        "task": {"to": "iro", "what": "Convene the meeting before CAFCASS"},
        "history": {"event": "lapsed"},
        "no_history": {"event": "raised", "by": "iro"},
        "history_order": {"events": ["case_note", "raised"]},
        "closed": {"outcome": "unresolved", "date_concluded": "2025-05-08"},
        "rejected": {"reason": "anything"},
        "not_offered": {"action": "bypass"},
        "form_field": {"field": "Date Concluded", "value": "2025-05-09"},
        "report": {"by_category": {"2": 2}},
    }
    expectations = [{"after": "s1", "type": kind} | said for kind, said in wrong.items()]
    expectations += [{"after": "s3", "type": "not_closed"}, {"after": "s2", "type": "unchanged", "what": "status"}]
    expectations += [{"after": "s1", "type": "no_form"}]
    advised = transcript["steps"][0]["warnings"]
    advised.append({"code": "a_thing", "message": "Think of it."})
    expectations += [{"after": "s1", "type": "not_warned", "mentions": "think"}]
    expectations += [{"after": "s1", "type": "warned", "mentions": "something quite different"}]
    found = {key.partition(" ")[2].removesuffix(" (2)") for key in fallen_short(expectations, transcript)}
    assert found == set(CHECKS)


async def test_an_email_that_is_not_as_expected_falls_short(rehearse: Rehearse) -> None:
    path = next(path for path in SCENARIOS if path.stem == "SWK-S02")
    transcript = (await rehearse(path))[None]
    right: dict[str, Any] = {"after": "s1", "type": "email", "trigger": "alert"}
    right |= {"to": ["operational_manager"], "cc": ["head_of_qau", "qau_manager"]}
    wrongs: list[dict[str, Any]] = [
        {"subject_starts": "Something else"},
        {"body_has": ["words that are not there"]},
        {"suggests": "dan(ce|cing)"},
        {"date": "2025-05-03"},
        {"channel": "secure_email"},
        {"address": "somebody@example.org"},
        {"cc": ["head_of_qau"]},
        {"to": ["head_of_qau", "operational_manager"]},
    ]
    assert fallen_short([right], transcript) == {}
    assert [wrong for wrong in wrongs if not fallen_short([right | wrong], transcript)] == []
