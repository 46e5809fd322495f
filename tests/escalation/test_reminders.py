"""Who is reminded, and when, for as long as it takes?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from escalation import rules
from escalation.messages import GrantExtension
from tests.escalation.driver import Play, a_procedure, england


def southwark(at: str = "2025-03-25 10:00", **said: Any) -> Play:
    play = Play("southwark", at)
    play.start(**said)
    return play


def test_the_addressee_is_reminded_one_working_day_before_the_deadline() -> None:
    play = southwark("2026-11-05 10:00")
    play.pass_time("2026-11-12 16:59")
    assert [f"{sent.whom} {sent.at:%d %H:%M}" for sent in play.of("reminded")] == ["addressee 11 09:00"]
    assert play.heard()["reminder"] == {"operational_manager"}


def test_the_raiser_is_reminded_after_one_and_three_working_days_and_then_every_five() -> None:
    play = southwark("2026-11-05 10:00")
    play.respond(at="2026-11-06 10:00")
    play.pass_time("2026-11-19 10:00")
    assert [f"{sent.at:%d %H:%M}" for sent in play.of("reminded")] == ["09 09:00", "11 09:00", "18 09:00"]


def test_a_reminder_that_fell_due_in_the_night_of_a_downtime_waits_for_office_hours() -> None:
    play = southwark("2026-11-05 10:00")
    play.respond(at="2026-11-06 10:00")
    play.skip("2026-11-13 22:00")
    play.run()
    assert "reminded" not in play.events
    play.pass_time("2026-11-16 09:00")
    assert [reminded.count for reminded in play.of("reminded")] == [2]


def test_a_new_deadline_brings_its_own_reminder() -> None:
    play = southwark("2026-11-05 10:00")
    play.pass_time("2026-11-11 10:00")
    play.act(GrantExtension(by="iro", working_days=2))
    play.pass_time("2026-11-13 10:00")
    assert [f"{sent.at:%d}" for sent in play.of("reminded")] == ["11", "13"]


def test_the_raiser_who_tracks_it_gets_a_copy_of_the_addressees_reminder() -> None:
    """SBC-16: due on Tuesday 10 November 2026."""
    play = Play("sbc", "2026-11-03 10:00")
    play.start(stage="L1")
    play.pass_time("2026-11-10 10:00")
    sent = play.last("email_sent")
    assert (sent.notice, sent.to, sent.cc) == ("reminder", ["team_manager"], ["fciro"])


# The end of the calendar --------------------------------------------------------------------------------------------


def test_a_hold_that_outlives_the_calendar_still_reminds() -> None:
    play = southwark("2026-11-02 10:00", stage="L4")
    play.pass_time("2031-02-03 10:00")
    wake = rules.next_wake(play.case, play.now)
    assert wake is not None
    assert play.now < wake < play.now + timedelta(days=10)


def test_lapses_go_on_where_the_calendar_ends() -> None:
    calendar = england(2026).model_copy(update={"last": date(2026, 11, 12)})
    play = Play("southwark", "2026-11-02 10:00", calendar)
    play.start()
    play.pass_time("2026-11-20 10:00")
    assert [entry.stage for entry in play.of("advanced")] == ["L2", "L3"]


@pytest.mark.parametrize("end_of_day", ["17:00", "24:00"])
def test_time_that_has_brought_everything_brings_nothing_more(end_of_day: str) -> None:
    play = Play(a_procedure({}, {}, end_of_day=end_of_day), "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-30 10:00")
    assert rules.elapse(play.case, play.now).entries == ()
