"""Does explain show every day, and what binds?"""

from __future__ import annotations

from datetime import date

from escalation.explain import explain
from escalation.messages import GrantExtension
from tests.escalation.driver import Play, a_procedure, england


def test_every_day_from_day_0_to_the_deadline_is_counted_or_skipped_with_the_reason() -> None:
    play = Play("southwark", "2025-12-22 10:00")
    play.start()
    stage, total = explain(play.case).counts
    assert [(day.date.day, day.counts_as or day.skipped) for day in stage.days] == [
        (22, "day 0"),
        (23, 1),
        (24, 2),
        (25, "Christmas Day"),
        (26, "Boxing Day"),
        (27, "Saturday"),
        (28, "Sunday"),
        (29, 3),
        (30, 4),
        (31, 5),
    ]
    assert stage.due == play.case.due.at  # type: ignore[union-attr]
    assert total.due == play.case.cap_at


def test_it_says_which_clock_binds() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    assert explain(play.case).binds == "L1"
    play.respond()
    play.decide("escalate", by="iro", to="L4", at="2026-11-26 10:00")
    assert explain(play.case).binds == "total time"


def test_it_says_where_the_days_of_a_stage_begin_after_a_lapse() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-10 10:00")
    assert explain(play.case).counts[0].rule == "5 working days after the due date of the stage that lapsed"


def test_more_time_is_counted_from_the_old_deadline_even_where_that_was_the_cap() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.respond()
    play.decide("escalate", by="iro", to="L4", at="2026-11-26 10:00")
    play.act(GrantExtension(by="iro", working_days=2, reason="x"))
    more = explain(play.case).counts[1]
    assert (more.day_zero, more.due) == (date(2026, 11, 30), play.case.due.at)  # type: ignore[union-attr]


def test_where_no_deadline_runs_it_says_why() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    assert "No mail server has accepted the alert yet" in (explain(play.case).why_not_running or "")
    play.deliver()
    assert explain(play.case).why_not_running is None
    play.respond()
    assert "the raiser decides" in (explain(play.case).why_not_running or "")
    play.decide("satisfied", by="iro")
    assert explain(play.case).why_not_running == "The escalation has ended."
    play = Play(a_procedure({"response": {"working_days": None}}), "2026-11-02 10:00")
    play.start()
    assert "no time of its own" in (explain(play.case).why_not_running or "")


def test_it_says_where_the_calendar_ends_when_a_count_goes_past_it() -> None:
    play = Play("southwark", "2026-11-02 10:00", england(2026).model_copy(update={"last": date(2026, 11, 12)}))
    play.start()
    assert explain(play.case).calendar.endswith("it ends on 2026-11-12, after which only weekends are left out")
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    assert explain(play.case).calendar.endswith("revision 1")
