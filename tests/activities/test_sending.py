"""Sending a notice: who gets it, once, and what is noted of it. A real mail server and a real register."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import notices as sending
from activities.notices import Notices
from activities.smtp import SmtpTransport
from escalation.directory import Directory, Leave, Post
from escalation.messages import NoticeOutcome, SendNotice, StageClock
from register.engine import open_engine
from register.store import Register

Order = Callable[..., SendNotice]
MANAGER, LEAD = "team_manager@council.example", "practice_lead@council.example"
MONDAY = date(2025, 12, 22)
COPIES = {"part": "copies", "reaches": ("practice_lead", "head_of_qau", "qau_manager")}
ADDRESSEE = {"part": "addressee", "reaches": ("team_manager",)}


@pytest.fixture
def send(notices: Notices) -> Callable[[SendNotice], Any]:
    return lambda order: ActivityEnvironment().run(notices.send_notice, order)


@pytest.fixture
def send_with(transport: SmtpTransport, register: Register, clock: Any) -> Callable[[Directory, SendNotice], Any]:
    def made(directory: Directory, order: SendNotice) -> Any:
        settings = {"mail_from": "t@council.example", "message_id_domain": "council.example", "now": clock}
        notices = Notices(lambda: directory, transport, register, **settings)
        return ActivityEnvironment().run(notices.send_notice, order)

    return made


def reached(mail_server: Any) -> list[str]:
    return sorted(recipient for _, recipient, _ in mail_server.accepted)


async def test_everyone_named_gets_a_message_and_nobody_else(mail_server: Any, send: Any, order: Order) -> None:
    outcome: NoticeOutcome = await send(order())
    named = ["head_of_qau", LEAD.split("@", maxsplit=1)[0], "qau_manager", "team_manager"]
    assert reached(mail_server) == [f"{role}@council.example" for role in named]
    assert sorted(delivery.role for delivery in outcome.delivered) == named
    assert not outcome.failed
    assert {sender for sender, _, _ in mail_server.accepted} == {"twentydays@council.example"}


async def test_the_outcome_says_what_the_message_said(mail_server: Any, send: Any, order: Order, clock: Any) -> None:
    outcome: NoticeOutcome = await send(order(**ADDRESSEE))
    (delivery,) = outcome.delivered
    (mail,) = mail_server.mails
    assert (outcome.entry, outcome.notice, outcome.part) == (2, "alert", "addressee")
    assert delivery.day_zero == MONDAY
    assert delivery.accepted_at == clock.at
    assert delivery.message_id == mail["Message-ID"]
    assert "Wednesday 31 December 2025 at 5pm" in mail["Subject"]


async def test_only_those_reached_get_it_and_all_those_named_are_shown(
    mail_server: Any, send: Any, order: Order
) -> None:
    await send(order(**ADDRESSEE))
    (mail,) = mail_server.mails
    assert reached(mail_server) == [MANAGER]
    assert len(mail["To"].addresses) == len(mail["Cc"].addresses) == 2


async def test_sending_again_sends_nothing_and_says_the_same(mail_server: Any, send: Any, order: Order) -> None:
    first = await send(order())
    again = await send(order())
    assert len(mail_server.accepted) == 4
    assert Counter(map(str, again.delivered)) == Counter(map(str, first.delivered))


async def test_a_role_that_several_hold_reaches_all_of_them(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    posts = [*directory.posts, Post(role="team_manager", person="practice_lead")]
    outcome = await send_with(directory.model_copy(update={"posts": posts}), order(**ADDRESSEE))
    assert reached(mail_server) == [LEAD, MANAGER]
    assert {delivery.role for delivery in outcome.delivered} == {"team_manager"}


async def test_a_person_with_two_roles_gets_one_message_in_the_role_that_answers(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    posts = [Post(role=role, person="team_manager") for role in ("head_of_qau", "team_manager", "practice_lead")]
    both = order(reaches=("head_of_qau", "practice_lead", "team_manager"))
    outcome = await send_with(directory.model_copy(update={"posts": posts}), both)
    assert [delivery.role for delivery in outcome.delivered] == ["team_manager"]
    (mail,) = mail_server.mails
    assert "You are asked to answer" in mail.get_body(("plain",)).get_content()


async def test_who_is_asked_to_answer_gets_no_copy_from_the_other_task(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    posts = [Post(role=role, person="team_manager") for role in ("team_manager", "head_of_qau")]
    both_roles = directory.model_copy(update={"posts": posts})
    copies = await send_with(both_roles, order(part="copies", reaches=("head_of_qau",)))
    assert (copies.delivered, copies.failed) == ([], [])
    assert copies.not_sent
    alert = await send_with(both_roles, order(**ADDRESSEE))
    assert [delivery.role for delivery in alert.delivered] == ["team_manager"]


async def test_a_role_that_nobody_holds_is_said_and_the_others_are_reached(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    posts = [post for post in directory.posts if post.role != "practice_lead"]
    outcome = await send_with(directory.model_copy(update={"posts": posts}), order())
    assert [(failure.role, failure.address) for failure in outcome.failed] == [("practice_lead", None)]
    assert len(mail_server.accepted) == 3


async def test_people_are_looked_up_on_the_london_date_of_the_attempt(
    mail_server: Any, send_with: Any, directory: Directory, order: Order, clock: Any
) -> None:
    summer = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)  # already 1 July in London
    away = directory.model_copy(
        update={
            "posts": [*directory.posts, Post(role="team_manager", person="practice_lead", kind="deputy")],
            "leave": [Leave(person="team_manager", first=date(2025, 7, 1), last=date(2025, 7, 1))],
        }
    )
    clock.at = summer
    await send_with(away, order(**ADDRESSEE, at=summer))
    assert reached(mail_server) == [LEAD]


async def test_a_refusal_is_final_and_the_others_are_reached(mail_server: Any, send: Any, order: Order) -> None:
    mail_server.refuse[LEAD] = f"550 5.1.1 <{LEAD}>: no such user"
    outcome: NoticeOutcome = await send(order())
    (failure,) = outcome.failed
    assert (failure.role, failure.address) == ("practice_lead", LEAD)
    assert failure.reason == "550 5.1.1 <(address)>: no such user"
    assert len(outcome.delivered) == 3
    mail_server.refuse.clear()
    again: NoticeOutcome = await send(order())
    assert again.failed == outcome.failed
    assert len(mail_server.accepted) == 3


async def test_one_who_cannot_be_reached_keeps_nobody_else_waiting(mail_server: Any, send: Any, order: Order) -> None:
    mail_server.refuse[LEAD] = "451 Not now"
    with pytest.raises(ApplicationError, match="1 of 4 messages wait") as wait:
        await send(order())
    assert not wait.value.non_retryable
    assert len(mail_server.accepted) == 3
    mail_server.refuse.clear()
    outcome: NoticeOutcome = await send(order())
    assert len(outcome.delivered) == 4
    assert Counter(reached(mail_server)).most_common(1)[0][1] == 1


async def test_a_mail_server_that_takes_long_has_the_rest_with_the_next_attempt(
    mail_server: Any, send: Any, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an attempt would outlast its time, and the next one begin beside it."""
    monkeypatch.setattr(sending, "ROUNDS_BEGIN_WITHIN", -1.0)
    with pytest.raises(ApplicationError, match="the rest goes out with the next attempt"):
        await send(order())
    assert reached(mail_server) == [MANAGER]
    outcome = await send(order())
    assert len(outcome.delivered) == len(mail_server.accepted) == 4


