"""What follows from a bounce, an out-of-office message, and a reply to an email?"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from escalation import notices, ordering
from escalation.messages import CameBack, Close, RecordPromise, Withdraw
from escalation.rules import returned
from tests.escalation.driver import Play, a_procedure, kept, tasks

ADDRESS = "manager_1@council.example"


def play_of(*stages: dict[str, object], **more: object) -> Play:
    play = Play(a_procedure(*(stages or ({}, {})), cap={"working_days": 20}, **more), "2026-11-05 10:00")
    play.start()
    return play


def came(play: Play, kind: str, *, address: str = ADDRESS, role: str = "manager_1", notice: str = "alert") -> CameBack:
    entry = next(sent.entry for sent in reversed(play.of("email_sent")) if sent.notice == notice)
    text = {"bounce": "550 No such mailbox", "absence": "Automatic reply: away", "reply": "I will see to it."}[kind]
    about = {"entry": entry, "notice": notice, "role": role, "address": address, "person": "Manager 1"}
    said = {"mail_id": f"{kind}-{address}-{entry}", "received_at": play.now, "kind": kind, "text": text}
    return CameBack.model_validate(about | said)


def test_an_alert_that_bounces_has_not_been_received_and_its_clock_has_not_started() -> None:
    play = play_of()
    play.pass_time("2026-11-06 10:00")
    play.take(came(play, "bounce"))
    failed = play.last("email_failed")
    assert (failed.bounced, failed.stops_clock, failed.part) == (True, True, "addressee")
    assert (play.case.waiting_for, play.due, play.case.cap_at) == ("operations", None, None)
    assert kept(play) == play.case


def test_whoever_else_there_is_is_asked_and_the_days_begin_anew() -> None:
    play = play_of()
    play.pass_time("2026-11-09 10:00")
    play.take(came(play, "bounce"))
    again = [notice for notice in play.case.outstanding if notice.asks]
    assert [(one.notice, one.part, one.reaches) for one in again] == [("alert", "addressee", ("manager_1",))]
    order = ordering.order(play.case, again[0], "escalation/ours/CASE-1")
    assert (order.unreachable, order.covers) == ((ADDRESS,), {"manager_1": ("manager_2",)})
    play.deliver()
    assert (play.case.waiting_for, play.due) == ("manager_1", "2026-11-16 17:00")
    assert play.case.cap_day_zero == play.now.date()


def test_the_calendars_of_those_asked_anew_take_the_later_date() -> None:
    play = play_of()
    play.take(came(play, "bounce"))
    again = next(notice for notice in play.case.outstanding if notice.asks)
    deadline = ordering.order(play.case, again, "x").deadline
    assert deadline and (deadline.sequence, deadline.due) == (1, None)


def test_quality_assurance_operations_and_the_raiser_are_told_of_a_bounce() -> None:
    play = play_of()
    before = len(play.entries)
    play.take(came(play, "bounce"))
    play.deliver()
    assert play.heard(since=before)["delivery_failed"] == {"quality", "operations", "iro"}


def test_a_bounce_told_twice_counts_once() -> None:
    play = play_of()
    bounce = came(play, "bounce")
    play.take(bounce)
    play.deliver()
    before = len(play.entries)
    play.take(bounce)
    assert len(play.entries) == before


def test_where_another_addressee_has_it_the_clock_runs_on() -> None:
    play = play_of({"addressee": ["manager_1", "manager_2"]}, {})
    play.take(came(play, "bounce"))
    assert not play.last("email_failed").stops_clock
    assert (play.case.waiting_for, play.due) == ("manager_1", "2026-11-12 17:00")


def test_a_bounce_after_an_answer_stops_nothing() -> None:
    play = play_of({"response": {"stops_on": "resolution"}}, {})
    play.respond(at="2026-11-06 10:00")
    play.take(came(play, "bounce"))
    assert not play.last("email_failed").stops_clock
    assert play.due == "2026-11-12 17:00"


def test_a_copy_that_bounces_stops_nothing() -> None:
    play = play_of({"copy_to": ["watcher"]}, {})
    play.take(came(play, "bounce", address="watcher@council.example", role="watcher"))
    assert play.last("email_failed").part == "all"
    assert play.due == "2026-11-12 17:00"


def test_the_word_of_a_bounce_that_bounces_goes_no_further() -> None:
    play = play_of()
    play.take(came(play, "bounce"))
    play.deliver()
    before = len(play.entries)
    play.take(came(play, "bounce", address="quality@council.example", role="quality", notice="delivery_failed"))
    play.deliver()
    assert play.heard(since=before) == {}


def test_what_the_rest_of_a_notice_comes_to_is_kept_where_one_of_it_bounced_before() -> None:
    play = play_of({})
    play.pass_time("2026-11-12 17:01", mail=False)
    held = next(notice for notice in play.case.outstanding if notice.notice == "held")
    about = {"entry": held.entry, "notice": "held", "role": "iro", "address": "iro@council.example"}
    play.take(CameBack(mail_id="b", kind="bounce", received_at=play.now, text="550", **about))
    assert held in play.case.outstanding
    play.settle(held)
    assert play.heard()["held"] == {"iro", "iro_manager"}


def test_an_out_of_office_message_has_the_stand_in_asked_and_moves_no_deadline() -> None:
    play = play_of()
    play.take(came(play, "absence"))
    assert play.due == "2026-11-12 17:00"
    asked = next(notice for notice in play.case.outstanding if notice.asks)
    assert (asked.stand_ins, asked.reaches, asked.part) == (True, ("manager_1",), "addressee")
    order = ordering.order(play.case, asked, "x")
    assert (order.away, order.asked_already, order.day_zero) == ((ADDRESS,), (ADDRESS,), play.case.visit.day_zero)
    play.deliver()
    assert play.heard()["out_of_office"] == {"iro"}
    assert kept(play) == play.case


def test_the_stand_in_is_asked_in_the_role_of_the_alert_whatever_the_mailbox_answered() -> None:
    play = play_of({"copy_to": ["watcher"]}, {})
    play.take(came(play, "absence").model_copy(update={"role": "watcher"}))
    asked = next(notice for notice in play.case.outstanding if notice.asks)
    assert asked.reaches == ("manager_1",)


def test_one_who_is_away_is_told_of_once() -> None:
    play = play_of()
    play.take(came(play, "absence"))
    play.deliver()
    play.take(came(play, "absence").model_copy(update={"mail_id": "another"}))
    assert len(play.of("out_of_office")) == 1


@pytest.mark.parametrize("at", ["2026-11-06 10:00", "2026-11-12 17:00"])
def test_a_reply_reaches_the_raiser_and_stops_no_clock(at: str) -> None:
    play = play_of()
    play.pass_time(at)
    before, due = len(play.entries), play.due
    play.take(came(play, "reply"))
    play.deliver()
    assert play.heard(since=before) == {"reply_received": {"iro"}}
    assert (play.case.status, play.due) == ("awaiting_response", due)
    assert tasks(play, "iro", since=before) == ["Record what was replied by email as the response, if it is one"]
    play.pass_time("2026-11-12 17:02")
    assert play.case.visit.stage == "S2"


@pytest.mark.parametrize("status", ["closed", "withdrawn"])
def test_a_reply_after_the_end_reaches_the_raiser_to_be_read_and_not_recorded(status: str) -> None:
    play = play_of()
    play.act(RecordPromise(by="iro", done_by=date(2026, 11, 20)))
    ended = Withdraw(by="iro", reason="Raised twice.") if status == "withdrawn" else None
    play.act(ended or Close(by="iro", outcome="unresolved", reason="Done."))
    before = len(play.entries)
    play.take(came(play, "reply"))
    notice = next(notice for notice in notices.sendable(play.case) if notice.notice == "reply_received")
    assert notice.facts["status"] == status
    assert "due" not in notice.facts
    play.deliver()
    assert play.heard(since=before) == {"reply_received": {"iro"}}
    assert play.last("reply_received").text == "I will see to it."
    (task,) = tasks(play, "iro", since=before)
    assert task == "Read what was replied by email after the end: it can no longer be recorded as the response"


def test_a_reply_says_nothing_in_the_letter_about_it() -> None:
    play = play_of()
    play.take(came(play, "reply"))
    notice = next(notice for notice in notices.sendable(play.case) if notice.notice == "reply_received")
    said = ordering.order(play.case, notice, "x").model_dump_json()
    assert "I will see to it" not in said
    assert ADDRESS not in said


@pytest.mark.parametrize(
    ("told", "kept_as"),
    [("0001-01-01T00:00:00+14:00", "2026-11-05 10:00"), ("9999-12-31T23:59:59-12:00", "2026-11-06 10:00")],
)
def test_a_reply_was_received_between_the_beginning_of_the_stage_and_now(told: str, kept_as: str) -> None:
    play = play_of()
    play.pass_time("2026-11-06 10:00")
    play.take(came(play, "reply").model_copy(update={"received_at": datetime.fromisoformat(told)}))
    assert f"{play.last('reply_received').received_at:%Y-%m-%d %H:%M}" == kept_as


def test_what_the_raiser_replies_reaches_operations() -> None:
    play = play_of()
    play.respond(at="2026-11-06 10:00")
    play.take(came(play, "reply", address="iro@council.example", role="iro", notice="response_received"))
    play.deliver()
    assert play.heard()["reply_received"] == {"operations"}


def test_machines_that_answer_each_other_come_to_an_end_and_a_bounce_still_counts() -> None:
    play = play_of()
    for n in range(returned.MOST + 5):
        play.take(came(play, "reply").model_copy(update={"mail_id": f"m-{n}"}))
    assert len(play.of("reply_received")) == returned.MOST
    play.take(came(play, "bounce"))
    assert play.case.waiting_for == "operations"


def test_a_reply_to_the_word_of_a_reply_tells_nobody() -> None:
    play = play_of()
    play.take(came(play, "reply"))
    play.deliver()
    before = len(play.entries)
    play.take(came(play, "reply", address="iro@council.example", role="iro", notice="reply_received"))
    play.deliver()
    assert play.heard(since=before) == {}
