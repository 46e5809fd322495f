"""A process that dies between a mail server's acceptance and the note of it. Run by test_sending.py.

Arguments: the register's URL, the mail server's port, the order as JSON, the directory as JSON.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from activities.notices import Notices
from activities.smtp import SmtpTransport
from escalation.directory import Directory
from escalation.messages import SendNotice
from register.engine import open_engine
from register.store import Register


def die_on_writing(url: str) -> Register:
    engine = open_engine(url)

    @event.listens_for(engine, "before_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO notices"):
            os.kill(os.getpid(), signal.SIGKILL)

    return Register(engine)


async def main(url: str, port: str, order: str, directory: str) -> None:
    people = Directory.model_validate_json(directory)
    notices = Notices(
        lambda: people,
        SmtpTransport("127.0.0.1", int(port), tls="off"),
        die_on_writing(url),
        mail_from="Twentydays <twentydays@council.example>",
        message_id_domain="twentydays.council.example",
        now=lambda: datetime(2025, 12, 22, 10, 30, tzinfo=UTC),
    )
    await notices.send_notice(SendNotice.model_validate_json(order))


asyncio.run(main(*sys.argv[1:]))
