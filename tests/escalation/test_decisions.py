"""What does the raiser decide, and what is refused?"""

from __future__ import annotations

from datetime import date

import pytest

from escalation.messages import Bypass, Close, Withdraw
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, england


@pytest.fixture
def play() -> Play:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    return play


def code(outcome: Outcome) -> str | None:
    return outcome.rejection.code if outcome.rejection else None


def in_turn(**entry: object) -> Play:
    """A procedure that leaves out no stage, at S1."""
    play = Play(a_procedure({}, {}, {}, entry={"may_bypass": False} | entry), "2026-11-02 10:00")
    play.start()
    return play


def test_satisfied_closes_with_the_london_date(play: Play) -> None:
    play.respond(at="2026-11-05 23:30")
    play.decide("satisfied", by="iro")
    assert (play.case.outcome, play.case.date_concluded) == ("resolved", date(2026, 11, 5))
    assert play.case.waiting_for is None


def test_satisfied_without_the_outcome_that_the_form_asks_for_is_refused(play: Play) -> None:
    play.respond()
    refused = play.decide("satisfied", by="iro", outcome_text="  ")
    assert refused.rejection is not None
    assert (refused.rejection.code, refused.rejection.field) == ("incomplete", "outcome_text")


def test_not_satisfied_goes_to_the_next_stage_counted_from_the_date_of_the_act(play: Play) -> None:
    play.respond(at="2026-11-05 10:00")
    play.decide("not_satisfied", by="iro", at="2026-11-07 10:00")
    assert (play.case.visit.stage, play.case.visit.day_zero, play.due) == ("L2", date(2026, 11, 7), "2026-11-13 17:00")


def test_not_satisfied_at_the_last_stage_holds_once(play: Play) -> None:
    play.act(Bypass(by="iro", to="L4"))
    play.respond()
    play.decide("not_satisfied", by="iro")
    play.decide("not_satisfied", by="iro")
    assert (play.case.on_hold, play.events.count("held")) == ("final_stage_not_satisfied", 1)


def test_from_a_hold_the_raiser_closes_satisfied(play: Play) -> None:
    play.act(Bypass(by="iro", to="L4"))
    play.pass_time("2026-11-12 10:00")
    assert play.case.on_hold
    play.decide("satisfied", by="iro")
    assert (play.case.outcome, play.case.on_hold, play.case.status) == ("resolved", None, "closed")


def test_a_judgement_of_a_stage_that_was_never_asked_moves_nothing(play: Play) -> None:
    assert code(play.decide("not_satisfied", by="iro", stage="L3")) == "stage_not_entered"
    assert play.case.visit.stage == "L1"


def test_two_clicks_on_not_satisfied_with_one_answer_go_up_one_stage(play: Play) -> None:
    play.respond()
    play.decide("not_satisfied", by="iro", stage="L1")
    play.decide("not_satisfied", by="iro", stage="L1")
    assert play.case.visit.stage == "L2"


def test_escalate_goes_to_a_stage_of_the_raisers_choice(play: Play) -> None:
    play.respond()
    play.decide("escalate", by="iro", to="L3", reason="The decision lies there")
    assert (play.case.visit.stage, play.last("bypassed").from_stage) == ("L3", "L1")


@pytest.mark.parametrize(("to", "refusal"), [("L1", "not_upwards"), ("L9", "no_such_stage")])
def test_an_escalation_only_goes_up_and_only_to_what_is_there(play: Play, to: str, refusal: str) -> None:
    assert code(play.decide("escalate", by="iro", to=to)) == refusal
    assert code(play.act(Bypass(by="iro", to=to))) == refusal


def test_above_the_last_stage_there_is_none(play: Play) -> None:
    play.act(Bypass(by="iro", to="L4"))
    assert code(play.decide("escalate", by="iro")) == "last_stage"


def test_bypassing_stops_the_old_clock_and_counts_from_the_act(play: Play) -> None:
    play.act(Bypass(by="iro", to="L3"), at="2026-11-04 10:00")
    assert play.due == "2026-11-11 17:00"
    play.pass_time("2026-11-10 10:00")
    assert "lapsed" not in play.events


