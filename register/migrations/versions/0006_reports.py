"""What reports are made from, and a trigger that marks each history that goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    _disputes()
    _periods()
    op.create_index(
        op.f("ix_entries_recorded"),
        "entries",
        ["at"],
        postgresql_where=sa.text("event = 'recorded'"),
        sqlite_where=sa.text("event = 'recorded'"),
    )
    _mark_what_goes_on()
    op.execute("insert into behind (escalation) select escalation from escalations where n > 0")


def downgrade() -> None:
    # Deliberately none: the release before does not look at these tables, and works beside them.
    raise NotImplementedError("The register is never taken away. Restore a backup instead.")


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False, comment="Number of the newest entry that tells anything of it."),
        sa.Column(
            "told_at", Instant, nullable=False, comment="The latest instant at which any of those entries was made."
        ),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("process", sa.Text, comment="Where it is no dispute but another process of the procedure."),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("team", sa.Text),
        sa.Column("raised_by", sa.Text),
        sa.Column("carer", sa.Text),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column("closed_on", sa.Date, comment="None while it is open."),
        sa.Column("days", sa.Integer, comment="Calendar days from raising to closing."),
        sa.Column(
            "course", sa.BigInteger, nullable=False, comment="Stages, answers and end, by the digest of `alike`."
        ),
        sa.Column(
            "form", sa.BigInteger, nullable=False, comment="What was chosen on the form, by the digest of `alike`."
        ),
        sa.Column("written_as", sa.Integer, nullable=False, comment="By which reading of histories it was made."),
        sa.PrimaryKeyConstraint("escalation", name=op.f("pk_disputes")),
        sa.ForeignKeyConstraint(
            ["escalation"], ["escalations.escalation"], name=op.f("fk_disputes_escalation_escalations")
        ),
    )
    for columns in (["procedure", "closed_on", "raised_on"], ["procedure", "raised_on", "closed_on"], ["written_as"]):
        op.create_index(op.f(f"ix_disputes_{'_'.join(columns)}"), "disputes", columns)
    op.create_table(
        "alike",
        sa.Column("digest", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="Canonical JSON."),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_alike")),
        sqlite_with_rowid=False,
    )


def _periods() -> None:
    op.create_table(
        "changed_months",
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False, comment="Its first date."),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("procedure", "month", name=op.f("pk_changed_months")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "period_figures",
        sa.Column("report", sa.Text, nullable=False, comment="Digest of procedure, report and period."),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False, comment="Of all months until its end, when it was made."),
        sa.Column("body", sa.Text, nullable=False, comment="What was counted, JSON."),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_period_figures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "behind",
        sa.Column("escalation", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("escalation", name=op.f("pk_behind")),
        sqlite_with_rowid=False,
    )


def _mark_what_goes_on() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "create trigger entries_go_on after insert on entries "
            "when not exists (select 1 from behind where escalation = new.escalation) "
            "begin insert into behind (escalation) values (new.escalation); end"
        )
        return
    op.execute(
        "create function entries_go_on() returns trigger language plpgsql as $$ begin "
        "insert into behind (escalation) values (new.escalation) on conflict do nothing; return null; end $$"
    )
    op.execute("create trigger entries_go_on after insert on entries for each row execute function entries_go_on()")
