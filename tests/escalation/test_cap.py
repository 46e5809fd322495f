"""What happens when the total time ends?"""

from __future__ import annotations

from typing import Any

from escalation.messages import Decide, NoticeToSend
from tests.escalation.driver import Play


def southwark(at: str = "2025-03-25 10:00", **said: Any) -> Play:
    play = Play("southwark", at)
    play.start(**said)
    return play


def test_at_the_cap_a_decision_that_is_pending_becomes_a_hold_and_all_three_are_told() -> None:
    play = southwark("2026-11-02 10:00", stage="L4")
    play.respond(at="2026-11-05 10:00")
    play.pass_time("2026-11-30 17:01")
    assert (play.case.status, play.case.on_hold) == ("unresolved_hold", "cap_reached")
    assert play.heard()["held"] == {"iro", "qau_manager", "director_csc"}


def test_a_hold_that_was_there_before_the_cap_keeps_its_reason_and_is_told_of_the_cap() -> None:
    play = southwark("2026-11-02 10:00", stage="L4")
    play.pass_time("2026-12-01 10:00")
    assert [(held.reason, held.cap_reached) for held in play.of("held")] == [
        ("final_stage_lapsed", False),
        ("final_stage_lapsed", True),
    ]


def test_a_stage_entered_after_the_cap_has_its_days_says_so_and_then_holds() -> None:
    play = southwark("2026-11-02 10:00")
    play.respond(at="2026-11-05 10:00")
    play.decide("not_satisfied", at="2026-12-02 10:00", by="iro")
    assert (play.case.visit.stage, play.due) == ("L2", "2026-12-09 17:00")
    assert play.events.count("beyond_cap") == 1
    play.pass_time("2026-12-10 10:00")
    assert (play.case.visit.stage, play.case.on_hold) == ("L2", "cap_reached")


def test_a_stage_entered_within_the_minute_after_the_cap_is_beyond_it_and_has_its_own_days() -> None:
    play = southwark("2026-11-02 10:00")
    play.respond(at="2026-11-05 10:00")
    play.decide("not_satisfied", at="2026-11-30 17:00:30", by="iro")
    assert play.case.visit.beyond_cap
    assert play.due == "2026-12-07 17:00"
    play.pass_time("2026-12-01 10:00")
    assert (play.case.cap_reached, play.case.on_hold) == (True, None)


def test_a_notice_knows_whether_the_total_time_is_over() -> None:
    """So that no letter says that the whole must be finished by a date that has passed."""
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    assert "cap_reached" not in _alert(play).facts
    play.deliver()
    play.respond(at="2026-11-05 10:00")
    play.act(Decide(by="iro", outcome="not_satisfied", reason="No date"), at="2026-11-30 17:00:30", deliver=False)
    assert _alert(play).facts["cap_reached"] is True


def _alert(play: Play) -> NoticeToSend:
    return next(notice for notice in play.case.outstanding if notice.notice == "alert")
