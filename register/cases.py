"""Which disputes and recordings does a report count, as they stood at the end of a date?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, null, or_, select, union_all

from escalation.errors import TwentydaysError
from escalation.history import Closed, HistoryEntry
from escalation.past import TOLD_BY, Made, Past
from escalation.procedure import Procedure
from escalation.working_days import LONDON
from register.histories import ENTRY
from register.statements import Transaction
from register.tables import entries, escalations, procedures, record_entries, records

PAGE = 500
RECORDED = "recorded"
PINNED, CLOSED = "calendar_pinned", "closed"
Seen = TypeVar("Seen")


class Each(NamedTuple, Generic[Seen]):
    """What was made of each history, and why of some nothing could be made: reference and reason."""

    seen: list[Seen]
    odd: dict[str, str]


class Cases:
    """The register's histories, read for figures. Dates are London's, both included; None leaves that end open."""

    def __init__(self, read: Transaction) -> None:
        self._read = read

    def past(self, procedure: str, first: date | None = None, last: date | None = None) -> list[Past]:
        """Every dispute of a procedure, and whatever its other processes ran, that was open or ended since `first`, as
        its history told of it at the end of `last`: a report of a period says the same whenever it is run.
        """
        query = _told(procedure, _start(first), None)
        with self._read() as connection:
            processes = _processes(connection, procedure)
            rows = connection.execution_options(yield_per=PAGE).execute(_until(query, last) if last else query)
            found = [_past(list(group), processes, last) for _, group in groupby(rows, key=lambda row: row.escalation)]
        return [past for past in found if past]

    def histories(
        self, references: Sequence[str], last: date | None
    ) -> Iterator[tuple[str, Procedure, list[HistoryEntry]]]:
        """Whole ones, up to the end of `last`, each with the procedure that it keeps; where that is not kept, none."""
        with self._read() as connection:
            kept: dict[str, Procedure | None] = {}
            for some in (references[n : n + PAGE] for n in range(0, len(references), PAGE)):
                rows = connection.execute(_whole(some, end_of_day(last) if last else None)).all()
                for reference, group in groupby(rows, key=lambda row: str(row.reference)):
                    history = list(group)
                    if procedure := _version(connection, history[0], kept):
                        yield reference, procedure, [ENTRY.validate_json(row.body) for row in history]

    def kept(self) -> list[Procedure]:
        """Every procedure that has disputes, by key, in the version of the one that was raised last."""
        query = select(escalations.c.procedure, escalations.c.procedure_version).order_by(escalations.c.raised_at)
        with self._read() as connection:
            newest = {row.procedure: row.procedure_version for row in connection.execute(query)}
            return [_versions(connection, key)[newest[key]] for key in sorted(newest)]

    def each(
        self, procedure: str, first: date, last: date, read: Callable[[Procedure, list[HistoryEntry]], Seen | None]
    ) -> Each[Seen]:
        """What `read` makes of each history, up to the end of `last`, that was open or ended since `first`.

        A history is given to `read` with the procedure that it keeps, one after the other: all at once are many. One
        that cannot be read is named, and keeps no other from being counted.
        """
        query = _told(procedure, _start(first), _end(last), every=True)
        found = Each[Seen]([], {})
        with self._read() as connection:
            versions = _versions(connection, procedure)
            rows = connection.execution_options(yield_per=PAGE).execute(query)
            for reference, group in groupby(rows, key=lambda row: str(row.reference)):
                try:
                    seen = read(*_entries(versions, list(group)))
                except (TwentydaysError, ValidationError, LookupError) as error:
                    # What cannot be validated is quoted by such an error, and may be what a person wrote.
                    found.odd[reference] = str(error) if isinstance(error, TwentydaysError) else type(error).__name__
                else:
                    found.seen.extend([] if seen is None else [seen])
        return found

    def recorded(self, procedure: str, first: date | None = None, last: date | None = None) -> list[Made]:
        """What people recorded under a procedure, within escalations and outside them, oldest first."""
        within = select(entries.c.at, entries.c.body, escalations.c.reference).join_from(entries, escalations)
        alone = select(record_entries.c.at, record_entries.c.body, null()).join_from(record_entries, records)
        within = within.where(escalations.c.procedure == procedure, entries.c.event == RECORDED)
        alone = alone.where(records.c.procedure == procedure, record_entries.c.event == RECORDED)
        both = union_all(within, alone).subquery()
        query = _between(select(both.c.body, both.c.reference), both.c.at, _start(first), _end(last)).order_by(
            both.c.at
        )
        with self._read() as connection:
            return [_made(row) for row in connection.execute(query)]


def as_it_was(connection: Connection, processes: Mapping[str, str | None], day: date | None) -> list[Past]:
    """These disputes, each with its process, as their histories told of them at the end of a date."""
    found, all_of_them = list[Past | None](), sorted(processes)
    for some in (all_of_them[n : n + PAGE] for n in range(0, len(all_of_them), PAGE)):
        query = _entries_of(some)
        rows = connection.execute(query if day is None else _until(query, day))
        for escalation, group in groupby(rows, key=lambda row: str(row.escalation)):
            told = _told_by(list(group), day)
            found.append(Past.of(told, processes[escalation]))
    return [past for past in found if past]


def end_of_day(day: date) -> datetime:
    """The first instant after a London date."""
    return datetime.combine(day + timedelta(days=1), time(0), LONDON)


def _until(query: Select[Any], day: date) -> Select[Any]:
    """What was told by then, and each close: one that was written down later belongs where it was concluded."""
    return query.where(or_(entries.c.at < end_of_day(day), entries.c.event == CLOSED))


def _told_by(rows: Sequence[Row[Any]], day: date | None) -> list[HistoryEntry]:
    told = [ENTRY.validate_json(row.body) for row in rows]
    if day is None:
        return told
    end = end_of_day(day)
    return [entry for entry in told if entry.at < end or (isinstance(entry, Closed) and entry.date_concluded <= day)]


def _entries_of(some: Sequence[str]) -> Select[Any]:
    return (
        select(entries.c.escalation, entries.c.body)
        .where(entries.c.escalation.in_(some), entries.c.event.in_(sorted(TOLD_BY)))
        .order_by(entries.c.escalation, entries.c.n)
    )


def _whole(references: Sequence[str], end: datetime | None) -> Select[Any]:
    """Every entry by then, and the one that pins the closed days, without which no history can be read."""
    query = (
        select(escalations.c.reference, escalations.c.procedure, escalations.c.procedure_version, entries.c.body)
        .join_from(escalations, entries)
        .where(escalations.c.reference.in_(references))
        .order_by(escalations.c.reference, entries.c.n)
    )
    return query if end is None else query.where(or_(entries.c.at < end, entries.c.event == PINNED))


def _version(connection: Connection, row: Row[Any], kept: dict[str, Procedure | None]) -> Procedure | None:
    version = row.procedure_version
    if version not in kept:
        query = select(procedures.c.body).where(procedures.c.key == row.procedure, procedures.c.version == version)
        body = connection.scalar(query)
        kept[version] = Procedure.stored(body) if body else None
    return kept[version]


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(0), LONDON) if day else None


def _end(day: date | None) -> datetime | None:
    return end_of_day(day) if day else None


def _told(procedure: str, start: datetime | None, end: datetime | None, *, every: bool = False) -> Select[Any]:
    query = (
        select(escalations.c.escalation, escalations.c.reference, escalations.c.procedure_version, entries.c.body)
        .join_from(escalations, entries)
        .where(escalations.c.procedure == procedure, *([] if every else [entries.c.event.in_(TOLD_BY)]))
        .order_by(escalations.c.escalation, entries.c.n)
    )
    if start is not None:
        query = query.where(or_(escalations.c.closed_at.is_(None), escalations.c.closed_at >= start))
    if end is None:
        return query
    # What was taken over was raised before its closed days were pinned here: they are needed to read any of it.
    return query.where(or_(entries.c.at < end, entries.c.event == PINNED))


def _between(query: Select[Any], column: Any, start: datetime | None, end: datetime | None) -> Select[Any]:
    query = query.where(column >= start) if start is not None else query
    return query.where(column < end) if end is not None else query


def _processes(connection: Connection, procedure: str) -> dict[str, str | None]:
    """Which process a version of the procedure is: an escalation of a complaint keeps one that is that process."""
    kept = connection.execute(select(procedures.c.version, procedures.c.body).where(procedures.c.key == procedure))
    # Read as JSON: a version of long ago may say what the schema of today does not know.
    return {version: json.loads(body).get("process") for version, body in kept}


def _versions(connection: Connection, procedure: str) -> dict[str, Procedure]:
    kept = connection.execute(select(procedures.c.version, procedures.c.body).where(procedures.c.key == procedure))
    return {version: Procedure.stored(body) for version, body in kept}


def _entries(versions: dict[str, Procedure], rows: list[Row[Any]]) -> tuple[Procedure, list[HistoryEntry]]:
    return versions[rows[0].procedure_version], [ENTRY.validate_json(row.body) for row in rows]


def _past(rows: list[Row[Any]], processes: dict[str, str | None], day: date | None) -> Past | None:
    return Past.of(_told_by(rows, day), processes.get(rows[0].procedure_version))


def _made(row: Row[Any]) -> Made:
    return Made.model_validate(ENTRY.validate_json(row.body)).model_copy(update={"reference": row.reference})
