"""What follows from the raiser's answer whether what was promised was done, and from none?"""

from __future__ import annotations

from datetime import date

import pytest

from escalation.messages import Cover, Decide, Follow, HandOver, Note, RecordPromise, TellChange, Withdraw
from escalation.rules import next_wake
from escalation.state import state_of
from tests.escalation.closed import asked, closed, done, not_done, past, promise_of, raised
from tests.escalation.driver import Play, a_procedure, kept, london, refused

# The answer -----------------------------------------------------------------------------------------------------------


def test_that_it_was_done_ends_it() -> None:
    play = closed()
    assert refused(done(play, at="2026-03-20 10:00", text="Seen on the file.")) is None
    told = play.last("promise_kept")
    assert (told.promise, told.text) == (promise_of(play), "Seen on the file.")
    assert not play.case.followed_up
    assert next_wake(play.case, play.now) is None
    assert kept(play) == play.case


def test_the_task_to_answer_is_done_with_the_answer() -> None:
    play = closed(what_changed="too_early")
    play.pass_time("2026-04-10 10:00")
    keys = {task.key for task in play.case.tasks} - {None}
    assert keys == {f"promise_{promise_of(play)}", "what_changed"}
    done(play)
    play.act(TellChange(by="iro", changed="not_changed"))
    assert {task.key for task in play.case.tasks} == {None}


def test_it_may_be_said_before_the_date_and_is_then_not_asked() -> None:
    play = closed()
    done(play, at="2026-03-10 10:00")
    play.pass_time("2026-04-30 10:00")
    assert asked(play) == []


def test_the_same_said_again_changes_nothing_and_the_other_is_refused() -> None:
    play = closed()
    n = promise_of(play)
    done(play, promise=n)
    before = len(play.entries)
    assert refused(done(play, promise=n, done=False)) is not None
    assert [entry.event for entry in play.entries[before:]] == ["refused"]


def test_nobody_but_the_raiser_says_whether_it_was_done() -> None:
    assert refused(done(closed(), by="manager_1")) == ("not_the_raiser", "by")


def test_an_unanswered_question_is_chased_and_passed_on_as_a_turn_is() -> None:
    play = closed()
    play.pass_time("2026-04-15 12:00")
    chased = [f"{entry.at:%a %d %b}" for entry in play.of("reminded") if entry.about == "follow_up"]
    assert chased == ["Mon 23 Mar", "Wed 25 Mar", "Wed 01 Apr", "Fri 10 Apr"]
    (passed,) = play.of("turn_passed")
    assert (passed.to, passed.about, f"{passed.at:%a %d %b %H:%M}") == ("iro_manager", "follow_up", "Fri 27 Mar 09:00")
    assert play.heard()["was_it_done"] == {"iro", "iro_manager"}
    assert refused(done(play, by="iro_manager")) is None
    assert (play.last("promise_kept").by, play.last("promise_kept").on_behalf_of) == ("iro_manager", "iro")


def test_who_said_in_the_raisers_stead_that_it_was_not_done_may_begin_what_follows() -> None:
    play = closed()
    play.pass_time("2026-03-27 10:00")
    follow = Follow(by="iro_manager", promise=promise_of(play), reference="CASE-1-2")
    assert refused(done(play, by="iro_manager", done=False)) is None
    assert play.case.follow_ups.passed_to is None
    assert refused(play.act(follow.model_copy(update={"by": "head_of_service"}))) == ("not_the_raiser", "by")
    assert refused(play.act(follow)) is None
    assert (play.last("followed").by, play.last("followed").on_behalf_of) == ("iro_manager", "iro")


def test_who_may_answer_in_the_raisers_stead_may_not_act_on_the_ladder() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00", done_by=date(2026, 3, 5))
    play.decide("not_satisfied", at="2026-03-04 11:00")
    play.pass_time("2026-03-20 08:00")
    assert play.case.follow_ups.passed_to == "iro_manager"
    bypass = Decide(by="iro_manager", outcome="satisfied")
    play.case = play.case.model_copy(update={"passed_to": None})
    assert refused(play.act(bypass)) == ("not_the_raiser", "by")


def test_who_covers_answers_and_hears() -> None:
    play = closed()
    assert refused(play.act(Cover(by="iro_manager", absent="iro", cover="iro_manager"))) is None
    play.pass_time("2026-03-20 10:00")
    assert play.heard()["was_it_done"] == {"iro_manager"}
    assert refused(done(play, by="iro_manager")) is None


