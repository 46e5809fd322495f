"""How directors get the month's numbers: made from the register, sent to each once, on or after its day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from pydantic import Field
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import letter, rendering
from activities.calendar import Calendars
from activities.recipients import same
from activities.transport import Refused, Transport, Unreachable
from activities.view import Reader
from escalation.directory import Directory, Person
from escalation.messages import Delivery, Failure
from escalation.monthly import DIRECTORS, MonthlySummary, ProcedureMonth, directors, month_of, seen
from escalation.monthly_told import Section, sections
from escalation.months import Month, first_working_day
from escalation.procedure import EVERYWHERE
from escalation.wire import Message
from escalation.words import on
from escalation.working_days import opening_of
from register.store import Register

logger = logging.getLogger(__name__)

NOTICE = "monthly_summary"
ENTRY = 0
"""In the delivery ledger a summary is about no entry of a history."""
NOBODY = "The directory names nobody as directors: nothing is sent."


class SummaryOrder(Message):
    """A day on which the summary of the month before may be due."""

    on: date
    month: str | None = Field(None, description="Asked for by a person: sent on whatever day it is.")


class SummarySent(Message):
    """What became of it: how many have it, and why it was sent to nobody on this day."""

    month: str
    sent: int = 0
    refused: int = 0
    why_not: str | None = None


@dataclass(frozen=True)
class SummaryView:
    """What the templates of the summary may see."""

    council: str
    month: str
    made_at: datetime
    reader: Reader
    sections: Sequence[Section]


class MonthlySummaries:
    """Makes and sends the summary through one transport."""

    def __init__(
        self,
        register: Register,
        directory: Callable[[], Directory],
        transport: Transport,
        calendars: Calendars,
        sender: letter.Sender,
        *,
        redirect: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._register, self._directory, self._transport = register, directory, transport
        self._calendars, self._sender, self._redirect, self._now = calendars, sender, redirect, now

    @activity.defn
    async def send_monthly_summary(self, order: SummaryOrder) -> SummarySent:
        """To everybody who has not had it, from the first working day of the month on.

        A day on which nothing ran is made up for on the next. Raises a retryable error while a mail server cannot be
        reached.
        """
        month = Month.read(order.month) if order.month else Month.of(order.on).before
        sent, due = SummarySent(month=str(month)), self._due(month)
        if order.on < due and not order.month:
            return sent.model_copy(update={"why_not": f"It is due on {on(due)}, the first working day of the month."})
        readers = directors(await asyncio.to_thread(self._directory), order.on)
        if not readers:
            logger.warning(NOBODY)
            return sent.model_copy(update={"why_not": NOBODY})
        left = await asyncio.to_thread(self._left, month, readers)
        if left:
            summary = await asyncio.to_thread(make, self._register, self._calendars, month, self._now())
            await self._send(summary, left, opening_of(due))
        rows = await asyncio.to_thread(self._register.ledger, about(month), ENTRY, NOTICE)
        statuses = [row.status for row in rows]
        return sent.model_copy(update={"sent": statuses.count("accepted"), "refused": statuses.count("refused")})

    def _due(self, month: Month) -> date:
        after = month.last + timedelta(days=1)
        return first_working_day(Month.of(after), self._calendars.calendar_for(after))

    def _left(self, month: Month, readers: Sequence[Person]) -> list[Person]:
        """Those of whom nothing is settled yet."""
        settled = {same(row.address) for row in self._register.ledger(about(month), ENTRY, NOTICE)}
        return [person for person in readers if same(person.email) not in settled]

    async def _send(self, summary: MonthlySummary, readers: Sequence[Person], dated: datetime) -> None:
        results = await asyncio.gather(
            *(self._post(summary, reader, dated) for reader in readers), return_exceptions=True
        )
        faults = [result for result in results if isinstance(result, BaseException)]
        for fault in faults:
            if not isinstance(fault, Unreachable):
                raise fault
        if faults:
            said = " ".join(dict.fromkeys(map(str, faults)))
            raise ApplicationError(
                f"{len(faults)} of {len(results)} messages wait. {said}",
                type="Unreachable",
                category=ApplicationErrorCategory.BENIGN,
            )

    async def _post(self, summary: MonthlySummary, person: Person, dated: datetime) -> None:
        words = rendering.render(NOTICE, _view(summary, person))
        if self._redirect:
            words = words.for_somebody_else(person.email)
        message = letter.of_no_escalation(NOTICE, words, person, dated, self._sender, summary.month)
        who = {"role": DIRECTORS, "person": person.name, "address": person.email}
        key = (about(Month.read(summary.month)), ENTRY, NOTICE)
        try:
            await self._transport.deliver(message.content, self._sender.address, person.email)
        except Refused as refusal:
            failure = Failure(reason=str(refusal), **who)
            await asyncio.to_thread(self._register.note_refused, *key, failure)
            logger.warning("A mail server refused the monthly summary for good.")
            return
        delivery = Delivery(accepted_at=self._now(), message_id=message.message_id, **who)
        await asyncio.to_thread(self._register.note_accepted, *key, delivery)


def make(register: Register, calendars: Calendars, month: Month, made_at: datetime) -> MonthlySummary:
    """The numbers of a month beside those of the month before, as both stood at their ends."""
    calendar, cases = calendars.calendar_for(month.first), register.cases
    found: list[ProcedureMonth | None] = []
    for procedure in cases.kept():
        now, before = (
            cases.each(procedure.key, each.first, each.last, partial(seen, month=each))
            for each in (month, month.before)
        )
        found.append(month_of(procedure, now, before, month, calendar))
    told = [each for each in found if each]
    return MonthlySummary(month=str(month), title=month.title, made_at=made_at, procedures=told)


def about(month: Month) -> str:
    """What the delivery ledger keeps a month's summary under."""
    return f"summary/{month}"


def _view(summary: MonthlySummary, person: Person) -> SummaryView:
    councils = list(dict.fromkeys(each.council for each in summary.procedures))
    reader = Reader(
        person.name, EVERYWHERE[DIRECTORS], asked=False, copy=False, raiser=False, decides=False, operations=False
    )
    return SummaryView(
        council=councils[0] if len(councils) == 1 else "Monthly summary",
        month=summary.title,
        made_at=summary.made_at,
        reader=reader,
        sections=sections(summary),
    )
