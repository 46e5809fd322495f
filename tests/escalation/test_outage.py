"""What happens while no mail server accepts an alert, or one refuses it for good?"""

from __future__ import annotations

from datetime import date
from typing import Any

from escalation import notices, ordering
from escalation.messages import Failure, NoticeOutcome, Reassign, RecordTold
from escalation.working_days import LONDON
from tests.escalation.driver import Play, london


def southwark(at: str = "2025-03-25 10:00", **said: Any) -> Play:
    play = Play("southwark", at)
    play.start(**said)
    return play


def test_a_stage_never_lapses_before_its_alert_was_accepted() -> None:
    play = Play("southwark", "2025-03-25 10:00")
    play.start(deliver=False)
    play.pass_time("2025-06-25 10:00", mail=False)
    assert "lapsed" not in play.events
    assert play.case.waiting_for == "operations"


def test_operations_and_the_raiser_are_alarmed_after_two_office_hours_and_each_working_morning() -> None:
    play = Play("southwark", "2025-03-28 16:00")
    play.start(deliver=False)
    play.pass_time("2025-04-02 09:30", mail=False)
    assert [f"{alarm.at.astimezone(LONDON):%a %H:%M}" for alarm in play.of("alert_not_accepted")] == [
        "Mon 10:00",
        "Tue 09:00",
        "Wed 09:00",
    ]
    play.deliver()
    assert play.heard()["alert_not_accepted"] == {"operations", "iro"}


def test_the_days_begin_when_the_mail_server_is_back() -> None:
    play = Play("southwark", "2025-03-28 16:00")
    play.start(deliver=False)
    play.pass_time("2025-04-07 12:00", mail=False)
    play.deliver()
    assert (play.due, play.case.waiting_for) == ("2025-04-14 17:00", "operational_manager")


def test_an_outage_longer_than_the_cap_ends_in_a_hold_and_the_alert_is_not_sent() -> None:
    play = southwark()
    play.pass_time("2025-04-01 16:59")
    play.pass_time("2025-05-01 12:00", mail=False)
    assert (play.case.visit.stage, play.case.on_hold) == ("L2", "cap_reached")
    play.deliver()
    unsent = [entry for entry in play.of("email_not_sent") if entry.notice == "alert"]
    assert [(entry.part, entry.stage) for entry in unsent] == [("addressee", "L2"), ("copies", "L2")]


def test_an_alert_refused_for_good_waits_for_operations_until_it_is_given_by_hand() -> None:
    play = Play("southwark", "2025-03-25 10:00")
    play.start(deliver=False)
    play.deliver(refuse=["operational_manager"])
    assert play.heard()["delivery_failed"] == {"qau_manager", "operations", "iro"}
    assert "by hand" in next(task.what for task in play.of("task_opened") if task.to == "operations")
    play.pass_time("2025-04-20 10:00", mail=False)
    assert play.case.waiting_for == "operations"
    play.act(RecordTold(by="iro", told_at=play.now, how="By telephone"))
    assert (play.case.waiting_for, play.due) == ("operational_manager", "2025-04-28 17:00")


def test_one_of_two_addressees_is_enough_and_nobody_is_asked_to_tell_the_stage_by_hand() -> None:
    play = Play("leicestershire", "2025-03-25 10:00")
    play.start(deliver=False)
    play.deliver(refuse=["social_worker"])
    assert play.case.waiting_for == "social_worker"
    assert "operations" not in {task.to for task in play.of("task_opened")}


def test_an_accepted_alert_whose_day_is_not_said_starts_the_clock_all_the_same() -> None:
    play = Play("southwark", "2025-03-25 10:00")
    play.start(deliver=False)
    alert = next(notice for notice in notices.sendable(play.case) if notice.part == "addressee")
    outcome = play.settle(alert).entries[0]
    assert outcome.event == "email_sent"
    bare = [delivery.model_copy(update={"day_zero": None}) for delivery in outcome.delivered]
    other = Play("southwark", "2025-03-25 10:00")
    other.start(deliver=False)
    other.take(NoticeOutcome(entry=alert.entry, notice="alert", part="addressee", delivered=bare))
    assert other.due == play.due == "2025-04-01 17:00"


def test_an_outcome_of_no_notice_that_is_outstanding_changes_nothing() -> None:
    play = southwark()
    stray = NoticeOutcome(entry=1, notice="alert", part="addressee", failed=[Failure(role="iro", reason="x")])
    assert play.take(stray).entries == ()


