"""Who works for the council, as the register knows it: every change of the directory, chained, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, insert, select, text

from escalation.directory import Directory
from escalation.directory_changes import AnyChange, Changed, Import, after
from escalation.directory_rules import apply
from escalation.working_days import london_date
from register.canonical import canonical, digest
from register.directory_tables import directory_changes
from register.errors import RegisterError
from register.statements import Transaction

GENESIS = digest("directory")
"""What stands before the first change."""
UNTIL_NOW = "The directory's file, which counted until this first change."
NOBODY = Directory(people={})
LATEST = select(directory_changes).order_by(directory_changes.c.n.desc()).limit(1)
LAST = LATEST.with_only_columns(directory_changes.c.n)


class NothingImported(RegisterError):
    """The register holds no directory that could be changed."""


class _Read(NamedTuple):
    """The directory as the first `n` changes make it; `hash` is the last one's."""

    n: int
    hash: str
    directory: Directory


class People:
    """The register's directory. Safe to share between threads; what was read is kept until something changes."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write
        self._kept = _Read(0, GENESIS, NOBODY)
        self._lock = Lock()

    def current(self) -> Directory | None:
        """The directory as its changes make it; None where none was ever made."""
        with self._read() as connection:
            now = self._now(connection)
        return now.directory if now.n else None

    def change(
        self, change: AnyChange, by: str, at: datetime, counted_so_far: Callable[[], Directory] | None = None
    ) -> Changed:
        """Make a change, of the directory as it is when it is this one's turn. Raises RefusedChange, NothingImported.

        Before the very first change, unless that is an import itself, `counted_so_far` is imported with it.
        """
        with self._write() as connection:
            _take_turns(connection)
            now = self._now(connection)
            if now.n == 0 and not isinstance(change, Import):
                if counted_so_far is None:
                    raise NothingImported("The register holds no directory yet: import one first.")
                begun = Import(directory=counted_so_far(), reason=UNTIL_NOW)
                # Not judged: it has counted until now, and may be empty where somebody begins with the first person.
                now = _keep(connection, now, Changed(n=1, at=at, by=by, change=begun), begun.directory)
            changed = Changed(n=now.n + 1, at=at, by=by, change=change)
            _keep(connection, now, changed, apply(now.directory, change, london_date(at)))
        return changed

    def changes(self, limit: int | None = None) -> list[tuple[Changed, Directory]]:
        """The latest changes, newest first, each with the directory before it."""
        with self._read() as connection:
            found = list(_with_before(connection.execute(_from(1))))
        return found[::-1][:limit]

    def latest(self) -> Changed | None:
        """The last change; None where none was ever made, and the directory's file counts."""
        with self._read() as connection:
            row = connection.execute(LATEST).first()
        return _stored(row.body) if row else None

    def verify(self) -> list[str]:
        """Compute the chain anew: its first fault as a sentence; empty where all is well."""
        previous = GENESIS
        with self._read() as connection:
            for n, row in enumerate(connection.execute(_from(1)), start=1):
                if fault := _fault(row, n, previous):
                    return [f"The directory: {fault}"]
                previous = row.hash
        return []

    def _now(self, connection: Connection) -> _Read:
        """What is kept, brought up to date by whatever was changed since. Kept only once it is committed."""
        last = connection.scalar(LAST) or 0
        with self._lock:
            if last > self._kept.n:
                self._kept = _read_on(self._kept, connection.execute(_from(self._kept.n + 1)))
            return self._kept


def _take_turns(connection: Connection) -> None:
    """Two who change it take turns. SQLite has let in one writer alone already."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"lock table {directory_changes.name} in share row exclusive mode"))


def _keep(connection: Connection, now: _Read, changed: Changed, directory: Directory) -> _Read:
    body = canonical(changed)
    hashed = digest(now.hash + body)
    row = {"n": changed.n, "at": changed.at, "by": changed.by, "body": body, "previous": now.hash, "hash": hashed}
    connection.execute(insert(directory_changes), row)
    return _Read(changed.n, hashed, directory)


def _from(n: int) -> Select[Any]:
    return select(directory_changes).where(directory_changes.c.n >= n).order_by(directory_changes.c.n)


def _stored(body: str) -> Changed:
    """As it was kept, perhaps by another release: what this one does not know of it is left out."""
    return Changed.model_validate_json(body, extra="ignore")


def _read_on(read: _Read, rows: Iterable[Row[Any]]) -> _Read:
    for row in rows:
        read = _Read(row.n, row.hash, after(read.directory, _stored(row.body).change))
    return read


def _with_before(rows: Iterable[Row[Any]]) -> Iterator[tuple[Changed, Directory]]:
    directory = NOBODY
    for row in rows:
        changed = _stored(row.body)
        yield changed, directory
        directory = after(directory, changed.change)


def _fault(row: Row[Any], n: int, previous: str) -> str | None:
    if row.n != n:
        return f"change {n} is missing."
    if row.previous != previous:
        return f"change {n} does not follow from the change before it."
    if row.hash != digest(row.previous + row.body):
        return f"change {n} was changed: its hash is not that of what it says."
    try:
        changed = _stored(row.body)
    except ValidationError:
        return f"change {n} was changed: what it says cannot be read."
    if (changed.n, changed.at, changed.by) != (row.n, row.at, row.by):
        return f"change {n} was changed: its columns do not say what its body says."
    return None
