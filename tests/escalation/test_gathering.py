"""When does a digest go out, what may wait for one, and is anybody ever reminded out of office hours?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from escalation import gathering, ordering
from escalation.messages import HandOver
from escalation.working_days import LONDON, OFFICE_CLOSES, OFFICE_OPENS
from tests.escalation.driver import Play, a_procedure, england, london

CALENDAR = england(2026)
A_YEAR = [datetime(2026, 1, 1, tzinfo=LONDON) + timedelta(days=n) for n in range(366)]
CLOCK_CHANGES = dict.fromkeys((date(2026, 3, 27), date(2026, 10, 23)), "The Friday before the clocks change")
AT_ODD_TIMES = (time(0, 30), time(9, 19, 59), time(9, 21), time(15, 50), time(15, 51), time(23, 59))
WITH_DIGEST = {"digest": ["decision_reminder"], "reminders": {"raiser_after": [1], "pass_turn_after": 3}}


def goes_out(at: str) -> str:
    return f"{gathering.goes_out_at(london(at), CALENDAR):%a %d %b %H:%M}"


def in_office_hours(instant: datetime) -> bool:
    local = instant.astimezone(LONDON)
    return CALENDAR.is_working(local.date()) and OFFICE_OPENS <= local.time() < OFFICE_CLOSES


# When ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("called_for", "out"),
    [
        ("2026-11-24 09:00", "Tue 24 Nov 09:30"),
        ("2026-11-24 09:20", "Tue 24 Nov 09:30"),
        ("2026-11-24 09:21", "Tue 24 Nov 16:00"),
        ("2026-11-24 15:50", "Tue 24 Nov 16:00"),
        ("2026-11-24 15:51", "Wed 25 Nov 09:30"),
        ("2026-11-27 18:00", "Mon 30 Nov 09:30"),
        ("2026-12-24 16:10", "Tue 29 Dec 09:30"),
        ("2026-03-28 12:00", "Mon 30 Mar 09:30"),  # the clocks go forward on the 29th
        ("2026-10-23 16:00", "Mon 26 Oct 09:30"),  # and back on the 25th
    ],
)
def test_what_is_called_for_goes_out_at_half_past_nine_or_four_of_a_working_day(called_for: str, out: str) -> None:
    assert goes_out(called_for) == out


def test_a_day_that_the_council_closes_has_no_digest() -> None:
    closed = CALENDAR.model_copy(update={"closed": CALENDAR.closed | {date(2026, 11, 24): "Moving house"}})
    assert gathering.goes_out_at(london("2026-11-24 10:00"), closed) == london("2026-11-25 09:30")


def test_a_digest_goes_out_in_office_hours_of_a_working_day_whenever_it_was_called_for() -> None:
    for day, odd in product(A_YEAR, AT_ODD_TIMES):
        now = datetime.combine(day, odd, LONDON)
        out = gathering.goes_out_at(now, CALENDAR)
        assert in_office_hours(out)
        assert out.astimezone(LONDON).time() in gathering.SLOTS
        assert out - now >= gathering.CLOSES
        assert gathering.not_before(out, out, CALENDAR) == out


@pytest.mark.parametrize(
    ("now", "goes"),
    [("2026-11-24 15:59", "24 16:00"), ("2026-11-24 16:40", "24 16:40"), ("2026-11-25 03:00", "25 09:00")],
)
def test_a_digest_that_was_held_up_waits_for_office_hours(now: str, goes: str) -> None:
    due = london("2026-11-24 16:00")
    assert f"{gathering.not_before(due, london(now), CALENDAR).astimezone(LONDON):%d %H:%M}" == goes


# What ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "never",
    ["alert", "reminder", "notice_given", "alert_not_accepted", "held", "overdue", "response_received", "turn_passed",
     "reply_received", "out_of_office", "post_covered", "delivery_failed", "extension_granted", "noted"],
)  # fmt: skip
def test_what_asks_for_something_or_moves_a_clock_must_not_wait(never: str) -> None:
    with pytest.raises(ValidationError, match=rf"digest\.1: `{never}` must not wait for a digest; only decision_"):
        a_procedure(digest=["recorded", never])


def test_what_asks_for_the_answer_at_a_stage_must_not_wait_whatever_its_name() -> None:
    assert a_procedure(digest=["recorded"])
    with pytest.raises(ValidationError, match=r"digest\.0: `recorded`"):
        a_procedure({"notice": "recorded"}, digest=["recorded"])


def _reminded(**more: Any) -> Play:
    play = Play(a_procedure(**(WITH_DIGEST | more)), "2026-11-02 10:00")
    play.start()
    play.respond(at="2026-11-03 10:00")
    play.pass_time("2026-11-04 09:10", mail=False)
    return play


def test_only_what_the_procedure_lists_may_be_gathered() -> None:
    for digest in ([], ["decision_reminder"]):
        play = _reminded(digest=digest)
        [reminder] = [notice for notice in play.case.outstanding if notice.notice == "decision_reminder"]
        order = ordering.order(play.case, reminder, "escalation/ours/CASE-1")
        assert order.may_be_gathered == bool(digest)
        assert (order.calendar is not None) == bool(digest)


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        ("satisfied", "The escalation was closed before it went out."),
        ("escalate", "The escalation had gone to Stage 2 before it went out."),
    ],
)
def test_a_reminder_that_waits_for_a_digest_is_given_up_once_the_raiser_has_decided(outcome: str, why: str) -> None:
    play = _reminded()
    play.decide(outcome)
    [given_up] = play.of("email_not_sent")
    assert (given_up.notice, given_up.why) == ("decision_reminder", why)


def test_a_reminder_under_a_procedure_without_digests_still_goes_out() -> None:
    play = _reminded(digest=[])
    play.decide("satisfied")
    assert play.of("email_not_sent") == []


def test_that_somebody_was_handed_a_matter_stays_true_and_goes_out() -> None:
    play = _reminded(digest=["handed_over"])
    play.deliver()
    play.act(
        HandOver(by="iro_manager", to_name="Ada Quinn"),
        deliver=False,
    )
    assert [notice.notice for notice in play.case.outstanding] == ["handed_over"]
    play.decide("satisfied")
    assert play.of("email_not_sent") == []


# Reminders, over a year ----------------------------------------------------------------------------------------------


def test_nobody_is_reminded_or_given_a_turn_out_of_office_hours() -> None:
    """Bank holidays and both changes of the clock lie in this year; the worker is down over a night and a weekend."""
    reminders = {"addressee_before_due": [1, 2], "raiser_after": [1, 3], "then_every": 2, "pass_turn_after": 2}
    procedure = a_procedure({"response": {"working_days": 3}}, reminders=reminders)
    days = [*A_YEAR[::12], *(day for day in A_YEAR if day.date() in CALENDAR.closed | CLOCK_CHANGES)]
    for day, odd in product(days, (time(0, 30), time(16, 59, 30))):
        play = Play(procedure, datetime.combine(day, odd, LONDON))
        play.start()
        play.pass_time(play.now + timedelta(days=4))
        if play.case.awaits_answer:
            play.respond()
        play.skip(play.now + timedelta(days=3, hours=13))
        play.pass_time(play.now + timedelta(days=9))
        told = [*play.of("reminded"), *play.of("turn_passed")]
        assert {entry.event for entry in told} == {"reminded", "turn_passed"}
        assert [entry for entry in told if not in_office_hours(entry.at)] == []
