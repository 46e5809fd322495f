"""Which answers we received, when, and how far each has come."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, select, update

from escalation.messages import Respond
from register.canonical import canonical
from register.errors import ConflictingAnswer, RegisterError
from register.rows import InboxRow
from register.statements import insert_new
from register.tables import inbox


def put(connection: Connection, escalation: str, answer: Respond) -> Literal["new", "same"]:
    if answer.received_at is None:
        raise ValueError("An answer is put in the inbox with the instant at which it was received.")
    values = {
        "response_id": answer.response_id,
        "escalation": escalation,
        "stage": answer.stage,
        "received_at": answer.received_at,
        "body": canonical(answer),
    }
    if insert_new(connection, inbox, values):
        return "new"
    _require_same(connection, escalation, answer)
    return "same"


def _require_same(connection: Connection, escalation: str, answer: Respond) -> None:
    """The same answer sent twice is received at two instants; the first one stands."""
    held = _row(connection.execute(select(inbox).where(inbox.c.response_id == answer.response_id)).mappings().one())
    again = answer.model_copy(update={"received_at": held.answer.received_at})
    if held.escalation != escalation or held.answer != again:
        raise ConflictingAnswer(
            f"The response id {answer.response_id} is already used for another answer, which is kept. "
            "Send this answer under an id of its own."
        )


def received(connection: Connection, escalation: str, received_by: datetime) -> list[Respond]:
    found = connection.execute(
        select(inbox)
        .where(inbox.c.escalation == escalation, inbox.c.received_at <= received_by)
        .order_by(inbox.c.received_at, inbox.c.response_id)
    )
    return [_row(row).answer for row in found.mappings()]


def not_applied(connection: Connection) -> list[InboxRow]:
    found = connection.execute(
        select(inbox).where(inbox.c.outcome.is_(None)).order_by(inbox.c.received_at, inbox.c.response_id)
    )
    return [_row(row) for row in found.mappings()]


def find(connection: Connection, response_id: str) -> InboxRow | None:
    row = connection.execute(select(inbox).where(inbox.c.response_id == response_id)).mappings().first()
    return _row(row) if row else None


def mark_handed_over(connection: Connection, response_id: str, at: datetime) -> None:
    first = inbox.c.handed_over_at.is_(None)
    connection.execute(update(inbox).where(inbox.c.response_id == response_id, first).values(handed_over_at=at))


def mark_applied(connection: Connection, response_id: str, outcome: str, at: datetime) -> None:
    """The first outcome stands."""
    waiting = inbox.c.outcome.is_(None)
    marked = connection.execute(
        update(inbox).where(inbox.c.response_id == response_id, waiting).values(outcome=outcome, outcome_at=at)
    )
    if not marked.rowcount and find(connection, response_id) is None:
        raise RegisterError(f"The inbox holds no answer with the response id {response_id}.")


def _row(row: RowMapping) -> InboxRow:
    return InboxRow.model_validate(dict(row) | {"answer": Respond.model_validate_json(row["body"])})
