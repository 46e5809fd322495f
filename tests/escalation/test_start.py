"""May an escalation start as asked, where, and with how much time?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.wire import Subject
from tests.escalation.driver import Play, a_procedure, england
from tests.escalation.filled import FILLED


def started(procedure: str | Procedure = "southwark", **said: Any) -> tuple[Play, Outcome]:
    play = Play(procedure, "2026-11-02 10:00")
    return play, play.start(**said)


def refusal(procedure: str | Procedure = "southwark", **said: Any) -> tuple[str, str | None]:
    play, outcome = started(procedure, **said)
    assert outcome.rejection is not None
    assert outcome.entries == ()
    assert not play.case.visits
    return outcome.rejection.code, outcome.rejection.field


def warnings(outcome: Outcome) -> list[str]:
    return [warning.code for warning in outcome.warnings]


def test_it_starts_where_the_procedure_begins_and_asks_the_first_manager() -> None:
    play, outcome = started()
    assert outcome.rejection is None
    assert (play.case.visit.stage, play.case.waiting_for, play.due) == ("L1", "operational_manager", "2026-11-09 17:00")


def test_it_may_start_at_any_stage_where_the_document_says_so() -> None:
    play, outcome = started(stage="L4", bypass_reason="Only the Director can decide")
    assert (play.case.visit.stage, warnings(outcome)) == ("L4", [])


def test_a_start_past_the_first_stage_without_a_reason_is_advised_against() -> None:
    _, outcome = started(stage="L3", fields=FILLED["southwark"] | {"action_already_taken": ""})
    assert warnings(outcome) == ["started_past_first_stage"]


def test_only_the_raiser_of_the_procedure_starts() -> None:
    assert refusal(by="operational_manager") == ("not_the_raiser", "by")
    assert refusal(by=None) == ("not_the_raiser", "by")


def test_a_subject_that_the_procedure_does_not_cover_is_refused() -> None:
    assert refusal(subject=Subject(kind="cp")) == ("subject_not_covered", "subject")


def test_a_stage_that_is_not_there_is_refused_with_those_that_are() -> None:
    _, outcome = started(stage="L7")
    assert outcome.rejection is not None
    assert outcome.rejection.message == "This procedure has no stage L7: its stages are L1, L2, L3, L4."


def test_a_procedure_that_always_begins_at_one_stage_refuses_the_others() -> None:
    always = a_procedure(entry={"start_at": ["S1"]})
    assert refusal(always, stage="S2") == ("start_not_allowed", "stage")


@pytest.mark.parametrize("missing", ["impact_on_child", "requested_action", "concern"])
def test_a_form_with_a_field_missing_is_refused_and_named(missing: str) -> None:
    assert refusal(**{missing: " "}) == ("incomplete", missing)


def test_every_fault_of_the_form_is_said_at_once() -> None:
    _, outcome = started(form_complete=False, concern=None, category=99)
    assert outcome.rejection is not None
    for word in ("must be yes", "Concern", "99 is not one of the codes"):
        assert word in outcome.rejection.message


@pytest.mark.parametrize(
    ("asked", "given", "warned"),
    [(None, 5, []), (3, 3, []), (5, 5, []), (10, 5, ["timescale_shortened"])],  # SWK-24
)
def test_the_raiser_may_shorten_southwarks_time_and_not_lengthen_it(
    asked: int | None, given: int, warned: list[str]
) -> None:
    play, outcome = started(working_days=asked)
    assert (play.case.visit.working_days, warnings(outcome)) == (given, warned)


def test_where_the_time_is_fixed_the_raisers_is_set_aside_with_a_warning() -> None:
    play, outcome = started("leicestershire", working_days=2)
    assert (play.case.visit.working_days, warnings(outcome)) == (5, ["timescale_fixed"])


@pytest.mark.parametrize("own", [5, None])
def test_where_the_raiser_sets_the_time_it_may_be_longer_or_the_only_one(own: int | None) -> None:
    agreed = a_procedure({"response": {"working_days": own, "raiser_may": "set"}})
    play, outcome = started(agreed, working_days=12)
    assert (play.case.visit.working_days, warnings(outcome)) == (12, [])
    assert play.due == "2026-11-18 17:00"


def test_a_time_longer_than_the_cap_is_cut_short_by_it() -> None:
    agreed = a_procedure({"response": {"raiser_may": "set"}}, cap={"working_days": 20, "starts": "first_alert"})
    play, _ = started(agreed, working_days=30)
    assert play.due == "2026-11-30 17:00"


def test_a_ground_that_the_document_lists_for_another_stage_is_recorded_with_a_warning() -> None:
    _, outcome = started("leicestershire", stage="S3", ground="team_manager_best_placed")
    assert warnings(outcome) == ["ground_for_another_stage"]


@pytest.mark.parametrize("channel", ["phone", "telephone"])
def test_what_was_said_by_telephone_starts_the_clock_at_once_and_the_email_does_not_start_it_again(
    channel: str,
) -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start(deliver=False, channel=channel)
    assert (play.due, play.case.waiting_for) == ("2026-11-09 17:00", "social_worker")
    play.pass_time("2026-11-04 10:00")
    assert play.case.visit.day_zero == date(2026, 11, 2)
    assert [sent.starts_clock for sent in play.of("email_sent")] == [False]


def test_each_track_has_its_own_ladder() -> None:
    two = a_procedure(
        {"track": "social_care"},
        {"key": "S1", "track": "agency"},
        {"key": "S2", "track": "agency"},
        tracks=["social_care", "agency"],
    )
    play, _ = started(two, track="agency")
    play.pass_time("2026-11-10 10:00")
    assert (play.case.visit.stage, play.case.waiting_for) == ("S2", "manager_3")
    play, _ = started(two)
    assert play.case.waiting_for == "manager_1"
    assert refusal(two, track="police") == ("no_such_track", "track")
    assert refusal(two, track="social_care", stage="S2") == ("no_such_stage", "stage")


def test_it_starts_once() -> None:
    play, _ = started()
    again = play.start()
    assert again.rejection is not None
    assert again.rejection.code == "already_started"


def test_a_start_whose_deadline_the_calendar_does_not_cover_is_refused() -> None:
    play = Play("southwark", "2026-11-02 10:00", england(2026).model_copy(update={"last": date(2026, 11, 6)}))
    refused = play.start().rejection
    assert refused is not None
    assert refused.code == "beyond_calendar"
    assert "covers 2025-01-01 to 2026-11-06" in refused.message


def test_who_is_named_by_the_raiser_is_kept() -> None:
    play, _ = started(name="A. Reviewer", team="Team 1")
    assert (play.case.raised_by, play.last("raised").name, play.case.team) == ("iro", "A. Reviewer", "Team 1")
