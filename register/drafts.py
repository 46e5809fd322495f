"""Which case events lack fields of the form, so that nothing has started yet, and what was filled in since?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update

from register.errors import RegisterError
from register.rows import DraftRow
from register.statements import Transaction, insert_new
from register.tables import drafts


class Drafts:
    """The register's drafts, by the reference that each will have."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def keep(self, draft: DraftRow) -> None:
        """A draft that is there already takes the event as it is now, unless it has started; the first date stands."""
        values = draft.model_dump(exclude={"filled"}) | {"filled": "{}"}
        with self._write() as connection:
            if not insert_new(connection, drafts, values):
                mine = (drafts.c.reference == draft.reference, drafts.c.event_id == draft.event_id)
                waiting = (*mine, drafts.c.source == draft.source, drafts.c.started_at.is_(None))
                connection.execute(update(drafts).where(*waiting).values(event=draft.event))

    def find(self, reference: str) -> DraftRow | None:
        with self._read() as connection:
            row = connection.execute(select(drafts).where(drafts.c.reference == reference)).mappings().first()
        return _row(row) if row else None

    def references(self) -> set[str]:
        """Of every draft there ever was."""
        with self._read() as connection:
            return set(connection.scalars(select(drafts.c.reference)))

    def waiting(self) -> list[DraftRow]:
        """Those that have not started, oldest first."""
        query = select(drafts).where(drafts.c.started_at.is_(None)).order_by(drafts.c.received_at, drafts.c.reference)
        with self._read() as connection:
            return [_row(row) for row in connection.execute(query).mappings()]

    def fill(self, reference: str, fields: Mapping[str, Any]) -> DraftRow:
        """Add what a person filled in. Raises RegisterError where there is no draft that waits."""
        with self._write() as connection:
            waiting = (drafts.c.reference == reference, drafts.c.started_at.is_(None))
            row = connection.execute(select(drafts).where(*waiting).with_for_update()).mappings().first()
            if row is None:
                raise RegisterError(f"There is no draft {reference} that waits to be completed.")
            filled = {**json.loads(row["filled"]), **fields}
            connection.execute(update(drafts).where(*waiting).values(filled=json.dumps(filled)))
        return _row(row).model_copy(update={"filled": filled})

    def mark_started(self, reference: str, at: datetime) -> None:
        """It has become an escalation. The first date stands; without such a draft nothing happens."""
        waiting = (drafts.c.reference == reference, drafts.c.started_at.is_(None))
        with self._write() as connection:
            connection.execute(update(drafts).where(*waiting).values(started_at=at))


def _row(row: RowMapping) -> DraftRow:
    return DraftRow.model_validate(dict(row) | {"filled": json.loads(row["filled"])})
