"""How does a test play an escalation from its first alert to its close, without any server?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from hypothesis import settings

from activities.calendar import Calendars
from config import procedures
from escalation import notices, ordering, rules
from escalation.case import Case
from escalation.deadlines import day_zero
from escalation.fold import fold, key_of
from escalation.history import Entry, History, HistoryEntry
from escalation.local_calendar import LocalCalendar
from escalation.messages import (
    Command,
    Decide,
    Delivery,
    Failure,
    NoticeOutcome,
    NoticeToSend,
    Respond,
    Result,
    SilenceProven,
    Start,
)
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.wire import Subject
from escalation.working_days import LONDON, Calendar, london_date
from tests.escalation.filled import FILLED

REFERENCE = "CASE-1"
EXAMPLES = settings(max_examples=60, deadline=None)
"""Of a property: enough to find a slip, few enough for everybody's machine."""


def london(text: str | datetime) -> datetime:
    """`2025-03-25 10:00` on London's wall clock."""
    return text if isinstance(text, datetime) else datetime.fromisoformat(text).replace(tzinfo=LONDON)


def instant(text: str | datetime) -> datetime:
    """The same as the clock of a worker has it: in UTC. In London the hour before winter time comes twice."""
    return london(text).astimezone(UTC)


@cache
def england(year: int) -> Calendar:
    return Calendars(LocalCalendar()).calendar_for(date(year, 6, 1))


@cache
def shipped(key: str) -> Procedure:
    return procedures.load(key)


def a_procedure(*stages: dict[str, Any], **more: Any) -> Procedure:
    """A small procedure of our own: S1 to manager_1, S2 to manager_2, as many as are given."""
    given = stages or ({}, {})
    listed = [
        {"key": f"S{n}", "title": f"Stage {n}", "addressee": [f"manager_{n}"]} | stage
        for n, stage in enumerate(given, 1)
    ]
    roles = {"iro": "IRO", "iro_manager": "IRO Manager", "quality": "Quality", "clerk": "Clerk", "watcher": "Watcher"}
    roles |= {"cafcass": "CAFCASS"} | {f"manager_{n}": f"Manager {n}" for n in range(1, len(given) + 1)}
    document = {
        "key": "ours",
        "title": "Ours",
        "council": "Somewhere",
        "source": {"title": "t", "amended": "a", "reference": "r"},
        "subjects": ["lac"],
        "roles": roles,
        "raiser": {"roles": ["iro"], "line_manager": "iro_manager"},
        "quality_assurance": "quality",
        "stages": listed,
        "extension": {},
    }
    return Procedure.model_validate(document | more)


