"""How does a test drive one escalation, and how does it notice an email that nobody expected?"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from config import procedures
from config.keys import KeyRing
from escalation.history import HistoryEntry
from escalation.local_calendar import LocalCalendar
from escalation.messages import Command, Decide, Respond, Start
from escalation.opening import Opening, Receipt
from escalation.procedure import Procedure, Stage
from escalation.state import EntryView, State
from escalation.wire import Subject
from escalation.working_days import LONDON, london_date
from starter import escalations
from starter.rehearsal.filling import filled
from starter.rehearsal.world import World, world_at
from workflows import workflow_id

REFERENCE = "CASE-1"
Instant = str | datetime


def london(instant: Instant) -> datetime:
    """`2025-12-31 17:00` is London's wall clock; what is a datetime already stays as it is."""
    if isinstance(instant, datetime):
        return instant
    return datetime.fromisoformat(instant).replace(tzinfo=LONDON)


@dataclass
class ACase:
    """One escalation in a world of its own. Every email that goes out has to be named by an `expect_`."""

    world: World
    procedure: Procedure
    reference: str = REFERENCE
    expected: set[int] = field(default_factory=set)

    @property
    def id(self) -> str:
        return workflow_id(self.procedure.key, self.reference)

    # What people and time do --------------------------------------------------------------------------------------

    def command(self, *, subject: Subject | None = None, on: date | None = None, **said: Any) -> Start:
        """A start by the usual raiser; required fields of the form that are left out are filled with valid values."""
        own = {key: said.pop(key) for key in list(said) if key in Start.model_fields}
        stage = own.get("stage") or self.procedure.entry.default or self.procedure.stages[0].key
        fields = filled(self.procedure, said, "start", stage, on or date(2025, 1, 6))
        kind = subject or Subject(kind=self.procedure.subjects[0])
        return Start.model_validate({"by": self.procedure.raiser.roles[0], "subject": kind, "fields": fields} | own)

    async def start(self, **said: Any) -> None:
        now = await self.world.now()
        assert await self.world.open_case(self.command(on=london_date(now), **said), self.reference)

    async def go_on_from(self, events: Sequence[HistoryEntry]) -> None:
        """An escalation that began elsewhere: its events so far are its history."""
        opening = Opening(reference=self.reference, procedure=self.procedure, events=list(events))
        self.world.escalation = self.id
        assert await escalations.start(self.world.client, opening)
        await self.world.settle()

    async def pass_time(self, *, to: Instant) -> State:
        await self.world.pass_time(london(to))
        return await self.state()

    async def act(self, command: Command) -> Receipt:
        """Accepted or refused: the test looks at the receipt."""
        return await self.world.act(command)

    async def respond(self, stage: str | None = None, **said: Any) -> Receipt:
        """The addressee answers, and the answer is taken."""
        key = stage or str((await self.state()).stage)
        usual = {"response_id": f"answer-{key}", "stage": key, "by": self._stage(key).addressee[0], "text": "Done."}
        return _accepted(await self.act(Respond.model_validate(usual | said)))

    async def decide(self, outcome: str, **said: Any) -> Receipt:
        """The raiser decides, and the decision is taken."""
        usual = {"by": self.procedure.raiser.roles[0], "outcome": outcome, "outcome_text": "As agreed."}
        return _accepted(await self.act(Decide.model_validate(usual | said)))

    # What can be seen ---------------------------------------------------------------------------------------------

    async def state(self) -> State:
        state = await self.world.state()
        assert state
        return state

    async def history(self) -> list[EntryView]:
        return await self.world.history()

    async def entries(self, event: str) -> list[EntryView]:
        return [entry for entry in await self.history() if entry.event == event]

    async def status(self) -> tuple[str | None, str]:
        state = await self.state()
        return state.stage, state.status

    # Emails -------------------------------------------------------------------------------------------------------

    async def expect_mail(self, *, to: str | Iterable[str], notice: str) -> None:
        """Each role has been sent this notice once more than was expected until now."""
        for role in [to] if isinstance(to, str) else to:
            sent = await self.sent()
            places = [n for n, mail in enumerate(sent) if mail == (notice, role) and n not in self.expected]
            assert places, f"no {notice} to {role}; not yet expected: {self._unexpected(sent)}"
            self.expected.add(places[0])

    async def expect_alert(self, key: str) -> None:
        """The stage's alert has reached everyone whom the procedure lists, and each of them once."""
        stage = self._stage(key)
        await self.expect_mail(notice=stage.notice, to=_unique([*stage.addressee, *stage.also_to, *stage.copy_to]))

    async def expect_start(self, key: str = "L1") -> None:
        """What goes out when a concern is raised under Southwark's procedure."""
        await self.expect_alert(key)
        await self.expect_mail(notice="please_read_record", to=["social_worker", self._stage(key).addressee[0]])

    async def expect_silence(self, key: str, then: str | None = None) -> None:
        """What goes out when a stage of Southwark's procedure is reminded, lapses, and goes on."""
        addressee = self._stage(key).addressee[0]
        await self.expect_mail(notice="reminder", to=addressee)
        if then:
            await self.expect_mail(notice="overdue", to=[addressee, "iro", "qau_manager"])
            await self.expect_alert(then)

    async def expect_closed(self, *asked: str) -> None:
        """What goes out when a case under Southwark's procedure has been closed."""
        await self.expect_mail(notice="please_read_record", to=["social_worker", *asked])

    async def expect_all(self, notice: str) -> None:
        """Every email of this notice, where a test is not about them."""
        self.expected |= {n for n, (name, _) in enumerate(await self.sent()) if name == notice}

    async def sent(self) -> list[tuple[str, str]]:
        """(notice, role) of every message that the mail server accepted; one that no history tells of shows as such."""
        known = {
            delivery["message_id"]: (entry.details["notice"], delivery["role"])
            for entry in await self.entries("email_sent")
            for delivery in entry.details["delivered"]
        }
        unknown = "not in the history"
        return [known.get(m["Message-ID"], (unknown, str(m["Subject"]))) for m in self.world.outbox.sent]

    async def check(self) -> None:
        """Nothing went out that was not expected, nothing twice; the register's chain holds; it is somebody's turn."""
        await self.world.settle()
        sent = await self.sent()
        assert not self._unexpected(sent), f"emails that nothing expected: {self._unexpected(sent)}"
        assert self.world.register.verify() == []
        twice = Counter(str(message["Message-ID"]) for message in self.world.outbox.sent)
        assert [message for message, times in twice.items() if times > 1] == []
        state = await self.state()
        assert state.status in {"closed", "withdrawn"} or (state.waiting_for and state.until)

    def _unexpected(self, sent: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [mail for n, mail in enumerate(sent) if n not in self.expected]

    def _stage(self, key: str) -> Stage:
        stage = self.procedure.stage(key)
        assert stage
        return stage


@asynccontextmanager
async def a_case(
    key: str | Procedure,
    *,
    at: Instant,
    closed: dict[date, str] | None = None,
    ring: KeyRing | None = None,
    **worker_options: Any,
) -> AsyncIterator[ACase]:
    """A world in which it is `at`, before anything was raised. Leaving it fails on an email that nothing expected."""
    procedure = procedures.load(key) if isinstance(key, str) else key
    local = LocalCalendar(name="the council's own days", closed=closed or {})
    async with world_at(london(at), procedure, local=local, ring=ring, **worker_options) as world:
        case = ACase(world, procedure)
        yield case
        if world.escalation:
            await case.check()


def _accepted(receipt: Receipt) -> Receipt:
    assert receipt.accepted, receipt.rejection
    return receipt


def _unique(roles: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(roles))
