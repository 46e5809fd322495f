"""What is asked of the raiser once an escalation is closed: was it done, and what changed for the child?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation import notices
from escalation.fold import apply, fold
from escalation.messages import (
    Answer,
    AnswerPromise,
    Close,
    Command,
    Cover,
    Decide,
    Follow,
    HandOver,
    Note,
    RecordPromise,
    RecordResponse,
    TellChange,
    Withdraw,
)
from escalation.past import TOLD_BY, Past
from escalation.rules import Outcome, next_wake
from escalation.state import state_of
from tests.escalation.driver import Play, a_procedure, advised, kept, london, refused, tasks

FRIDAY = date(2026, 3, 20)


def raised(**more: object) -> Play:
    """Raised on Monday 2 March 2026."""
    play = Play(a_procedure({}, {}, **more), "2026-03-02 10:00")
    play.start()
    return play


def closed(done_by: date | None = FRIDAY, **more: Any) -> Play:
    """Answered with a promise for Friday 20 March, and closed on Thursday 5 March."""
    play = raised(**more.pop("procedure", {}))
    play.respond(at="2026-03-04 10:00", text="It is arranged.", done_by=done_by)
    play.decide("satisfied", at="2026-03-05 10:00", **more)
    return play


def done(play: Play, *, done: bool = True, at: str | None = None, **said: Any) -> Outcome:
    return play.act(AnswerPromise.model_validate({"by": "iro", "done": done} | said), at=at)


def promise_of(play: Play) -> int:
    return int(play.of("promised")[0].n)


def asked(play: Play) -> list[str]:
    return [f"{entry.at:%a %d %b %H:%M}" for entry in play.of("promise_due")]


def past(play: Play) -> Past:
    found = Past.of([entry for entry in play.entries if entry.event in TOLD_BY])
    assert found == Past.of(play.entries)
    assert found
    return found


# The promise ----------------------------------------------------------------------------------------------------------


def test_an_answer_may_promise_a_date_and_the_promise_outlives_the_close() -> None:
    play = closed()
    (promise,) = play.case.follow_ups.promises
    assert (promise.done_by, promise.by, promise.stage, promise.text) == (FRIDAY, "manager_1", "S1", "It is arranged.")
    assert not play.case.open
    assert play.case.followed_up
    assert next_wake(play.case, play.now) == london("2026-03-20 09:00")


def test_the_raiser_is_asked_at_nine_on_the_promised_date() -> None:
    play = closed()
    play.pass_time("2026-03-20 08:59")
    assert asked(play) == []
    play.pass_time("2026-03-20 12:00")
    assert asked(play) == ["Fri 20 Mar 09:00"]
    assert play.heard()["was_it_done"] == {"iro"}
    assert tasks(play, "iro")[-1] == "Say whether what was promised by Friday 20 March 2026 was done"
    assert kept(play) == play.case


@pytest.mark.parametrize(
    ("done_by", "day"),
    [(date(2026, 3, 21), "Mon 23 Mar"), (date(2026, 4, 3), "Tue 07 Apr"), (date(2026, 12, 25), "Tue 29 Dec")],
)
def test_a_date_on_which_nobody_works_is_asked_about_on_the_next_working_day(done_by: date, day: str) -> None:
    """Saturday; Good Friday, with Easter Monday after it; Christmas Day, with a substitute for Boxing Day."""
    play = closed(done_by)
    play.pass_time(london("2026-12-31 10:00"))
    assert asked(play) == [f"{day} 09:00"]


def test_what_is_promised_for_the_same_day_is_asked_about_on_the_next() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00", done_by=date(2026, 3, 4))
    assert asked(play) == []
    play.pass_time("2026-03-05 10:00")
    assert asked(play) == ["Thu 05 Mar 09:00"]


def test_after_downtime_it_is_asked_in_the_next_office_hours() -> None:
    play = closed()
    play.skip("2026-03-20 18:30")
    play.pass_time("2026-03-23 10:00")
    assert asked(play) == ["Mon 23 Mar 09:00"]


def test_each_requested_action_may_be_promised_for_its_own_date() -> None:
    play = raised()
    answers = [
        Answer(action="A meeting", text="Yes", done_by=date(2026, 3, 10)),
        Answer(action="A plan", text="Done already"),
        Answer(action="A review", text="Yes", done_by=FRIDAY),
    ]
    play.respond(at="2026-03-04 10:00", answers=answers)
    said = [(promise.action, promise.done_by) for promise in play.case.follow_ups.promises]
    assert said == [("A meeting", date(2026, 3, 10)), ("A review", FRIDAY)]


def test_what_is_promised_for_one_date_is_asked_in_one_question() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00", answers=[Answer(text=each, done_by=FRIDAY) for each in ("One", "Two")])
    play.pass_time("2026-03-20 10:00")
    assert len(play.of("promise_due")) == 1
    assert len(play.last("promise_due").promises) == 2
    assert refused(done(play)) == ("which_promise", "promise")


@pytest.mark.parametrize("done_by", [date(2026, 3, 3), date(2029, 1, 1)])
def test_an_answer_counts_whatever_is_wrong_with_a_date_in_it(done_by: date) -> None:
    """Nobody is to lapse because of a slip of the pen; the page tells it before anything is sent."""
    play = raised()
    outcome = play.respond(at="2026-03-04 10:00", done_by=done_by)
    assert refused(outcome) is None
    assert advised(outcome) == ["promised_date"]
    assert play.case.follow_ups.promises == ()
    assert play.last("responded").done_by == done_by


def test_an_answer_that_comes_twice_promises_once() -> None:
    play = raised()
    for _ in range(2):
        play.respond(at="2026-03-04 10:00", response_id="r1", done_by=FRIDAY)
    assert len(play.of("promised")) == 1


def test_a_late_answer_may_promise_too_and_one_that_was_given_by_telephone() -> None:
    play = raised()
    play.respond("S1", at="2026-03-11 10:00", done_by=FRIDAY)
    said = {"stage": "S2", "answered_by": "manager_2", "how": "by telephone", "done_by": FRIDAY}
    play.act(RecordResponse(by="iro", response_id="x", received_at=london("2026-03-11 11:00"), **said), at="2026-03-12")
    assert [(one.stage, one.by) for one in play.case.follow_ups.promises] == [("S1", "manager_1"), ("S2", "manager_2")]
    assert (play.last("promised").recorded_by, play.last("promised").how) == ("iro", "by telephone")


def test_a_raiser_who_records_an_answer_is_told_what_is_wrong_with_its_date() -> None:
    play = raised()
    said = {"stage": "S1", "answered_by": "manager_1", "how": "by telephone", "done_by": date(2026, 3, 1)}
    given = RecordResponse(by="iro", response_id="x", received_at=london("2026-03-04 11:00"), **said)
    assert refused(play.act(given, at="2026-03-05 10:00")) == ("promised_date", "done_by")


def test_a_promise_whose_date_comes_while_the_matter_is_open_is_asked_about_as_well() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00", done_by=FRIDAY)
    play.decide("not_satisfied", at="2026-03-05 10:00", reason="No date for the minutes")
    play.pass_time("2026-03-20 10:00")
    assert asked(play) == ["Fri 20 Mar 09:00"]
    assert play.case.open
    facts = next(notice for notice in _called_for(play, "was_it_done"))
    assert (facts["went_on"], facts["still_open"]) == (True, True)


def _called_for(play: Play, name: str) -> list[dict[str, Any]]:
    """What such notices may say, of the whole history."""
    case = fold(play.procedure, play.entries[:1])
    found: list[dict[str, Any]] = []
    for entry in play.entries[1:]:
        case = apply(case, entry)
        found += [notice.facts for notice in notices.called_for(case, entry) if notice.notice == name]
    return found


def test_a_promise_is_no_date_of_the_ladder() -> None:
    play = raised()
    before = play.due
    play.respond(at="2026-03-04 10:00", done_by=date(2026, 3, 5))
    play.pass_time("2026-03-06 10:00")
    assert (before, play.case.status) == ("2026-03-09 17:00", "awaiting_iro_decision")
    assert play.case.waiting_for == "iro"


@pytest.mark.parametrize(
    "end",
    [
        Close(by="iro", outcome="unresolved", reason="x"),
        Close(by="iro", outcome="no_longer_applicable", reason="x"),
        Withdraw(by="iro", reason="x"),
    ],
)
def test_a_promise_outlives_every_end(end: Command) -> None:
    """It was made to a child, not to the ladder: how the matter ended does not take it back."""
    play = raised()
    play.respond(at="2026-03-04 10:00", done_by=FRIDAY)
    play.act(end, at="2026-03-05 10:00")
    play.pass_time("2026-03-20 10:00")
    assert asked(play) == ["Fri 20 Mar 09:00"]


# By hand --------------------------------------------------------------------------------------------------------------


def test_the_raiser_may_record_a_promise_and_correct_its_date() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00")
    play.act(RecordPromise(by="iro", done_by=FRIDAY, how="by telephone", text="The minutes"))
    n = play.last("promised").n
    play.act(RecordPromise(by="iro", promise=n, done_by=date(2026, 3, 23)), at="2026-03-06 10:00")
    (promise,) = play.case.follow_ups.promises
    assert (promise.n, promise.done_by, promise.by, promise.text) == (n, date(2026, 3, 23), "manager_1", "The minutes")
    play.pass_time("2026-03-24 10:00")
    assert asked(play) == ["Mon 23 Mar 09:00"]


def test_another_date_is_asked_about_anew() -> None:
    play = closed()
    play.act(RecordPromise(by="iro", promise=promise_of(play), done_by=date(2026, 4, 1)), at="2026-03-20 10:00")
    assert play.case.follow_ups.questions == []
    play.pass_time("2026-04-01 10:00")
    assert asked(play) == ["Fri 20 Mar 09:00", "Wed 01 Apr 09:00"]


def test_a_promise_may_be_recorded_after_the_close_while_something_is_to_follow() -> None:
    play = closed()
    assert refused(play.act(RecordPromise(by="iro", done_by=date(2026, 4, 1)))) is None
    ended = closed(done_by=None)
    assert refused(ended.act(RecordPromise(by="iro", done_by=date(2026, 4, 1)))) == ("closed", None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"done_by": date(2026, 3, 4)}, ("promised_date", "done_by")),
        ({"done_by": date(2028, 3, 7)}, ("promised_date", "done_by")),
        ({"by": "manager_1"}, ("not_the_raiser", "by")),
        ({"promise": 99}, ("no_such_promise", "promise")),
        ({"promised_by": "nobody"}, ("no_such_role", "promised_by")),
    ],
)
def test_what_cannot_be_recorded_is_refused(said: dict[str, Any], why: tuple[str, str]) -> None:
    play = closed()
    given = {"by": "iro", "done_by": FRIDAY} | said
    assert refused(play.act(RecordPromise.model_validate(given))) == why


def test_quality_assurance_may_record_a_promise_as_it_may_an_answer() -> None:
    assert refused(closed().act(RecordPromise(by="quality", done_by=FRIDAY))) is None


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


def not_done(**more: Any) -> Play:
    play = closed(**more)
    done(play, done=False, at="2026-03-20 10:00", text="No meeting")
    return play


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


# What changed ---------------------------------------------------------------------------------------------------------


def test_a_close_asks_what_changed_and_never_waits_for_it() -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00")
    outcome = play.decide("satisfied")
    assert advised(outcome) == ["what_changed_not_said"]
    assert "the child" in outcome.warnings[0].message
    assert not play.case.open
    assert not play.case.followed_up


@pytest.mark.parametrize("changed", ["changed", "not_changed"])
def test_what_changed_is_said_at_the_close(changed: str) -> None:
    play = closed(done_by=None, what_changed=changed, what_changed_text="He has moved.")
    told = play.last("change_told")
    assert (told.changed, told.text, told.ask_again_on, told.by) == (changed, "He has moved.", None, "iro")
    assert play.events.index("closed") < play.events.index("change_told")
    assert not play.case.followed_up


def test_what_is_too_early_to_say_is_asked_again() -> None:
    play = closed(done_by=None, what_changed="too_early")
    assert play.last("change_told").ask_again_on == date(2026, 4, 2)  # twenty working days after Thursday 5 March
    play.pass_time("2026-04-02 10:00")
    assert play.last("change_asked").at == london("2026-04-02 09:00")
    assert play.heard()["what_changed"] == {"iro"}
    play.act(TellChange(by="iro", changed="too_early", ask_again_on=date(2026, 5, 1)))
    assert play.case.follow_ups.questions == []
    play.pass_time("2026-05-01 10:00")
    assert len(play.of("change_asked")) == 2
    play.act(TellChange(by="iro", changed="changed", text="She is at school."))
    assert not play.case.followed_up
    assert kept(play) == play.case


def test_the_procedure_says_when_it_is_asked_again_and_the_raiser_may() -> None:
    asked_soon = closed(None, what_changed="too_early", procedure={"follow_up": {"ask_again_after_working_days": 2}})
    assert asked_soon.last("change_told").ask_again_on == date(2026, 3, 9)
    named = closed(None, what_changed="too_early", ask_again_on=date(2026, 6, 1))
    assert named.last("change_told").ask_again_on == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"what_changed_text": "Much"}, ("what_changed", "what_changed")),
        ({"what_changed": "changed", "ask_again_on": date(2026, 6, 1)}, ("asked_again", "ask_again_on")),
        ({"what_changed": "too_early", "ask_again_on": date(2026, 3, 4)}, ("asked_again", "ask_again_on")),
        ({"outcome": "not_satisfied", "what_changed": "changed"}, ("closes_nothing", "what_changed")),
    ],
)
def test_what_contradicts_itself_closes_nothing(said: dict[str, Any], why: tuple[str, str]) -> None:
    play = raised()
    play.respond(at="2026-03-04 10:00")
    given = {"outcome": "satisfied"} | said
    assert refused(play.decide(given.pop("outcome"), **given)) == why
    assert play.case.open


def test_closing_without_a_resolution_asks_too_and_taking_it_back_does_not() -> None:
    play = raised()
    given = Close(by="iro", outcome="unresolved", reason="x", what_changed="not_changed")
    assert advised(play.act(given)) == []
    assert past(play).what_changed == "not_changed"
    taken_back = raised()
    assert advised(taken_back.act(Withdraw(by="iro", reason="x"))) == []


def test_another_process_has_no_child_to_ask_about() -> None:
    play = Play(a_procedure({}).model_copy(update={"process": "complaint"}), "2026-03-02 10:00")
    play.start()
    play.respond(at="2026-03-04 10:00")
    assert advised(play.decide("satisfied")) == []


def test_it_is_about_the_foster_carer_where_it_is() -> None:
    play = Play("sbc", "2026-03-02 10:00")
    play.start()
    outcome = play.act(Close(by="fciro", outcome="unresolved", reason="x"))
    assert "the foster carer" in outcome.warnings[-1].message


def test_what_changed_is_not_told_while_it_is_open() -> None:
    assert refused(raised().act(TellChange(by="iro", changed="changed"))) == ("not_closed", None)


def test_both_questions_are_chased_together_and_each_ends_by_itself() -> None:
    play = closed(date(2026, 4, 2), what_changed="too_early")
    play.pass_time("2026-04-07 10:00")
    assert play.case.follow_ups.questions == ["was_it_done", "what_changed"]
    since = play.last("reminded").n
    assert set(play.heard(since)) == {"was_it_done", "what_changed"}
    done(play)
    assert play.case.follow_ups.questions == ["what_changed"]
    assert play.case.followed_up


# Mail, and reports ----------------------------------------------------------------------------------------------------


def test_a_question_that_is_answered_before_it_went_out_does_not_go_out() -> None:
    play = closed()
    play.pass_time("2026-03-20 10:00", mail=False)
    play.act(AnswerPromise(by="iro", done=True), deliver=False)
    play.deliver()
    assert play.last("email_not_sent").why == "It was answered before it went out."
    assert "was_it_done" not in play.heard()


def test_no_email_says_what_was_promised_or_what_changed() -> None:
    play = closed(what_changed="too_early", what_changed_text="He is afraid.")
    play.pass_time("2026-05-20 10:00")
    facts = _called_for(play, "was_it_done") + _called_for(play, "what_changed")
    assert len(facts) > 4
    assert "arranged" not in str(facts)
    assert "afraid" not in str(facts)


def test_a_report_sees_what_was_promised_and_what_changed() -> None:
    play = not_done(what_changed="too_early")
    play.act(Follow(by="iro", promise=promise_of(play), reference="CASE-1-2"))
    found = past(play)
    (promise,) = found.promises
    assert (promise.made_on, promise.done_by, promise.kept) == (date(2026, 3, 4), FRIDAY, False)
    assert (promise.answered_on, promise.followed_by, found.what_changed) == (FRIDAY, "CASE-1-2", "too_early")


def test_a_promise_stands_on_each_day_as_it_did_then() -> None:
    play = closed()
    play.pass_time("2026-03-23 10:00")
    (promise,) = past(play).promises
    assert [promise.stood(date(2026, 3, day)) for day in (3, 4, 19, 20, 23)] == [
        None, "not_yet_due", "not_yet_due", "unanswered", "unanswered",
    ]  # fmt: skip
    assert promise.stood(None) == "unanswered"
    done(play)
    (promise,) = past(play).promises
    assert [promise.stood(date(2026, 3, day)) for day in (22, 23)] == ["unanswered", "kept"]
    assert promise.stood(None) == "kept"


def test_another_date_is_the_one_that_a_report_counts() -> None:
    play = closed()
    play.act(RecordPromise(by="iro", promise=promise_of(play), done_by=date(2026, 4, 1)), at="2026-03-20 10:00")
    (promise,) = past(play).promises
    assert (promise.done_by, promise.asked, promise.stood(None)) == (date(2026, 4, 1), False, "not_yet_due")
