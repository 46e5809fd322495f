"""One escalation from its start until nothing is outstanding: the real rules, the real activity, simulated time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from temporalio.exceptions import ApplicationError

from activities.notices import Notices
from escalation import notices, ordering, rules
from escalation.fold import NoticeKey, key_of
from escalation.history import HistoryEntry
from escalation.messages import CameBack, Command, NoticeOutcome, NoticeToSend, SendNotice, SilenceProven, Start
from escalation.overtaking import failed, given_up
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.working_days import Calendar
from tests.delivery.post_office import WorkerDied

SOON, LATER = timedelta(minutes=4), timedelta(hours=3)
WAITS = {"Unreachable", "WaitsForDigest"}
MANY = 5
"""Attempts in a row after which some hours are let pass instead of four minutes: nothing is learnt from each."""


@dataclass
class Sending:
    """One notice under way, as the workflow's task would have it: its order is made once."""

    order: SendNotice
    known: int
    """How many entries the history had when the order was made."""
    next_at: datetime
    attempts: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Settled:
    """A notice that was tried, for the oracle: from what it was made, when it was tried, what came of it."""

    key: NoticeKey
    known: int
    attempts: tuple[datetime, ...]
    overtaken: bool


class Course:
    """One escalation in play. `before_attempt` makes the weather of an instant; faults are what must never happen."""

    def __init__(
        self,
        procedure: Procedure,
        reference: str,
        calendar: Calendar,
        activity: Notices,
        now: datetime,
        before_attempt: Callable[[datetime, str], Awaitable[None]],
    ) -> None:
        self.procedure, self.reference, self.activity, self.now = procedure, reference, activity, now
        self.id = f"escalation/{procedure.key}/{reference}"
        self.before_attempt = before_attempt
        self.entries: list[HistoryEntry] = []
        self.sending: dict[NoticeKey, Sending] = {}
        self.settled: list[Settled] = []
        self.faults: list[str] = []
        self.unreachable = 0
        begun = rules.begin(procedure, calendar, now)
        self.case = begun.case
        self._write(begun)

    def clock(self) -> datetime:
        return self.now

    # What people and the world do ------------------------------------------------------------------------------------

    def start(self, command: Start) -> Outcome:
        return self._write(rules.start(self.case, command, self.reference, self.now))

    def act(self, command: Command) -> Outcome:
        return self._write(rules.rule(self.case, command, self.now))

    def mail_came_back(self, came: CameBack) -> Outcome:
        return self._write(rules.take(self.case, came, self.now))

    async def pass_time(self, until: datetime) -> None:
        """All that time and retries bring up to an instant, each at its own."""
        while True:
            await self._run()
            wakes = [rules.next_wake(self.case, self.now), *(sending.next_at for sending in self.sending.values())]
            wake = min((wake for wake in wakes if wake is not None and wake > self.now), default=None)
            if wake is None or wake > until:
                break
            self.now = wake
        self.now = max(self.now, until)

    async def finish(self, patience: timedelta) -> None:
        """Until nothing is outstanding any more."""
        give_up = self.now + patience
        while self.case.outstanding and self.now < give_up:
            await self.pass_time(self.now + LATER)
        if self.case.outstanding:
            self.faults.append(f"{len(self.case.outstanding)} notices were never settled")

    # What the workflow does ------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        self._write(rules.elapse(self.case, self.now))
        while rules.silence_needs_proof(self.case, self.now):
            proof = SilenceProven(visit=self.case.visit.n, read_at=self.now)
            self._write(rules.take(self.case, proof, self.now))
        seen = -1
        while seen != len(self.entries):
            seen = len(self.entries)
            self._begin_sending()
            for key in [key for key, sending in self.sending.items() if sending.next_at <= self.now]:
                await self._attempt(key)

    def _begin_sending(self) -> None:
        for notice in notices.sendable(self.case):
            key = key_of(notice)
            if notice.overtaken and key not in self.sending:
                self._take(given_up(notice))
            elif key not in self.sending:
                order = ordering.order(self.case, notice, self.id)
                self.sending[key] = Sending(order, len(self.entries), self.now)
            elif notice.overtaken and not self.sending[key].order.notice.overtaken:
                self._overtake(notice)

    def _overtake(self, notice: NoticeToSend) -> None:
        """Its task is cancelled, and then asked what had gone out."""
        sending = self.sending[key_of(notice)]
        sending.order, sending.next_at = ordering.order(self.case, notice, self.id), self.now

    async def _attempt(self, key: NoticeKey) -> None:
        sending = self.sending[key]
        sending.attempts.append(self.now)
        await self.before_attempt(self.now, str(key))
        try:
            outcome = await self.activity.send_notice(sending.order)
        except WorkerDied:
            sending.next_at = self.now + SOON
        except ApplicationError as error:
            if error.type not in WAITS:
                self.faults.append(f"{key[1]} of entry {key[0]}: {error}")
            self.unreachable += 1
            patience = SOON if len(sending.attempts) < MANY else LATER
            sending.next_at = self.now + (error.next_retry_delay or patience)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault of the product
            self.faults.append(f"{key[1]} of entry {key[0]} raised {type(error).__name__}: {error}")
            del self.sending[key]
            self._take(failed(sending.order.notice, "It could not be sent."))
        else:
            self._settle(key, outcome)

    def _settle(self, key: NoticeKey, outcome: NoticeOutcome) -> None:
        sending = self.sending.pop(key)
        overtaken = sending.order.notice.overtaken is not None
        self.settled.append(Settled(key, sending.known, tuple(sending.attempts), overtaken))
        self._take(outcome)

    def _take(self, outcome: NoticeOutcome) -> None:
        self._write(rules.take(self.case, outcome, self.now))

    def _write(self, outcome: Outcome) -> Outcome:
        self.case = outcome.case
        self.entries += outcome.entries
        return outcome