async def test_a_refusal_is_remembered_while_another_waits(mail_server: Any, send: Any, order: Order) -> None:
    mail_server.refuse |= {MANAGER: "550 Gone", LEAD: "451 Not now"}
    with pytest.raises(ApplicationError):
        await send(order())
    mail_server.refuse.clear()
    outcome: NoticeOutcome = await send(order())
    assert [failure.address for failure in outcome.failed] == [MANAGER]
    assert MANAGER not in reached(mail_server)


async def test_a_retry_on_the_same_date_is_byte_for_byte_the_same(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    mail_server.on_data.append("drop after keeping it")
    with pytest.raises(ApplicationError):
        await send(order(**ADDRESSEE))
    clock.at = datetime(2025, 12, 22, 23, 59, tzinfo=UTC)
    await send(order(**ADDRESSEE))
    first, second = mail_server.accepted
    assert first == second


async def test_an_alert_that_goes_out_on_a_later_date_states_that_days_dates(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    mail_server.on_rcpt.append("451 Not now")
    with pytest.raises(ApplicationError):
        await send(order(**ADDRESSEE))
    clock.at = datetime(2025, 12, 24, 9, 0, tzinfo=UTC)
    outcome: NoticeOutcome = await send(order(**ADDRESSEE))
    assert outcome.delivered[0].day_zero == date(2025, 12, 24)
    (mail,) = mail_server.mails
    assert "Monday 5 January 2026 at 5pm" in mail["Subject"]
    assert mail["Date"].datetime == datetime(2025, 12, 24, 0, 0, tzinfo=UTC)


async def test_after_a_lapse_the_days_count_from_the_lapsed_due_date_until_the_next_office_opens(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    follows = {"clock": StageClock(working_days=5, lapsed_due=date(2025, 12, 19))}
    clock.at = datetime(2025, 12, 22, 8, 59, tzinfo=UTC)
    early: NoticeOutcome = await send(order(follows, **ADDRESSEE))
    clock.at = datetime(2025, 12, 22, 9, 0, tzinfo=UTC)
    late: NoticeOutcome = await send(order(follows, **ADDRESSEE, entry=3))
    assert early.delivered[0].day_zero == date(2025, 12, 19)
    assert late.delivered[0].day_zero == MONDAY


async def test_once_the_addressee_was_told_a_date_everybody_is_told_the_same(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    await send(order(**ADDRESSEE))
    clock.at = datetime(2025, 12, 24, 9, 0, tzinfo=UTC)
    copies: NoticeOutcome = await send(order(**COPIES))
    assert {delivery.day_zero for delivery in copies.delivered} == {MONDAY}
    assert {mail["Subject"] for mail in mail_server.mails} == {mail_server.mails[0]["Subject"]}


async def test_an_alert_accepted_yesterday_is_not_sent_again_today(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    await send(order(**ADDRESSEE))
    clock.at = datetime(2025, 12, 23, 9, 0, tzinfo=UTC)
    outcome: NoticeOutcome = await send(order(**ADDRESSEE))
    assert len(mail_server.accepted) == 1
    assert outcome.delivered[0].day_zero == MONDAY


async def test_a_copy_does_not_stand_in_for_the_request_to_answer(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    await send_with(directory, order(**COPIES))
    acting = [Post(role="team_manager", person="practice_lead")]
    outcome = await send_with(directory.model_copy(update={"posts": acting}), order(**ADDRESSEE))
    assert [(delivery.role, delivery.address) for delivery in outcome.delivered] == [("team_manager", LEAD)]


async def test_a_notice_that_is_no_alert_keeps_the_date_of_its_entry(
    mail_server: Any, send: Any, order: Order, clock: Any
) -> None:
    told = order({"clock": None, "calendar": None}, notice="satisfied", answering=(), reaches=("team_manager",), cc=())
    clock.at = datetime(2025, 12, 30, 9, 0, tzinfo=UTC)
    outcome: NoticeOutcome = await send(told)
    (mail,) = mail_server.mails
    assert mail["Date"].datetime == told.notice.at
    assert outcome.delivered[0].day_zero is None


async def test_a_kill_between_acceptance_and_note_gives_one_duplicate_with_the_same_id(
    mail_server: Any, send: Any, order: Order, directory: Directory, register_url: str
) -> None:
    alert = order(**ADDRESSEE)
    script = Path(__file__).with_name("kill_before_ledger.py")
    arguments = (register_url, str(mail_server.port), alert.model_dump_json(), directory.model_dump_json())
    root = str(script.parents[2])
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), *arguments, env={"PYTHONPATH": root})
    assert await process.wait() == -signal.SIGKILL
    await send(alert)
    await send(alert)
    (_, _, first), (_, _, second) = mail_server.accepted
    assert first == second


async def test_a_worker_told_to_stop_still_notes_what_was_accepted(
    mail_server: Any, notices: Notices, order: Order, register: Register
) -> None:
    mail_server.on_data.append("hang")
    alert = order(**ADDRESSEE)
    sending = asyncio.ensure_future(notices.send_notice(alert))
    await mail_server.started.wait()
    sending.cancel()
    mail_server.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert len(register.accepted(alert.escalation, 2, "alert")) == len(mail_server.accepted) == 1


async def test_an_acceptance_that_cannot_be_noted_is_an_error_and_no_outcome(
    send: Any, order: Order, register_url: str
) -> None:
    with open_engine(register_url).begin() as connection:
        connection.exec_driver_sql(
            "create trigger full before insert on notices begin select raise(abort, 'full'); end"
        )
    with pytest.raises(Exception, match="full"):
        await send(order(**ADDRESSEE))


async def test_the_log_names_the_matter_and_no_person(
    mail_server: Any, send: Any, order: Order, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="activities")
    mail_server.refuse |= {MANAGER: f"550 <{MANAGER}> gone", LEAD: f"451 <{LEAD}> not now"}
    with pytest.raises(ApplicationError) as wait:
        await send(order())
    ours = [record for record in caplog.records if record.name.startswith("activities")]
    assert len(ours) == 4
    assert all((record.reference, record.notice) == ("SWK-2025-0042", "alert") for record in ours)  # type: ignore[attr-defined]
    said = " ".join([*(record.getMessage() for record in ours), str(wait.value)])
    assert not [word for word in ("@", "Priya", "Shah", "team_manager") if word in said]
