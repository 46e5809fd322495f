"""What would come back of a caught email? A reply, a bounce or an out-of-office message, made for trying."""

from __future__ import annotations

import mailbox
import secrets
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, getaddresses
from pathlib import Path
from typing import Literal, NamedTuple

from escalation.directory import email_address
from web.mailbox import Letter

Kind = Literal["reply", "bounce", "absence"]
A_WEEK = timedelta(days=7)
MAIL_SERVER = "Mail Delivery System <MAILER-DAEMON@localhost>"
UNKNOWN = "550 5.1.1 User unknown"


class Answerable(NamedTuple):
    """What is needed of a caught email: its id, its subject, who got this copy of it, and whose it was."""

    message_id: str
    subject: str
    name: str
    address: str
    sender: str

    @property
    def reader(self) -> str:
        return formataddr((self.name, self.address))


def answerable(letter: Letter) -> Answerable | None:
    """None where it has no id, or went to nobody who can be written to."""
    headers = {name.lower(): value for name, value in letter.headers}
    named = {address.casefold(): name for name, address in _people(headers, "to", "cc")}
    address = next(iter(letter.caught.delivered_to), "")
    message_id, subject = (_on_one_line(headers.get(name, "")) for name in ("message-id", "subject"))
    try:
        email_address(address)
    except ValueError:
        return None
    if not message_id:
        return None
    sender = next((each for _, each in _people(headers, "from")), "")
    return Answerable(message_id, subject, named.get(address.casefold(), ""), address, sender)


def made(kind: Kind, of: Answerable, text: str, now: datetime) -> bytes:
    """The message as a mail server would put it into the mailbox; `text` is what a reply says."""
    if kind == "bounce":
        return _headed(_report(of), MAIL_SERVER, "Undelivered Mail Returned to Sender", of, now).as_bytes()
    message = EmailMessage()
    message["In-Reply-To"] = message["References"] = of.message_id
    if kind == "reply":
        message.set_content(text)
        return _headed(message, of.reader, f"Re: {of.subject}", of, now).as_bytes()
    back = now + A_WEEK
    message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"I am away until {back.day} {back:%B %Y}.")
    return _headed(message, of.reader, f"Automatic reply: {of.subject}", of, now).as_bytes()


def put(folder: Path, message: bytes) -> None:
    """Into a Maildir's `new`, whole from the first moment."""
    mailbox.Maildir(folder, create=True).add(message)


def _headed(message: Message, sender: str, subject: str, of: Answerable, now: datetime) -> Message:
    message["From"] = sender
    message["To"] = of.sender
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{secrets.token_hex(8)}@trying.localhost>"
    return message


def _report(of: Answerable) -> MIMEMultipart:
    """By RFC 3464: in words, for machines, and the headers of what was not delivered."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report.attach(MIMEText(f"Your message could not be delivered to <{of.address}>: {UNKNOWN}"))
    status = MIMEBase("message", "delivery-status")
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; localhost"
    recipient["Final-Recipient"] = f"rfc822; {of.address}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.1"
    recipient["Diagnostic-Code"] = f"smtp; {UNKNOWN}"
    status.set_payload([server, recipient])
    report.attach(status)
    report.attach(MIMEText(f"Message-ID: {of.message_id}\n", "rfc822-headers"))
    return report


def _people(headers: dict[str, str], *names: str) -> list[tuple[str, str]]:
    return getaddresses([_on_one_line(headers[name]) for name in names if name in headers])


def _on_one_line(text: str) -> str:
    """What strangers sent may hold anything."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
