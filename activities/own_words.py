"""What of an email did its sender write? The new part of it; all of it where that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from html import unescape

from activities.unseen import without

MOST_CHARACTERS = 20_000
MOST_READ = 100_000
"""Characters of one part. The rest is in the mailbox."""
ENCODINGS = ("utf-8", "cp1252")
_ORIGINAL = re.compile(
    r"\s*-{2,}\s*(original message|forwarded message|original appointment)\s*-{2,}\s*", re.IGNORECASE
)
_WROTE = re.compile(r"\s*(on|at)\s.{5,300}wrote\s*:\s*", re.IGNORECASE | re.DOTALL)
_BEGINS_WROTE = re.compile(r"\s*(on|at)\s", re.IGNORECASE)
_HEADER = re.compile(r"\s*\*?(from|sent|date|to|cc|subject)\s?:\*?\s", re.IGNORECASE)
_FROM = re.compile(r"\s*\*?from\s?:\*?\s", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\b(below|inline|in[- ]line|in red|in blue|in bold|in capitals|beneath)\b", re.IGNORECASE)
"""Who says so has answered within what they quote."""
RULE = 32 * "_"
"""Outlook's, above what it quotes."""
CUT = "\n\n(Cut here. The whole email is in the mailbox.)"


def of(message: Message) -> str:
    """At most 20,000 characters; what is attached is only counted."""
    text = new_part(plain(message))
    files = sum(part.get_content_disposition() == "attachment" for part in _parts(message))
    if files:
        text += f"\n\n(The email has {files} attachment{'s' if files > 1 else ''}, not copied here.)"
    return text.strip() if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(CUT)].rstrip() + CUT


def plain(message: Message) -> str:
    """Its plain text; that of its HTML where it has none."""
    parts = [part for part in _parts(message) if part.get_content_disposition() != "attachment"]
    texts = [decoded(part) for part in parts if part.get_content_type() == "text/plain"]
    if not "".join(texts).strip():
        texts = [from_html(decoded(part)) for part in parts if part.get_content_type() == "text/html"]
    return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def answers_an_invitation(message: Message) -> bool:
    """Somebody's calendar says that it was accepted or declined: nobody wrote anything."""
    return any(
        part.get_content_type() == "text/calendar" and "METHOD:REPLY" in decoded(part).upper().replace(" ", "")
        for part in _parts(message)
    )


def _parts(message: Message) -> Iterator[Message]:
    """Its parts, without those of messages that are attached to it."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        yield from (leaf for part in payload if isinstance(part, Message) for leaf in _parts(part))
    elif message.get_content_maintype() != "message":
        yield message


def decoded(part: Message) -> str:
    """The text of a part in whichever encoding it is; one kind of line break, nothing that cannot be seen."""
    content = part.get_payload(decode=True)
    raw = content[: 4 * MOST_READ] if isinstance(content, bytes) else b""
    for encoding in (str(part.get_content_charset() or "us-ascii"), *ENCODINGS):
        try:
            text = raw.decode(encoding)
        except (LookupError, ValueError):
            continue
        break
    else:
        text = raw.decode(errors="replace")
    return without(text[:MOST_READ].replace("\r\n", "\n").replace("\r", "\n"))


def new_part(text: str) -> str:
    """What stands above the quoted email. The whole where nothing does, or where something is written within it."""
    lines = text.splitlines()
    begins = next((n for n in range(len(lines)) if _quote_begins(lines, n)), None)
    if begins is None:
        return text.strip()
    above, quoted = "\n".join(lines[:begins]).strip().removesuffix(RULE).rstrip(), lines[begins:]
    return text.strip() if not above or _ELSEWHERE.search(above) or _is_written_within(quoted) else above


def _quote_begins(lines: list[str], n: int) -> bool:
    line = lines[n]
    if line.startswith(">") or _ORIGINAL.fullmatch(line):
        return True
    ends = [end for end in range(n + 1, n + 4) if "wrote" in lines[min(end, len(lines)) - 1]]
    if ends and _BEGINS_WROTE.match(line) and _WROTE.fullmatch("\n".join(lines[n : ends[0]])):
        return True
    headers = [bool(_HEADER.match(each)) for each in lines[n : n + 8] if each.strip()]
    return bool(_FROM.match(line)) and sum(headers) >= 3  # noqa: PLR2004 - From, Sent and To, say


def _is_written_within(quoted: list[str]) -> bool:
    """Among lines that are marked as quoted, others that are not. Where none is marked, nobody can tell."""
    marks = [line.startswith(">") for line in quoted if line.strip()]
    first = marks.index(True) if True in marks else len(marks)
    return not all(marks[first:])


BLOCKS = {"p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", "blockquote", "pre"}
UNSEEN = {"style", "script", "head", "title"}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)?[^<>]*>")


def from_html(html: str) -> str:
    """What a person reads of it, a line for each block, quotations marked as in plain text.

    Not by the library's parser, which takes hours over a page that opens one comment after the other.
    """
    lines, unseen, quoted, end = [""], 0, 0, 0
    html = _without_comments(html)
    for tag in _TAG.finditer(html):
        _add(lines, html[end : tag.start()], quoted=quoted > 0, seen=not unseen)
        end, name, step = tag.end(), (tag[2] or "").lower(), -1 if tag[1] else 1
        unseen = max(0, unseen + step * (name in UNSEEN))
        if name in BLOCKS and lines[-1]:
            lines.append("")
        quoted = max(0, quoted + step * (name == "blockquote"))
    _add(lines, html[end:], quoted=quoted > 0, seen=not unseen)
    return "\n".join(line.strip() for line in lines).strip()


def _add(lines: list[str], text: str, *, quoted: bool, seen: bool) -> None:
    if seen and text.strip():
        lines[-1] += ("> " if quoted and not lines[-1] else "") + re.sub(r"\s+", " ", without(unescape(text)))


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)
