"""What reports are made from: a row for each dispute, what many have in common, and the numbers of past periods.

All of it follows from the histories, and can be made again from them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from register.columns import Instant, metadata

disputes = Table(
    "disputes",
    metadata,
    Column("escalation", ForeignKey("escalations.escalation"), primary_key=True),
    Column("n", Integer, nullable=False, comment="Number of the newest entry that tells anything of it."),
    Column("told_at", Instant, nullable=False, comment="The latest instant at which any of those entries was made."),
    Column("procedure", Text, nullable=False),
    Column("process", Text, comment="Where it is no dispute but another process of the procedure."),
    Column("reference", Text, nullable=False),
    Column("subject", Text),
    Column("team", Text),
    Column("raised_by", Text),
    Column("carer", Text),
    Column("raised_on", Date, nullable=False),
    Column("closed_on", Date, comment="None while it is open."),
    Column("days", Integer, comment="Calendar days from raising to closing."),
    Column("course", BigInteger, nullable=False, comment="Stages, answers and end, by the digest of `alike`."),
    Column("form", BigInteger, nullable=False, comment="What was chosen on the form, by the digest of `alike`."),
    Column("written_as", Integer, nullable=False, comment="By which reading of histories it was made."),
    Index(None, "procedure", "closed_on", "raised_on"),
    Index(None, "procedure", "raised_on", "closed_on"),
    Index(None, "written_as"),
)
"""One row for each dispute, as its history tells of it now."""

alike = Table(
    "alike",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False, comment="Canonical JSON."),
    sqlite_with_rowid=False,
)
"""A course or a form that many disputes have in common."""

changed_months = Table(
    "changed_months",
    metadata,
    Column("procedure", Text, primary_key=True),
    Column("month", Date, primary_key=True, comment="Its first date."),
    Column("changes", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How often anything of a month was written down: what was made of a period is right until one of them changes."""

period_figures = Table(
    "period_figures",
    metadata,
    Column("report", Text, primary_key=True, comment="Digest of procedure, report and period."),
    Column("procedure", Text, nullable=False),
    Column("changes", Integer, nullable=False, comment="Of all months until its end, when it was made."),
    Column("body", Text, nullable=False, comment="What was counted, JSON."),
    sqlite_with_rowid=False,
)
"""The roll-up: what the disputes of whole months came to at their end."""

behind = Table(
    "behind",
    metadata,
    Column("escalation", Text, primary_key=True),
    sqlite_with_rowid=False,
)
"""Escalations that have entries which `disputes` does not take into account. A trigger on `entries` writes it, so that
a release that knows nothing of it is caught up with."""