def test_from_positive_challenge_to_any_formal_stage_at_any_point() -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start()
    outcome = play.act(Bypass(by="iro", to="S3"), at="2026-11-03 10:00")
    assert (play.case.visit.stage, play.case.cap_day_zero) == ("S3", date(2026, 11, 3))
    assert [warning.code for warning in outcome.warnings] == ["reason_advised"]


def test_go_formal_without_a_stage_goes_to_the_first_formal_one() -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-11 10:00")
    play.decide("go_formal", by="iro")
    assert play.case.visit.stage == "S1"


def test_go_formal_goes_to_no_informal_stage() -> None:
    play = Play(a_procedure({"formal": False}, {"formal": False}, {}), "2026-11-02 10:00")
    play.start()
    play.respond()
    assert code(play.decide("go_formal", to="S2")) == "not_formal"


def test_a_procedure_that_leaves_out_no_stage_refuses_every_short_cut() -> None:
    play = in_turn()
    assert code(play.act(Bypass(by="iro", to="S2"))) == "each_stage_followed"
    assert code(play.decide("escalate", to="S3")) == "each_stage_followed"
    assert code(play.decide("escalate")) == "each_stage_followed"
    assert code(play.decide("not_satisfied")) == "no_answer_yet"
    play.respond()
    assert code(play.decide("escalate", to="S3")) == "each_stage_followed"
    assert code(play.decide("not_satisfied")) is None


def test_after_a_lapse_that_asks_such_a_procedure_goes_on_to_the_next() -> None:
    play = Play(a_procedure({"on_lapse": "ask"}, {}, entry={"may_bypass": False}), "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-11 10:00")
    assert code(play.decide("escalate")) is None


def test_where_a_reason_is_required_no_way_past_a_stage_goes_without_one() -> None:
    play = Play(a_procedure({}, {}, {}, entry={"reason_to_bypass": "require"}), "2026-11-02 10:00")
    play.start()
    assert code(play.act(Bypass(by="iro", to="S3"))) == "reason_needed"
    assert code(play.decide("escalate", to="S3")) == "reason_needed"
    assert code(play.decide("escalate", to="S3", reason="Urgent")) is None


def test_closing_without_a_resolution_and_taking_back_need_a_reason(play: Play) -> None:
    assert code(play.act(Close(by="iro", outcome="unresolved"))) == "reason_needed"
    assert code(play.act(Withdraw(by="iro"))) == "reason_needed"
    play.act(Close(by="iro", outcome="no_longer_applicable", reason="No longer looked after"))
    assert play.case.outcome == "no_longer_applicable"


def test_what_was_taken_back_is_withdrawn_and_every_manager_asked_is_told(play: Play) -> None:
    play.pass_time("2026-11-10 10:00")
    play.act(Withdraw(by="iro", reason="Raised in error"))
    assert (play.case.status, play.case.open) == ("withdrawn", False)
    assert play.heard()["withdrawn"] == {"operational_manager", "head_of_service", "head_of_qau", "qau_manager"}


@pytest.mark.parametrize("by", ["operational_manager", "qau_manager", None])
def test_only_the_raiser_decides(play: Play, by: str | None) -> None:
    assert code(play.decide("satisfied", by=by)) in {"not_the_raiser", "who_acts"}
    assert play.last("refused").by == by
    assert play.case.open


def test_what_has_ended_takes_no_more_acts(play: Play) -> None:
    play.decide("satisfied", by="iro")
    refused = play.decide("not_satisfied", by="iro")
    assert refused.rejection is not None
    assert refused.rejection.message == "This escalation was closed on 2 November 2026."


def test_a_stage_whose_deadline_lies_beyond_the_calendar_is_refused() -> None:
    calendar = england(2026).model_copy(update={"last": date(2026, 11, 20)})
    play = Play("southwark", "2026-11-02 10:00", calendar)
    play.start()
    play.respond(at="2026-11-06 10:00")
    assert code(play.decide("not_satisfied", by="iro", at="2026-11-17 10:00")) == "beyond_calendar"
    assert code(play.act(Bypass(by="iro", to="L4"))) == "beyond_calendar"
    assert code(play.decide("satisfied", by="iro")) is None
