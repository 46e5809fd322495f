"""What one message says that reached the mail server, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from functools import cached_property

from tests.delivery.acts import CHILD, SECRET
from tests.delivery.oracle import Call
from tests.delivery.post_office import Kept

ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
ONCE = ("From", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Twentydays-Reference")


@dataclass(frozen=True)
class Letter:
    """One message as the mail server kept it."""

    address: str
    message_id: str
    reference: str
    notice: str
    stage: str
    role: str
    content: bytes
    kept_at: datetime | None = None

    @cached_property
    def message(self) -> Message:
        return BytesParser().parsebytes(self.content)

    @cached_property
    def texts(self) -> list[str]:
        """Every part that says something, decoded, and the headers."""
        parts = [part.get_payload(decode=True) for part in self.message.walk() if not part.is_multipart()]
        headers = [str(make_header(decode_header(value))) for value in self.message.values()]
        return [*(part.decode() for part in parts if isinstance(part, bytes)), *headers]


def read(kept: Kept) -> Letter:
    said = BytesHeaderParser().parsebytes(kept.content)
    own = {name: str(said[f"X-Twentydays-{name}"] or "") for name in ("Reference", "Notice", "Stage", "Role")}
    headers = (own["Reference"], own["Notice"], own["Stage"], own["Role"])
    return Letter(kept.address, id_of(kept.content), *headers, kept.content, kept.at)


def id_of(content: bytes) -> str:
    found = ID.search(content)
    return found.group(1).decode() if found else ""


def faults(letter: Letter, call: Call, role: str, *, links: bool) -> Iterator[str]:
    """What is wrong with a message delivered for a call, to somebody in a role. `links`: whether any are made."""
    headers = ((call.notice, letter.notice, "notice"), (call.stage, letter.stage, "stage"), (role, letter.role, "role"))
    for expected, said, name in headers:
        if expected != said:
            yield f"its headers say the {name} {said}, not {expected}"
    for name in ONCE:
        if len(letter.message.get_all(name, [])) != 1:
            yield f"it has {len(letter.message.get_all(name, []))} headers {name}"
    if not (letter.message["To"] or letter.message["Cc"]):
        yield "it names no reader"
    found = sum("/reply/" in text for text in letter.texts)
    if role not in call.asked and found:
        yield "it has an answering link, and nobody asks its reader to answer"
    if links and role in call.asked and found < 2:
        yield "it asks for an answer and has no link to give it"
    yield from _secrets(letter, call)


def _secrets(letter: Letter, call: Call) -> Iterator[str]:
    """What people wrote reaches nobody by mail, but for what the procedure has an alert say (OXF-09)."""
    allowed = [_plain(f"{SECRET}:{path}: {CHILD}") for path in call.may_say]
    for text in letter.texts:
        left = _plain(text)
        for saying in allowed:
            left = left.replace(saying, "")
        if SECRET in left:
            place = left.index(SECRET)
            yield f"it tells what somebody wrote: {left[max(place - 30, 0) : place + 40]}"
            return


def _plain(text: str) -> str:
    """Without white space: a mail program may break a line anywhere."""
    return "".join(text.split())
