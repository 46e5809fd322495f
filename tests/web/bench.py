"""A register with one escalation in it, the reply pages over it, and a reader of pages: what the reply tests share."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol

import httpx2
from fastapi import APIRouter, FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from temporalio.client import Client

from activities.links import Links, signing_keys
from config import directory, procedures
from config.connect import TemporalUnreachable
from config.keys import KeyRing
from config.settings import SAMPLE_COUNCIL, Settings
from escalation import rules
from escalation.case import Case
from escalation.history import HistoryEntry
from escalation.messages import Command, Delivery, NoticeOutcome, SilenceProven, Start
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.summary import summary_of
from escalation.wire import Subject
from escalation.working_days import LONDON, Calendar
from register.engine import open_register
from register.store import Register
from starter.embedded.temporal_server import binary
from starter.office import Office
from tests.empty_register import empty_register
from tests.escalation.driver import Play
from tests.serving import PLAIN, serving
from web import reply
from web.app import LOOPBACK_HOSTS, STATIC
from web.headers import SecurityHeaders
from web.reply.guarding import Pace, Paces
from workflows import workflow_id

REFERENCE = "SWK-2026-0042"
MAEVE, VERA = "maeve.brennan@council.example", "vera.kowalska@council.example"
CALENDAR = Calendar(source="England bank holidays", first=date(2025, 1, 1), last=date(2029, 12, 31), closed={})
CONCERN = "The decision of the last review has not been carried out."
ACTIONS = ["Hold a permanence planning meeting.", "Send its minutes."]
FIELDS: dict[str, Any] = {
    "form_complete": True,
    "concern": CONCERN,
    "impact_on_child": "A secret about the child.",
    "category": 2,
}


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@cache
def _southwark() -> Procedure:
    return procedures.load("southwark")


@dataclass
class Bench:
    """One escalation of Southwark's procedure, told by the rules and kept in a register. `now` stands still."""

    folder: Path
    now: datetime = field(default_factory=lambda: london("2026-11-23 10:00"))
    ring: KeyRing = field(default_factory=KeyRing.generate)
    case: Case | None = None
    entries: list[HistoryEntry] = field(default_factory=list)
    reference: str = REFERENCE

    def __post_init__(self) -> None:
        self.procedure = _southwark()
        people = self.folder / "directory.yaml"
        shutil.copy(SAMPLE_COUNCIL, people)
        self.settings = Settings(var=self.folder, directory=people)
        self.register: Register = open_register(empty_register(self.folder))
        self.links = Links(signing_keys(self.ring.active, self.ring.keys), self.settings.public_url)

    @property
    def escalation(self) -> str:
        return workflow_id(self.procedure.key, self.reference)

    @property
    def told(self) -> Case:
        assert self.case
        return self.case

    def played(self, play: Play, *people: str) -> Bench:
        """What a play has told, of whichever procedure. `people` are the roles that somebody holds."""
        self.procedure, self.case, self.now, self.reference = play.procedure, play.case, play.now, play.case.reference
        self.entries = list(play.entries)
        self.register.keep_procedure(self.procedure)
        self.register.record(self.escalation, self.entries, summary_of(play.case))
        named = "".join(f"  {role}: {{name: {role.title()}, email: {role}@council.example}}\n" for role in people)
        posts = "".join(f"  - {{role: {role}, person: {role}}}\n" for role in people)
        self.settings.directory.write_text(f"people:\n{named}posts:\n{posts}", encoding="utf-8")
        return self

    def raised(self, actions: Any = ACTIONS, stage: str | None = None) -> Bench:
        """Raised at `now`, its alert accepted at the same instant. No form takes a list yet: it is put in."""
        begun = rules.begin(self.procedure, CALENDAR, self.now)
        fields = FIELDS | {"requested_action": "All of it."}
        start = Start(by="iro", name="Sam Okafor", subject=Subject(kind="lac"), stage=stage, fields=fields)
        started = rules.start(begun.case, start, REFERENCE, self.now)
        assert started.rejection is None, started.rejection
        self._hold(begun)
        entries = tuple(_asking(entry, actions) for entry in started.entries)
        asking = started.case.model_copy(update={"fields": fields | {"requested_action": actions}})
        self._hold(started.model_copy(update={"entries": entries, "case": asking}))
        self.alerted()
        return self

    def alerted(self) -> None:
        notice = next(each for each in self.told.outstanding if each.part == "addressee")
        delivery = Delivery(
            role=notice.reaches[0],
            person="Whoever",
            address=MAEVE,
            accepted_at=self.now,
            message_id="<1@council.example>",
            day_zero=self.now.date(),
        )
        accepted = NoticeOutcome(entry=notice.entry, notice=notice.notice, part=notice.part, delivered=[delivery])
        self._hold(rules.take(self.told, accepted, self.now))

    def act(self, command: Command) -> None:
        outcome = rules.rule(self.told, command, self.now)
        assert outcome.rejection is None, outcome.rejection
        self._hold(outcome)

    def lapsed(self) -> None:
        """Nobody answered: it is two minutes past the deadline, and the next stage has been alerted."""
        due = self.told.due
        assert due
        self.now = due.at + timedelta(minutes=2)
        proof = SilenceProven(visit=self.told.visit.n, read_at=self.now)
        self._hold(rules.take(self.told, proof, self.now))
        self.alerted()

    def _hold(self, outcome: Outcome) -> None:
        self.case = outcome.case
        self.entries += outcome.entries
        if outcome.case.visits:
            held = len(self.register.history(self.reference))
            self.register.keep_procedure(self.procedure)
            self.register.record(self.escalation, self.entries[held:], summary_of(outcome.case))

    def path(self, role: str = "operational_manager", address: str = MAEVE, visit: int | None = None) -> str:
        """Where a link leads, on this server."""
        number = visit or self.told.visits[0].n
        link = self.links.link(self.reference, number, role, address)
        return link.removeprefix(self.settings.public_url)

    def people(self, *changes: tuple[str, str]) -> None:
        """Change the directory's file."""
        text = self.settings.directory.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.settings.directory.write_text(text, encoding="utf-8")
        directory.load(self.settings.directory)

    def inbox(self) -> list[str]:
        """Response ids of everything that was ever received."""
        return [answer.response_id for answer in self.register.answers(self.escalation, self.now + timedelta(days=999))]

    @property
    def state(self) -> tuple[Any, ...]:
        """All that a request could change."""
        held = len(self.register.history(self.reference))
        return tuple(self.inbox()), held, self.register.find(self.reference)


