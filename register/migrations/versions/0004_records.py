"""Recordings that stand alone, and their histories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

APPEND_ONLY = "The history is append-only: correct it with a new entry."


def upgrade() -> None:
    _records()
    _entries()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_sqlite()
    else:
        _refuse_changes_postgresql()


def downgrade() -> None:
    # Deliberately none: it would delete histories that a council must keep.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("record", sa.Text, nullable=False, comment="The workflow id."),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("procedure_version", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False, comment="The recording, by its `do`."),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("team", sa.Text),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column(
            "n", sa.Integer, nullable=False, comment="Number of the last entry held; 0 while it is only claimed."
        ),
        sa.Column(
            "start_digest", sa.Text, comment="Digest of the data it was started with; none where it was never claimed."
        ),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_recorded_at_record"), "records", ["recorded_at", "record"])


def _entries() -> None:
    op.create_table(
        "record_entries",
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="Canonical JSON, exactly as hashed."),
        sa.Column("previous", sa.Text, nullable=False, comment="Hash of the entry before it."),
        sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
        sa.PrimaryKeyConstraint("record", "n", name=op.f("pk_record_entries")),
        sa.ForeignKeyConstraint(["record"], ["records.record"], name=op.f("fk_record_entries_record_records")),
        sa.CheckConstraint("n > 0", name=op.f("ck_record_entries_numbered_from_1")),
        sqlite_with_rowid=False,
    )


def _refuse_changes_sqlite() -> None:
    # `insert or replace` deletes without firing the trigger on delete, hence the third.
    held = "exists (select 1 from record_entries where record = new.record and n = new.n)"
    for name, when in (("update", ""), ("delete", ""), ("insert", f"when {held}")):
        op.execute(
            f"create trigger record_entries_refuse_{name} before {name} on record_entries {when} "
            f"begin select raise(abort, '{APPEND_ONLY}'); end"
        )


def _refuse_changes_postgresql() -> None:
    # The function that refuses came with `entries`.
    op.execute(
        "create trigger record_entries_refuse_change before update or delete or truncate on record_entries "
        "for each statement execute function entries_refuse_change()"
    )
