"""Which open escalations wait for an answer, each as its history tells it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from escalation.case import Case, Status
from escalation.fold import fold
from escalation.procedure import Procedure
from register.rows import EscalationRow
from register.store import Register

ASKS: tuple[Status, ...] = ("awaiting_response", "notice_period")
"""As escalations stand whose addressee is to answer."""
PAGE = 500
Watched = Callable[[Iterable[EscalationRow]], Iterable[EscalationRow]]


def awaiting_answers(register: Register, watched: Watched = iter) -> Iterator[Case]:
    """One after the other: all at once are many. `watched` sees each of them pass.

    One that was asked for and that no worker has begun yet is left out: nobody is asked.
    """
    kept: dict[tuple[str, str], Procedure | None] = {}
    for row in watched(list(_rows(register))):
        version = (row.procedure, row.procedure_version)
        if version not in kept:
            kept[version] = register.procedure(*version)
        procedure, entries = kept[version], register.history(row.reference)
        if procedure and entries:
            yield fold(procedure, entries)


def _rows(register: Register) -> Iterator[EscalationRow]:
    for status in ASKS:
        after = None
        while page := register.escalations(open_only=True, status=status, after=after, limit=PAGE):
            yield from page
            after = page[-1].reference
