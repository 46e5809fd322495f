"""Does another process of a document run as an escalation does, under its own clock's name? (SWK-46, SWK-47)"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Close, RequestLegalAdvice
from escalation.messages import ConsiderCafcass as Consider
from escalation.procedure import Procedure
from escalation.rules import next_wake
from escalation.state import State, state_of
from tests.escalation.driver import Play, kept, london, refused, shipped, tasks

COMPLAINT = "complaint_about_iro"
SAID: dict[str, Any] = {"in_writing": True, "ground": "conduct of a review"}


def complaint(at: str = "2025-12-22 10:00", key: str = "southwark", **said: Any) -> Play:
    play = Play(shipped(key).opened(COMPLAINT), at)
    outcome = play.start(**(SAID if key == "southwark" else {"text": "Late reports"}) | said)
    assert not outcome.rejection, outcome.rejection
    return play


def state(play: Play) -> State:
    return state_of(play.case, play.now)


def test_the_qau_manager_has_ten_working_days_for_investigation_and_feedback() -> None:
    play = complaint()
    shown = state(play)
    assert (shown.stage, shown.due) == (None, None)
    assert shown.timers == {"investigation_and_feedback": london("2026-01-08 17:00")}
    assert (shown.status, shown.waiting_for) == ("awaiting_response", "qau_manager")
    assert play.heard() == {"complaint_received": {"qau_manager"}}
    assert [what.split()[0] for what in tasks(play, "qau_manager")] == ["Arrange"]
    assert kept(play) == play.case


def test_it_must_be_in_writing_and_say_what_it_is_about() -> None:
    play = Play(shipped("southwark").opened(COMPLAINT), "2025-12-22 10:00")
    outcome = play.start()
    assert outcome.rejection
    assert (outcome.rejection.code, outcome.rejection.field, outcome.entries) == ("incomplete", "in_writing", ())
    assert "The performance of the child's IRO" in outcome.rejection.message
    assert refused(play.start(**SAID | {"in_writing": False})) == ("incomplete", "in_writing")


def test_the_feedback_stops_the_clock_and_closes_with_its_outcome() -> None:
    play = complaint()
    play.respond("Investigation", at="2026-01-05 10:00", text="Looked into")
    assert (state(play).timers, play.case.status) == ({}, "awaiting_iro_decision")
    play.act(Close(by="qau_manager", outcome="no_longer_applicable", reason="x"))
    assert (state(play).status, state(play).stage, state(play).timers) == ("closed", None, {})


def test_feedback_that_is_late_puts_it_on_hold_and_asks_nobody_else() -> None:
    play = complaint()
    before = len(play.entries)
    play.pass_time("2026-01-08 18:00")
    assert (play.case.status, play.case.on_hold) == ("unresolved_hold", "final_stage_lapsed")
    assert play.heard(since=before) == {"held": {"qau_manager", "head_of_qau"}}
    assert next_wake(play.case, play.now) is not None


@pytest.mark.parametrize("to", ["head_of_qau", "assistant_director_corporate_parenting"])
def test_not_resolved_it_goes_to_whichever_of_the_two_is_named_without_a_clock(to: str) -> None:
    """SWK-A14"""
    play = complaint()
    play.respond("Investigation", at="2026-01-05 10:00")
    assert refused(play.decide("not_satisfied")) == ("who_is_asked", "addressee")
    before = len(play.entries)
    assert refused(play.decide("not_satisfied", addressee=to)) is None
    assert play.heard(since=before) == {"complaint_escalated": {to}}
    assert (state(play).waiting_for, state(play).timers, state(play).stage) == (to, {}, None)
    play.pass_time("2026-03-02 10:00")
    assert (play.case.status, play.case.waiting_for) == ("awaiting_response", to)
    assert kept(play) == play.case


def test_nobody_but_the_two_may_be_named() -> None:
    play = complaint()
    play.respond("Investigation", at="2026-01-05 10:00")
    assert refused(play.decide("not_satisfied", addressee="head_of_service")) == ("not_the_addressee", "addressee")


def test_it_knows_nothing_of_the_ladders_other_routes() -> None:
    play = complaint()
    assert refused(play.act(Consider(by="qau_manager"))) == ("no_cafcass", None)
    assert refused(play.act(RequestLegalAdvice(by="qau_manager"))) == ("no_legal_advice", None)
    assert {"consider_cafcass", "grant_extension", "child_informed"}.isdisjoint(state(play).offered)
    assert play.case.cap_at is None


def test_an_escalations_raiser_opens_no_complaint() -> None:
    play = Play(shipped("southwark").opened(COMPLAINT), "2025-12-22 10:00")
    assert refused(play.start(by="iro", **SAID)) == ("not_the_raiser", "by")


def test_oxfordshires_has_no_time_and_goes_from_the_iro_to_the_qa_service_manager() -> None:
    play = complaint(key="oxfordshire")
    assert (play.case.waiting_for, state(play).timers, play.heard()) == ("iro", {}, {"complaint_received": {"iro"}})
    before = len(play.entries)
    assert refused(play.decide("not_satisfied")) is None
    assert play.heard(since=before) == {"complaint_escalated": {"qa_service_manager"}}


@pytest.mark.parametrize("key", ["southwark", "oxfordshire"])
def test_it_is_a_procedure_that_can_be_stored_and_read_again(key: str) -> None:
    opened = shipped(key).opened(COMPLAINT)
    stored = opened.model_dump_json(exclude_defaults=True)
    assert Procedure.model_validate_json(stored) == opened
    assert (opened.process, opened.version != shipped(key).version) == (COMPLAINT, True)
