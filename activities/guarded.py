"""What stands between us and the mail server: whom mail may go to, whether it may go now, and how fast."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from activities.transport import Refused, Transport, Unreachable, check
from register.errors import RegisterError
from register.mail import Mail

A_MINUTE = 60.0


class Pace:
    """So many a minute, evenly: each has a turn, and turns are equally far apart. Every process counts for itself."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute, self._apart, self._next = per_minute, A_MINUTE / per_minute, float("-inf")

    def take_turn(self, now: float, patience: float) -> float | None:
        """Seconds until one's turn; None, and none is taken, where that is longer than `patience`."""
        turn = max(now, self._next)
        if turn - now > patience:
            return None
        self._next = turn + self._apart
        return turn - now


class Guarded:
    """Any transport behind a council's own rules. While mail is on hold nothing is decided of any message.

    `domains` are those that mail may go to, all where there are none; `redirect` gets every message instead of its
    recipient, who is the one that is checked; `patience` is how long (seconds) a message waits for its turn.
    """

    def __init__(
        self,
        transport: Transport,
        mail: Mail,
        *,
        domains: Collection[str] = (),
        redirect: str | None = None,
        per_minute: int | None = None,
        patience: float = 45.0,
    ) -> None:
        self._transport, self._mail = transport, mail
        self._domains, self._redirect, self._patience = domains, redirect, patience
        self._pace = Pace(per_minute) if per_minute else None

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        await self._not_on_hold()
        check(recipient)
        if self._domains and not covers(self._domains, recipient):
            raise Refused(None, "The address is not in a domain that this council writes to (TWENTYDAYS_MAIL_DOMAINS).")
        if self._pace and await self._waited(self._pace):
            await self._not_on_hold()
        await self._transport.deliver(message, sender, self._redirect or recipient)

    async def _not_on_hold(self) -> None:
        """Asked before each message, so that a hold counts at once in every process."""
        try:
            held = await asyncio.to_thread(self._mail.held)
        except RegisterError as error:
            raise Unreachable(f"Whether sending is on hold cannot be told. {error}") from error
        if held:
            raise Unreachable(f"{held} `twentydays mail release` resumes it.")

    async def _waited(self, pace: Pace) -> bool:
        """Whether it had to wait for its turn, which has come now."""
        seconds = pace.take_turn(asyncio.get_running_loop().time(), self._patience)
        if seconds is None:
            raise Unreachable(f"The pace of {pace.per_minute} a minute is used up; it goes out later.")
        await asyncio.sleep(seconds)
        return seconds > 0


def covers(domains: Collection[str], address: str) -> bool:
    """Whether an address is in one of these domains: `council.gov.uk` itself, `*.nhs.uk` anything below nhs.uk."""
    domain = address.rpartition("@")[2].lower()
    return any(domain.endswith(each[1:]) if each.startswith("*.") else domain == each for each in domains)
