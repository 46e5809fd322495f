"""What is put into the post: one MIME message for one person, the same bytes however often it is built."""

from __future__ import annotations

import hashlib
from binascii import b2a_qp
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

from activities import wording
from activities.deadline_file import DeadlineFile, Organizer, files
from activities.recipients import Found, Recipient, same
from activities.rendering import Rendered
from activities.view import answers_go_to
from escalation.directory import Person
from escalation.messages import NoticeToSend, SendNotice
from escalation.working_days import LONDON, london_date

POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)
"""The library's plain way: its newer one parses every header that it is given, which took seven times as long."""

NOBODY = "undisclosed-recipients:;"
"""What stands in To where nobody serves in the roles that it names (RFC 5322): filters distrust a letter without it."""


@dataclass(frozen=True)
class Sender:
    """Who the letters come from, and the domain of their ids, which never changes once letters have gone out."""

    mail_from: str
    message_id_domain: str

    @property
    def address(self) -> str:
        """The envelope's sender, to whom bounces go."""
        return parseaddr(self.mail_from)[1]


@dataclass(frozen=True)
class Letter:
    """A message ready to be handed over."""

    message_id: str
    content: bytes
    files: int = 0


def write(
    order: SendNotice,
    dated: date,
    words: Rendered,
    recipient: Recipient,
    found: Found,
    sender: Sender,
    day_zero: date | None = None,
) -> Letter:
    """The letter of one rendering, dated by the London date of that rendering; `day_zero` is what an alert states."""
    notice = order.notice
    key = (order.escalation, str(notice.entry), name_of(notice), recipient.person.email, dated.isoformat())
    message_id = _id(sender, *key)
    message = _body(words, key)
    attached = [*files(order, day_zero, recipient, Organizer(sender.address, sender.message_id_domain))]
    if attached:
        message = _with(attached, message, key)
    for name, value in _headers(order, dated, words, recipient, found, sender).items():
        if value:
            message[name] = value
    message["Message-ID"] = message_id
    return Letter(message_id, message.as_bytes(), len(attached))


def of_no_escalation(kind: str, words: Rendered, person: Person, at: datetime, sender: Sender, *said: str) -> Letter:
    """To one person, in no thread. What is `said` makes its id, with its kind, its reader and its date."""
    key = (kind, person.email, at.astimezone(UTC).isoformat(), *said)
    message = _body(words, key)
    headers = {
        "From": sender.mail_from,
        "To": _addresses([person]),
        "Subject": _encoded(words.subject),
        "Date": format_datetime(at.astimezone(LONDON)),
        "Message-ID": _id(sender, *key),
        "X-Twentydays-Notice": kind,
    }
    for name, value in (headers | _automatic(sender)).items():
        message[name] = value
    return Letter(headers["Message-ID"], message.as_bytes())


def name_of(notice: NoticeToSend) -> str:
    """What one entry's notices are told apart by: two of one name, sent for different roles, are two notices."""
    return f"{notice.notice} for {notice.sent_for}" if notice.sent_for else notice.notice


def _body(words: Rendered, key: tuple[str, ...]) -> MIMEMultipart:
    """Text and HTML, which say the same; a mail program shows the one that it can."""
    body = MIMEMultipart("alternative", boundary=f"=_{_digest('boundary', *key)}", policy=POLICY)
    body.attach(_part(words.text, "plain"))
    body.attach(_part(words.html, "html"))
    return body


def _with(attached: Iterable[DeadlineFile], body: MIMEMultipart, key: tuple[str, ...]) -> MIMEMultipart:
    """Files beside the body, so that no mail program takes one for another way to say it."""
    del body["MIME-Version"]
    whole = MIMEMultipart("mixed", boundary=f"=_{_digest('whole', *key)}", policy=POLICY)
    whole.attach(body)
    for file in attached:
        part = _part(file.text, "calendar", method=file.method, name=file.name)
        part.add_header("Content-Disposition", "attachment", filename=file.name)
        whole.attach(part)
    return whole


def _part(text: str, subtype: str, **parameters: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, policy=POLICY, charset="utf-8", **parameters)
    del part["MIME-Version"]  # one a message is enough
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(text.encode(), istext=True).decode("ascii"))
    return part


def _headers(
    order: SendNotice, dated: date, words: Rendered, recipient: Recipient, found: Found, sender: Sender
) -> dict[str, str]:
    """The whole To and Cc of the notice, whoever this copy of it is for, and what tools and gateways can sort by."""
    notice, thread = order.notice, _id(sender, "thread", order.escalation)
    to = _unique(person for role in notice.to for person in found.holders[role])
    cc = _unique((person for role in notice.cc for person in found.holders[role]), without=to)
    return {
        "From": sender.mail_from,
        "To": _addresses(to) or NOBODY,
        "Cc": _addresses(cc),
        "Reply-To": _addresses(answers_go_to(order, found)),
        "Subject": _encoded(words.subject),
        "Date": format_datetime(_written_at(notice.at, dated)),
        "In-Reply-To": thread,
        "References": thread,
        **_automatic(sender),
        "X-Twentydays-Reference": order.reference,
        "X-Twentydays-Notice": notice.notice,
        "X-Twentydays-Stage": notice.stage or "",
        "X-Twentydays-Role": recipient.role,
        "X-Twentydays-Channel": "" if notice.channel == "email" else notice.channel,
    }


def _automatic(sender: Sender) -> dict[str, str]:
    """What says that no person wrote it."""
    return {
        "List-Id": f"Escalations <escalations.{sender.message_id_domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def _written_at(entered: datetime, dated: date) -> datetime:
    """The entry's own instant, unless the rendering belongs to a later date: then the first instant of that."""
    if dated <= london_date(entered):
        return entered.astimezone(LONDON)
    return datetime.combine(dated, time(0), LONDON)


def _unique(people: Iterable[Person], without: Iterable[Person] = ()) -> list[Person]:
    taken = {same(person.email) for person in without}
    return list({same(person.email): person for person in people if same(person.email) not in taken}.values())


def _addresses(people: Iterable[Person]) -> str:
    return ", ".join(formataddr((wording.on_one_line(person.name), person.email)) for person in people)


def _encoded(subject: str) -> str:
    clean = wording.on_one_line(subject)
    return clean if clean.isascii() else Header(clean, "utf-8", header_name="Subject").encode()


def _id(sender: Sender, *parts: str) -> str:
    return f"<{_digest(*parts)}@{sender.message_id_domain}>"


def _digest(*parts: str) -> str:
    """The same parts, the same id; lengths keep ("ab", "c") and ("a", "bc") apart."""
    said = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
