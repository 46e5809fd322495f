"""A mail server's stand-in, and what was said in a message that it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from activities.transport import Refused, Unreachable


@dataclass
class Outbox:
    """Takes every message, unless it is down or refuses the address."""

    sent: list[EmailMessage] = field(default_factory=list)
    down: bool = False
    refuses: set[str] = field(default_factory=set)

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        assert sender
        if self.down:
            raise Unreachable("The mail server does not answer.")
        if recipient in self.refuses:
            raise Refused(550, "No such mailbox")
        self.sent.append(message_from_bytes(message, policy=policy.default))


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part
    return str(part.get_content())
