"""What outlives the close: promises, when the raiser is asked about them, and what emails and reports say of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation.messages import Answer, AnswerPromise, Close, Command, Follow, RecordPromise, RecordResponse, Withdraw
from escalation.rules import next_wake
from tests.escalation.closed import FRIDAY, asked, called_for, closed, done, not_done, past, promise_of, raised
from tests.escalation.driver import Play, advised, kept, london, refused, tasks

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
    facts = next(notice for notice in called_for(play, "was_it_done"))
    assert (facts["went_on"], facts["still_open"]) == (True, True)


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
    facts = called_for(play, "was_it_done") + called_for(play, "what_changed")
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


def test_of_what_was_not_done_while_it_was_open_it_is_not_said_that_the_time_to_go_on_is_over() -> None:
    play = Play("southwark", "2026-03-02 10:00")
    play.start()
    for day in (9, 20):
        play.act(RecordPromise(by="iro", done_by=date(2026, 3, day)))
    first, _ = play.case.follow_ups.promises
    play.act(AnswerPromise(by="iro", promise=first.n, done=False))
    play.act(Close(by="iro", outcome="unresolved", reason="Settled."))
    said = play.act(Follow(by="iro", promise=first.n, reference="CASE-1-2")).rejection
    assert said
    assert said.message == (
        "That it was not done was said while this escalation was open, which went further by itself. "
        "Start a new escalation instead."
    )
