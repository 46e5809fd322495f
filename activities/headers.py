"""What does a header of an email that somebody else wrote say, in plain words and on one line?"""

from __future__ import annotations

import re
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from activities.unseen import without

MOST_CHARACTERS = 8000
_ID = re.compile(r"<[^<>\s]{3,250}>")


def raw(message: Message, name: str) -> str:
    """The first header of that name as it was sent; empty where there is none."""
    return str(message.get(name, ""))[:MOST_CHARACTERS]


def line(message: Message, name: str) -> str:
    """The same, decoded, without what cannot be seen."""
    text = raw(message, name)
    with suppress(HeaderParseError, LookupError, ValueError):  # else it is shown as it was sent
        text = str(make_header(decode_header(text)))
    return " ".join(without(text, " ").split())


def ids(message: Message, name: str) -> list[str]:
    """Every Message-ID in it, in their order."""
    return _ID.findall(raw(message, name))
