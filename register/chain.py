"""How a history is kept so that no entry can be lost, changed or slipped in unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from escalation.history import HistoryEntry
from escalation.summary import Summary
from register.canonical import canonical, digest
from register.errors import ConflictingHistory
from register.statements import insert_new
from register.tables import entries, escalations

ENTRY: TypeAdapter[HistoryEntry] = TypeAdapter(HistoryEntry)


LOCKED_ROW = select(escalations.c.reference).where(escalations.c.escalation == bindparam("id")).with_for_update()
LAST_ENTRY = (
    select(entries.c.n, entries.c.hash)
    .where(entries.c.escalation == bindparam("id"))
    .order_by(entries.c.n.desc())
    .limit(1)
)
NEW_ENTRIES = insert(entries)
NEWER_SUMMARY = update(escalations).where(
    escalations.c.escalation == bindparam("id"), escalations.c.n <= bindparam("upto")
)


class Head(NamedTuple):
    """The last entry held."""

    n: int
    hash: str


def append(connection: Connection, escalation: str, given: Sequence[HistoryEntry], summary: Summary) -> int:
    """Keep what is not yet held and bring the summary up to date; the number of the last entry now held."""
    _require_consecutive(escalation, given)
    _hold_row(connection, escalation, summary)
    head = _head(connection, escalation)
    _require_same(connection, escalation, [entry for entry in given if entry.n <= head.n])
    new = [entry for entry in given if entry.n > head.n]
    if new and new[0].n != head.n + 1:
        raise ConflictingHistory(
            f"The history of {escalation} ends at entry {head.n} and cannot go on with entry {new[0].n}. "
            f"Give the entries from {head.n + 1}."
        )
    end = _insert(connection, escalation, head, new)
    if summary.n > end:
        raise ConflictingHistory(f"The summary of {escalation} speaks of entry {summary.n}; its history ends at {end}.")
    _keep_summary(connection, escalation, summary)
    return end


def _require_consecutive(escalation: str, given: Sequence[HistoryEntry]) -> None:
    numbers = [entry.n for entry in given]
    if any(n < 1 for n in numbers) or any(after != before + 1 for before, after in pairwise(numbers)):
        raise ConflictingHistory(f"Entries of {escalation} must be numbered one after the other from 1, not {numbers}.")


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


def _head(connection: Connection, escalation: str) -> Head:
    last = connection.execute(LAST_ENTRY, {"id": escalation}).first()
    return Head(last.n, last.hash) if last else Head(0, genesis(escalation))


def genesis(escalation: str) -> str:
    """What stands before the first entry: it binds a history to its escalation."""
    return digest(escalation)


def _require_same(connection: Connection, escalation: str, again: Sequence[HistoryEntry]) -> None:
    """Compared by meaning, not by text: a later release may write more fields of the same entry."""
    if not again:
        return
    held = dict(
        connection.execute(
            select(entries.c.n, entries.c.body).where(
                entries.c.escalation == escalation, entries.c.n.between(again[0].n, again[-1].n)
            )
        ).all()
    )
    different = [entry.n for entry in again if not _says_the_same(held[entry.n], canonical(entry))]
    if different:
        numbers = ", ".join(str(n) for n in different)
        raise ConflictingHistory(f"The history of {escalation} already says something else at: {numbers}.")


def _says_the_same(held: str, given: str) -> bool:
    return held == given or ENTRY.validate_json(held) == ENTRY.validate_json(given)


def _insert(connection: Connection, escalation: str, head: Head, new: Sequence[HistoryEntry]) -> int:
    rows = list(_chained(escalation, head, new))
    if rows:
        connection.execute(NEW_ENTRIES, rows)
        return int(rows[-1]["n"])
    return head.n


def _chained(escalation: str, head: Head, new: Sequence[HistoryEntry]) -> Iterator[dict[str, Any]]:
    previous = head.hash
    for entry in new:
        body = canonical(entry)
        row = {"escalation": escalation, "n": entry.n, "event": entry.event, "at": entry.at, "body": body}
        yield row | {"previous": previous, "hash": (previous := digest(previous + body))}


def _keep_summary(connection: Connection, escalation: str, summary: Summary) -> None:
    """A summary that arrives late, after a newer one, changes nothing."""
    connection.execute(NEWER_SUMMARY, summary.model_dump() | {"id": escalation, "upto": summary.n})


# Verifying ------------------------------------------------------------------------------------------------------------


def verify(connection: Connection, reference: str | None) -> list[str]:
    """The first fault of each history, as sentences; empty where all is well."""
    query = (
        select(escalations.c.reference, escalations.c.escalation, escalations.c.n.label("expected"), entries)
        .join_from(escalations, entries, isouter=True)
        .order_by(escalations.c.escalation, entries.c.n)
    )
    if reference is not None:
        query = query.where(escalations.c.reference == reference)
    rows = connection.execution_options(yield_per=500).execute(query)
    found = [first_fault(list_of) for _, list_of in groupby(rows, key=lambda row: row.escalation)]
    if reference is not None and not found:
        return [f"{reference}: there is no such escalation in the register."]
    return [fault for fault in found if fault]


def first_fault(rows: Iterable[Row[Any]]) -> str | None:
    """What is wrong with one history, given its rows in order."""
    n, previous, last = 0, None, None
    for last in rows:
        if last.n is None:
            break
        n, previous = n + 1, previous or genesis(last.escalation)
        if fault := _fault(last, n, previous):
            return f"{last.reference}: {fault}"
        previous = last.hash
    if last is not None and last.expected != n:
        return f"{last.reference}: the history ends at entry {n}, and its summary speaks of entry {last.expected}."
    return None


def _fault(row: Row[Any], n: int, previous: str) -> str | None:
    if row.n != n:
        return f"entry {n} is missing."
    if row.previous != previous:
        return f"entry {n} does not follow from the entry before it."
    if row.hash != digest(row.previous + row.body):
        return f"entry {n} was changed: its hash is not that of what it says."
    try:
        entry = ENTRY.validate_json(row.body)
    except ValidationError:
        return f"entry {n} was changed: what it says cannot be read."
    if (entry.n, entry.event, entry.at) != (row.n, row.event, row.at):
        return f"entry {n} was changed: its columns do not say what its body says."
    return None
