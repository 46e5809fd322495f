"""People outside the directory, partner agencies, and two notices of one name. A real mail server and register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.links import Links
from activities.notices import Notices
from escalation.directory import Directory, Person, Post
from escalation.messages import NoticeOutcome, SendNotice
from escalation.wire import Known

Order = Callable[..., SendNotice]
CARER = Known(name="Jo Marsh", email="jo.marsh@home.example")
TO_CARER = {"to": ("foster_carer",), "cc": (), "reaches": ("foster_carer",), "visit": 2}
FOR_HEAD = {"sent_for": "head_of_qau", "to": ("practice_lead",), "reaches": ("practice_lead",)}
CONSIDERED = {"notice": "cafcass_considered", "cc": (), "answering": ()}


@pytest.fixture
def send_with(transport: Any, register: Any, clock: Any) -> Callable[[Directory, SendNotice], Any]:
    links = Links([b"k" * 32], "https://twentydays.example")
    settings = {"mail_from": "t@council.example", "message_id_domain": "council.example", "now": clock, "links": links}

    def made(directory: Directory, order: SendNotice) -> Any:
        return ActivityEnvironment().run(Notices(lambda: directory, transport, register, **settings).send_notice, order)

    return made


@pytest.fixture
def send(send_with: Any, directory: Directory) -> Callable[[SendNotice], Any]:
    return lambda order: send_with(directory, order)


def reached(mail_server: Any) -> list[str]:
    return sorted(recipient for _, recipient, _ in mail_server.accepted)


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


# People outside the directory -----------------------------------------------------------------------------------------


async def test_somebody_whom_only_the_case_knows_is_written_to_by_name(
    mail_server: Any, send: Any, order: Order
) -> None:
    told = order({"contacts": {"foster_carer": CARER}}, notice="family_informed", answering=(), **TO_CARER)
    outcome: NoticeOutcome = await send(told)
    (delivery,) = outcome.delivered
    assert (delivery.role, delivery.person, delivery.address) == ("foster_carer", CARER.name, CARER.email)
    assert mail_server.mails[0]["To"] == "Jo Marsh <jo.marsh@home.example>"
    assert "/reply/" not in mail_server.accepted[0][2].decode()


async def test_the_case_goes_before_the_directory(
    mail_server: Any, send_with: Any, directory: Directory, order: Order
) -> None:
    posts = [*directory.posts, Post(role="foster_carer", person="practice_lead")]
    told = order({"contacts": {"foster_carer": CARER}}, notice="family_informed", answering=(), **TO_CARER)
    await send_with(directory.model_copy(update={"posts": posts}), told)
    assert reached(mail_server) == [CARER.email]


async def test_who_is_outside_and_asked_gets_the_way_to_answer(mail_server: Any, send: Any, order: Order) -> None:
    await send(order({"contacts": {"foster_carer": CARER}}, answering=("foster_carer",), **TO_CARER))
    assert "https://twentydays.example/reply/" in text_of(mail_server.mails[0])


async def test_a_body_that_nobody_gave_an_address_for_is_said(mail_server: Any, send: Any, order: Order) -> None:
    outcome: NoticeOutcome = await send(order(notice="family_informed", answering=(), **TO_CARER))
    assert [failure.role for failure in outcome.failed] == ["foster_carer"]
    assert not mail_server.accepted


async def test_only_the_people_of_the_agency_that_is_asked_are_written_to(
    mail_server: Any, send_with: Any, order: Order
) -> None:
    people = {name: Person(name=name, email=f"{name}@agency.example") for name in ("health", "police")}
    posts = [Post(role="agency_manager", person=name, agency=name) for name in people]
    asked = {"to": ("agency_manager",), "cc": (), "reaches": ("agency_manager",), "answering": ("agency_manager",)}
    await send_with(Directory(people=people, posts=posts), order({"agency": "police"}, **asked))
    assert reached(mail_server) == ["police@agency.example"]


async def test_a_gateway_can_see_that_a_message_must_go_by_secure_email(
    mail_server: Any, send: Any, order: Order
) -> None:
    await send(order(reaches=("team_manager",), channel="secure_email"))
    await send(order(reaches=("team_manager",), entry=3))
    secure, plain = mail_server.mails
    assert secure["X-Twentydays-Channel"] == "secure_email"
    assert plain["X-Twentydays-Channel"] is None


# Two notices of one name ----------------------------------------------------------------------------------------------


async def test_what_is_sent_for_somebody_is_a_notice_of_its_own(
    mail_server: Any, send: Any, order: Order, register: Any
) -> None:
    """One person may be told twice: once as such, and once on behalf of somebody else."""
    own = order(**CONSIDERED, to=("practice_lead",), reaches=("practice_lead",))
    for_head = order(**CONSIDERED, **FOR_HEAD)
    outcomes: list[NoticeOutcome] = [await send(each) for each in (own, for_head)]
    assert [outcome.sent_for for outcome in outcomes] == [None, "head_of_qau"]
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 2
    assert {mail["X-Twentydays-Notice"] for mail in mail_server.mails} == {"cafcass_considered"}
    noted = [register.accepted(own.escalation, 2, name) for name in CONSIDERED_NAMES]
    assert [[row.message_id for row in rows] for rows in noted] == [
        [outcome.delivered[0].message_id] for outcome in outcomes
    ]


CONSIDERED_NAMES = ("cafcass_considered", "cafcass_considered for head_of_qau")
"""As they stand in the register, for good."""


async def test_what_is_sent_for_somebody_is_sent_once(mail_server: Any, send: Any, order: Order) -> None:
    first = await send(order(**CONSIDERED, **FOR_HEAD))
    again = await send(order(**CONSIDERED, **FOR_HEAD))
    assert len(mail_server.accepted) == 1
    assert first == again


async def test_what_was_overtaken_says_for_whom_it_would_have_been(send: Any, order: Order) -> None:
    outcome: NoticeOutcome = await send(order(**CONSIDERED, **FOR_HEAD, overtaken="It was withdrawn."))
    assert (outcome.sent_for, outcome.not_sent) == ("head_of_qau", "It was withdrawn.")


async def test_a_group_has_one_email_for_each_of_two_notices_of_one_name(
    mail_server: Any, send: Any, order: Order
) -> None:
    children = {"GROUP-1": ("GROUP-2",), "GROUP-2": ("GROUP-1",)}
    orders = [
        order({"escalation": f"escalation/x/{child}", "reference": child, "linked": others}, **CONSIDERED, **notice)
        for notice in ({"to": ("practice_lead",), "reaches": ("practice_lead",)}, FOR_HEAD)
        for child, others in children.items()
    ]
    with pytest.raises(ApplicationError, match="has not gone out"):
        await send(orders[3])
    outcomes: list[NoticeOutcome] = [await send(each) for each in orders]
    assert len(mail_server.mails) == 2
    assert len({outcome.delivered[0].message_id for outcome in outcomes}) == 2
