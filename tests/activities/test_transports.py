"""What every transport must do, whichever way it hands a message over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activities.eml_folder import EmlFolder
from activities.guarded import Guarded
from activities.smtp import SmtpTransport
from activities.transport import Refused, Transport, Unreachable
from register.store import Register

SENDER = "twentydays@council.example"
MESSAGE = b"Message-ID: <one@council.example>\r\nSubject: due\r\n\r\n.\r\nA line\r\n"


@dataclass
class Way:
    """A transport, what came out of its other end, and one of its kind with nobody there."""

    transport: Transport
    arrived: Callable[[], list[bytes]]
    nobody_there: Transport


@pytest.fixture
def smtp(mail_server: Any, transport: SmtpTransport) -> Way:
    nobody = SmtpTransport("127.0.0.1", 1, tls="off", timeout=2)
    return Way(transport, lambda: [content for _, _, content in mail_server.accepted], nobody)


@pytest.fixture
def folder(tmp_path: Path) -> Way:
    (tmp_path / "file").touch()
    mails = tmp_path / "mail"
    arrived = lambda: [path.read_bytes() for path in sorted(mails.glob("*.eml"))]  # noqa: E731
    return Way(EmlFolder(mails), arrived, EmlFolder(tmp_path / "file"))


@pytest.fixture(params=["smtp", "folder", "guarded smtp", "guarded folder"])
def way(request: pytest.FixtureRequest, register: Register) -> Way:
    """Each transport, by itself and behind what stands before it in a worker."""
    way: Way = request.getfixturevalue(request.param.rpartition(" ")[2])
    if not request.param.startswith("guarded"):
        return way

    def guarded(transport: Transport) -> Transport:
        return Guarded(transport, register.mail, domains=["council.example"], per_minute=60_000)

    return Way(guarded(way.transport), way.arrived, guarded(way.nobody_there))


async def test_a_message_arrives_as_it_is(way: Way) -> None:
    await way.transport.deliver(MESSAGE, SENDER, "a@council.example")
    assert way.arrived() == [MESSAGE]


async def test_each_recipient_gets_a_message_of_their_own(way: Way) -> None:
    await way.transport.deliver(MESSAGE, SENDER, "a@council.example")
    await way.transport.deliver(MESSAGE, SENDER, "b@council.example")
    assert len(way.arrived()) == 2


async def test_nobody_there_is_worth_another_try(way: Way) -> None:
    with pytest.raises(Unreachable):
        await way.nobody_there.deliver(MESSAGE, SENDER, "a@council.example")


@pytest.mark.parametrize(
    "address", ["zoë@council.example", "a@council.example\r\nRCPT TO:<b@c.example>", "a b@c.example", ""]
)
async def test_an_address_that_cannot_be_written_to_is_refused_for_good(way: Way, address: str) -> None:
    with pytest.raises(Refused):
        await way.transport.deliver(MESSAGE, SENDER, address)
    assert way.arrived() == []


async def test_many_at_once_all_arrive_once(way: Way) -> None:
    addresses = [f"m{n}@council.example" for n in range(40)]
    await asyncio.gather(*(way.transport.deliver(MESSAGE, SENDER, address) for address in addresses))
    assert way.arrived() == [MESSAGE] * 40


async def test_one_that_is_refused_holds_up_none_beside_it(way: Way) -> None:
    addresses = ["a@council.example", "not an address", "b@council.example"]
    deliveries = (way.transport.deliver(MESSAGE, SENDER, address) for address in addresses)
    outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Refused, type(None)]
    assert len(way.arrived()) == 2


@pytest.mark.parametrize("turns", [0, 1, 3, 10, 50])
async def test_a_delivery_that_is_cancelled_leaves_a_whole_message_or_none_and_the_next_arrives(
    way: Way, turns: int
) -> None:
    delivery = asyncio.ensure_future(way.transport.deliver(MESSAGE, SENDER, "a@council.example"))
    for _ in range(turns):
        await asyncio.sleep(0)
    delivery.cancel()
    await asyncio.gather(delivery, return_exceptions=True)
    await way.transport.deliver(MESSAGE, SENDER, "b@council.example")
    assert set(way.arrived()) == {MESSAGE}
    assert len(way.arrived()) <= 2
