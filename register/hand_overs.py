"""Who handed what over to whom, when and why? Written before anything is done, and never changed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field, field_serializer
from sqlalchemy import RowMapping, select

from escalation.directory import Name
from escalation.procedure import Role
from escalation.wire import Identifier, Message, Reference, Text
from escalation.working_days import LONDON
from register.canonical import canonical
from register.directory_tables import hand_overs
from register.statements import Transaction, insert_new


class Asked(Message):
    """What somebody asked for: all that one raiser has, or some of it, goes to another."""

    from_name: Name = Field(description="Who had it.")
    to_name: Name = Field(description="Who has it from now on, as the directory spells them.")
    role: Role | None = Field(None, description="In which role they have it; the same as before where not given.")
    only: tuple[Reference, ...] = Field((), description="These alone; all where none is named.")
    by: Role = Field(description="The role in which it was handed over.")
    name: Name = Field(description="Who handed it over.")
    reason: Text | None = None


class Part(Message):
    """One escalation or draft, and the role in which the new raiser has it."""

    reference: Reference
    role: Role


class HandOverRow(Asked):
    """One act of handing over: what was asked for, and what it was about."""

    hand_over: Identifier
    at: AwareDatetime
    escalations: tuple[Part, ...] = ()
    drafts: tuple[Part, ...] = ()

    @property
    def asked(self) -> Asked:
        return Asked.model_validate(self.model_dump())

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class HandOvers:
    """The register's hand-overs."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def keep(self, row: HandOverRow) -> HandOverRow:
        """The row as it stands under this id: the first one kept, whatever is told later."""
        values = {"hand_over": row.hand_over, "at": row.at, "by": row.name, "body": canonical(row)}
        with self._write() as connection:
            if connection.execute(_found(row.hand_over)).first() is None:
                insert_new(connection, hand_overs, values)
            return _row(connection.execute(_found(row.hand_over)).mappings().one())

    def find(self, hand_over: str) -> HandOverRow | None:
        with self._read() as connection:
            row = connection.execute(_found(hand_over)).mappings().first()
        return _row(row) if row else None

    def listed(self, limit: int = 100) -> list[HandOverRow]:
        """The newest first."""
        query = select(hand_overs).order_by(hand_overs.c.at.desc(), hand_overs.c.hand_over).limit(limit)
        with self._read() as connection:
            return [_row(row) for row in connection.execute(query).mappings()]


def _found(hand_over: str) -> Any:
    return select(hand_overs).where(hand_overs.c.hand_over == hand_over)


def _row(row: RowMapping) -> HandOverRow:
    return HandOverRow.model_validate(json.loads(row["body"]))
