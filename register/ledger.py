"""Which messages of a notice have already been accepted or refused, so that nobody hears twice."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, RowMapping, or_, select

from escalation.messages import Delivery, Failure
from register.rows import LedgerRow
from register.statements import insert_new, insert_or
from register.tables import notices

KEY = [column.name for column in notices.primary_key]


def rows(connection: Connection, escalation: str, entry: int, notice: str) -> list[LedgerRow]:
    found = connection.execute(
        select(notices)
        .where(notices.c.escalation == escalation, notices.c.entry == entry, notices.c.notice == notice)
        .order_by(notices.c.status, notices.c.accepted_at, notices.c.address, notices.c.day_zero)
    )
    return [_row(row) for row in found.mappings()]


def note_accepted(connection: Connection, escalation: str, entry: int, notice: str, delivery: Delivery) -> None:
    """An acceptance replaces a refusal of the same message, and an acceptance only of who had it in another role.

    Of the same message in the same role, what happened first stands.
    """
    values = _values(escalation, entry, notice, delivery) | {"status": "accepted", "reason": None}
    connection.execute(_accept(connection.dialect.name), values)


@cache
def _accept(dialect: str) -> Executable:
    statement = insert_or(dialect, notices)
    changed = {column.name: column for column in statement.excluded if column.name not in KEY}
    other = or_(notices.c.status == "refused", notices.c.role != statement.excluded.role)
    return statement.on_conflict_do_update(index_elements=KEY, set_=changed, where=other)


def note_refused(
    connection: Connection, escalation: str, entry: int, notice: str, failure: Failure, day_zero: str
) -> None:
    if not failure.address:
        raise ValueError("The ledger notes refusals of an address; a role that nobody holds is looked up again.")
    values = _values(escalation, entry, notice, failure) | {"day_zero": day_zero, "status": "refused"}
    insert_new(connection, notices, values)


def _values(escalation: str, entry: int, notice: str, about: Delivery | Failure) -> dict[str, Any]:
    said = about.model_dump()
    day_zero = said.pop("day_zero", None)
    # PostgreSQL keeps no NUL in text, and a mail server may say anything.
    clean = {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in said.items()}
    where = {"escalation": escalation, "entry": entry, "notice": notice}
    return clean | where | {"day_zero": day_zero.isoformat() if day_zero else ""}


def _row(row: RowMapping) -> LedgerRow:
    return LedgerRow.model_validate(dict(row) | {"day_zero": row["day_zero"] or None})
