"""What every transport must do, whichever way it hands a message over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activities.eml_folder import EmlFolder
from activities.smtp import SmtpTransport
from activities.transport import Refused, Transport, Unreachable

SENDER = "twentydays@council.example"
MESSAGE = b"Message-ID: <one@council.example>\r\nSubject: due\r\n\r\n.\r\nA line\r\n"


@dataclass
class Way:
    """A transport, what came out of its other end, and one of its kind with nobody there."""

    transport: Transport
    arrived: Callable[[], list[bytes]]
    nobody_there: Transport


@pytest.fixture(params=["smtp", "folder"])
async def way(request: pytest.FixtureRequest, tmp_path: Path, mail_server: Any, transport: SmtpTransport) -> Way:
    if request.param == "smtp":
        nobody = SmtpTransport("127.0.0.1", 1, tls="off", timeout=2)
        return Way(transport, lambda: [content for _, _, content in mail_server.accepted], nobody)
    (tmp_path / "file").touch()
    mails = tmp_path / "mail"
    arrived = lambda: [path.read_bytes() for path in sorted(mails.glob("*.eml"))]  # noqa: E731
    return Way(EmlFolder(mails), arrived, EmlFolder(tmp_path / "file"))


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
