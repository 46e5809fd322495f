"""The register: histories, summaries, delivery ledger, inbox, procedures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

APPEND_ONLY = "The history is append-only: correct it with a new entry."


def upgrade() -> None:
    _escalations()
    _entries()
    _notices()
    _inbox()
    _procedures()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_sqlite()
    else:
        _refuse_changes_postgresql()


def downgrade() -> None:
    # Deliberately none: it would delete histories that a council must keep.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")


def _escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("escalation", sa.Text, nullable=False, comment="The workflow id."),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("procedure_version", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("team", sa.Text),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("waiting_for", sa.Text),
        sa.Column("due", Instant),
        sa.Column("cap", Instant),
        sa.Column("closed_at", Instant),
        sa.Column("outcome", sa.Text),
        sa.Column(
            "n", sa.Integer, nullable=False, comment="Number of the last entry that this row takes into account."
        ),
        sa.Column(
            "start_digest", sa.Text, comment="Digest of the data it was started with; none where it was never claimed."
        ),
        sa.PrimaryKeyConstraint("escalation", name=op.f("pk_escalations")),
        sa.UniqueConstraint("reference", name=op.f("uq_escalations_reference")),
    )
    op.create_index(op.f("ix_escalations_status"), "escalations", ["status"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="Canonical JSON, exactly as hashed."),
        sa.Column("previous", sa.Text, nullable=False, comment="Hash of the entry before it."),
        sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
        sa.PrimaryKeyConstraint("escalation", "n", name=op.f("pk_entries")),
        sa.ForeignKeyConstraint(
            ["escalation"], ["escalations.escalation"], name=op.f("fk_entries_escalation_escalations")
        ),
        sa.CheckConstraint("n > 0", name=op.f("ck_entries_numbered_from_1")),
        sqlite_with_rowid=False,
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column(
            "entry", sa.Integer, autoincrement=False, nullable=False, comment="Number of the entry that called for it."
        ),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column(
            "day_zero", sa.String(10), nullable=False, comment="In an alert: the day 0 that it states; else empty."
        ),
        sa.Column("message_id", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("accepted_at", Instant),
        sa.Column("reason", sa.Text, comment="Why it was refused."),
        sa.PrimaryKeyConstraint("escalation", "entry", "notice", "address", "day_zero", name=op.f("pk_notices")),
        sa.CheckConstraint("status in ('accepted', 'refused')", name=op.f("ck_notices_known_status")),
        sa.CheckConstraint("(status = 'accepted') = (accepted_at is not null)", name=op.f("ck_notices_accepted_when")),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("response_id", sa.Text, nullable=False),
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="The whole answer, canonical JSON."),
        sa.Column("handed_over_at", Instant, comment="When Temporal took it."),
        sa.Column("outcome", sa.Text, comment="What the escalation made of it; none until it has said."),
        sa.Column("outcome_at", Instant),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_escalation_received_at"), "inbox", ["escalation", "received_at"])


def _procedures() -> None:
    op.create_table(
        "procedures",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_procedures")),
    )


def _refuse_changes_sqlite() -> None:
    # `insert or replace` deletes without firing the trigger on delete, hence the third.
    held = "exists (select 1 from entries where escalation = new.escalation and n = new.n)"
    for name, when in (("update", ""), ("delete", ""), ("insert", f"when {held}")):
        op.execute(
            f"create trigger entries_refuse_{name} before {name} on entries {when} "
            f"begin select raise(abort, '{APPEND_ONLY}'); end"
        )


def _refuse_changes_postgresql() -> None:
    op.execute(
        "create function entries_refuse_change() returns trigger language plpgsql as "
        f"$$ begin raise exception '{APPEND_ONLY}'; end $$"
    )
    op.execute(
        "create trigger entries_refuse_change before update or delete or truncate on entries "
        "for each statement execute function entries_refuse_change()"
    )
