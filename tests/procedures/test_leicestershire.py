"""Leicestershire, Positive Challenge and Formal Escalation: what neither scenarios nor worked examples show."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from config import procedures
from escalation.history import EmailSent
from escalation.reporting import Made, Past, figures

LEICESTERSHIRE = procedures.load("leicestershire")
LADDER = ["PC", "S1", "S2", "S3", "S4"]


def test_one_informal_process_goes_before_four_formal_stages() -> None:
    assert [(stage.key, stage.formal) for stage in LEICESTERSHIRE.stages] == [
        ("PC", False), ("S1", True), ("S2", True), ("S3", True), ("S4", True),
    ]  # fmt: skip


def test_every_act_is_on_the_mosaic_record(a_table: Any) -> None:
    table = a_table("leicestershire")
    steps = [
        table.do("start", stage="S1"),
        table.do("set_action", at="2026-06-09 10:00", text="Visit", action_due="2026-07-01"),
        table.do("respond", at="2026-06-10 10:00", stage="S1"),
        table.do("decide", at="2026-06-11 10:00", outcome="not_satisfied"),
        table.do("lapse", at="2026-06-18 18:00"),
        table.do("withdraw", at="2026-06-19 10:00", reason="Settled"),
    ]
    assert all(any(where.startswith("Mosaic") for where, _ in step.filed) for step in steps)


def test_before_a_conference_its_chair_challenges_the_worker_and_the_manager(a_table: Any) -> None:
    chair = "independent_conference_chair"
    started = a_table("leicestershire", subject={"kind": "cp"}).do("start", by=chair, origin="preparation")
    assert (started.refused, started.state.stage) == (None, "PC")
    assert set(started.sent("informal_concern")[0]) == {"social_worker", "team_manager"}


@pytest.mark.parametrize("ground", ["positive_challenge_unsuccessful", "team_manager_best_placed"])
def test_stage_1_is_entered_on_either_ground_without_advice(a_table: Any, ground: str) -> None:
    started = a_table("leicestershire").do("start", stage="S1", ground=ground)
    assert (started.refused, started.advice) == (None, [])


SATISFIED = [
    ("S1", ["team_manager"], ["asm_sp"]),
    ("S2", ["service_manager", "team_manager"], ["asm_sp"]),
    ("S3", ["head_of_service", "service_manager", "team_manager"], ["asm_sp", "sm_sp"]),
    ("S4", ["assistant_director", "head_of_service", "service_manager", "team_manager"], ["asm_sp", "sm_sp"]),
]


@pytest.mark.parametrize(("stage", "to", "cc"), SATISFIED)
def test_once_satisfied_the_step_is_completed_and_its_managers_hear(
    a_table: Any, stage: str, to: list[str], cc: list[str]
) -> None:
    table = a_table("leicestershire")
    table.do("start", stage=stage)
    table.do("respond", at="2026-06-09 10:00", stage=stage)
    done = table.do("decide", at="2026-06-10 10:00", outcome="satisfied")
    assert done.sent("satisfied") == (to, cc)
    assert ("Mosaic Step", "final section") in done.filed


@pytest.mark.parametrize(("stage", "following"), list(pairwise(LADDER[1:])))
def test_an_unsatisfactory_answer_may_be_escalated(a_table: Any, stage: str, following: str) -> None:
    table = a_table("leicestershire")
    table.do("start", stage=stage)
    table.do("respond", at="2026-06-09 10:00", stage=stage)
    assert table.do("decide", at="2026-06-10 10:00", outcome="not_satisfied").state.stage == following


def test_good_practice_and_patterns_of_concern_are_recorded(a_table: Any) -> None:
    good = a_table("leicestershire").do("good_practice", by="iro", text="Direct work")
    pattern = a_table("leicestershire").do("pattern_of_concern", by="iro", reach="collective", text="Late reports")
    assert (good.events[0], pattern.events[0]) == ("recorded", "recorded")


def test_sent_emails_stay_in_the_history_with_who_had_them(a_table: Any) -> None:
    seen = a_table("leicestershire").do("start", stage="S1").seen
    alert = next(entry for entry in seen.entries if isinstance(entry, EmailSent) and entry.notice == "alert")
    assert {delivery.role for delivery in alert.delivered} >= {"team_manager"}


# Reports --------------------------------------------------------------------------------------------------------------


def raised(ref: str, *reached: str, **said: Any) -> Past:
    fields = {"origin": said.pop("origin", "preparation")}
    return Past(reference=ref, reached=reached, stage=reached[-1], fields=fields, **said)


def report(key: str, *cases: Past, recordings: tuple[Made, ...] = ()) -> dict[str, Any]:
    return figures(LEICESTERSHIRE, key, cases, recordings).model_dump(mode="json")


def test_the_quarterly_analysis_is_of_positive_challenges_open_and_closed() -> None:
    cases = [raised("A", "PC", "S1"), raised("B", "PC", closed=True, outcome="resolved"), raised("C", "S2")]
    said = report("quarterly_positive_challenge", *cases)
    assert [line["reference"] for line in said["individual"]] == ["A", "B"]
    assert (said["by_origin"], said["resolved_by_stage"]) == ({"preparation": 2}, {"PC": 1})
    assert LEICESTERSHIRE.reports["quarterly_positive_challenge"].period == "quarter"


def test_for_supervision_activity_is_told_by_raiser_with_what_stands_at_stages_3_and_4() -> None:
    cases = [raised("A", "S3", raised_by="Ada", legal_advice=True), raised("B", "PC", raised_by="Bea")]
    assert report("supervision", *cases)["lists"] == ["A"]
    quarter = date(2026, 4, 1), date(2026, 6, 30)
    said = figures(LEICESTERSHIRE, "supervision", cases, (), *quarter).model_dump(mode="json")
    assert (said["by_raised_by"], said["legal_advice"]) == ({"Ada": 1, "Bea": 1}, 1)


def test_the_challenge_meetings_chair_reads_of_themes_and_good_practice() -> None:
    asked = LEICESTERSHIRE.reports["qa_challenge_meeting"]
    assert asked.by == "hos_sp"
    good = Made.model_validate({"what": "good_practice", "at": "2026-05-01T12:00:00Z"})
    said = report("qa_challenge_meeting", raised("A", "S4"), raised("B", "S2"), recordings=(good,))
    assert (said["lists"], said["good_practice"]) == (["A"], 1)


def test_what_the_challenge_meeting_decides_of_an_open_case_moves_no_clock(a_table: Any) -> None:
    """LEI-A13: its stage and its deadline stay as they are."""
    table = a_table("leicestershire")
    before = table.do("start", stage="S3").state
    said = {"held_on": "2026-06-02", "decision": "action agreed", "attended": {"adm": True}}
    decided = table.do("challenge_meeting_decision", at="2026-06-02 12:00", by="asm_sp", **said)
    assert decided.events[0] == "recorded"
    assert (decided.state.stage, decided.state.due) == (before.stage, before.due)
