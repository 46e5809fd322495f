"""Which emails lie in the folder, newest first, and what does one of them say?

The folder may hold many thousands: listing looks at names and times alone, and the headers are read of what is shown.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from pydantic import BaseModel, ConfigDict

HEADERS_WITHIN = 65536
"""Bytes: where the headers of an email end; what lies beyond is not read for a list."""


class Caught(BaseModel):
    """One email, as a list shows it."""

    model_config = ConfigDict(frozen=True)

    name: str
    at: datetime
    subject: str
    sender: str
    to: str
    delivered_to: tuple[str, ...]


class Attachment(BaseModel):
    """Something that was sent along."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    size: int


class Letter(BaseModel):
    """One email in full. `html` is as it came: to be shown where no script runs."""

    model_config = ConfigDict(frozen=True)

    caught: Caught
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]


class Mailbox:
    """A folder of .eml files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Every email, newest first."""
        try:
            with os.scandir(self._folder) as found:
                files = [(entry.stat().st_mtime_ns, entry.name) for entry in found if _is_email(entry)]
        except FileNotFoundError:
            return []
        return [name for _, name in sorted(files, reverse=True)]

    def caught(self, name: str) -> Caught | None:
        """The headers of one email; None when there is none of that name."""
        path = self.path(name)
        if path is None:
            return None
        with path.open("rb") as file:
            headers = BytesHeaderParser(policy=policy.default).parsebytes(file.read(HEADERS_WITHIN))
        return _caught(path, headers)

    def letter(self, name: str) -> Letter | None:
        """One email in full; None when there is none of that name."""
        path = self.path(name)
        if path is None:
            return None
        email = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
        return Letter(
            caught=_caught(path, email),
            headers=tuple((header, _header(email, header)) for header in dict.fromkeys(email.keys())),
            text=_text(email.get_body(("plain",))),
            html=_text(email.get_body(("html",))),
            attachments=tuple(_attachment(part) for part in email.iter_attachments()),
        )

    def path(self, name: str) -> Path | None:
        """The file of that name, if it is an email of this folder and no way out of it."""
        path = self._folder / name
        if Path(name).name != name or not _is_named_as_email(name) or path.is_symlink() or not path.is_file():
            return None
        return path


def _is_email(entry: os.DirEntry[str]) -> bool:
    return _is_named_as_email(entry.name) and entry.is_file(follow_symlinks=False)


def _is_named_as_email(name: str) -> bool:
    return name.endswith(".eml") and not name.startswith(".") and "\0" not in name


def _caught(path: Path, email: EmailMessage) -> Caught:
    return Caught(
        name=path.name,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        subject=_header(email, "Subject") or "(no subject)",
        sender=_header(email, "From"),
        to=_header(email, "To"),
        delivered_to=tuple(str(value) for value in email.get_all("X-Envelope-To", [])),
    )


def _header(email: EmailMessage, name: str) -> str:
    try:
        return ", ".join(str(value) for value in email.get_all(name, []))
    except Exception:  # noqa: BLE001 - the standard library's parser of addresses raises nearly anything on what strangers send
        return "(cannot be read)"


def _text(part: MIMEPart | None) -> str | None:
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # a character set, or an encoding, that does not exist
        return _bytes(part).decode(errors="replace")


def _attachment(part: MIMEPart) -> Attachment:
    return Attachment(name=part.get_filename() or "(no name)", kind=part.get_content_type(), size=len(_bytes(part)))


def _bytes(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()
