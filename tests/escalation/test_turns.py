"""Who may take a turn that the raiser does not take?"""

from __future__ import annotations

import pytest

from escalation.messages import Cover, Decide, NoticeOutcome, Respond
from tests.escalation.driver import Play, a_procedure, kept, refused, tasks


def answered(**more: object) -> Play:
    """Answered on Friday 6 November 2026: it is the raiser's turn."""
    play = Play(a_procedure({}, {}, **more), "2026-11-05 10:00")
    play.start()
    play.respond(at="2026-11-06 10:00")
    return play


def test_it_passes_to_the_line_manager_after_five_working_days() -> None:
    play = answered()
    play.pass_time("2026-11-13 08:59")
    assert not play.of("turn_passed")
    play.pass_time("2026-11-13 09:00")
    passed = play.last("turn_passed")
    assert (passed.to, passed.because, f"{passed.at:%a %H:%M}") == ("iro_manager", "not_taken", "Fri 09:00")
    assert play.heard()["turn_passed"] == {"iro_manager", "iro"}
    assert tasks(play, "iro_manager") == ["Act in the raiser's stead, or see that they do"]
    assert kept(play) == play.case


def test_the_concern_stays_the_raisers() -> None:
    """G-A6, G-A7: either may act from now on, and the state goes on to name the raiser."""
    play = answered()
    play.pass_time("2026-11-16 10:00")
    assert play.case.waiting_for == "iro"
    assert refused(play.decide("satisfied")) is None


def test_the_line_manager_acts_on_the_raisers_behalf() -> None:
    play = answered()
    early = play.act(Decide(by="iro_manager", outcome="satisfied", outcome_text="Done"))
    assert refused(early) == ("not_the_raiser", "by")
    play.pass_time("2026-11-16 10:00")
    assert refused(play.act(Decide(by="iro_manager", outcome="satisfied", outcome_text="Done"))) is None
    decided = play.last("decided")
    assert (decided.by, decided.on_behalf_of) == ("iro_manager", "iro")


def test_both_are_reminded_from_then_on() -> None:
    play = answered()
    play.pass_time("2026-11-18 10:00")
    assert play.last("email_sent").notice == "decision_reminder"
    assert {sent.role for sent in play.last("email_sent").delivered} == {"iro", "iro_manager"}


def test_it_passes_once_for_each_turn() -> None:
    play = answered()
    play.pass_time("2027-02-16 10:00")
    assert len(play.of("turn_passed")) == 1
    play.decide("not_satisfied")
    assert play.case.passed_to is None
    play.respond(at="2027-02-17 10:00")
    play.pass_time("2027-02-24 10:00")
    assert len(play.of("turn_passed")) == 2


def test_it_does_not_pass_while_a_manager_has_the_turn() -> None:
    play = Play(a_procedure({"response": {"working_days": None}}, {}), "2026-11-05 10:00")
    play.start()
    play.pass_time("2027-02-16 10:00")
    assert not play.of("turn_passed")


def test_nor_where_the_line_manager_covers_already() -> None:
    play = answered()
    play.act(Cover(by="iro_manager", absent="iro", cover="iro_manager"))
    play.pass_time("2026-12-16 10:00")
    assert not play.of("turn_passed")


def test_nor_where_the_procedure_says_never() -> None:
    play = answered(reminders={"pass_turn_after": None})
    play.pass_time("2026-12-16 10:00")
    assert not play.of("turn_passed")


@pytest.mark.parametrize(("away", "passed"), [(True, ["leave"]), (False, [])])
def test_leave_passes_it_at_once(away: bool, passed: list[str]) -> None:
    play = Play(a_procedure({}, {}), "2026-11-05 10:00")
    play.start()
    play.pass_time("2026-11-06 10:00")
    play.act(Respond(by="manager_1", stage="S1", response_id="r1", text="Done"), deliver=False)
    told = next(notice for notice in play.case.outstanding if notice.notice == "response_received")
    play.take(NoticeOutcome(entry=told.entry, notice=told.notice, part=told.part, raiser_away=away, not_sent="x"))
    assert [entry.because for entry in play.of("turn_passed")] == passed


def test_leave_while_it_is_the_managers_turn_passes_nothing() -> None:
    play = Play(a_procedure({}, {}), "2026-11-05 10:00")
    play.start(deliver=False)
    first = play.case.outstanding[0]
    play.take(NoticeOutcome(entry=first.entry, notice=first.notice, part=first.part, raiser_away=True, not_sent="x"))
    assert not play.of("turn_passed")
