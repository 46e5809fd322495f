"""What outlives the close of an escalation: its next date, and whether a question about it waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    said = "The next date of what outlives the close; none where nothing does."
    op.add_column("escalations", sa.Column("follow_up_on", sa.Date, comment=said))
    asked = "Whether a question about it waits for the raiser."
    op.add_column("escalations", sa.Column("follow_up_asked", sa.Boolean, comment=asked))
    op.create_index(op.f("ix_escalations_follow_up_on"), "escalations", ["follow_up_on"])


def downgrade() -> None:
    # Deliberately none: the release before does not look at these columns, and works beside them.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")
