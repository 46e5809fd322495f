"""The tables of people: every change of the directory, and who handed what over to whom. Both are append-only."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text

from register.columns import Instant, metadata

directory_changes = Table(
    "directory_changes",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False, comment="Who changed it."),
    Column("body", Text, nullable=False, comment="The change, canonical JSON, exactly as hashed."),
    Column("previous", Text, nullable=False, comment="Hash of the change before it."),
    Column("hash", Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
    CheckConstraint("n > 0", name="numbered_from_1"),
    sqlite_with_rowid=False,
)
"""The directory is what its changes come to; an import is a change like any other."""

hand_overs = Table(
    "hand_overs",
    metadata,
    Column("hand_over", Text, primary_key=True, comment="Its id, which stands in each history that it changed."),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False, comment="Who handed over, as told."),
    Column("body", Text, nullable=False, comment="From whom, to whom, why and what: canonical JSON."),
)
"""What one raiser handed over to another, in one act."""
