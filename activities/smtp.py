"""The transport to a mail server: one transaction per recipient, over a few connections that are kept open."""

from __future__ import annotations

import asyncio
import ssl
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from activities.transport import Refused, Unreachable, check, without_addresses

IMPLICIT_TLS = 465
NOT_ABOUT_THE_RECIPIENT = {503, 530, 534, 535, 538}
"""Out of sequence, or authentication asked for after all: ours to mend, so the message is kept and tried again."""


class SmtpTransport:
    """Delivers through one mail server, with at most `connections` at once; each is kept open for the next message.

    `timeout` (seconds) bounds each step of the conversation, `patience` (seconds) a whole delivery, the wait for a free
    connection included. With `tls` required, port 465 speaks TLS at once and any other port must offer STARTTLS.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str | None = None,
        password: str | None = None,
        tls: Literal["required", "off"] = "required",
        tls_context: ssl.SSLContext | None = None,
        connections: int = 4,
        timeout: float = 20.0,
        patience: float = 45.0,
    ) -> None:
        self.host, self.port, self.timeout, self.patience = host, port, timeout, patience
        self._user, self._password, self._tls, self._tls_context = user, password, tls == "required", tls_context
        self._free = asyncio.Semaphore(connections)
        self._kept: list[SMTP] = []

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        check(recipient)
        try:
            async with asyncio.timeout(self.patience), self._free:
                await self._hand_over(message, sender, recipient)
        except (SMTPException, OSError) as error:
            raise self._judged(error) from None  # the original quotes addresses

    async def close(self) -> None:
        """Leave the mail server politely. Deliveries may follow; they connect anew."""
        kept, self._kept = self._kept, []
        for connection in kept:
            try:
                await connection.quit(timeout=1)
            except (SMTPException, OSError):
                connection.close()

    async def _hand_over(self, message: bytes, sender: str, recipient: str) -> None:
        connection = await self._begin(sender)
        try:
            await connection.rcpt(recipient)
            await connection.data(message)
        except BaseException:
            connection.close()
            raise
        if connection.is_connected:
            self._kept.append(connection)

    async def _begin(self, sender: str) -> SMTP:
        """A connection on which a message was begun. A kept one that has died is no failure: nothing was said on it."""
        while self._kept:
            connection = self._kept.pop()
            try:
                await connection.mail(sender)
            except (SMTPException, OSError):
                self._drop(connection, *self._kept)  # those kept beside it are as old
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        return await self._begin_anew(sender)

    async def _begin_anew(self, sender: str) -> SMTP:
        connection = self._connection(greeting=sender.rpartition("@")[2])
        try:
            await connection.connect()
            await connection.mail(sender)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connection(self, greeting: str) -> SMTP:
        """We greet with the sender's domain: looking up the name of this machine can take seconds, and tells it."""
        at_once = self._tls and self.port == IMPLICIT_TLS
        return SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=greeting,
            username=self._user,
            password=self._password,
            timeout=self.timeout,
            use_tls=at_once,
            start_tls=self._tls and not at_once,
            tls_context=self._tls_context,
        )

    def _drop(self, *connections: SMTP) -> None:
        self._kept.clear()
        for connection in connections:
            connection.close()

    def _judged(self, error: SMTPException | OSError) -> Unreachable | Refused:
        """Only a 5xx about the recipient or the message is final: not a 4xx, a lost connection or a fault of ours."""
        match error:
            case SMTPAuthenticationError(code=code):
                return Unreachable(
                    f"The mail server {self.host}:{self.port} did not accept our user name and password ({code}). "
                    "Correct smtp_user and smtp_password; the messages wait and are sent then."
                )
            case SMTPRecipientRefused(code=code, message=text) | SMTPDataError(code=code, message=text) if (
                500 <= code < 600 and code not in NOT_ABOUT_THE_RECIPIENT  # noqa: PLR2004 - RFC 5321, 4.2.1
            ):
                return Refused(code, text)
            case SMTPResponseException(code=code, message=text):
                return Unreachable(
                    f"The mail server {self.host}:{self.port} answered {code} {without_addresses(text)}."
                )
        why = without_addresses(str(error)) or "no answer in time"
        return Unreachable(f"The mail server {self.host}:{self.port} could not be used: {why}.")
