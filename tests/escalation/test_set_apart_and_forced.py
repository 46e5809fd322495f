"""Which issues go another way than an escalation, and which facts say where it starts? (OXF-27, OXF-28)"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.procedure import Procedure
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, refused

AT = "2026-11-02 10:00"
APART = {"field": "issue", "codes": ["plan", "2"], "to": "quality", "what": "Track it", "message": "It is tracked."}


def start(procedure: str | Procedure = "oxfordshire", **said: Any) -> tuple[Play, Outcome]:
    play = Play(procedure, AT)
    return play, play.start(**said)


# Set apart ------------------------------------------------------------------------------------------------------------


def apart(**more: Any) -> Procedure:
    return a_procedure(entry={"set_apart": APART | more})


@pytest.mark.parametrize("issue", ["plan", 2, "2", ["visits", "plan"], ["plan"]])
def test_an_issue_that_goes_another_way_opens_no_escalation_and_calls_for_a_task(issue: Any) -> None:
    play, outcome = start(apart(), issue=issue)
    assert outcome.rejection
    assert (outcome.rejection.code, outcome.rejection.field) == ("set_apart", "issue")
    assert [(task.to, task.what) for task in outcome.rejection.tasks] == [("quality", "Track it")]
    assert outcome.rejection.message == "It is tracked. To escalate it all the same, give the reason (override_reason)."
    assert (outcome.entries, play.case.visits) == ((), ())


@pytest.mark.parametrize("issue", ["visits", None, [], "Plan", 22])
def test_any_other_issue_is_escalated(issue: Any) -> None:
    _, outcome = start(apart(), issue=issue)
    assert refused(outcome) is None


def test_the_raiser_may_insist_with_a_reason_which_the_history_keeps() -> None:
    assert refused(start(apart(), issue="plan", override_reason="")[1]) == ("set_apart", "issue")
    play, outcome = start(apart(), issue="plan", override_reason="A child at risk")
    assert refused(outcome) is None
    assert play.last("raised").override_reason == "A child at risk"


def test_where_nobody_may_insist_a_reason_changes_nothing_and_none_is_asked_for() -> None:
    _, outcome = start(apart(may_override=False), issue="plan", override_reason="x")
    assert outcome.rejection
    assert outcome.rejection.message == "It is tracked."


@pytest.mark.parametrize("issue", ["care_plan", "health_assessment", "no_allocated_social_worker"])
def test_oxfordshires_struck_out_issues_go_to_the_qa_service_manager(issue: str) -> None:
    """OXF-28, OXF-A1"""
    _, outcome = start(issue=issue)
    assert outcome.rejection
    assert [task.to for task in outcome.rejection.tasks] == ["qa_service_manager"]
    assert refused(start(issue="statutory_visits")[1]) is None


# Forced ---------------------------------------------------------------------------------------------------------------

FORCED = {"forced": [{"flag": "unregulated", "start_at": "S2"}]}


def forced() -> Procedure:
    return a_procedure({}, {}, {}, entry=FORCED)


@pytest.mark.parametrize(
    ("stage", "begins"),
    [(None, "S2"), ("S2", "S2"), ("S3", "S3")],
)
def test_the_fact_says_where_it_starts_and_higher_is_allowed(stage: str | None, begins: str) -> None:
    play, outcome = start(forced(), stage=stage, unregulated=True)
    assert (refused(outcome), play.case.visit.stage) == (None, begins)


def test_lower_is_refused_and_the_way_out_is_told() -> None:
    play, outcome = start(forced(), stage="S1", unregulated=True)
    assert refused(outcome) == ("start_too_low", "stage")
    assert outcome.rejection
    assert "starts at S2 or above" in outcome.rejection.message
    assert play.case.visits == ()


@pytest.mark.parametrize("fact", [False, None, "yes", 1])
def test_only_a_yes_is_that_fact(fact: Any) -> None:
    play, outcome = start(forced(), unregulated=fact)
    assert (refused(outcome), play.case.visit.stage) == (None, "S1")


def test_an_unregulated_emergency_placement_in_oxfordshire_starts_at_stage_three() -> None:
    """OXF-27, OXF-A15"""
    play, _ = start(unregulated_emergency_placement=True)
    assert (play.case.visit.stage, play.case.waiting_for) == ("S3", "deputy_director_csc")
    assert refused(start(unregulated_emergency_placement=True, stage="S2")[1]) == ("start_too_low", "stage")
