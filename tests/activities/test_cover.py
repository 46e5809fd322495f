"""Sending an alert where nobody can be asked in its role: whoever stands above is, and the outcome says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notices import Notices
from activities.smtp import SmtpTransport
from escalation.directory import Directory, Leave, Person, Post
from escalation.messages import Concern, NoticeOutcome, SendNotice
from register.store import Register

Order = Callable[..., SendNotice]
ADDRESSEE = {"part": "addressee", "reaches": ("team_manager",)}
ABOVE = {"covers": {"team_manager": ("service_manager",)}}
ABOVE_ADDRESS = "service_manager@council.example"
MONDAY = date(2025, 12, 22)


@pytest.fixture
def above(directory: Directory) -> Directory:
    """The directory, with somebody in the role above the one that is asked."""
    people = directory.people | {"service_manager": Person(name="Hamish Roy", email=ABOVE_ADDRESS)}
    return Directory(people=people, posts=[*directory.posts, Post(role="service_manager", person="service_manager")])


@pytest.fixture
def send(transport: SmtpTransport, register: Register, clock: Any) -> Callable[[Directory, SendNotice], Any]:
    def made(directory: Directory, order: SendNotice) -> Any:
        settings = {"mail_from": "t@council.example", "message_id_domain": "council.example", "now": clock}
        notices = Notices(lambda: directory, transport, register, **settings)
        return ActivityEnvironment().run(notices.send_notice, order)

    return made


def without(directory: Directory, *roles: str) -> Directory:
    return Directory(people=directory.people, posts=[post for post in directory.posts if post.role not in roles])


def reached(mail_server: Any) -> list[str]:
    return sorted(recipient for _, recipient, _ in mail_server.accepted)


async def test_an_empty_post_is_covered_and_the_outcome_says_by_whom(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    outcome: NoticeOutcome = await send(without(above, "team_manager"), order(**ADDRESSEE).model_copy(update=ABOVE))
    (sent,) = outcome.delivered
    assert (sent.role, sent.cover, sent.cover_because) == ("team_manager", "service_manager", "vacant")
    assert (sent.address, sent.day_zero) == (ABOVE_ADDRESS, MONDAY)
    assert reached(mail_server) == [ABOVE_ADDRESS]
    assert not outcome.failed


async def test_a_mailbox_that_is_refused_is_covered_at_once(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    mail_server.refuse["team_manager@council.example"] = "550 5.1.1 No such mailbox"
    outcome: NoticeOutcome = await send(above, order(**ADDRESSEE).model_copy(update=ABOVE))
    assert [(failure.role, failure.person is not None) for failure in outcome.failed] == [("team_manager", True)]
    (sent,) = outcome.delivered
    assert (sent.address, sent.cover, sent.cover_because) == (ABOVE_ADDRESS, "service_manager", "refused")


async def test_who_is_only_told_reads_who_has_it_and_not_who_was_refused(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    """In one task too, where a copy is not held back until the addressee's has gone."""
    mail_server.refuse["team_manager@council.example"] = "550 5.1.1 No such mailbox"
    handed_on = order(notice="reassigned", to=("team_manager",), cc=("iro",), reaches=("team_manager", "iro"))
    await send(above, handed_on.model_copy(update=ABOVE))
    assert reached(mail_server) == ["iro@council.example", ABOVE_ADDRESS]
    assert {mail["To"].addresses[0].addr_spec for mail in mail_server.mails} == {ABOVE_ADDRESS}


async def test_who_was_asked_in_vain_gets_no_copy_and_the_outcome_says_why(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    for role in ("team_manager", "service_manager"):
        mail_server.refuse[f"{role}@council.example"] = "550 5.1.1 No such mailbox"
    both = {"cc": ("service_manager",), "to": ("team_manager",)}
    await send(above, order(**ADDRESSEE | both).model_copy(update=ABOVE))
    copies = order(part="copies", reaches=("service_manager",), **both).model_copy(update=ABOVE)
    outcome: NoticeOutcome = await send(above, copies)
    assert (outcome.delivered, outcome.failed) == ([], [])
    assert outcome.not_sent == "Everyone whom it would reach is asked to answer, at an address that no mail reaches."


async def test_asked_again_it_says_the_same_and_sends_nothing(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    """As after a crash between the ledger and the outcome."""
    to_send = order(**ADDRESSEE).model_copy(update=ABOVE)
    first = await send(without(above, "team_manager"), to_send)
    assert await send(without(above, "team_manager"), to_send) == first
    assert len(mail_server.accepted) == 1


async def test_whose_concern_it_is_does_not_get_it(mail_server: Any, send: Any, above: Directory, order: Order) -> None:
    own = Concern(role="iro", name=above.people["team_manager"].name)
    outcome = await send(above, order(**ADDRESSEE).model_copy(update=ABOVE | {"own_concern": (own,)}))
    assert [sent.cover_because for sent in outcome.delivered] == ["conflict"]
    assert reached(mail_server) == [ABOVE_ADDRESS]


async def test_with_nobody_above_it_says_why_nobody_was_asked(
    mail_server: Any, send: Any, directory: Directory, order: Order
) -> None:
    own = Concern(role="iro", name=directory.people["team_manager"].name)
    outcome = await send(directory, order(**ADDRESSEE).model_copy(update={"own_concern": (own,)}))
    assert [failure.reason for failure in outcome.failed] == [
        "Whoever holds this role raised the concern, and nobody stands above them here."
    ]
    assert not mail_server.accepted


async def test_a_stand_in_is_asked_where_the_mailbox_says_away(
    mail_server: Any, send: Any, directory: Directory, order: Order
) -> None:
    deputy = Person(name="Umar Farooq", email="umar@council.example")
    people = Directory(
        people=directory.people | {"umar": deputy},
        posts=[*directory.posts, Post(role="team_manager", person="umar", kind="deputy")],
    )
    told = {"away": ("team_manager@council.example",), "asked_already": ("team_manager@council.example",)}
    to_send = order(**ADDRESSEE, stand_ins=True).model_copy(update=told)
    outcome = await send(people, to_send)
    assert [(sent.address, sent.cover) for sent in outcome.delivered] == [("umar@council.example", None)]


async def test_where_nobody_stands_in_it_is_not_sent_and_nothing_failed(
    mail_server: Any, send: Any, above: Directory, order: Order
) -> None:
    told = ABOVE | {"away": ("team_manager@council.example",), "asked_already": ("team_manager@council.example",)}
    outcome = await send(above, order(**ADDRESSEE, stand_ins=True).model_copy(update=told))
    assert (outcome.delivered, outcome.failed) == ([], [])
    assert outcome.not_sent == "Nobody in the directory stands in for them who has not been asked already."
    assert not mail_server.accepted


@pytest.mark.parametrize("on_leave", [True, False])
async def test_the_outcome_says_whether_the_raiser_is_on_leave(
    mail_server: Any, send: Any, directory: Directory, order: Order, *, on_leave: bool
) -> None:
    to_send = order(part="all", reaches=("iro",), to=("iro",), cc=(), answering=())
    leave = [Leave(person="iro", first=MONDAY, last=MONDAY)] if on_leave else []
    people = Directory(people=directory.people, posts=directory.posts, leave=leave)
    named = to_send.model_copy(update={"raiser_name": directory.people["iro"].name})
    outcome: NoticeOutcome = await send(people, named)
    assert outcome.raiser_away is on_leave
    assert reached(mail_server) == ["iro@council.example"]
