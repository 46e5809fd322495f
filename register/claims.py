"""Which references are taken, and by what? Escalations that start together take theirs together, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, select

from escalation.summary import Summary
from register import chain
from register.tables import escalations

Claim = Literal["new", "same", "different"]


def take(connection: Connection, claims: Mapping[str, Summary], start_digest: str) -> Claim:
    """`claims` gives each escalation's summary. With one of them different, none is kept."""
    with connection.begin_nested() as together:
        taken = {_take(connection, escalation, summary, start_digest) for escalation, summary in claims.items()}
        if "different" in taken:
            together.rollback()
            return "different"
    return "new" if "new" in taken else "same"


def _take(connection: Connection, escalation: str, summary: Summary, start_digest: str) -> Claim:
    if chain.claim(connection, escalation, summary, start_digest):
        return "new"
    held = select(escalations.c.escalation, escalations.c.start_digest)
    row = connection.execute(held.where(escalations.c.reference == summary.reference)).first()
    return "same" if row is not None and tuple(row) == (escalation, start_digest) else "different"
