"""One email for several children: the first of a group writes, the others take what came of it as their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.links import Links
from activities.notices import Notices
from escalation.messages import NoticeOutcome, SendNotice

Order = Callable[..., SendNotice]
ADDRESSEE = {"part": "addressee", "reaches": ("team_manager",), "visit": 2}
CHILDREN = ("GROUP-1", "GROUP-2", "GROUP-3")


@pytest.fixture
def send(directory: Any, transport: Any, register: Any, clock: Any) -> Callable[[SendNotice], Any]:
    links = Links([b"k" * 32], "https://twentydays.example")
    settings = {"mail_from": "t@council.example", "message_id_domain": "council.example", "now": clock, "links": links}
    notices = Notices(lambda: directory, transport, register, **settings)
    return lambda order: ActivityEnvironment().run(notices.send_notice, order)


def of_child(order: Order, reference: str) -> SendNotice:
    others = tuple(child for child in CHILDREN if child != reference)
    escalation = f"escalation/leicestershire/{reference}"
    return order({"escalation": escalation, "reference": reference, "linked": others}, **ADDRESSEE)


async def test_one_email_speaks_for_all_and_counts_for_each(mail_server: Any, send: Any, order: Order) -> None:
    outcomes: list[NoticeOutcome] = [await send(of_child(order, child)) for child in CHILDREN]
    (mail,) = mail_server.mails
    assert "GROUP-1, GROUP-2 and GROUP-3" in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    assert text.count("https://twentydays.example/reply/") == 3
    told = {(outcome.delivered[0].message_id, outcome.delivered[0].day_zero) for outcome in outcomes}
    assert len(told) == 1


async def test_the_others_wait_for_the_first(mail_server: Any, send: Any, order: Order) -> None:
    with pytest.raises(ApplicationError, match="speaks for this group has not gone out"):
        await send(of_child(order, "GROUP-2"))
    assert not mail_server.mails


async def test_who_has_waited_in_vain_writes_for_itself(mail_server: Any, send: Any, order: Order, clock: Any) -> None:
    clock.at += timedelta(minutes=31)
    outcome: NoticeOutcome = await send(of_child(order, "GROUP-2"))
    assert len(outcome.delivered) == len(mail_server.mails) == 1


async def test_a_refusal_of_the_one_email_is_a_refusal_for_all(mail_server: Any, send: Any, order: Order) -> None:
    mail_server.refuse = {"team_manager@council.example": "550 5.1.1 No such mailbox here"}
    outcomes: list[NoticeOutcome] = [await send(of_child(order, child)) for child in CHILDREN]
    assert all(outcome.failed and not outcome.delivered for outcome in outcomes)
