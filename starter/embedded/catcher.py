"""Where does mail go while trying things out? Into files: an SMTP server that keeps every message and sends none.

A message is on the disk, and its name in the folder, before the client is told 250: whoever was told so can rely on it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from config.settings import load
from starter.embedded.places import HERE
from starter.leaving import leave

log = logging.getLogger("catcher")


class Catcher:
    """Keeps messages in a folder, one file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """What aiosmtpd calls for each message; gives back the answer to the client."""
        content = envelope.original_content or b""
        try:
            name = await asyncio.to_thread(keep, self._folder, envelope.mail_from or "", envelope.rcpt_tos, content)
        except OSError as error:
            log.warning("A message could not be kept: %s", error.strerror)
            return "452 4.3.1 This message could not be kept; try again later"
        log.info("Kept %s", name)
        return f"250 2.0.0 Kept as {name}"


def keep(folder: Path, sender: str, recipients: Sequence[str], content: bytes) -> str:
    """Write one message, with its envelope in front, so that a power cut cannot take it back; gives back its name."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
    draft = folder / f".{name}.draft"
    with draft.open("wb") as file:
        file.writelines(_envelope(sender, recipients))
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / name)
    _fsync_folder(folder)
    return name


def _envelope(sender: str, recipients: Sequence[str]) -> Iterator[bytes]:
    yield f"X-Envelope-From: {_one_line(sender)}\r\n".encode()
    for recipient in recipients:
        yield f"X-Envelope-To: {_one_line(recipient)}\r\n".encode()


def _one_line(address: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in address)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def catch(folder: Path, port: int) -> None:
    """Take mail on this machine until this process is told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    catcher = Catcher(folder)
    server = await loop.create_server(lambda: SMTP(catcher, hostname="localhost", enable_SMTPUTF8=True), HERE, port)
    log.info("Taking mail on %s:%d into %s", HERE, port, folder)
    await stop.wait()
    server.close()


def main() -> None:
    """`python -m starter.embedded.catcher`"""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own, which writes down addresses
    settings = load()
    asyncio.run(catch(settings.mail_folder, settings.smtp_port))
    leave(0)


if __name__ == "__main__":
    main()
