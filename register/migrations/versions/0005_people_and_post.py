"""Changes of the directory, hand-overs, holds of mail, digests, what came back; who raised an escalation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

APPEND_ONLY = "It is append-only: correct it with a new one."


def upgrade() -> None:
    _directory_changes()
    _hand_overs()
    _mail()
    _what_came_back()
    op.add_column("escalations", sa.Column("raised_by", sa.Text, comment="The raiser's role."))
    op.add_column("escalations", sa.Column("raised_by_name", sa.Text, comment="The raiser, where known."))
    op.add_column(
        "notices", sa.Column("cover", sa.Text, comment="The role of whoever was written to as cover for `role`.")
    )
    op.add_column("notices", sa.Column("cover_because", sa.Text))
    op.create_index(op.f("ix_notices_message_id"), "notices", ["message_id"])
    for table, key in (("directory_changes", "n"), ("hand_overs", "hand_over")):
        _refuse_changes(table, key)


def downgrade() -> None:
    # Deliberately none: it would delete what a council must keep.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")


def _directory_changes() -> None:
    op.create_table(
        "directory_changes",
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False, comment="Who changed it."),
        sa.Column("body", sa.Text, nullable=False, comment="The change, canonical JSON, exactly as hashed."),
        sa.Column("previous", sa.Text, nullable=False, comment="Hash of the change before it."),
        sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_directory_changes")),
        sa.CheckConstraint("n > 0", name=op.f("ck_directory_changes_numbered_from_1")),
        sqlite_with_rowid=False,
    )


def _hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column(
            "hand_over", sa.Text, nullable=False, comment="Its id, which stands in each history that it changed."
        ),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False, comment="Who handed over, as told."),
        sa.Column("body", sa.Text, nullable=False, comment="From whom, to whom, why and what: canonical JSON."),
        sa.PrimaryKeyConstraint("hand_over", name=op.f("pk_hand_overs")),
    )


def _mail() -> None:
    op.create_table(
        "mail_holds",
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("held_at", Instant, nullable=False),
        sa.Column("held_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("released_at", Instant, comment="None while nothing is sent."),
        sa.Column("released_by", sa.Text),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_mail_holds")),
    )
    op.create_table(
        "gathered",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column(
            "entry", sa.Integer, autoincrement=False, nullable=False, comment="Number of the entry that called for it."
        ),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("due_at", Instant, nullable=False, comment="When the digest goes out that it is part of."),
        sa.Column("body", sa.Text, nullable=False, comment="What the digest says of it: canonical JSON."),
        sa.PrimaryKeyConstraint("escalation", "entry", "notice", "address", name=op.f("pk_gathered")),
    )
    op.create_index(op.f("ix_gathered_address_due_at"), "gathered", ["address", "due_at"])
    op.create_table(
        "digests",
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("claimed_at", Instant, comment="When somebody last began to send it; None while nobody does."),
        sa.Column("message_id", sa.Text),
        sa.Column("accepted_at", Instant, comment="When a mail server accepted it."),
        sa.PrimaryKeyConstraint("address", "due_at", name=op.f("pk_digests")),
    )


def _what_came_back() -> None:
    op.create_table(
        "came_back",
        sa.Column("mail_id", sa.Text, nullable=False, comment="Digest of the message as it came."),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="bounce, absence, reply, or unmatched."),
        sa.Column("escalation", sa.Text, comment="None where it belongs to nothing that we sent."),
        sa.Column("entry", sa.Integer),
        sa.Column("notice", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False, comment="What became of it."),
        sa.Column("handled_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_came_back")),
    )
    op.create_index(op.f("ix_came_back_escalation"), "came_back", ["escalation"])


def _refuse_changes(table: str, key: str) -> None:
    if op.get_bind().dialect.name != "sqlite":  # the function that refuses came with `entries`
        op.execute(
            f"create trigger {table}_refuse_change before update or delete or truncate on {table} "
            "for each statement execute function entries_refuse_change()"
        )
        return
    # `insert or replace` deletes without firing the trigger on delete, hence the third.
    held = f"when exists (select 1 from {table} where {key} = new.{key})"  # noqa: S608 - names of ours
    for name, when in (("update", ""), ("delete", ""), ("insert", held)):
        op.execute(
            f"create trigger {table}_refuse_{name} before {name} on {table} {when} "
            f"begin select raise(abort, '{APPEND_ONLY}'); end"
        )
