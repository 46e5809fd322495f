"""Is an escalation told in words that a person can trust?"""

from __future__ import annotations

from datetime import date

import pytest

from escalation import words
from escalation.messages import Withdraw
from tests.escalation.driver import Play, london


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        ("2026-11-27 17:00", "Friday 27 November 2026 at 5pm"),
        ("2026-11-27 16:58", "Friday 27 November 2026 at 4:58pm"),
        ("2026-11-27 09:05", "Friday 27 November 2026 at 9:05am"),
        ("2026-11-27 12:00", "Friday 27 November 2026 at midday"),
        ("2026-11-27 00:30", "Friday 27 November 2026 at 12:30am"),
        ("2026-11-28 00:00", "Friday 27 November 2026 at 11:59pm"),
    ],
)
def test_instants_are_told_as_gov_uk_tells_them(instant: str, said: str) -> None:
    assert words.at(london(instant)) == said


def test_a_date_is_told_with_its_weekday() -> None:
    assert words.on(date(2026, 3, 2)) == "Monday 2 March 2026"


def test_the_story_says_stage_turn_deadline_and_path() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-10 10:00")
    told = words.story(play.case)
    for said in (
        "IRO Dispute Resolution Process",
        "Stage: Head of Service",
        "Waiting for the Head of Service to answer.",
        "Due Monday 16 November 2026 at 5pm.",
        "Total time ends Monday 30 November 2026 at 5pm.",
        "Operational Manager → Head of Service",
    ):
        assert said in told


def test_every_turn_is_a_sentence() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False, stage="L4")
    assert words.turn(play.case).startswith("Waiting for a mail server")
    play.deliver()
    assert words.turn(play.case) == "Waiting for the Director of Children's Social Care to answer."
    play.pass_time("2026-11-10 10:00")
    assert words.turn(play.case).startswith("On hold (final stage lapsed): the Independent Reviewing Officer decides")
    play.act(Withdraw(by="iro", reason="x"))
    assert words.turn(play.case) == "Withdrawn by the raiser."


def test_a_decision_and_a_close_are_told() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.respond()
    assert words.turn(play.case) == "Waiting for the Independent Reviewing Officer to decide."
    play.decide("satisfied", by="iro")
    assert words.turn(play.case) == "Closed: resolved."


def test_a_timer_says_what_it_waits_for() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    assert words.waiting(play.case, london("2026-11-09 17:01")) == (
        "Operational Manager: answer due Monday 9 November 2026 at 5pm"
    )
    assert words.waiting(play.case, london("2026-11-06 09:00")).endswith("Looks again Friday 6 November 2026 at 9am")


def test_an_email_task_names_its_notice_and_its_readers() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    copies = next(notice for notice in play.case.outstanding if notice.part == "copies")
    assert words.sending(play.case, copies) == "Email alert to Head of QAU, QAU Manager"