class Play:
    """One escalation in play: its case, its history and the time on the clock."""

    def __init__(self, procedure: str | Procedure, at: str | datetime, calendar: Calendar | None = None) -> None:
        self.procedure = shipped(procedure) if isinstance(procedure, str) else procedure
        self.now = instant(at)
        self.entries: list[HistoryEntry] = []
        self.inbox: list[Respond] = []
        begun = rules.begin(self.procedure, calendar or england(london_date(self.now).year), self.now)
        self.case: Case = begun.case
        self._write(begun)

    # What people do --------------------------------------------------------------------------------------------------

    def start(self, *, deliver: bool = True, subject: Subject | None = None, **said: Any) -> Outcome:
        """The usual raiser starts with a complete form; `fields` go on top of it."""
        own = {key: said.pop(key) for key in list(said) if key in Start.model_fields}
        fields = FILLED.get(self.procedure.key, {}) | own.pop("fields", {}) | said
        command = Start.model_validate(
            {"by": self.procedure.raiser.roles[0], "subject": subject or Subject(kind=self.procedure.subjects[0])}
            | {"fields": fields}
            | own
        )
        outcome = self._write(rules.start(self.case, command, REFERENCE, self.now))
        if deliver and not outcome.rejection:
            self.deliver()
        return outcome

    def act(self, command: Command, *, at: str | datetime | None = None, deliver: bool = True) -> Outcome:
        if at:
            self.pass_time(at)
        outcome = self._write(rules.rule(self.case, command, self.now))
        if deliver:
            self.deliver()
        return outcome

    def respond(self, stage: str | None = None, *, at: str | None = None, **said: Any) -> Outcome:
        """The addressee answers, received as it is ruled unless `received_at` says otherwise."""
        if at:
            self.pass_time(at)
        key = stage or self.case.visit.stage
        asked = self.procedure.stage(key, self.case.track)
        given = {"response_id": f"r{len(self.entries)}", "by": asked.addressee[0] if asked else None, "stage": key}
        return self.act(Respond.model_validate(given | said))

    def decide(self, outcome: str, *, at: str | None = None, **said: Any) -> Outcome:
        given = {"by": self.procedure.raiser.roles[0], "outcome": outcome, "outcome_text": "As agreed"}
        return self.act(Decide.model_validate(given | said), at=at)

    # What the world does ---------------------------------------------------------------------------------------------

    def deliver(self, *, refuse: Iterable[str] = ()) -> None:
        """A mail server takes every notice that may go now; roles in `refuse` are refused for good."""
        while ready := notices.sendable(self.case):
            for notice in ready:
                self.settle(notice, refuse=refuse)

    def settle(self, notice: NoticeToSend, *, refuse: Iterable[str] = ()) -> Outcome:
        """The outcome of one notice, taken now."""
        key = dict(zip(("entry", "notice", "part", "sent_for"), key_of(notice), strict=True))
        if notice.overtaken:
            return self.take(NoticeOutcome(**key, not_sent=notice.overtaken))
        refused = [role for role in notice.reaches if role in set(refuse)]
        return self.take(
            NoticeOutcome(
                **key,
                delivered=[self._delivery(notice, role) for role in notice.reaches if role not in refused],
                failed=[Failure(role=role, reason="No such mailbox") for role in refused],
            )
        )

    def take(self, result: Result) -> Outcome:
        return self._write(rules.take(self.case, result, self.now))

    def pass_time(self, to: str | datetime, *, mail: bool = True) -> None:
        """Everything that time brings up to an instant, each at its own instant."""
        until = instant(to)
        assert until >= self.now, f"{until} lies before {self.now}"
        while True:
            self.run(mail=mail)
            wake = rules.next_wake(self.case, self.now)
            if wake is None or wake > until:
                break
            assert wake > self.now, f"the same instant again: {wake} at {self.now}"
            self.now = instant(wake)
        self.now = until
        self.run(mail=mail)

    def skip(self, to: str | datetime) -> None:
        """Nothing runs until then: the worker is down."""
        self.now = instant(to)

    def run(self, *, mail: bool = True) -> None:
        """What a worker does at this instant: elapse, read the inbox where it must, send."""
        self._write(rules.elapse(self.case, self.now))
        while deadline := rules.silence_needs_proof(self.case, self.now):
            visit = self.case.visit.n
            for answer in [one for one in self.inbox if one.received_at and one.received_at <= deadline]:
                self.inbox.remove(answer)
                self._write(rules.rule(self.case, answer, self.now))
            self.take(SilenceProven(visit=visit, read_at=self.now))
        if mail:
            self.deliver()
        self._write(rules.elapse(self.case, self.now))

    # What can be seen ------------------------------------------------------------------------------------------------

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self.entries]

    @property
    def due(self) -> str | None:
        """The running deadline, as London's wall clock shows it."""
        return f"{self.case.due.at:%Y-%m-%d %H:%M}" if self.case.due else None

    def of(self, event: str) -> list[Any]:
        return [entry for entry in self.entries if entry.event == event]

    def last(self, event: str) -> Any:
        return self.of(event)[-1]

    def heard(self, since: int = 0) -> dict[str, set[str]]:
        """Who got which notice, from the entry after number `since` on."""
        found: dict[str, set[str]] = {}
        for sent in self.of("email_sent"):
            if sent.n > since:
                found.setdefault(sent.notice, set()).update(delivery.role for delivery in sent.delivered)
        return found

    def _delivery(self, notice: NoticeToSend, role: str) -> Delivery:
        order = ordering.order(self.case, notice, "escalation/x/CASE-1")
        stated = order.day_zero
        if order.clock and order.calendar and stated is None:
            stated = day_zero(order.clock, self.now, order.calendar)
        return Delivery(
            role=role,
            person=role.title(),
            address=f"{role}@council.example",
            accepted_at=self.now,
            message_id=f"<{notice.entry}.{notice.notice}.{role}@council.example>",
            day_zero=stated,
        )

    def _write(self, outcome: Outcome) -> Outcome:
        self.case = outcome.case
        self.entries += outcome.entries
        return outcome


def refused(outcome: Outcome) -> tuple[str, str | None] | None:
    """Code and field of a refusal; None where it was accepted."""
    return (outcome.rejection.code, outcome.rejection.field) if outcome.rejection else None


def advised(outcome: Outcome) -> list[str]:
    return [warning.code for warning in outcome.warnings]


def tasks(play: Play, to: str | None = None, since: int = 0) -> list[str]:
    return [task.what for task in play.of("task_opened") if task.n > since and to in {None, task.to}]


def kept(play: Play) -> Case:
    """The case that the history, written to JSON and read back, folds into."""
    return fold(play.procedure, History.validate_json(History.dump_json(play.entries)))


def numbers(entries: Iterable[Entry]) -> list[int]:
    return [entry.n for entry in entries]
