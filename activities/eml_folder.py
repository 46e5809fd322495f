"""A transport that keeps each message as a file, for trying out, tests and a council without a mail server."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from email import message_from_bytes
from pathlib import Path
from tempfile import NamedTemporaryFile

from activities.transport import Unreachable, check

UNSAFE = re.compile(r"[^A-Za-z0-9@_-]+")
LONGEST = 120


class EmlFolder:
    """Writes `<message-id>.<recipient>.eml` into a folder; the same message to the same person overwrites itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:  # noqa: ARG002 - as any transport
        check(recipient)
        path = self.folder / file_name(message, recipient)
        try:
            await asyncio.to_thread(_write, path, message)
        except OSError as error:
            raise Unreachable(f"The mail folder {self.folder} cannot be written to: {error.strerror}.") from error


def file_name(message: bytes, recipient: str) -> str:
    """A name that cannot leave the folder; a second recipient of one message gets a file of their own."""
    message_id = str(message_from_bytes(message)["Message-ID"] or hashlib.sha256(message).hexdigest())
    safe = UNSAFE.sub("-", message_id).strip("-")[:LONGEST] or "message"
    return f"{safe}.{hashlib.sha256(recipient.encode()).hexdigest()[:8]}.eml"


def _write(path: Path, message: bytes) -> None:
    """All of it or nothing, also over a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        try:
            part.write(message)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
