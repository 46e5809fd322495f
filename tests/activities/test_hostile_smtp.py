"""Whatever a mail server does, at whatever moment, a message is accepted, refused for good, or worth another try."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.smtp import SmtpTransport
from activities.transport import LONGEST, Refused, Unreachable

SENDER, TO = "twentydays@council.example", "a@council.example"
MESSAGE = b"Message-ID: <one@council.example>\r\nSubject: due\r\n\r\nText\r\n"
KIND = {
    "greeting": b"220 mail.council.example",
    "EHLO": b"250 mail.council.example",
    "HELO": b"250 mail.council.example",
    "MAIL": b"250 OK",
    "RCPT": b"250 OK",
    "DATA": b"354 Go on",
    "content": b"250 Taken",
    "QUIT": b"221 Bye",
}
"""What a well-behaved server says at each moment."""
MOMENTS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "content")
FINAL = ("RCPT", "DATA", "content")
"""The moments at which a 5xx is about the recipient or the message."""
Answer = bytes | None
A_HANG = 120.0
"""Seconds: a test that takes this long has found one."""


class Hostile:
    """A server on a bare socket that says, at each moment, whatever it is told to; None hangs up without a word."""

    def __init__(self) -> None:
        self.says: dict[str, Answer] = {}
        self.heard: Counter[str] = Counter()
        self.kept: list[bytes] = []
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            moment = "greeting"
            while await self._answer(moment, writer):
                moment = await self._next(moment, reader)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._connections.discard(task)

    async def _answer(self, moment: str, writer: asyncio.StreamWriter) -> bool:
        self.heard[moment] += 1
        answer = self.says.get(moment, KIND.get(moment, b"502 What?"))
        if answer is None:
            return False
        if answer == b"hang":
            await asyncio.Event().wait()
        writer.write(answer + b"\r\n")
        await writer.drain()
        return moment != "QUIT"

    async def _next(self, moment: str, reader: asyncio.StreamReader) -> str:
        if moment == "DATA" and self.says.get(moment, b"354").startswith(b"354"):  # type: ignore[union-attr]
            self.kept.append(await reader.readuntil(b"\r\n.\r\n"))
            return "content"
        return (await reader.readuntil(b"\r\n")).split()[0].decode().upper()


@pytest.fixture
async def hostile() -> AsyncIterator[Hostile]:
    server = Hostile()
    await server.start()
    yield server
    await server.stop()


def towards(server: Any, **options: Any) -> SmtpTransport:
    given: dict[str, Any] = {"tls": "off", "timeout": A_HANG, "patience": A_HANG}
    return SmtpTransport("127.0.0.1", server.port, **given | options)


async def outcome(server: Hostile, **options: Any) -> str:
    """`accepted`, or the name of what was raised; anything but the two is a failure of the test."""
    transport = towards(server, **options)
    try:
        await transport.deliver(MESSAGE, SENDER, TO)
    except (Refused, Unreachable) as failure:
        what, said = type(failure).__name__, str(failure)
    else:
        what, said = "accepted", ""
    await transport.close()
    assert said.encode("utf-8") or what == "accepted"  # it goes into the register and into Temporal
    assert TO not in said
    return what


@pytest.mark.parametrize("moment", MOMENTS)
async def test_hanging_up_without_a_word_is_worth_another_try(hostile: Hostile, moment: str) -> None:
    hostile.says[moment] = None
    assert await outcome(hostile) == "Unreachable"
    assert hostile.heard[moment]
    hostile.says.clear()
    assert await outcome(hostile) == "accepted"


async def _given_up(hostile: Hostile, moment: str, seconds: float) -> None:
    """Whatever it waits for, short as that is; longer where a busy machine did not get to that moment within it."""
    while not hostile.heard[moment]:
        assert seconds < A_HANG
        assert await outcome(hostile, timeout=seconds, patience=2 * seconds) == "Unreachable"
        seconds *= 2


@pytest.mark.parametrize("moment", MOMENTS)
async def test_saying_nothing_is_given_up_and_worth_another_try(hostile: Hostile, moment: str) -> None:
    hostile.says[moment] = b"hang"
    await _given_up(hostile, moment, 0.1)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_server_that_never_stops_talking_is_given_up(hostile: Hostile, moment: str) -> None:
    hostile.says[moment] = b"\r\n".join([b"250-and another thing"] * 5000)
    await _given_up(hostile, moment, 0.5)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("code", [421, 450, 451, 452, 454, 471])
async def test_not_now_is_worth_another_try_at_every_moment(hostile: Hostile, moment: str, code: int) -> None:
    hostile.says[moment] = b"%d Not now" % code
    if moment == "EHLO":
        hostile.says["HELO"] = hostile.says[moment]
    assert await outcome(hostile) == "Unreachable"


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("code", [550, 551, 552, 553, 554])
async def test_never_is_final_where_it_is_about_the_recipient_or_the_message(
    hostile: Hostile, moment: str, code: int
) -> None:
    hostile.says[moment] = b"%d Never" % code
    if moment == "EHLO":
        hostile.says["HELO"] = hostile.says[moment]
    assert await outcome(hostile) == ("Refused" if moment in FINAL else "Unreachable")


async def test_greylisting_lets_the_second_try_through(hostile: Hostile) -> None:
    """A server that does not know us asks us to come back, and knows us then."""
    hostile.says["RCPT"] = b"451 4.7.1 Greylisted, see you in five minutes"
    assert [await outcome(hostile) for _ in range(3)] == ["Unreachable"] * 3
    del hostile.says["RCPT"]
    assert await outcome(hostile) == "accepted"
    assert len(hostile.kept) == 1


async def test_4xx_for_two_days_and_then_250_is_one_message(hostile: Hostile) -> None:
    """Two days of attempts, four minutes apart."""
    transport, hostile.says["RCPT"] = towards(hostile), b"450 4.2.0 Busy"
    for _ in range(2 * 24 * 15):
        with pytest.raises(Unreachable):
            await transport.deliver(MESSAGE, SENDER, TO)
    hostile.says.clear()
    await transport.deliver(MESSAGE, SENDER, TO)
    await transport.close()
    assert len(hostile.kept) == 1


async def test_a_kept_connection_that_answers_421_is_not_used_again(hostile: Hostile) -> None:
    transport = towards(hostile)
    await transport.deliver(MESSAGE, SENDER, TO)
    hostile.says["RCPT"] = b"421 4.3.2 Shutting down"
    with pytest.raises(Unreachable, match="421"):
        await transport.deliver(MESSAGE, SENDER, TO)
    hostile.says.clear()
    await transport.deliver(MESSAGE, SENDER, TO)
    await transport.close()
    assert (hostile.heard["greeting"], len(hostile.kept)) == (2, 2)


async def test_an_answer_that_is_no_text_can_be_kept(hostile: Hostile) -> None:
    hostile.says["RCPT"] = b"550 Empf\xe4nger \x00\x1b[31m unbekannt <a@council.example> " + b"x" * 5000
    with pytest.raises(Refused) as refusal:
        await towards(hostile).deliver(MESSAGE, SENDER, TO)
    assert refusal.value.text.startswith("Empf?nger [31m unbekannt <(address)> xxx")
    assert len(refusal.value.text) == LONGEST
    assert refusal.value.text.isprintable()


@pytest.mark.parametrize("offers", [b"250 AUTH PLAIN", b"250-AUTH PLAIN\r\n250 STARTTLS"])
@pytest.mark.parametrize("said", [b"535 5.7.8 No", b"454 4.7.0 Later", b"500 What?", None, b"hang"])
async def test_a_login_that_fails_in_any_way_keeps_the_message(hostile: Hostile, offers: bytes, said: Answer) -> None:
    hostile.says |= {"EHLO": offers, "AUTH": said}
    assert await outcome(hostile, user="u", password="p", timeout=0.2) == "Unreachable"
    assert hostile.heard["RCPT"] == 0


@pytest.mark.parametrize("said", [b"220 Go on", b"454 Not now", b"501 Never", None, b"hang"])
async def test_tls_that_is_offered_and_not_spoken_gets_no_message(hostile: Hostile, said: Answer) -> None:
    hostile.says |= {"EHLO": b"250-mail\r\n250 STARTTLS", "STARTTLS": said}
    assert await outcome(hostile, tls="required", timeout=0.2) == "Unreachable"
    assert hostile.heard["MAIL"] == 0


replies = st.one_of(
    st.none(),
    st.binary(max_size=40).filter(lambda text: text != b"hang"),
    st.builds(
        lambda code, mark, text: b"%d" % code + mark + text,
        st.one_of(st.integers(0, 1100), st.sampled_from([220, 221, 250, 334, 354, 421, 450, 503, 530, 535, 550, 554])),
        st.sampled_from([b" ", b"-", b"", b"\r\n"]),
        st.binary(max_size=20),
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(says=st.dictionaries(st.sampled_from([*KIND, "AUTH", "STARTTLS"]), replies, max_size=4), login=st.booleans())
def test_whatever_is_said_the_outcome_is_one_of_three(says: dict[str, Answer], login: bool) -> None:
    async def one() -> str:
        server = Hostile()
        await server.start()
        server.says = says
        options: dict[str, Any] = {"user": "u", "password": "p"} if login else {}
        try:
            return await outcome(server, timeout=0.03, patience=0.2, **options)
        finally:
            await server.stop()

    assert asyncio.run(one()) in {"accepted", "Refused", "Unreachable"}
