"""API tokens, and the acts that were asked for under a key of the client's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    _tokens()
    _acts()


def downgrade() -> None:
    # Deliberately none: it would take away every token, and names in histories with them.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("prefix", sa.Text, nullable=False, comment="What a token begins with, by which it is found."),
        sa.Column("name", sa.Text, nullable=False, comment="Stands in histories, so it is never given twice."),
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the whole token, in hexadecimal."),
        sa.Column("scopes", sa.Text, nullable=False, comment="Words, separated by spaces."),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, comment="From then on it opens nothing; none where it does not expire."),
        sa.Column("revoked_at", Instant),
        sa.Column("last_used_at", Instant, comment="To the minute."),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_tokens_name")),
    )


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column("act_id", sa.Text, nullable=False, comment="The update id: made of the token and the client's key."),
        sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the command as it was sent."),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("receipt", sa.Text, comment="What came of it, canonical JSON; none until that is known."),
        sa.PrimaryKeyConstraint("escalation", "act_id", name=op.f("pk_acts")),
    )
