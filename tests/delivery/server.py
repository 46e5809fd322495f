"""A mail server of a bad kind: `python -m tests.delivery.server <port> <control port> <spool>`.

It refuses who has left, and does what it was told last on its control port: hang, break off before or after it kept a
message, answer "not now", or die. What it keeps it writes to the spool before it says so.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

GONE = ".gone@"
"""In the address of somebody whom this server does not know."""


class BadServer:
    """aiosmtpd's handler. `mode` holds for the next `times` messages, or until it is told otherwise."""

    def __init__(self, spool: Path) -> None:
        self.spool = spool.open("ab")
        self.mode, self.times = "fair", 0

    def told(self, mode: str, times: int) -> None:
        self.mode, self.times = mode, times

    def _next(self, *modes: str) -> str:
        """What to do with the message under way, where that is one of these."""
        mode = self.mode if self.mode in modes else "fair"
        if mode != "fair" and self.times:
            self.times -= 1
            if not self.times:
                self.mode = "fair"
        return mode

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if GONE in address:
            return f"550 5.1.1 <{address}> is not known here"
        if self._next("not_now") == "not_now":
            return "451 4.3.2 Not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mode = self._next("busy", "hang", "drop_before", "drop_after", "die_before", "die_after")
        if mode == "busy":
            return "452 4.3.1 No room"
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode in {"drop_after", "die_after", "fair"}:
            self._keep(envelope)
        if mode.startswith("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if mode.startswith("drop") and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 OK kept"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        line = {"to": envelope.rcpt_tos[0], "content": base64.b64encode(content).decode()}
        self.spool.write(json.dumps(line).encode() + b"\n")
        self.spool.flush()


async def serve(port: int, control: int, spool: Path) -> None:
    handler, loop = BadServer(spool), asyncio.get_running_loop()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            said = json.loads(line)
            handler.told(said["mode"], said["times"])
            writer.write(b"ok\n")
            await writer.drain()
        os._exit(0)  # whoever started it has gone

    await loop.create_server(lambda: SMTP(handler, hostname="mail.council.example"), "127.0.0.1", port)
    server = await asyncio.start_server(listen, "127.0.0.1", control)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
