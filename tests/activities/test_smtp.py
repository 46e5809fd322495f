"""What a mail server says, and what we make of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from activities.smtp import SmtpTransport
from activities.transport import Refused, Unreachable

SENDER, TO = "twentydays@council.example", "a@council.example"
MESSAGE = b"Message-ID: <one@council.example>\r\nSubject: due\r\n\r\nText\r\n"


@pytest.mark.parametrize("place", ["on_rcpt", "on_data"])
@pytest.mark.parametrize("code", [550, 552, 554])
async def test_a_refusal_of_the_recipient_or_the_message_is_final(
    mail_server: Any, transport: SmtpTransport, place: str, code: int
) -> None:
    getattr(mail_server, place).append(f"{code} 5.0.0 Not here")
    with pytest.raises(Refused, match="Not here") as refusal:
        await transport.deliver(MESSAGE, SENDER, TO)
    assert refusal.value.code == code


@pytest.mark.parametrize("place", ["on_mail", "on_rcpt", "on_data"])
@pytest.mark.parametrize("code", [421, 450, 451, 452])
async def test_not_now_is_worth_another_try_which_is_accepted(
    mail_server: Any, transport: SmtpTransport, place: str, code: int
) -> None:
    getattr(mail_server, place).append(f"{code} 4.0.0 Not now")
    with pytest.raises(Unreachable, match=str(code)):
        await transport.deliver(MESSAGE, SENDER, TO)
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.accepted) == 1


@pytest.mark.parametrize(("place", "answer"), [("on_mail", "550 You may not send"), ("on_rcpt", "530 Log in first")])
async def test_a_refusal_that_is_not_about_the_recipient_waits_for_operations(
    mail_server: Any, transport: SmtpTransport, place: str, answer: str
) -> None:
    getattr(mail_server, place).append(answer)
    with pytest.raises(Unreachable, match=answer[:3]):
        await transport.deliver(MESSAGE, SENDER, TO)


async def test_a_connection_that_breaks_after_data_is_worth_another_try(
    mail_server: Any, transport: SmtpTransport
) -> None:
    mail_server.on_data.append("drop")
    with pytest.raises(Unreachable):
        await transport.deliver(MESSAGE, SENDER, TO)
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.accepted) == 1


async def test_a_server_that_hangs_is_given_up(mail_server: Any) -> None:
    mail_server.on_data.append("hang")
    with pytest.raises(Unreachable):
        await SmtpTransport("127.0.0.1", mail_server.port, tls="off", timeout=0.2).deliver(MESSAGE, SENDER, TO)


async def test_waiting_for_a_free_connection_ends_too(mail_server: Any) -> None:
    mail_server.on_data.append("hang")
    transport = SmtpTransport("127.0.0.1", mail_server.port, tls="off", connections=1)
    first = asyncio.ensure_future(transport.deliver(MESSAGE, SENDER, TO))
    await mail_server.started.wait()
    transport.patience = 0.1
    with pytest.raises(Unreachable):
        await transport.deliver(MESSAGE, SENDER, TO)
    mail_server.go_on.set()
    await first
    await transport.close()


async def test_a_server_that_is_not_there_is_named(mail_server: Any) -> None:
    await mail_server.stop()
    transport = SmtpTransport("127.0.0.1", mail_server.port, tls="off", timeout=2)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{mail_server.port}"):
        await transport.deliver(MESSAGE, SENDER, TO)


async def test_one_connection_carries_many_messages(mail_server: Any, transport: SmtpTransport) -> None:
    for _ in range(20):
        await transport.deliver(MESSAGE, SENDER, TO)
    assert (len(mail_server.accepted), len(mail_server.connections)) == (20, 1)


async def test_the_name_of_this_machine_is_not_told(mail_server: Any, transport: SmtpTransport) -> None:
    await transport.deliver(MESSAGE, SENDER, TO)
    assert mail_server.connections[0].session.host_name == "council.example"


async def test_no_more_than_four_connections_are_opened(mail_server: Any, transport: SmtpTransport) -> None:
    mail_server.on_data += ["hang"] * 4
    deliveries = [asyncio.ensure_future(transport.deliver(MESSAGE, SENDER, TO)) for _ in range(12)]
    while mail_server.at_once < 4:
        await asyncio.sleep(0)
    mail_server.go_on.set()
    await asyncio.gather(*deliveries)
    assert (len(mail_server.accepted), len(mail_server.connections), mail_server.most_at_once) == (12, 4, 4)


async def test_a_kept_connection_that_the_server_closed_is_replaced(mail_server: Any, transport: SmtpTransport) -> None:
    await transport.deliver(MESSAGE, SENDER, TO)
    mail_server.hang_up()
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.accepted) == 2


async def test_a_kept_connection_that_the_server_has_tired_of_is_replaced(
    mail_server: Any, transport: SmtpTransport
) -> None:
    await transport.deliver(MESSAGE, SENDER, TO)
    mail_server.on_mail.append("421 4.4.2 Idle for too long")
    await transport.deliver(MESSAGE, SENDER, TO)
    assert (len(mail_server.accepted), len(mail_server.connections)) == (2, 2)


async def test_a_restarted_server_is_reached_at_once(mail_server: Any, transport: SmtpTransport) -> None:
    await transport.deliver(MESSAGE, SENDER, TO)
    await mail_server.stop()
    await mail_server.start()
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.accepted) == 2


async def test_a_delivery_that_is_cancelled_leaves_no_half_message_behind(
    mail_server: Any, transport: SmtpTransport
) -> None:
    mail_server.on_data.append("hang")
    delivery = asyncio.ensure_future(transport.deliver(MESSAGE, SENDER, TO))
    await mail_server.started.wait()
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.connections) == 2


async def test_what_the_server_quotes_of_an_address_is_left_out(mail_server: Any, transport: SmtpTransport) -> None:
    mail_server.on_rcpt += [f"550 <{TO}>: unknown", f"450 <{TO}>: greylisted"]
    for kind in (Refused, Unreachable):
        with pytest.raises(kind) as failure:
            await transport.deliver(MESSAGE, SENDER, TO)
        assert TO not in str(failure.value)
        assert failure.value.__cause__ is None


NO_TLS = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@NO_TLS
async def test_a_wrong_password_says_what_operations_must_mend(new_mail_server: Callable[..., Any]) -> None:
    server = new_mail_server(
        auth_require_tls=False, auth_required=True, authenticator=lambda *_: AuthResult(success=False, handled=False)
    )
    await server.start()
    transport = SmtpTransport("127.0.0.1", server.port, tls="off", user="u", password="wrong-one")
    with pytest.raises(Unreachable, match="smtp_user and smtp_password") as failure:
        await transport.deliver(MESSAGE, SENDER, TO)
    assert "wrong-one" not in str(failure.value)
    await server.stop()


@NO_TLS
async def test_a_login_lets_the_message_through(new_mail_server: Callable[..., Any]) -> None:
    server = new_mail_server(
        auth_require_tls=False, auth_required=True, authenticator=lambda *_: AuthResult(success=True)
    )
    await server.start()
    transport = SmtpTransport("127.0.0.1", server.port, tls="off", user="u", password="right")
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(server.accepted) == 1
    await transport.close()
    await server.stop()


async def test_required_tls_is_used(
    new_mail_server: Callable[..., Any], self_signed: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = new_mail_server(tls_context=self_signed[0], require_starttls=True)
    await server.start()
    transport = SmtpTransport("127.0.0.1", server.port, tls_context=self_signed[1])
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(server.accepted) == 1
    await transport.close()
    await server.stop()


async def test_a_server_that_we_cannot_trust_gets_nothing(
    new_mail_server: Callable[..., Any], self_signed: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server = new_mail_server(tls_context=self_signed[0])
    await server.start()
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        await SmtpTransport("127.0.0.1", server.port, timeout=5).deliver(MESSAGE, SENDER, TO)
    assert server.accepted == []
    await server.stop()


async def test_required_tls_is_not_done_without(mail_server: Any) -> None:
    with pytest.raises(Unreachable, match="STARTTLS"):
        await SmtpTransport("127.0.0.1", mail_server.port, timeout=5).deliver(MESSAGE, SENDER, TO)
    assert mail_server.accepted == []


async def test_after_closing_a_message_finds_a_new_connection(mail_server: Any, transport: SmtpTransport) -> None:
    await transport.deliver(MESSAGE, SENDER, TO)
    await transport.close()
    await transport.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.connections) == 2