@pytest.mark.parametrize(("key", "covers"), [("southwark", "qau_manager"), ("leicestershire", "asm_sp")])
def test_that_somebody_covers_is_filed_after_the_close_as_before(key: str, covers: str) -> None:
    """Raised in the hour that London's clocks show twice."""
    play = Play(key, "2025-10-26 01:30")
    play.start()
    play.act(RecordPromise(by="iro", done_by=date(2025, 11, 3)))
    play.decide("satisfied")
    assert refused(play.act(Cover(absent="iro", cover=covers))) is None
    assert play.events[-2:] == ["covered", "case_note"]
    assert kept(play) == play.case


def test_what_is_closed_is_handed_over_while_something_is_to_follow() -> None:
    play = closed()
    play.pass_time("2026-03-30 10:00")
    assert refused(play.act(HandOver(by="iro_manager", to_name="Sam Okafor"))) is None
    assert (play.case.raised_by_name, play.case.follow_ups.passed_to) == ("Sam Okafor", None)
    play.pass_time("2026-03-31 10:00")
    assert play.last("reminded").at == london("2026-03-31 09:00")
    assert refused(closed(done_by=None).act(HandOver(by="iro_manager", to_name="Sam Okafor"))) == ("closed", None)


def test_no_act_of_the_ladder_is_possible_any_more() -> None:
    play = closed()
    for act in (Decide(by="iro", outcome="escalate"), Note(text="x"), Withdraw(by="iro", reason="x")):
        assert refused(play.act(act)) == ("closed", None)
    assert refused(play.respond("S1")) == ("closed", None)
    assert state_of(play.case, play.now).status == "closed"


# Not done: a linked escalation ----------------------------------------------------------------------------------------


def test_what_was_not_done_offers_a_linked_escalation() -> None:
    play = not_done()
    assert "follow" in state_of(play.case, play.now).offered
    following = Follow(by="iro", promise=promise_of(play), reference="CASE-1-2", at_stage="S2")
    for _ in range(2):
        assert refused(play.act(following)) is None
    (followed,) = play.of("followed")
    assert (followed.reference, followed.at_stage) == ("CASE-1-2", "S2")
    assert not play.case.followed_up
    other = Follow(by="iro", promise=promise_of(play), reference="CASE-1-3")
    assert refused(play.act(other)) is not None


def test_an_offer_that_nobody_takes_ends() -> None:
    play = not_done()
    play.pass_time("2026-04-21 08:59")  # twenty working days after Friday 20 March, with Easter in between
    assert play.case.followed_up
    play.pass_time("2026-04-21 09:00")
    assert play.last("offer_ended").promises == [promise_of(play)]
    assert not play.case.followed_up


@pytest.mark.parametrize(("days", "ends"), [(1, "2026-03-23 09:00"), (5, "2026-03-27 09:00")])
def test_a_procedure_says_how_long_the_offer_stands(days: int, ends: str) -> None:
    play = not_done(procedure={"follow_up": {"offer_stands_working_days": days}})
    play.pass_time("2026-04-30 09:00")
    assert play.last("offer_ended").at == london(ends)


def test_while_it_is_open_it_goes_further_by_itself_and_nothing_is_offered() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00", done_by=date(2026, 3, 5))
    done(play, done=False, at="2026-03-05 10:00")
    following = Follow(by="iro", promise=promise_of(play), reference="CASE-1-2")
    assert refused(play.act(following)) == ("still_open", None)
    play.decide("satisfied")
    assert not play.case.followed_up


def test_nothing_follows_what_was_kept_or_is_not_answered() -> None:
    play = closed()
    following = Follow(by="iro", promise=promise_of(play), reference="CASE-1-2")
    assert refused(play.act(following)) == ("not_answered", "promise")
    play.act(TellChange(by="iro", changed="too_early"))
    done(play)
    assert refused(play.act(following)) == ("not_offered", "promise")


def test_an_escalation_says_which_one_it_follows() -> None:
    play = Play(a_procedure({}, {}), "2026-03-02 10:00")
    play.start(follows="CASE-0", follows_promise=12)
    assert (play.case.follows, play.case.follows_promise) == ("CASE-0", 12)
    assert past(play).follows == "CASE-0"
