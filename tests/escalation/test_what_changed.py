"""What changed for the child: said at the close or asked again, and never waited for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation.messages import Close, TellChange, Withdraw
from tests.escalation.closed import closed, done, past, raised
from tests.escalation.driver import Play, a_procedure, advised, kept, london, refused


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
