"""How directors get the month's numbers: made from the register, sent to each once, on or after its day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from pydantic import Field
from temporalio import activity

from activities.bulletins import Bulletin, Bulletins, heading, reader
from activities.calendar import Calendars
from activities.recipients import same
from activities.view import Reader
from escalation.directory import Directory, Person
from escalation.monthly import DIRECTORS, MonthlySummary, ProcedureMonth, directors, month_of, seen
from escalation.monthly_told import Section, sections
from escalation.months import Month, first_working_day
from escalation.procedure import EVERYWHERE
from escalation.wire import Message
from escalation.words import on
from escalation.working_days import london_date, opening_of
from register.store import Register

logger = logging.getLogger(__name__)

NOTICE = "monthly_summary"
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
    """Makes the summary, and has it sent."""

    def __init__(
        self, register: Register, directory: Callable[[], Directory], calendars: Calendars, bulletins: Bulletins
    ) -> None:
        self._register, self._directory = register, directory
        self._calendars, self._bulletins = calendars, bulletins

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
        outcomes = await asyncio.to_thread(self._bulletins.outcomes, about(month), NOTICE)
        left = [person for person in readers if same(person.email) not in outcomes]
        if left:
            now = self._bulletins.now()
            summary = await asyncio.to_thread(make, self._register, self._calendars, month, now)
            await self._bulletins.send(_bulletin(summary, person, opening_of(due)) for person in left)
            outcomes = await asyncio.to_thread(self._bulletins.outcomes, about(month), NOTICE)
        found = list(outcomes.values())
        return sent.model_copy(update={"sent": found.count("accepted"), "refused": found.count("refused")})

    def _due(self, month: Month) -> date:
        after = month.last + timedelta(days=1)
        return first_working_day(Month.of(after), self._calendars.calendar_for(after))


def make(register: Register, calendars: Calendars, month: Month, made_at: datetime) -> MonthlySummary:
    """The numbers of a month beside those of the month before, as both stood at their ends, or now."""
    calendar, cases = calendars.calendar_for(month.first), register.cases
    found: list[ProcedureMonth | None] = []
    for procedure in cases.kept():
        now, before = (
            cases.each(procedure.key, each.first, each.last, partial(seen, month=each))
            for each in (month, month.before)
        )
        odd = before.odd | now.odd
        for reference, why in odd.items():
            logger.warning("The history of %s cannot be read and is left out of the summary: %s", reference, why)
        today = london_date(made_at)
        found.append(month_of(procedure, now.seen, before.seen, month, calendar, today, len(odd)))
    told = [each for each in found if each]
    return MonthlySummary(month=str(month), title=month.title, made_at=made_at, procedures=told)


def about(month: Month) -> str:
    """What the delivery ledger keeps a month's summary under."""
    return f"summary/{month}"


def _bulletin(summary: MonthlySummary, person: Person, dated: datetime) -> Bulletin:
    view = SummaryView(
        council=heading((each.council for each in summary.procedures), "Monthly summary"),
        month=summary.title,
        made_at=summary.made_at,
        reader=reader(person, EVERYWHERE[DIRECTORS]),
        sections=sections(summary),
    )
    month = about(Month.read(summary.month))
    return Bulletin(NOTICE, month, [NOTICE], DIRECTORS, person, view, dated, [summary.month])
