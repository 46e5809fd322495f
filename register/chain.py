"""The histories of escalations, each with the row that says where it stands: kept together, and verified."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, bindparam, select, update

from escalation.history import HistoryEntry
from escalation.summary import Summary
from register import disputes
from register.errors import ConflictingHistory
from register.histories import ENTRY, Histories, first_fault, genesis, require_consecutive
from register.statements import insert_new
from register.tables import entries, escalations

__all__ = ["ENTRY", "append", "claim", "genesis", "hashes", "verify"]

HISTORIES = Histories(entries, "escalation")
LOCKED_ROW = select(escalations.c.reference).where(escalations.c.escalation == bindparam("id")).with_for_update()
NEWER_SUMMARY = update(escalations).where(
    escalations.c.escalation == bindparam("id"), escalations.c.n <= bindparam("upto")
)


def append(connection: Connection, escalation: str, given: Sequence[HistoryEntry], summary: Summary) -> int:
    """Keep what is not yet held and bring the summary up to date; the number of the last entry now held."""
    require_consecutive(escalation, given)
    _hold_row(connection, escalation, summary)
    end = HISTORIES.extend(connection, escalation, given)
    if summary.n > end:
        raise ConflictingHistory(f"The summary of {escalation} speaks of entry {summary.n}; its history ends at {end}.")
    _keep_summary(connection, escalation, summary)
    disputes.follow(connection, escalation)
    return end


def _hold_row(connection: Connection, escalation: str, summary: Summary) -> None:
    """Find or make the escalation's row, and lock it: two writers of one history take turns."""
    reference = connection.scalar(LOCKED_ROW, {"id": escalation})
    if reference is None:
        claim(connection, escalation, summary, start_digest=None)
        reference = connection.scalar(LOCKED_ROW, {"id": escalation})
    if reference != summary.reference:
        held = f"is kept as {reference}" if reference else "is not kept"
        raise ConflictingHistory(f"{escalation} {held} and cannot take the reference {summary.reference}.")


def claim(connection: Connection, escalation: str, summary: Summary, start_digest: str | None) -> bool:
    """Insert the escalation's row unless its id or its reference is taken; whether it was inserted."""
    values = summary.model_dump() | {"escalation": escalation, "n": 0, "start_digest": start_digest}
    return insert_new(connection, escalations, values)


def _keep_summary(connection: Connection, escalation: str, summary: Summary) -> None:
    """A summary that arrives late, after a newer one, changes nothing."""
    connection.execute(NEWER_SUMMARY, summary.model_dump() | {"id": escalation, "upto": summary.n})


def hashes(connection: Connection, reference: str) -> list[tuple[int, str]]:
    """Number and hash of each entry held, in order."""
    query = (
        select(entries.c.n, entries.c.hash)
        .join_from(entries, escalations)
        .where(escalations.c.reference == reference)
        .order_by(entries.c.n)
    )
    return [(row.n, row.hash) for row in connection.execute(query)]


def verify(connection: Connection, reference: str | None) -> list[str]:
    """The first fault of each history, as sentences; empty where all is well."""
    query = (
        select(
            escalations.c.reference, escalations.c.escalation.label("owner"), escalations.c.n.label("expected"), entries
        )
        .join_from(escalations, entries, isouter=True)
        .order_by(escalations.c.escalation, entries.c.n)
    )
    if reference is not None:
        query = query.where(escalations.c.reference == reference)
    rows = connection.execution_options(yield_per=500).execute(query)
    found = [first_fault(list_of) for _, list_of in groupby(rows, key=lambda row: row.owner)]
    if reference is not None and not found:
        return [f"{reference}: there is no such escalation in the register."]
    return [fault for fault in found if fault]
