"""What was recorded outside every escalation: claimed before its workflow starts, kept as a chained history, listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select, update

from escalation.history import HistoryEntry, Recorded
from escalation.record import RecordSummary
from register.claims import Claim
from register.errors import ConflictingHistory
from register.histories import ENTRY, Histories, first_fault, require_consecutive
from register.rows import RecordRow
from register.statements import Transaction, insert_new
from register.tables import record_entries, records

HISTORIES = Histories(record_entries, "record")
LOCKED_ROW = select(records.c.n).where(records.c.record == bindparam("id")).with_for_update()
FURTHER = update(records).where(records.c.record == bindparam("id"), records.c.n < bindparam("end"))


class Recordings:
    """The register's recordings that stand alone, by the ids of their workflows."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def claim(self, record: str, summary: RecordSummary, start_digest: str) -> Claim:
        """Take an id for a recording about to start, which is listed once its first entry has arrived.

        "same": it was taken with the same data before, so that starting again is harmless.
        """
        with self._write() as connection:
            if _insert(connection, record, summary, start_digest):
                return "new"
            held = connection.scalar(select(records.c.start_digest).where(records.c.record == record))
            return "same" if held == start_digest else "different"

    def keep(self, record: str, entries: Sequence[HistoryEntry], summary: RecordSummary) -> int:
        """Keep entries; the number of the last one now held. A retry is harmless. Raises ConflictingHistory."""
        require_consecutive(record, entries)
        with self._write() as connection:
            _insert(connection, record, summary, None)
            connection.execute(LOCKED_ROW, {"id": record})
            end = HISTORIES.extend(connection, record, entries)
            connection.execute(FURTHER.values(n=end), {"id": record, "end": end})
            return end

    def find(self, record: str) -> RecordRow | None:
        """One that has begun."""
        with self._read() as connection:
            row = connection.execute(_listed().where(records.c.record == record)).mappings().first()
        return _row(dict(row)) if row else None

    def listed(
        self,
        *,
        procedure: str | None = None,
        what: str | None = None,
        first: datetime | None = None,
        before: datetime | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[RecordRow]:
        """Those recorded from `first` on and before `before`, oldest first; `after` is the last id of a page."""
        query = _listed().order_by(records.c.recorded_at, records.c.record).limit(limit)
        for column, value in ((records.c.procedure, procedure), (records.c.what, what)):
            query = query if value is None else query.where(column == value)
        if first is not None:
            query = query.where(records.c.recorded_at >= first)
        if before is not None:
            query = query.where(records.c.recorded_at < before)
        if after is not None:
            query = query.where(_comes_after(after))
        with self._read() as connection:
            return [_row(dict(row)) for row in connection.execute(query).mappings()]

    def history(self, record: str) -> list[HistoryEntry]:
        """Every entry in order; empty where the id is not known."""
        query = select(record_entries.c.body).where(record_entries.c.record == record).order_by(record_entries.c.n)
        with self._read() as connection:
            return [ENTRY.validate_json(body) for body in connection.scalars(query)]

    def verify(self) -> list[str]:
        """Compute every chain anew: the first fault of each history, as sentences; empty where all is well."""
        query = (
            select(
                records.c.record.label("reference"),
                records.c.record.label("owner"),
                records.c.n.label("expected"),
                record_entries,
            )
            .join_from(records, record_entries, isouter=True)
            .order_by(records.c.record, record_entries.c.n)
        )
        with self._read() as connection:
            rows = connection.execution_options(yield_per=500).execute(query)
            found = [first_fault(list_of) for _, list_of in groupby(rows, key=lambda row: row.owner)]
        return [fault for fault in found if fault]


def _insert(connection: Connection, record: str, summary: RecordSummary, start_digest: str | None) -> bool:
    values = summary.model_dump() | {"record": record, "n": 0, "start_digest": start_digest}
    return insert_new(connection, records, values)


def _listed() -> Select[Any]:
    """Each with its first entry, which says what was recorded."""
    first = (record_entries.c.record == records.c.record) & (record_entries.c.n == 1)
    return select(records, record_entries.c.body).join_from(records, record_entries, first)


def _comes_after(record: str) -> ColumnElement[bool]:
    at = select(records.c.recorded_at).where(records.c.record == record).scalar_subquery()
    return (records.c.recorded_at > at) | ((records.c.recorded_at == at) & (records.c.record > record))


def _row(values: dict[str, Any]) -> RecordRow:
    entry = ENTRY.validate_json(values.pop("body"))
    if not isinstance(entry, Recorded):
        raise ConflictingHistory(f"The history of {values['record']} does not begin with what was recorded.")
    said = {"called": entry.called, "by": entry.by, "name": entry.name, "fields": entry.fields}
    return RecordRow.model_validate(values | said)
