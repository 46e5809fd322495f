"""How does each dispute come to have its row for reports, in one transaction with the entries that it follows from?"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from escalation import alike as having
from escalation.history import Closed, HistoryEntry
from escalation.past import TOLD_BY, Past
from escalation.procedure import Procedure
from escalation.working_days import london_date
from register.histories import ENTRY
from register.statements import Transaction, insert_or
from register.tables import alike, behind, changed_months, disputes, entries, escalations, period_figures, procedures

logger = logging.getLogger(__name__)

WRITTEN_AS = 3
"""To be raised whenever `Past`, or what is kept of it, changes: every row of an older reading is then made again."""
AT_ONCE = 200
UNMARK = delete(behind).where(behind.c.escalation.in_(bindparam("those", expanding=True)))

READ = (
    update(disputes)
    .where(disputes.c.escalation.in_(bindparam("those", expanding=True)), disputes.c.written_as < WRITTEN_AS)
    .values(written_as=WRITTEN_AS)
)
"""One that cannot be made again is not tried for ever."""


class Kind(NamedTuple):
    """What a version of a procedure says of its disputes: which process they are, which fields hold a choice."""

    process: str | None
    asked: frozenset[str] | None
    codes: frozenset[str] = frozenset()


class Change(NamedTuple):
    """A row to write, the two things that it has in common with others, and the month from which on it tells more."""

    row: dict[str, Any]
    common: tuple[str, str]
    month: date


def follow(connection: Connection, escalation: str) -> None:
    """Bring one up to date whose row is locked, right after entries were added to its history."""
    if connection.execute(_mark_taken(), {"id": escalation}).first() is None:
        return
    made_again(connection, [escalation])


class Disputes:
    """The rows, for whoever has to bring them up to date."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def catch_up(self) -> int:
        """Make those rows again that an older release, or a restored backup, has left behind; how many there were."""
        done = 0
        while some := self._some_behind():
            with self._write() as connection:
                held = select(escalations.c.escalation).where(escalations.c.escalation.in_(some))
                locked = connection.scalars(held.order_by(escalations.c.escalation).with_for_update()).all()
                connection.execute(UNMARK, {"those": some})
                made_again(connection, locked)
                connection.execute(READ, {"those": some})
            done += len(some)
        return done

    def rebuild(self) -> int:
        """Forget every row, and make all of them again; how many there are."""
        with self._write() as connection:
            for table in (disputes, alike, period_figures, behind):
                connection.execute(delete(table))
            all_of_them = select(escalations.c.escalation).where(escalations.c.n > 0)
            connection.execute(insert(behind).from_select(["escalation"], all_of_them))
        return self.catch_up()

    def _some_behind(self) -> Sequence[str]:
        older = select(disputes.c.escalation).where(disputes.c.written_as < WRITTEN_AS)
        with self._read() as connection:
            marked = connection.scalars(select(behind.c.escalation).order_by(behind.c.escalation).limit(AT_ONCE)).all()
            return marked or connection.scalars(older.order_by(disputes.c.written_as).limit(AT_ONCE)).all()


def forget_version(connection: Connection, key: str, version: str) -> None:
    """Rows that were made while this version of a procedure was not known are to be made again."""
    theirs = select(escalations.c.escalation).where(
        escalations.c.procedure == key, escalations.c.procedure_version == version
    )
    connection.execute(update(disputes).where(disputes.c.escalation.in_(theirs)).values(written_as=0))


# Making rows ----------------------------------------------------------------------------------------------------------


def made_again(connection: Connection, those: Collection[str]) -> None:
    """Write the rows of these, which are locked, and count what changed in which month."""
    changes = [change for change in _changes(connection, those) if change]
    if not changes:
        return
    dialect = connection.dialect.name
    common = {digest(body): body for change in changes for body in change.common}
    connection.execute(_new_in_common(dialect), [{"digest": key, "body": common[key]} for key in sorted(common)])
    connection.execute(_row_written(dialect), [change.row for change in changes])
    months = Counter((change.row["procedure"], change.month) for change in changes)
    counted = [{"procedure": key, "month": month, "changes": n} for (key, month), n in sorted(months.items())]
    connection.execute(_months_changed(dialect), counted)


