"""Which posts are, or will be, empty while an open escalation waits for somebody in them?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from escalation.case import Case, Status
from escalation.looking_ahead import Gap, gaps
from register.rows import EscalationRow
from starter.office import Office, UnknownReference

ASKS: tuple[Status, ...] = ("awaiting_response", "notice_period")
"""As escalations stand whose addressee is to answer."""
PAGE = 500
Watched = Callable[[Iterable[EscalationRow]], Iterable[EscalationRow]]


def open_gaps(office: Office, today: date, days: int, watched: Watched = iter) -> list[Gap]:
    """The gaps of so many working days, over every open escalation; `watched` sees each of them pass."""
    return gaps(_cases(office, watched(list(_rows(office)))), office.people.now(), today, days)


def _rows(office: Office) -> Iterator[EscalationRow]:
    for status in ASKS:
        after = None
        while page := office.register.escalations(open_only=True, status=status, after=after, limit=PAGE):
            yield from page
            after = page[-1].reference


def _cases(office: Office, rows: Iterable[EscalationRow]) -> Iterator[Case]:
    for row in rows:
        try:
            yield office.case(row.reference)
        except UnknownReference:  # asked for, and not begun: nobody is asked yet
            continue
