"""What waits for a person's digest, and who is sending it? One at a time, and what went out is noted together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from escalation.messages import Delivery, Failure
from register import ledger
from register.canonical import canonical
from register.mail_tables import digests, gathered
from register.rows import GatheredRow, LedgerRow
from register.statements import Transaction, insert_new

Settled = tuple[GatheredRow, Delivery | Failure]

A_CLAIM_LASTS = timedelta(minutes=2)
"""As long as one attempt at a message may take: whoever began longer ago has died on the way."""
KEPT_FOR = timedelta(days=30)
"""What a digest held stands in the ledger for good; the digest itself is of no use any more, and names an address."""


class Digests:
    """The register's digests, one for each address and time."""

    def __init__(self, write: Transaction) -> None:
        self._write = write

    def gather(self, row: GatheredRow) -> GatheredRow | LedgerRow:
        """Keep a notice until its digest is due. What is kept already stays as it is; what has gone out is told."""
        with self._write() as connection:
            # In this order: what goes out just now is in the ledger by the time that it is not kept any more.
            for kept in _kept(connection, _is(row)):
                return kept
            for told in ledger.rows(connection, row.escalation, row.entry, row.notice):
                if told.address.casefold() == row.address:
                    return told
            insert_new(connection, digests, {"address": row.address, "due_at": row.due_at})
            insert_new(connection, gathered, row.model_dump(include=KEY | {"due_at"}) | {"body": canonical(row)})
            return row

    def claim(self, address: str, due_at: datetime, now: datetime) -> list[GatheredRow]:
        """All that goes into this digest, for whoever is to send it; empty while somebody else does.

        It stays the claimant's until it is settled, released, or two minutes old.
        """
        free = or_(digests.c.claimed_at.is_(None), digests.c.claimed_at <= now - A_CLAIM_LASTS)
        claimed = update(digests).where(_digest(address, due_at), free).values(claimed_at=now)
        with self._write() as connection:
            if not connection.execute(claimed).rowcount:
                return []
            _clear_away(connection, now - KEPT_FOR)
            return _kept(connection, and_(gathered.c.address == address, gathered.c.due_at == due_at))

    def release(self, address: str, due_at: datetime) -> None:
        """It could not be sent just now: whoever comes next tries."""
        with self._write() as connection:
            connection.execute(update(digests).where(_digest(address, due_at)).values(claimed_at=None))

    def settle(self, results: Sequence[Settled]) -> None:
        """Note what became of all that one digest held: the whole of it is in the ledger, or nothing is."""
        with self._write() as connection:
            for row, result in results:
                key = (row.escalation, row.entry, row.notice)
                if isinstance(result, Delivery):
                    sent = {"message_id": result.message_id, "accepted_at": result.accepted_at}
                    connection.execute(update(digests).where(_digest(row.address, row.due_at)).values(sent))
                    ledger.note_accepted(connection, *key, result)
                else:
                    ledger.note_refused(connection, *key, result, day_zero="")
                connection.execute(delete(gathered).where(_is(row)))

    def forget(self, row: GatheredRow) -> None:
        """It went out as itself, and the ledger has it."""
        with self._write() as connection:
            connection.execute(delete(gathered).where(_is(row)))

    def give_up(self, escalation: str, entry: int, notice: str, now: datetime) -> bool:
        """Take a notice out of every digest that it waits for; False, and nothing, while one of them is being sent."""
        key = gathered.c.escalation == escalation, gathered.c.entry == entry, gathered.c.notice == notice
        with self._write() as connection:
            rows = _kept(connection, and_(*key))
            if any(_is_being_sent(connection, row, now) for row in rows):
                return False
            for row in rows:
                connection.execute(delete(gathered).where(_is(row)))
        return True


KEY = {column.name for column in gathered.primary_key}


def _clear_away(connection: Connection, before: datetime) -> None:
    """Digests that were due before then, and hold nothing any more."""
    held = select(gathered.c.entry).where(
        gathered.c.address == digests.c.address, gathered.c.due_at == digests.c.due_at
    )
    connection.execute(delete(digests).where(digests.c.due_at < before, ~held.exists()))


def _kept(connection: Connection, which: ColumnElement[bool]) -> list[GatheredRow]:
    """In the order in which a digest tells of them."""
    bodies = connection.scalars(select(gathered.c.body).where(which))
    rows = [GatheredRow.model_validate_json(body) for body in bodies]
    return sorted(rows, key=lambda row: (len(row.reference), row.reference, row.entry, row.notice))


def _is(row: GatheredRow) -> ColumnElement[bool]:
    return and_(*(gathered.c[name] == getattr(row, name) for name in sorted(KEY)))


def _digest(address: str, due_at: datetime) -> ColumnElement[bool]:
    return and_(digests.c.address == address, digests.c.due_at == due_at)


def _is_being_sent(connection: Connection, row: GatheredRow, now: datetime) -> bool:
    """Asked under a lock, so that whoever is about to claim it waits."""
    query = select(digests.c.claimed_at).where(_digest(row.address, row.due_at)).with_for_update()
    claimed_at = connection.scalar(query)
    return claimed_at is not None and claimed_at > now - A_CLAIM_LASTS