def _changes(connection: Connection, those: Collection[str]) -> Iterator[Change | None]:
    kinds: dict[str, Kind] = {}
    rows = connection.execute(_told(), {"those": list(those)}).all()
    for _, group in groupby(rows, key=lambda row: row.escalation):
        history = list(group)
        version = history[0].procedure_version
        if version not in kinds:
            kinds[version] = _kind(connection, history[0].procedure, version)
        try:
            yield _change(history, kinds[version])
        except (ValidationError, ValueError, LookupError) as error:
            # An entry must be kept whatever a report makes of it.
            logger.warning("No report counts %s: %s.", history[0].reference, type(error).__name__)


def _change(history: Sequence[Row[Any]], kind: Kind) -> Change | None:
    """None where there is nothing to tell yet, or nothing new."""
    last = history[0]
    if last.written_as == WRITTEN_AS and history[-1].n <= (last.until or 0):
        return None
    told = [ENTRY.validate_json(row.body) for row in history]
    past = Past.of(told, kind.process)
    if past is None:
        return None
    new = [entry for entry in told if entry.n > (last.until or 0)] or told
    common = having.course(past), having.form(past, kind.asked, kind.codes)
    row = row_of(past, common) | {
        "escalation": last.escalation,
        "procedure": last.procedure,
        "n": told[-1].n,
        "told_at": max(entry.at for entry in told),
    }
    return Change(row, common, min(_tells_of(entry) for entry in new).replace(day=1))


def row_of(past: Past, common: tuple[str, str]) -> dict[str, Any]:
    """The columns that say what is the dispute's own, and by which digests the rest is found."""
    carer = past.fields.get("carer")
    own = {name: getattr(past, name) for name in ("process", "reference", "subject", "team", "raised_by")}
    return own | {
        "carer": str(carer) if carer else None,
        "raised_on": past.raised_on,
        "closed_on": past.closed_on,
        "days": past.days,
        "course": digest(common[0]),
        "form": digest(common[1]),
        "written_as": WRITTEN_AS,
    }


def digest(body: str) -> int:
    """63 bits: a million of them are all different but for one chance in ten million."""
    return int.from_bytes(hashlib.sha256(body.encode()).digest()[:8], "big") >> 1


def _tells_of(entry: HistoryEntry) -> date:
    """The date from which on a report tells of an entry: a close belongs where it was concluded, however late it is
    written down."""
    day = london_date(entry.at)
    return min(day, entry.date_concluded) if isinstance(entry, Closed) else day


def _kind(connection: Connection, key: str, version: str) -> Kind:
    query = select(procedures.c.body).where(procedures.c.key == key, procedures.c.version == version)
    body = connection.scalar(query)
    return _kind_of(version, body) if body else Kind(None, None)


_KINDS: dict[str, Kind] = {}


def _kind_of(version: str, body: str) -> Kind:
    """Read once: a version never changes."""
    if version not in _KINDS:
        procedure = Procedure.stored(body)
        _KINDS[version] = Kind(procedure.process, having.fields_asked(procedure), having.codes_of(procedure))
    return _KINDS[version]


# Statements are built once: building one costs more than running it ---------------------------------------------------


@cache
def _told() -> Any:
    """The entries that tell of some escalations, with the row that each has."""
    return (
        select(
            escalations.c.escalation,
            escalations.c.reference,
            escalations.c.procedure,
            escalations.c.procedure_version,
            disputes.c.n.label("until"),
            disputes.c.written_as,
            entries.c.n,
            entries.c.body,
        )
        .join_from(escalations, entries)
        .join(disputes, disputes.c.escalation == escalations.c.escalation, isouter=True)
        .where(escalations.c.escalation.in_(bindparam("those", expanding=True)), entries.c.event.in_(sorted(TOLD_BY)))
        .order_by(escalations.c.escalation, entries.c.n)
    )


@cache
def _mark_taken() -> Any:
    return delete(behind).where(behind.c.escalation == bindparam("id")).returning(behind.c.escalation)


@cache
def _new_in_common(dialect: str) -> Any:
    return insert_or(dialect, alike).on_conflict_do_nothing()


@cache
def _row_written(dialect: str) -> Any:
    statement = insert_or(dialect, disputes)
    new = {column.name: statement.excluded[column.name] for column in disputes.c if column.name != "escalation"}
    return statement.on_conflict_do_update(index_elements=["escalation"], set_=new)


@cache
def _months_changed(dialect: str) -> Any:
    statement = insert_or(dialect, changed_months)
    more = changed_months.c.changes + statement.excluded.changes
    return statement.on_conflict_do_update(index_elements=["procedure", "month"], set_={"changes": more})
