"""Drafts: case events that lack fields of the form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("reference", sa.Text, nullable=False, comment="Of the event; its escalations begin with it."),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("event", sa.Text, nullable=False, comment="The event as it came, JSON."),
        sa.Column("filled", sa.Text, nullable=False, comment="What people filled in since, JSON by field."),
        sa.Column("started_at", Instant, comment="When it became an escalation."),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_drafts")),
    )


def downgrade() -> None:
    # Deliberately none: it would delete concerns that nobody has started yet.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")