def _asking(entry: HistoryEntry, actions: Any) -> HistoryEntry:
    if entry.event != "raised":
        return entry
    return entry.model_copy(update={"fields": entry.fields | {"requested_action": actions}})


async def nobody() -> Client:
    """A Temporal that is not there."""
    raise TemporalUnreachable("Temporal does not answer.")


GENEROUS = 10_000


def paces(opening: int = GENEROUS, sending: int = GENEROUS) -> Paces:
    return Paces(Pace(opening), Pace(sending))


class Pages(Protocol):
    """What makes the routes of one kind of page behind our links."""

    def __call__(
        self,
        office: Office,
        ring: KeyRing,
        *,
        client: Callable[[], Awaitable[Client]],
        now: Callable[[], datetime],
        paces: Paces | None,
    ) -> APIRouter: ...


@contextmanager
def served(
    bench: Bench,
    client: Callable[[], Awaitable[Client]] = nobody,
    how_often: Paces | None = None,
    pages: Pages = reply.routes,
) -> Iterator[str]:
    """The reply pages, or others behind our links, on a port of their own."""
    app, office = FastAPI(openapi_url=None), Office(bench.settings)
    app.include_router(pages(office, bench.ring, client=client, now=lambda: bench.now, paces=how_often or paces()))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS, www_redirect=False)
    with closing(office), serving(app) as address:
        yield address


SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
JSON = {"Accept": "application/json"}


@contextmanager
def browsing(address: str, **headers: str) -> Iterator[httpx2.Client]:
    """A browser on our own pages, following redirects as browsers do."""
    told: dict[str, Any] = {"headers": SAME_SITE | headers, "follow_redirects": True, "verify": PLAIN}
    with httpx2.Client(base_url=address, timeout=120, **told) as browser:
        yield browser


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person, or a machine, finds on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title, self.words = "", ""
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self._inside: list[str] = []
        self._area = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(self.words.split())

    @property
    def form(self) -> Form:
        return self.forms[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given["action"], given["method"]))
        elif tag == "input" and (given.get("type") != "radio" or "checked" in given):
            self.form_now.fields[given["name"]] = given.get("value", "")
        elif tag == "button":
            self.form_now.buttons.append((given["name"], given["value"]))
        elif tag == "textarea":
            self._area = given["name"]
            self.form_now.fields[self._area] = ""
        self._inside.append(tag)

    @property
    def form_now(self) -> Form:
        return self.forms[-1]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass  # tags that were never closed, such as <input>

    def handle_data(self, data: str) -> None:
        if "textarea" in self._inside:
            self.form_now.fields[self._area] += data.removeprefix("\n")
        elif "title" in self._inside:
            self.title += data
        else:
            self.words += f" {data}"


def press(browser: httpx2.Client, page: Page, button: str, **filled: str) -> httpx2.Response:
    """Fill in the page's form and press one of its buttons."""
    names = {name.replace("_", "-") if "_" in name and name[-1].isdigit() else name: v for name, v in filled.items()}
    assert ("act", button) in page.form.buttons, page.form.buttons
    return browser.post(page.form.action, data=page.form.fields | names | {"act": button})


def confirmed(browser: httpx2.Client, path: str, address: str = MAEVE) -> Page:
    """Open a link and confirm the address: the first screen."""
    answer = press(browser, Page(browser.get(path).text), "confirm", email=address)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


class DevelopmentServer:
    """Temporal's development server, its state in a file: it may be killed, and started again."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "temporal.db"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        words = ["server", "start-dev", "--headless", "--log-level", "never", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [str(binary()), *words, "--ip", "127.0.0.1", "--db-filename", str(self._file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PATH": str(Path(sys.executable).parent)},
        )

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
