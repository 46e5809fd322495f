"""What happens when an addressee hands on: who may answer, who hears, and does the clock run on?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Reassign
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, kept, refused, tasks

AT = "2026-11-02 10:00"


def started(*stages: dict[str, Any], **more: Any) -> Play:
    play = Play(a_procedure(*(stages or ({}, {})), **more), AT)
    play.start()
    return play


def hand_on(play: Play, to: str = "clerk", by: str | None = "manager_1", **said: Any) -> Outcome:
    return play.act(Reassign.model_validate({"by": by, "to": to} | said))


def test_who_is_asked_now_hears_with_the_raiser_and_the_deadline_stays() -> None:
    play = started()
    due, before = play.due, len(play.entries)
    assert refused(hand_on(play, reason="On leave")) is None
    assert play.heard(since=before) == {"reassigned": {"clerk", "iro"}}
    sent = play.last("email_sent")
    assert (sent.to, sent.cc, sent.starts_clock) == (["clerk"], ["iro"], False)
    assert (play.due, play.case.waiting_for, play.last("reassigned").reason) == (due, "clerk", "On leave")
    assert tasks(play, "clerk", before)
    assert kept(play) == play.case


@pytest.mark.parametrize("by", ["clerk", "manager_1"])
def test_both_may_answer_from_now_on(by: str) -> None:
    play = started()
    hand_on(play)
    assert refused(play.respond(by=by)) is None
    assert play.case.status == "awaiting_iro_decision"


def test_nobody_else_may_answer() -> None:
    play = started()
    hand_on(play)
    assert refused(play.respond(by="watcher")) == ("not_the_addressee", "by")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"by": "clerk"}, ("not_the_addressee", "by")),
        ({"by": "iro"}, ("not_the_addressee", "by")),
        ({"by": None}, ("not_the_addressee", "by")),
        ({"to": "manager_1"}, ("asked_already", "to")),
        ({"to": "iro"}, ("no_such_role", "to")),
        ({"to": "stranger"}, ("no_such_role", "to")),
    ],
)
def test_only_who_is_asked_hands_on_and_never_to_the_raiser(said: dict[str, Any], refusal: tuple[str, str]) -> None:
    play = started()
    assert refused(hand_on(play, **said)) == refusal
    assert (play.case.waiting_for, "reassigned" in play.events) == ("manager_1", False)


def test_once_answered_there_is_nothing_to_hand_on() -> None:
    play = started()
    play.respond()
    assert refused(hand_on(play)) == ("nobody_is_asked", None)


def test_it_may_go_on_and_back_again() -> None:
    play = started()
    hand_on(play)
    assert refused(hand_on(play, "watcher", "clerk")) is None
    assert refused(hand_on(play, "manager_1", "watcher")) is None
    assert play.case.addressees() == ["manager_1", "watcher", "clerk"]


def test_silence_of_the_new_one_moves_on_and_the_next_stage_asks_its_own() -> None:
    play = started(reminders={"addressee_before_due": [1]})
    hand_on(play)
    play.pass_time("2026-11-10 10:00")
    assert play.heard()["reminder"] == {"clerk", "manager_1"}
    assert (play.case.visit.stage, play.case.addressees()) == ("S2", ["manager_2"])


def test_handed_on_before_the_alert_was_accepted_the_clock_waits_for_the_alert() -> None:
    play = Play(a_procedure(), AT)
    play.start(deliver=False)
    play.act(Reassign(by="manager_1", to="clerk"), deliver=False)
    assert play.case.waiting_for == "operations"
    play.deliver()
    assert (play.due, play.case.waiting_for) == ("2026-11-09 17:00", "clerk")


def test_answered_before_it_went_out_nobody_is_told_of_it() -> None:
    play = started()
    play.act(Reassign(by="manager_1", to="clerk"), deliver=False)
    play.respond()
    assert "reassigned" not in play.heard()
    assert play.last("email_not_sent").notice == "reassigned"


def test_leicestershire_tells_the_line_manager_of_the_formal_process_in_the_same_message() -> None:
    """LEI-13"""
    play = Play("leicestershire", AT)
    play.start(stage="S1")
    before = len(play.entries)
    hand_on(play, "service_manager", "team_manager")
    assert [(sent.to, sent.cc) for sent in play.of("email_sent") if sent.n > before] == [
        (["service_manager"], ["iro", "asm_sp"])
    ]
