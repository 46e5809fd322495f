"""How a message is handed to a mail server, and the two ways in which that can fail."""

from __future__ import annotations

import re
from typing import Protocol

from escalation.errors import TwentydaysError

ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
SENDABLE = re.compile(r"[!-~]+@[!-~]+")
LONGEST = 500
"""Characters of a server's answer that are kept: enough to say why."""


class Unreachable(TwentydaysError):
    """Not handed over, and worth trying again: nobody there, no answer in time, or "not now"."""


class Refused(TwentydaysError):
    """Never to be tried again: the mail server will not take this message for this person.

    `code` is what the server answered (500 to 599), or None where no server was asked.
    """

    def __init__(self, code: int | None, text: str) -> None:
        self.code = code
        self.text = without_addresses(text)
        super().__init__(f"{code} {self.text}" if code else self.text)


class Transport(Protocol):
    """Hands one message to one person. Returning means that it was accepted, durably."""

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        """Raise `Unreachable` (try again) or `Refused` (never again), and nothing else."""


def check(address: str) -> None:
    """Refuse an address that cannot be said to a mail server: outside ASCII, or with spaces or control characters."""
    if not SENDABLE.fullmatch(address):
        raise Refused(None, "The address in the directory cannot be written to: correct it there.")


def without_addresses(text: str) -> str:
    """A server's answer as it may be kept: without the addresses that it quotes, in letters, of a bearable length.

    A server may answer in any bytes; those that are no text would be refused by the register, again and again.
    """
    letters = text.encode("utf-8", "replace").decode("utf-8")
    printed = "".join(letter if letter.isprintable() else " " for letter in letters)
    return ADDRESS.sub("(address)", " ".join(printed.split()))[:LONGEST]
