"""Steps played by the rules alone: no server, every email accepted at once, and nobody writes but in a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from activities.calendar import Calendars
from escalation import notices, ordering, record, rules
from escalation.case import Case
from escalation.deadlines import day_zero
from escalation.errors import TwentydaysError
from escalation.history import HistoryEntry, TaskOpened
from escalation.local_calendar import LocalCalendar
from escalation.messages import (
    Command,
    Delivery,
    NoticeOutcome,
    NoticeToSend,
    RecordEvent,
    SendNotice,
    SilenceProven,
)
from escalation.procedure import Procedure, ToDo
from escalation.record import RecordOpening
from escalation.rules import Advisory, Outcome, Rejection
from starter.rehearsal import acts
from starter.rehearsal.acts import Opens, Reports, Setting
from starter.rehearsal.apart import Apart
from starter.rehearsal.scenario import Given, Step


@dataclass(frozen=True)
class Seen:
    """What a step led to, and all that time brought since the step before it."""

    at: datetime
    case: Case | None
    entries: Sequence[HistoryEntry]
    rejection: Rejection | None = None
    warnings: Sequence[Advisory] = ()

    @property
    def tasks(self) -> list[tuple[str, str]]:
        """(role, what) of each that was opened."""
        return [(entry.to, entry.what) for entry in self.entries if isinstance(entry, TaskOpened)]


@dataclass
class Sitting:
    """One escalation, or one other process, from its first alert to its close."""

    case: Case
    entries: list[HistoryEntry] = field(default_factory=list)

    def write(self, outcome: Outcome) -> Outcome:
        self.case = outcome.case
        self.entries += outcome.entries
        return outcome

    def pass_time(self, begins: datetime, until: datetime) -> None:
        """All that time brings, each thing at its own instant."""
        now = begins
        while True:
            self.run(now)
            wake = rules.next_wake(self.case, now)
            if wake is None or not now < wake <= until:
                break
            now = wake
        self.run(until)

    def run(self, now: datetime) -> None:
        """What a worker does at an instant."""
        self.write(rules.elapse(self.case, now))
        while rules.silence_needs_proof(self.case, now):
            self.write(rules.take(self.case, SilenceProven(visit=self.case.visit.n, read_at=now), now))
        while ready := notices.sendable(self.case):
            for notice in ready:
                self.write(rules.take(self.case, self._outcome(notice, now), now))
        self.write(rules.elapse(self.case, now))

    def _outcome(self, notice: NoticeToSend, now: datetime) -> NoticeOutcome:
        about = {"entry": notice.entry, "notice": notice.notice, "part": notice.part, "sent_for": notice.sent_for}
        if notice.overtaken:
            return NoticeOutcome.model_validate(about | {"not_sent": notice.overtaken})
        order = ordering.order(self.case, notice, f"tabletop/{self.case.reference}")
        return NoticeOutcome.model_validate(about | {"delivered": _delivered(order, now)})


class Tabletop:
    """A procedure on the table. `step` plays one step after the other."""

    def __init__(self, procedure: Procedure, given: Given) -> None:
        closed = dict.fromkeys(given.extra_non_working_days, "closed")
        self.procedure = procedure
        self.given = given
        self.calendars = Calendars(LocalCalendar(closed=closed))
        self.sittings: list[Sitting] = []
        self.apart: list[HistoryEntry] = []
        self.now: datetime | None = None

    def step(self, step: Step) -> Seen:
        """Time passes up to the step, and it is done."""
        seen = [len(sitting.entries) for sitting in self.sittings], len(self.apart)
        self._pass_time(step.at)
        rejection, warnings = self._do(step)
        before = seen[0] + [0] * len(self.sittings)
        new = [e for n, sitting in enumerate(self.sittings) for e in sitting.entries[before[n] :]]
        case = acts.about(self.procedure, step.do, self.cases) or next(iter(self.cases[-1:]), None)
        entries = sorted([*new, *self.apart[seen[1] :]], key=lambda entry: entry.at)
        return Seen(step.at, case, entries, rejection, warnings)

    def _pass_time(self, to: datetime) -> None:
        for sitting in self.sittings:
            sitting.pass_time(self.now or to, to)
        self.now = to

    def _do(self, step: Step) -> tuple[Rejection | None, Sequence[Advisory]]:
        case = acts.about(self.procedure, step.do, self.cases)
        try:
            act = acts.read(step, Setting(self.procedure, self.given, case))
        except (TwentydaysError, ValidationError) as problem:
            return Rejection(code="not_understood", message=str(problem)), ()
        match act:
            case None | Reports():
                return None, ()
            case Opens():
                return self._open(act, step.at)
            case Apart():
                return self._record(act, step.at)
        outcome = self._act(act, case, step.at)
        return outcome.rejection, outcome.warnings

    def _act(self, command: Command, case: Case | None, at: datetime) -> Outcome:
        sitting = next(sitting for sitting in self.sittings if sitting.case is case)
        outcome = sitting.write(rules.rule(sitting.case, command, at))
        sitting.run(at)
        return outcome

    def _open(self, opens: Opens, at: datetime) -> tuple[Rejection | None, Sequence[Advisory]]:
        begun = rules.begin(opens.procedure, self.calendars.calendar_for(at.date()), at)
        reference = f"EXAMPLE-{len(self.sittings) + 1}"
        started = rules.start(begun.case, opens.start, reference, at)
        if started.rejection is None:
            sitting = Sitting(begun.case, list(begun.entries))
            sitting.write(started)
            sitting.run(at)
            self.sittings.append(sitting)
        elif started.rejection.tasks:
            kept = record.set_apart(ToDo(to=task.to, what=task.what) for task in started.rejection.tasks)
            self._record(Apart(kept, RecordEvent(by=opens.start.by, what=kept.do, fields=opens.start.fields)), at)
        return started.rejection, started.warnings

    def _record(self, apart: Apart, at: datetime) -> tuple[Rejection | None, Sequence[Advisory]]:
        rejection, advice = apart.ruled(self.procedure)
        if rejection is None:
            self.apart += _recorded(apart.opening(self.procedure, f"RECORD-{len(self.apart) + 1}", at), at)
        return rejection, advice

    @property
    def cases(self) -> list[Case]:
        """In the order in which they were opened."""
        return [sitting.case for sitting in self.sittings]


def _recorded(opening: RecordOpening, at: datetime) -> list[HistoryEntry]:
    """A recording that stands alone, and its notices."""
    entries = record.begin(opening, at)
    for entry in list(entries):
        for notice in record.called_for(opening, entry):
            order = record.order(opening, notice, f"tabletop/{opening.reference}")
            outcome = NoticeOutcome(
                entry=notice.entry, notice=notice.notice, part=notice.part, delivered=_delivered(order, at)
            )
            entries += record.take(notice, outcome, len(entries) + 1, at)
    return entries


def _delivered(order: SendNotice, now: datetime) -> list[Delivery]:
    """Each message accepted by the mail server as it is handed over."""
    notice, stated = order.notice, order.day_zero
    if order.clock and order.calendar and stated is None:
        stated = day_zero(order.clock, now, order.calendar)
    return [
        Delivery(
            role=role,
            person=role,
            address=f"{role}@council.example",
            accepted_at=now,
            message_id=f"<{notice.entry}.{notice.notice}.{role}@council.example>",
            day_zero=stated,
        )
        for role in notice.reaches
    ]
