"""What does an answer do: in time or late, to the stage now or one already left, by whatever way?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation.messages import Cover, RecordResponse, Respond
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, london


@pytest.fixture
def play() -> Play:
    """Southwark at L1, due on Monday 9 November 2026."""
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    return play


def recorded(play: Play, received_at: str, *, at: str, **said: Any) -> Outcome:
    given = {"response_id": "told", "stage": "L1", "answered_by": "operational_manager", "how": "By telephone"}
    return play.act(
        RecordResponse.model_validate({"by": "iro", "received_at": london(received_at)} | given | said), at=at
    )


def code(outcome: Outcome) -> str | None:
    return outcome.rejection.code if outcome.rejection else None


def test_an_answer_stops_the_clock_and_it_is_the_raisers_turn(play: Play) -> None:
    play.respond(at="2026-11-05 10:00")
    assert (play.case.status, play.case.waiting_for, play.due) == ("awaiting_iro_decision", "iro", None)
    assert play.heard()["response_received"] == {"iro"}


def test_an_answer_at_the_very_deadline_is_in_time(play: Play) -> None:
    play.pass_time("2026-11-09 17:00:30")
    play.respond(received_at=london("2026-11-09 17:00"))
    assert play.case.visit.answered_in_time


def test_an_answer_a_moment_later_is_late_and_the_stage_lapses(play: Play) -> None:
    play.pass_time("2026-11-09 17:00:30")
    play.respond(received_at=london("2026-11-09 17:00:01"))
    play.pass_time("2026-11-09 17:02")
    assert (play.last("late_response").working_days_late, play.case.visit.stage) == (0, "L2")


def test_an_answer_received_in_time_counts_although_the_worker_was_down_for_weeks(play: Play) -> None:
    play.skip("2026-11-27 10:00")
    play.respond(received_at=london("2026-11-09 16:59"))
    assert "lapsed" not in play.events
    assert play.case.status == "awaiting_iro_decision"


def test_a_late_answer_belongs_to_its_stage_and_the_higher_stage_goes_on(play: Play) -> None:
    play.pass_time("2026-11-11 10:00")
    play.respond("L1")
    late = play.last("late_response")
    assert (late.stage, late.working_days_late, late.due) == ("L1", 2, london("2026-11-09 17:00"))
    assert (play.case.status, play.case.visit.stage, play.due) == ("awaiting_response", "L2", "2026-11-16 17:00")
    assert play.heard()["late_response"] == {"iro"}


def test_a_late_answer_that_satisfies_closes_and_the_higher_manager_is_told(play: Play) -> None:
    play.pass_time("2026-11-11 10:00")
    play.respond("L1")
    play.decide("satisfied", by="iro")
    assert play.case.outcome == "resolved"
    assert play.heard()["closed"] == {"head_of_service"}


def test_a_late_answer_that_does_not_satisfy_leaves_the_higher_stage_running(play: Play) -> None:
    play.pass_time("2026-11-11 10:00")
    play.respond("L1")
    play.decide("not_satisfied", by="iro")
    assert (play.case.visit.stage, play.due) == ("L2", "2026-11-16 17:00")
    assert (play.last("decided").stage, play.case.unjudged) == ("L1", [])


def test_a_second_answer_is_kept_too(play: Play) -> None:
    play.respond(response_id="one")
    play.respond(response_id="two")
    assert [answer.response_id for _, answer in play.case.unjudged] == ["one", "two"]


def test_the_same_answer_twice_is_one_answer(play: Play) -> None:
    play.respond(response_id="one")
    again = play.respond(response_id="one")
    assert (again.entries, again.rejection) == ((), None)


@pytest.mark.parametrize(
    "stamped",
    ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2099-01-01T00:00:00Z"],
)
def test_an_answer_by_hand_that_says_an_absurd_instant_counts_as_received_now(play: Play, stamped: str) -> None:
    outcome = play.respond(received_at=stamped, done_by=date(2026, 11, 16))
    assert [warning.code for warning in outcome.warnings] == ["received_when"]
    assert play.last("responded").received_at == play.now
    assert play.last("promised").done_by == date(2026, 11, 16)


def test_an_answer_before_the_alert_was_accepted_is_in_time_and_the_alert_need_not_go() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    play.act(Respond(response_id="a", stage="L1", by="operational_manager"))
    assert play.case.status == "awaiting_iro_decision"
    assert {(entry.notice, entry.part) for entry in play.of("email_not_sent")} == {
        ("alert", "addressee"),
        ("alert", "copies"),
    }


def test_copies_of_an_alert_that_was_accepted_go_out_however_fast_the_answer_was() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    alert = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    play.settle(alert)
    play.respond()
    assert play.heard()["alert"] == {"operational_manager", "head_of_qau", "qau_manager"}  # SWK-22


def test_only_the_addressee_of_the_stage_answers_it(play: Play) -> None:
    assert code(play.respond(by="head_of_service")) == "not_the_addressee"
    assert code(play.respond(by=None)) == "who_acts"
    assert code(play.respond("L2", by="head_of_service")) == "stage_not_entered"


def test_any_of_several_addressees_may_answer() -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start()
    play.respond(by="team_manager")
    assert play.case.status == "awaiting_iro_decision"


def test_an_answer_that_passes_the_requested_action_by_is_taken_with_a_warning(play: Play) -> None:
    """By signal and by update: whichever comes second says so too, and records nothing."""
    for _ in range(2):
        outcome = play.respond(response_id="one", addresses_requested_action=False)
        assert [warning.code for warning in outcome.warnings] == ["requested_action_not_addressed"]
    assert outcome.entries == ()
    assert play.last("responded").addresses_requested_action is False


# Recorded by hand ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["iro", "qau_manager"])
def test_the_raiser_or_quality_assurance_records_an_answer_that_came_another_way(play: Play, by: str) -> None:
    recorded(play, "2026-11-05 15:00", at="2026-11-06 09:00", by=by)
    entry = play.last("responded")
    assert (entry.by, entry.recorded_by, entry.how) == ("operational_manager", by, "By telephone")
    assert entry.received_at == london("2026-11-05 15:00")


def test_who_covers_records_it_too(play: Play) -> None:
    play.act(Cover(absent="iro", cover="qau_manager"))
    assert code(recorded(play, "2026-11-05 15:00", at="2026-11-06 09:00", by="qau_manager")) is None


def test_received_in_time_but_entered_after_the_lapse_it_is_in_time_and_the_raiser_decides(play: Play) -> None:
    recorded(play, "2026-11-06 15:00", at="2026-11-11 09:00")
    entry = play.last("responded")
    assert (entry.stage, entry.stage_already_left) == ("L1", True)
    assert (play.case.visit.stage, play.case.status) == ("L2", "awaiting_response")
    assert "Decide whether the higher stage stands down" in play.last("task_opened").what


def test_a_stage_that_holds_stays_on_hold_when_an_answer_in_time_is_entered_later() -> None:
    play = Play(a_procedure({}), "2026-11-02 10:00")
    play.start()
    given = {"stage": "S1", "answered_by": "manager_1"}
    recorded(play, "2026-11-06 15:00", at="2026-11-11 09:00", **given)
    assert (play.case.on_hold, play.case.waiting_for) == ("final_stage_lapsed", "iro")
    play.decide("satisfied")
    assert play.case.outcome == "resolved"


def test_nobody_else_records_and_nothing_is_recorded_ahead(play: Play) -> None:
    assert code(recorded(play, "2026-11-05 15:00", at="2026-11-06 09:00", by="head_of_service")) == "not_the_raiser"
    assert code(recorded(play, "2026-11-06 15:00", at="2026-11-06 10:00")) == "in_the_future"


def test_after_the_close_an_answer_is_refused_and_the_refusal_recorded(play: Play) -> None:
    play.decide("satisfied", by="iro")
    assert code(play.respond()) == "closed"
    assert play.last("refused").do == "respond"