def test_whoever_is_appointed_to_an_empty_post_is_asked_at_the_next_alarm() -> None:
    """Nobody served in the role when the alert was sent; on the next morning somebody does."""
    play = southwark_with_nobody()
    play.pass_time("2025-03-25 12:01", mail=False)
    (again,) = [notice for notice in play.case.outstanding if notice.asks]
    assert (again.again, again.part, again.reaches) == (True, "addressee", ("operational_manager",))
    play.deliver()
    assert (play.case.waiting_for, play.due) == ("operational_manager", "2025-04-01 17:00")


def test_as_long_as_nobody_serves_the_alarm_alone_says_so() -> None:
    play = southwark_with_nobody()
    before = len(play.entries)
    play.pass_time("2025-03-26 09:00", mail=False)
    fail(play)
    play.deliver()
    assert play.heard(since=before) == {"alert_not_accepted": {"operations", "iro"}}
    assert play.last("email_not_sent").why == "Nobody holds this role."
    assert [entry.n for entry in play.of("email_failed")] == [entry.n for entry in play.of("email_failed")][:1]
    assert play.case.waiting_for == "operations"


def test_an_alert_asked_anew_says_what_the_first_one_said() -> None:
    """What silence brings above all: at this stage the raiser is asked, and nothing goes on by itself."""
    play = Play("leicestershire", "2025-03-25 10:00")
    play.start(stage="PC", deliver=False)
    first = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    fail(play)
    play.deliver()
    play.pass_time("2025-03-25 12:01", mail=False)
    (again,) = [notice for notice in play.case.outstanding if notice.again]
    asked = {"then", "grounds", "theme", "requested_actions"}
    assert {key: again.facts.get(key) for key in asked} == {key: first.facts.get(key) for key in asked}
    assert again.facts["requested_actions"] == 1
    assert again.facts["then"] == "ask"
    play.act(RecordTold(by="iro", told_at=play.now, how="By telephone"), deliver=False)
    assert (
        next(notice for notice in play.case.outstanding if notice.asks and not notice.overtaken).facts["then"] == "ask"
    )


def test_who_is_handed_a_question_is_told_how_much_is_asked() -> None:
    play = southwark()
    play.act(Reassign(by="operational_manager", to="head_of_service", reason="Another team's."), deliver=False)
    (handed_on,) = [notice for notice in play.case.outstanding if notice.notice == "reassigned"]
    assert handed_on.facts["requested_actions"] == 1
    assert handed_on.facts["theme"]


def southwark_with_nobody() -> Play:
    """Alerted on Tuesday 25 March 2025 at 10:00, with nobody to alert."""
    play = Play("southwark", "2025-03-25 10:00")
    play.start(deliver=False)
    fail(play)
    play.deliver()
    return play


def fail(play: Play) -> None:
    """Nobody holds the role that the outstanding alert asks."""
    for notice in [notice for notice in play.case.outstanding if notice.part == "addressee"]:
        failed = [Failure(role=role, reason="Nobody holds this role.") for role in notice.reaches]
        play.take(NoticeOutcome(entry=notice.entry, notice=notice.notice, part=notice.part, failed=failed))


def test_an_alert_given_by_hand_is_confirmed_with_the_dates_that_run() -> None:
    """Mail is down from Tuesday 25 March 2025; operations telephone on Wednesday, and mail is back on Friday."""
    play = Play("southwark", "2025-03-25 10:00")
    play.start(deliver=False)
    play.pass_time("2025-03-26 11:00", mail=False)
    play.act(RecordTold(by="operations", told_at=play.now, how="By telephone"), deliver=False)
    overtaken, fresh = [notice for notice in play.case.outstanding if notice.asks and notice.part == "addressee"]
    assert overtaken.overtaken == "It was given by hand before it went out."
    order = ordering.order(play.case, fresh, "escalation/x/CASE-1")
    assert order.deadline
    assert (order.day_zero, order.deadline.due) == (date(2025, 3, 26), london("2025-04-02 17:00"))
    play.pass_time("2025-03-28 10:00", mail=False)
    play.deliver()
    assert play.due == "2025-04-02 17:00"
    assert len([sent for sent in play.of("email_sent") if sent.notice == "alert" and sent.part == "addressee"]) == 1
