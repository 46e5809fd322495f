"""Is what came back a bounce, an out-of-office message, a reply, or none of them? Told from its bytes alone.

Nothing here raises, whatever strangers send. Headers are read in the library's plain way: its newer one parses each of
them in full, which takes minutes for some that were made for it, and raises for others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Literal

from activities import bounces, headers, own_words
from activities.bounces import Failed
from escalation.directory import email_address

Kind = Literal["bounce", "absence", "reply", "no_news", "unclear"]
"""no_news: a delay, a receipt, an accepted invitation. unclear: a machine sent it, and a person has to look at it."""

MOST_BYTES = 10 * 1024 * 1024
"""What is read of one message. What a person wrote stands before whatever they attached."""
MOST_WORK = 2_000_000
"""Lines times parts: the parser asks of each line whether it ends one of the parts that it is in."""
MOST_IDS, MOST_SUBJECT, MOST_NAME = 30, 500, 200
AWAY = re.compile(
    r"(auto(matic|mated)?[- ]?(reply|response)|out of (the )?office( (auto[- ]?)?reply| response)?)\s*:", re.IGNORECASE
)
AWAY_IN_BULK = re.compile(r"auto(matic|mated)?[- ]?(reply|response)|out of (the )?office", re.IGNORECASE)


@dataclass(frozen=True)
class Incoming:
    """What one message says of itself. `about` are the Message-IDs that it may be about, the likeliest first."""

    kind: Kind
    about: tuple[str, ...] = ()
    address: str | None = None
    name: str | None = None
    received_at: datetime | None = None
    text: str = ""
    failed: tuple[Failed, ...] = ()
    reference: str | None = None
    notice: str | None = None


def read(raw: bytes) -> Incoming | None:
    """None where it is no email that can be read."""
    raw = raw[:MOST_BYTES]
    if raw.lower().count(b"multipart/") * raw.count(b"\n") > MOST_WORK:
        return None
    try:
        message = message_from_bytes(raw)
        return _read(message) if message.get("From") or message.get("Return-Path") else None
    except Exception:  # noqa: BLE001 - the library's parser raises nearly anything on what strangers send
        return None


def _read(message: Message) -> Incoming:
    returned = bounces.returned_headers(message)
    kind, failed = _kind(message, returned)
    name, address = _sender(message)
    return Incoming(
        kind=kind,
        about=_about(message, returned, by_machine=kind in {"bounce", "unclear"}),
        address=address,
        name=name,
        received_at=_received_at(message),
        text=_text(message, kind),
        failed=failed,
        reference=headers.line(returned, "X-Twentydays-Reference") or None if returned else None,
        notice=headers.line(returned, "X-Twentydays-Notice") or None if returned else None,
    )


def _kind(message: Message, returned: Message | None) -> tuple[Kind, tuple[Failed, ...]]:
    """Bounces first: some say of themselves that they are automatic replies."""
    match bounces.report_type(message):
        case "delivery-status":
            return bounces.reported(message)
        case "disposition-notification":
            return "no_news", ()
        case str():
            return "unclear", ()
    if bounces.is_from_a_mail_server(message) or _is_returned(message, returned):
        return bounces.told_in_words(message)
    if own_words.answers_an_invitation(message):
        return "no_news", ()
    if _is_away(message):
        return "absence", ()
    return ("reply" if _auto_submitted(message) in {"", "no", "auto-forwarded"} else "unclear"), ()


def _is_away(message: Message) -> bool:
    """What RFC 3834 and the mail programs before it say of an automatic reply."""
    subject = headers.line(message, "Subject")
    precedence = headers.line(message, "Precedence").lower()
    return (
        _auto_submitted(message) in {"auto-replied", "auto-generated"}
        or any(headers.line(message, name).lower() not in {"", "no"} for name in ("X-Autoreply", "X-Autorespond"))
        or precedence in {"auto_reply", "auto-reply"}
        or (precedence in {"bulk", "junk"} and bool(AWAY_IN_BULK.match(subject)))
        or bool(AWAY.match(subject))
    )


def _auto_submitted(message: Message) -> str:
    return headers.line(message, "Auto-Submitted").partition(";")[0].strip().lower()


def _is_returned(message: Message, returned: Message | None) -> bool:
    """Whether it comes from nobody, with our message in it. An automatic reply comes from nobody too."""
    from_nobody = message.get("Return-Path") is not None and headers.raw(message, "Return-Path").strip() in {"", "<>"}
    return from_nobody and not _is_away(message) and bool(returned or bounces.ids_in_words(message))


def _about(message: Message, returned: Message | None, *, by_machine: bool) -> tuple[str, ...]:
    """What was returned says it best; then what is replied to; then the thread, its newest first."""
    found = [
        *(headers.ids(returned, "Message-ID") if returned else ()),
        *headers.ids(message, "In-Reply-To"),
        *reversed(headers.ids(message, "References")),
        *(bounces.ids_in_words(message) if by_machine else ()),
    ]
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def _sender(message: Message) -> tuple[str | None, str | None]:
    """Name and address, as far as they can be shown and kept."""
    _, written = parseaddr(headers.raw(message, "From"))
    name = parseaddr(headers.line(message, "From"))[0]
    try:
        address = email_address(written)
    except ValueError:
        return name[:MOST_NAME] or None, None
    return name[:MOST_NAME] or None, address


def _received_at(message: Message) -> datetime | None:
    """The instant that our own mail server wrote at the top; what stands below it was written by others."""
    try:
        instant = parsedate_to_datetime(headers.raw(message, "Received").rpartition(";")[2].strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return instant if instant.tzinfo else None


def _text(message: Message, kind: Kind) -> str:
    if kind == "absence":
        return headers.line(message, "Subject")[:MOST_SUBJECT]
    return own_words.of(message) if kind == "reply" else ""
