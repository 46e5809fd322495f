"""How operations and quality assurance hear, days ahead, of a post that will be empty while somebody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from temporalio import activity

from activities.bulletins import Bulletin, Bulletins, heading, reader
from activities.calendar import Calendars
from activities.recipients import same
from activities.view import Reader
from escalation.directory import Directory
from escalation.empty_posts import EmptyPost, Finding, Told, findings, key_of, posts, readers
from escalation.looking_ahead import DAYS_AHEAD
from escalation.wire import Message
from escalation.words import on
from escalation.working_days import opening_of
from register.open_cases import awaiting_answers
from register.store import Register

logger = logging.getLogger(__name__)

NOTICE = "empty_posts"
ABOUT = "empty-posts"
"""What the delivery ledger keeps these letters under."""
NONE = f"Every post that an open escalation waits for is served, {DAYS_AHEAD} working days ahead."
NOBODY = "Posts are or will be empty, and the directory names nobody for operations or quality assurance to hear of it."


class AlarmOrder(Message):
    """A London date on which to look ahead."""

    on: date


class AlarmSent(Message):
    """What became of it: gaps there are, letters of that day about what was news, and why there was none."""

    gaps: int = 0
    sent: int = 0
    refused: int = 0
    why_not: str | None = None


@dataclass(frozen=True)
class AlarmView:
    """What the templates of the alarm may see."""

    council: str
    days: int
    reader: Reader
    posts: Sequence[EmptyPost]


class EmptyPostAlarms:
    """Looks ahead, and has whoever can mend it told once."""

    def __init__(
        self, register: Register, directory: Callable[[], Directory], calendars: Calendars, bulletins: Bulletins
    ) -> None:
        self._register, self._directory = register, directory
        self._calendars, self._bulletins = calendars, bulletins

    @activity.defn
    async def send_empty_posts(self, order: AlarmOrder) -> AlarmSent:
        """To everybody to whom a gap is news, one letter; nothing on a closed day.

        Raises a retryable error while a mail server cannot be reached.
        """
        if why_closed := self._calendars.calendar_for(order.on).reason_closed(order.on):
            return AlarmSent(why_not=f"{on(order.on)} is no working day: {why_closed}.")
        directory = await asyncio.to_thread(self._directory)
        found = await asyncio.to_thread(self._find, directory, order.on)
        if not found:
            return AlarmSent(why_not=NONE)
        told = readers(found, directory, order.on)
        if not told:
            logger.warning(NOBODY)
            return AlarmSent(gaps=len(found), why_not=NOBODY)
        outcomes = await self._bulletins.send(await asyncio.to_thread(self._news, told, order.on))
        return AlarmSent(gaps=len(found), sent=outcomes.count("accepted"), refused=outcomes.count("refused"))

    def _find(self, directory: Directory, today: date) -> list[Finding]:
        return findings(awaiting_answers(self._register), directory, today, DAYS_AHEAD)

    def _news(self, told: Sequence[Told], today: date) -> list[Bulletin]:
        """For each reader what the ledger does not know that they have heard."""
        keys = {key_of(finding.gap, today) for one in told for finding in one.findings}
        heard = {key: self._bulletins.outcomes(ABOUT, key) for key in keys}
        bulletins = []
        for one in told:
            address = same(one.person.email)
            news = [each for each in one.findings if address not in heard[key_of(each.gap, today)]]
            if news:
                bulletins.append(_bulletin(one._replace(findings=news), today))
        return bulletins


def _bulletin(told: Told, today: date) -> Bulletin:
    keys = list(dict.fromkeys(key_of(finding.gap, today) for finding in told.findings))
    first = told.findings[0].procedure
    view = AlarmView(
        council=heading((finding.procedure.council for finding in told.findings), "Empty posts"),
        days=DAYS_AHEAD,
        reader=reader(told.person, first.role_title(told.role)),
        posts=posts(told.findings, today),
    )
    return Bulletin(NOTICE, ABOUT, keys, told.role, told.person, view, opening_of(today), keys)
