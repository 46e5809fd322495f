"""A council with people, an order to send a notice, a register of its own, and a mail server that can misbehave."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.notices import Notices
from activities.smtp import SmtpTransport
from activities.transport import Transport
from escalation.directory import Directory, Person, Post
from escalation.messages import NoticeToSend, SendNotice, StageClock
from escalation.working_days import Calendar
from register.engine import open_register
from register.store import Register
from tests.activities.said import say, see  # noqa: F401 - fixtures
from tests.empty_register import empty_register

ENTERED = datetime(2025, 12, 22, 10, 30, tzinfo=UTC)
CALENDAR = Calendar(
    source="England bank holidays",
    first=date(2025, 1, 1),
    last=date(2027, 12, 31),
    closed={
        date(2025, 12, 25): "Christmas Day",
        date(2025, 12, 26): "Boxing Day",
        date(2026, 1, 1): "New Year's Day",
    },
)
TITLES = {
    "iro": "Independent Reviewing Officer",
    "team_manager": "Team Manager",
    "practice_lead": "Practice Lead",
    "head_of_qau": "Head of QAU",
    "qau_manager": "QAU Manager",
    "service_manager": "Service Manager",
}
NAMES = {
    "iro": "Sam Okafor",
    "team_manager": "Priya Shah",
    "practice_lead": "Tom O'Neill",
    "head_of_qau": "Ceri Hughes",
    "qau_manager": "Zoë Fraser-Ng",
    "operations": "Alex Reid",
}


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class MailServer:
    """A real SMTP server on a port of its own. `answers` says what it says to RCPT and DATA, one reply a message."""

    def __init__(self, **options: Any) -> None:
        self.accepted: list[tuple[str, str, bytes]] = []
        self.connections: list[SMTP] = []
        self.on_mail: list[str] = []
        self.on_rcpt: list[str] = []
        self.on_data: list[str] = []
        self.refuse: dict[str, str] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.started = asyncio.Event()
        self.go_on = asyncio.Event()
        self._options = options
        self.port = 0

    @property
    def mails(self) -> list[EmailMessage]:
        parser = BytesParser(policy=default)
        return [parser.parsebytes(content) for _, _, content in self.accepted]

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()
        for _ in range(3):  # aborted connections are closed in the loop's next turns
            await asyncio.sleep(0)

    def hang_up(self) -> None:
        for connection in self.connections:
            _abort(connection)
        self.connections.clear()

    def _connect(self) -> SMTP:
        connection = SMTP(self, enable_SMTPUTF8=False, hostname="mail.council.example", **self._options)
        self.connections.append(connection)
        return connection

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.on_mail.pop(0) if self.on_mail else "250 OK"
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refuse.get(address) or (self.on_rcpt.pop(0) if self.on_rcpt else "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._take(server, envelope)
        finally:
            self.at_once -= 1

    async def _take(self, server: SMTP, envelope: Envelope) -> str:
        answer = self.on_data.pop(0) if self.on_data else "250 OK"
        if answer == "hang":
            self.started.set()
            await self.go_on.wait()
            answer = "250 OK"
        if answer.startswith("drop"):
            _abort(server)
        if answer.startswith("2") or answer == "drop after keeping it":
            assert isinstance(envelope.content, bytes)
            self.accepted.append((str(envelope.mail_from), envelope.rcpt_tos[0], envelope.content))
        return answer


def _abort(connection: SMTP) -> None:
    """Break it off, as a crash of the server would."""
    if isinstance(connection.transport, asyncio.WriteTransport):
        connection.transport.abort()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def new_mail_server() -> Callable[..., MailServer]:
    """For a server with options: a login, TLS."""
    return MailServer


@pytest.fixture
async def transport(mail_server: MailServer) -> AsyncIterator[SmtpTransport]:
    smtp = SmtpTransport("127.0.0.1", mail_server.port, tls="off", timeout=120, patience=120)
    yield smtp
    await smtp.close()


@pytest.fixture
def directory() -> Directory:
    people = {role: Person(name=name, email=f"{role}@council.example") for role, name in NAMES.items()}
    return Directory(people=people, posts=[Post(role=role, person=role) for role in NAMES])


@pytest.fixture
def register_url(tmp_path: Path) -> str:
    return empty_register(tmp_path)


@pytest.fixture
def register(register_url: str) -> Register:
    return open_register(register_url)


@pytest.fixture
def clock() -> Clock:
    """The instant of the attempt: the entry's own, until a test says otherwise."""
    return Clock(ENTERED)


@pytest.fixture
def notices(directory: Directory, transport: Transport, register: Register, clock: Clock) -> Notices:
    return Notices(
        lambda: directory,
        transport,
        register,
        mail_from="Twentydays <twentydays@council.example>",
        message_id_domain="twentydays.council.example",
        now=clock,
    )


Order = Callable[..., SendNotice]


@pytest.fixture
def order() -> Order:
    """An alert to the team manager, copied to quality assurance; keywords change the notice, `more` the order."""

    def make(more: dict[str, Any] | None = None, **notice: Any) -> SendNotice:
        to_send = {
            "entry": 2,
            "notice": "alert",
            "to": ("team_manager", "practice_lead"),
            "cc": ("head_of_qau", "qau_manager"),
            "reaches": ("team_manager", "practice_lead", "head_of_qau", "qau_manager"),
            "answering": ("team_manager",),
            "stage": "L1",
            "at": ENTERED,
        } | notice
        settings: dict[str, Any] = {
            "escalation": "escalation/southwark/SWK-2025-0042",
            "reference": "SWK-2025-0042",
            "procedure": "southwark",
            "procedure_title": "IRO Dispute Resolution Process",
            "council": "Southwark",
            "raiser": "iro",
            "titles": TITLES,
            "stage_title": "Stage 1: Team Manager",
            "next_stage_title": "Stage 2: Service Manager",
            "next_addressee": "Service Manager",
            "clock": StageClock(working_days=5, cap_working_days=20, starts_cap=True),
            "calendar": CALENDAR,
        }
        return SendNotice(notice=NoticeToSend(**to_send), **(settings | (more or {})))

    return make


@pytest.fixture
def self_signed(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's context, which know each other."""
    return _contexts(tmp_path)


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))
