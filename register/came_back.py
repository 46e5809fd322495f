"""What came back to the mailbox, what it belonged to, and what became of it; never what it says."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Executable, Select, func, select

from register.mail_tables import came_back
from register.rows import CameBackRow, LedgerRow
from register.statements import Transaction, insert_or
from register.tables import escalations, notices


class CameBackRows:
    """Messages read from the mailbox, each once."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def sent_as(self, message_id: str) -> list[LedgerRow]:
        """What a mail server accepted under a Message-ID: more than one where one email spoke for several."""
        return self._sent(_accepted().where(notices.c.message_id == message_id).order_by(notices.c.escalation))

    def sent_to(self, reference: str, notice: str, address: str) -> list[LedgerRow]:
        """The last message of a notice to an address, by what our own headers said; empty where there is none."""
        about = (escalations.c.reference == reference, notices.c.notice == notice, _same(address))
        query = _accepted().join(escalations, escalations.c.escalation == notices.c.escalation).where(*about)
        return self._sent(query.order_by(notices.c.accepted_at.desc()).limit(1))

    def find(self, mail_id: str) -> CameBackRow | None:
        with self._read() as connection:
            row = connection.execute(select(came_back).where(came_back.c.mail_id == mail_id)).mappings().first()
        return CameBackRow.model_validate(dict(row)) if row else None

    def note(self, row: CameBackRow) -> None:
        """Keep what became of a message. The first word stands, unless it was that a person has to look at it."""
        with self._write() as connection:
            connection.execute(_note(connection.dialect.name), row.model_dump())

    def latest(self, limit: int = 100) -> list[CameBackRow]:
        """What was read last, the newest first."""
        query = select(came_back).order_by(came_back.c.handled_at.desc(), came_back.c.mail_id).limit(limit)
        with self._read() as connection:
            return [CameBackRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def _sent(self, query: Select[tuple[object]]) -> list[LedgerRow]:
        with self._read() as connection:
            found = connection.execute(query).mappings()
            return [LedgerRow.model_validate(dict(row) | {"day_zero": row["day_zero"] or None}) for row in found]


@cache
def _note(dialect: str) -> Executable:
    statement = insert_or(dialect, came_back)
    changed = {column.name: column for column in statement.excluded if column.name != "mail_id"}
    looked_at = came_back.c.kind.in_(("unmatched", "unreadable"))
    return statement.on_conflict_do_update(index_elements=["mail_id"], set_=changed, where=looked_at)


def _accepted() -> Select[tuple[object]]:
    return select(notices).where(notices.c.status == "accepted")


def _same(address: str) -> ColumnElement[bool]:
    return func.lower(notices.c.address) == address.lower()
