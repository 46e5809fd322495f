"""How a history is kept so that no entry can be lost, changed or slipped in unseen: each hash covers the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, Insert, Row, Select, Table, bindparam, insert, select

from escalation.history import HistoryEntry
from register.canonical import canonical, digest
from register.errors import ConflictingHistory

ENTRY: TypeAdapter[HistoryEntry] = TypeAdapter(HistoryEntry)


class Head(NamedTuple):
    """The last entry held."""

    n: int
    hash: str


@dataclass(frozen=True)
class Histories:
    """A table of entries, and its column that says whose they are."""

    entries: Table
    owner: str

    @property
    def whose(self) -> ColumnElement[str]:
        return self.entries.c[self.owner]

    def extend(self, connection: Connection, owner: str, given: Sequence[HistoryEntry]) -> int:
        """Keep what is not yet held; the number of the last entry now held. Raises ConflictingHistory.

        Whoever calls it holds a lock on the owner's row: two writers of one history take turns.
        """
        head = self._head(connection, owner)
        self._require_same(connection, owner, [entry for entry in given if entry.n <= head.n])
        new = [entry for entry in given if entry.n > head.n]
        if new and new[0].n != head.n + 1:
            raise ConflictingHistory(
                f"The history of {owner} ends at entry {head.n} and cannot go on with entry {new[0].n}. "
                f"Give the entries from {head.n + 1}."
            )
        rows = list(self._chained(owner, head, new))
        if rows:
            connection.execute(self._insert, rows)
        return head.n + len(rows)

    # Statements are built once: building one costs more than running it.

    @cached_property
    def _last(self) -> Select[Any]:
        e = self.entries.c
        return select(e.n, e.hash).where(self.whose == bindparam("id")).order_by(e.n.desc()).limit(1)

    @cached_property
    def _insert(self) -> Insert:
        return insert(self.entries)

    def _head(self, connection: Connection, owner: str) -> Head:
        last = connection.execute(self._last, {"id": owner}).first()
        return Head(last.n, last.hash) if last else Head(0, genesis(owner))

    def _require_same(self, connection: Connection, owner: str, again: Sequence[HistoryEntry]) -> None:
        """Compared by meaning, not by text: a later release may write more fields of the same entry."""
        if not again:
            return
        e = self.entries.c
        query = select(e.n, e.body).where(self.whose == owner, e.n.between(again[0].n, again[-1].n))
        held = dict(connection.execute(query).all())
        different = [entry.n for entry in again if not _says_the_same(held[entry.n], canonical(entry))]
        if different:
            numbers = ", ".join(str(n) for n in different)
            raise ConflictingHistory(f"The history of {owner} already says something else at: {numbers}.")

    def _chained(self, owner: str, head: Head, new: Sequence[HistoryEntry]) -> Iterator[dict[str, Any]]:
        previous = head.hash
        for entry in new:
            body = canonical(entry)
            row = {self.owner: owner, "n": entry.n, "event": entry.event, "at": entry.at, "body": body}
            yield row | {"previous": previous, "hash": (previous := digest(previous + body))}


def genesis(owner: str) -> str:
    """What stands before the first entry: it binds a history to its owner."""
    return digest(owner)


def require_consecutive(owner: str, given: Sequence[HistoryEntry]) -> None:
    numbers = [entry.n for entry in given]
    if any(n < 1 for n in numbers) or any(after != before + 1 for before, after in pairwise(numbers)):
        raise ConflictingHistory(f"Entries of {owner} must be numbered one after the other from 1, not {numbers}.")


def _says_the_same(held: str, given: str) -> bool:
    return held == given or ENTRY.validate_json(held) == ENTRY.validate_json(given)


# Verifying ------------------------------------------------------------------------------------------------------------


def first_fault(rows: Iterable[Row[Any]]) -> str | None:
    """What is wrong with one history, given its rows in order, each with `owner`, `reference` and `expected`."""
    n, previous, last = 0, None, None
    for last in rows:
        if last.n is None:
            break
        n, previous = n + 1, previous or genesis(last.owner)
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
