"""Which acts were asked for under a key of the client's own, and what came of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from register.rows import ActRow
from register.statements import insert_new
from register.tables import acts


def ask(connection: Connection, escalation: str, act_id: str, digest: str, at: datetime) -> ActRow:
    """Keep an act before it is done, or find it as it was first asked for."""
    key = {"escalation": escalation, "act_id": act_id}
    insert_new(connection, acts, key | {"digest": digest, "asked_at": at})
    found = select(acts).where(acts.c.escalation == escalation, acts.c.act_id == act_id)
    return ActRow.model_validate(dict(connection.execute(found).mappings().one()))


def answer(connection: Connection, escalation: str, act_id: str, receipt: str) -> None:
    """Keep what came of it. The first receipt stands."""
    open_ = (acts.c.escalation == escalation, acts.c.act_id == act_id, acts.c.receipt.is_(None))
    connection.execute(update(acts).where(*open_).values(receipt=receipt))
