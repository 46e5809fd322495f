"""What does a mail server say that could not be delivered, to whom and why? By RFC 3464, or in words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from email.utils import parseaddr
from typing import Literal

from activities import headers, own_words

Verdict = Literal["bounce", "no_news", "unclear"]

STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
RETURNED_WHOLE = {"message/rfc822", "message/global"}
RETURNED_HEADERS = {"text/rfc822-headers", "message/global-headers"}
MAIL_SERVERS = {"mailer-daemon", "mail-daemon", "maildaemon", "postmaster"}
MAIL_SYSTEM = re.compile(r"mail delivery (sub)?system|mailer-daemon", re.IGNORECASE)
NEVER = re.compile(r"(?<![\d.])(?:55[0-4]|5\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
"""A refusal for good, as mail servers write it."""
LATER = re.compile(
    r"delayed|not yet been delivered|will (continue|keep|be retried)|no action is required", re.IGNORECASE
)
COPY_BEGINS = re.compile(
    r"^>?\s*(?:Return-Path|Received|From|Date|Subject|To|MIME-Version|DKIM-Signature|Message-ID):",
    re.IGNORECASE | re.MULTILINE,
)
ID_IN_WORDS = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"<?[^\s<>@:;,\"'()]{1,64}@[A-Za-z0-9.-]{1,250}>?")
MOST_REASON, MOST_FAILED, MOST_WORDS = 500, 50, 100_000


@dataclass(frozen=True)
class Failed:
    """One recipient whom it did not reach. `addresses`: the one that we wrote to, and what it had become."""

    addresses: tuple[str, ...]
    reason: str


def report_type(message: Message) -> str | None:
    """Of a multipart/report, such as `delivery-status`; None of anything else, whatever is attached to it."""
    if message.get_content_type() != "multipart/report":
        return None
    if any(part.get_content_type() in STATUS_PARTS for part in children(message)):
        return "delivery-status"
    return str(message.get_param("report-type") or "").lower()


def children(message: Message) -> list[Message]:
    """The parts of a message itself, not those of its parts."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def reported(message: Message) -> tuple[Verdict, tuple[Failed, ...]]:
    """A report of delivery (RFC 3464, 2.3.3). `failed` means given up for good; everything else is no news."""
    blocks = [block for part in children(message) if part.get_content_type() in STATUS_PARTS for block in _blocks(part)]
    told = [block for block in blocks if block.get("Action")]
    failed = [block for block in told if _action(block) == "failed"]
    if any(headers.line(block, "Status").startswith("2") for block in failed):
        return "unclear", ()
    if failed:
        return "bounce", tuple(_failed(block) for block in failed[:MOST_FAILED])
    return ("no_news" if told else "unclear"), ()


def _action(block: Message) -> str:
    return headers.line(block, "Action").partition(" ")[0].lower()


def _blocks(part: Message) -> Iterator[Message]:
    """One for the message, then one for each recipient."""
    for block in children(part):
        yield block
        rest = block.get_payload()
        if isinstance(rest, str) and rest.strip():  # the library takes only the older type apart
            yield from (message_from_string(text) for text in re.split(r"\n\s*\n", rest[:MOST_WORDS]))


def _failed(block: Message) -> Failed:
    given = [headers.line(block, name) for name in ("Original-Recipient", "Final-Recipient")]
    addresses = [address.rpartition(";")[2].strip(" <>") for address in given]
    status = headers.line(block, "Status")
    why = headers.line(block, "Diagnostic-Code").removeprefix("smtp;").removeprefix("SMTP;")
    code = f"The mail server gave no reason but its code {status or '(none)'}."
    return Failed(tuple(filter(None, addresses)), reason(why) or code)


def is_from_a_mail_server(message: Message) -> bool:
    name, address = parseaddr(headers.line(message, "From"))
    local = address.partition("@")[0].lower()
    return local in MAIL_SERVERS or bool(MAIL_SYSTEM.search(name)) or bool(message.get("X-Failed-Recipients"))


def told_in_words(message: Message) -> tuple[Verdict, tuple[Failed, ...]]:
    """A report in no form: a bounce only where it says clearly that it is for good, and of whom."""
    words = own_words.plain(message)[:MOST_WORDS]
    begins = COPY_BEGINS.search(words)
    said = words[: begins.start()] if begins else words
    if LATER.search(headers.line(message, "Subject")):
        return "no_news", ()
    why = next((line for line in said.splitlines() if NEVER.search(line)), None)
    if why is None or LATER.search(said):
        return "unclear", ()
    named = ADDRESS.findall(f"{headers.line(message, 'X-Failed-Recipients')}\n{said}")
    addresses = dict.fromkeys(address.strip("<>.") for address in named)
    return "bounce", tuple(Failed((address,), reason(why)) for address in [*addresses][:MOST_FAILED])


def ids_in_words(message: Message) -> list[str]:
    """Message-IDs of a copy that stands in the text."""
    return ID_IN_WORDS.findall(own_words.plain(message)[:MOST_WORDS])


def returned_headers(message: Message) -> Message | None:
    """The headers of our own message, where it was sent back, or the headers of it."""
    for part in children(message):
        kind = part.get_content_type()
        if kind in RETURNED_HEADERS:
            inside = children(part)
            return inside[0] if inside else message_from_string(own_words.decoded(part)[:MOST_WORDS].lstrip())
        if kind in RETURNED_WHOLE and children(part):
            return children(part)[0]
    return None


def reason(text: str) -> str:
    """Why, on one line and without addresses: it is shown to people who need not know them."""
    return " ".join(ADDRESS.sub("", text).replace("<>", "").split())[:MOST_REASON]
