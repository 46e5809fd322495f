"""Whether sending is on hold, since when, by whom and why; and how much a mail server has taken lately."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from register.errors import RegisterError
from register.mail_tables import mail_holds
from register.rows import HoldRow
from register.statements import Transaction, insert_new
from register.tables import notices


class AlreadyOnHold(RegisterError):
    """Somebody has stopped sending before; theirs is the reason that people are told."""


class NotOnHold(RegisterError):
    """There is nothing to release."""


class Mail:
    """The register's holds of mail. Every one of them is kept, with who stopped sending and who resumed it."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def held(self) -> HoldRow | None:
        """The hold that is in force; None while mail is sent."""
        with self._read() as connection:
            last = _last(connection)
        return last if last and last.in_force else None

    def hold(self, by: str, reason: str, at: datetime) -> HoldRow:
        """Stop sending. Raises AlreadyOnHold, which says by whom and why; of two at once, one."""
        with self._write() as connection:
            last = _last(connection)
            row = HoldRow(n=last.n + 1 if last else 1, held_at=at, held_by=by, reason=reason)
            if (last and last.in_force) or not insert_new(connection, mail_holds, row.model_dump()):
                raise AlreadyOnHold(str(_last(connection)))
        return row

    def release(self, by: str, at: datetime) -> HoldRow:
        """Resume sending; the hold that this ended. Raises NotOnHold."""
        ended = {"released_at": at, "released_by": by}
        in_force = mail_holds.c.released_at.is_(None)
        with self._write() as connection:
            last = _last(connection)
            if last is None or not connection.execute(update(mail_holds).where(in_force).values(ended)).rowcount:
                raise NotOnHold("Sending is not on hold.")
        return last.model_copy(update=ended)

    def accepted_since(self, since: datetime) -> int:
        """How many messages a mail server has accepted since; one that speaks for several counts once."""
        messages = func.count(func.distinct(notices.c.message_id))
        query = select(messages).where(notices.c.status == "accepted", notices.c.accepted_at >= since)
        with self._read() as connection:
            return connection.scalar(query) or 0


def _last(connection: Connection) -> HoldRow | None:
    """Only the last can be in force: none is begun before the one before it was released."""
    row = connection.execute(select(mail_holds).order_by(mail_holds.c.n.desc()).limit(1)).mappings().first()
    return HoldRow.model_validate(dict(row)) if row else None
