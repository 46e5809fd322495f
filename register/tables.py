"""Which tables the register has, and what each column holds. Those of people and post stand in files of their own."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from register.columns import Instant, metadata
from register.directory_tables import directory_changes, hand_overs
from register.mail_tables import came_back, digests, gathered, mail_holds
from register.report_tables import alike, behind, changed_months, disputes, period_figures

__all__ = [
    "Instant", "acts", "alike", "behind", "came_back", "changed_months", "digests", "directory_changes", "disputes",
    "drafts", "entries", "escalations", "gathered", "hand_overs", "inbox", "mail_holds", "metadata", "notices",
    "period_figures", "procedures", "record_entries", "records", "tokens",
]  # fmt: skip

escalations = Table(
    "escalations",
    metadata,
    Column("escalation", Text, primary_key=True, comment="The workflow id."),
    Column("reference", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("procedure_version", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("team", Text),
    Column("raised_at", Instant, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("waiting_for", Text),
    Column("due", Instant),
    Column("cap", Instant),
    Column("closed_at", Instant),
    Column("outcome", Text),
    Column("n", Integer, nullable=False, comment="Number of the last entry that this row takes into account."),
    Column("start_digest", Text, comment="Digest of the data it was started with; none where it was never claimed."),
    Column("raised_by", Text, comment="The raiser's role."),
    Column("raised_by_name", Text, comment="The raiser, where known."),
    Column("follow_up_on", Date, comment="The next date of what outlives the close; none where nothing does."),
    Column("follow_up_asked", Boolean, comment="Whether a question about it waits for the raiser."),
    UniqueConstraint("reference"),
    Index(None, "status"),
    Index(None, "follow_up_on"),
)
"""Where each escalation stands: one row each, made again from `entries` whenever it is lost."""

entries = Table(
    "entries",
    metadata,
    Column("escalation", ForeignKey("escalations.escalation"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False, comment="Canonical JSON, exactly as hashed."),
    Column("previous", Text, nullable=False, comment="Hash of the entry before it."),
    Column("hash", Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
    CheckConstraint("n > 0", name="numbered_from_1"),
    Index(
        "ix_entries_recorded",
        "at",
        postgresql_where=text("event = 'recorded'"),
        sqlite_where=text("event = 'recorded'"),
    ),
    # Without a row id there is no second key by which `insert or replace` could overwrite an entry.
    sqlite_with_rowid=False,
)
"""The histories, append-only: triggers refuse every other change."""

# Neither the inbox nor the ledger refers to `escalations`: an answer that we received and an email that went out are
# facts, and must be kept even where the first entry of the escalation has not yet arrived here.

notices = Table(
    "notices",
    metadata,
    Column("escalation", Text, primary_key=True),
    Column("entry", Integer, primary_key=True, autoincrement=False, comment="Number of the entry that called for it."),
    Column("notice", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("day_zero", String(10), primary_key=True, comment="In an alert: the day 0 that it states; else empty."),
    Column("message_id", Text),
    Column("role", Text, nullable=False),
    Column("person", Text),
    Column("status", Text, nullable=False),
    Column("accepted_at", Instant),
    Column("reason", Text, comment="Why it was refused."),
    Column("cover", Text, comment="The role of whoever was written to as cover for `role`."),
    Column("cover_because", Text),
    CheckConstraint("status in ('accepted', 'refused')", name="known_status"),
    CheckConstraint("(status = 'accepted') = (accepted_at is not null)", name="accepted_when"),
    Index(None, "message_id"),
)
"""The delivery ledger: which message to whom a mail server accepted or refused for good."""

inbox = Table(
    "inbox",
    metadata,
    Column("response_id", Text, primary_key=True),
    Column("escalation", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body", Text, nullable=False, comment="The whole answer, canonical JSON."),
    Column("handed_over_at", Instant, comment="When Temporal took it."),
    Column("outcome", Text, comment="What the escalation made of it; none until it has said."),
    Column("outcome_at", Instant),
    Index(None, "escalation", "received_at"),
)
"""Answers as received, before any workflow has seen them."""

procedures = Table(
    "procedures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Every version of a procedure under which an escalation was ever started."""

tokens = Table(
    "tokens",
    metadata,
    Column("prefix", Text, primary_key=True, comment="What a token begins with, by which it is found."),
    Column("name", Text, nullable=False, comment="Stands in histories, so it is never given twice."),
    Column("digest", Text, nullable=False, comment="SHA-256 of the whole token, in hexadecimal."),
    Column("scopes", Text, nullable=False, comment="Words, separated by spaces."),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, comment="From then on it opens nothing; none where it does not expire."),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant, comment="To the minute."),
    UniqueConstraint("name"),
)
"""Who may use the API, and for what. No token itself is kept."""

acts = Table(
    "acts",
    metadata,
    Column("escalation", Text, primary_key=True),
    Column("act_id", Text, primary_key=True, comment="The update id: made of the token and the client's key."),
    Column("digest", Text, nullable=False, comment="SHA-256 of the command as it was sent."),
    Column("asked_at", Instant, nullable=False),
    Column("receipt", Text, comment="What came of it, canonical JSON; none until that is known."),
)
"""Acts asked for under a key of the client's own, so that asking again gives the same outcome."""

drafts = Table(
    "drafts",
    metadata,
    Column("reference", Text, primary_key=True, comment="Of the event; its escalations begin with it."),
    Column("procedure", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("event", Text, nullable=False, comment="The event as it came, JSON."),
    Column("filled", Text, nullable=False, comment="What people filled in since, JSON by field."),
    Column("started_at", Instant, comment="When it became an escalation."),
)
"""Case events that lack fields of the form: nothing has started, and the raiser completes them."""

records = Table(
    "records",
    metadata,
    Column("record", Text, primary_key=True, comment="The workflow id."),
    Column("reference", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("procedure_version", Text, nullable=False),
    Column("what", Text, nullable=False, comment="The recording, by its `do`."),
    Column("title", Text, nullable=False),
    Column("team", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("n", Integer, nullable=False, comment="Number of the last entry held; 0 while it is only claimed."),
    Column("start_digest", Text, comment="Digest of the data it was started with; none where it was never claimed."),
    Index(None, "recorded_at", "record"),
)
"""What was recorded outside every escalation: one row each, made again from `record_entries` whenever it is lost."""

record_entries = Table(
    "record_entries",
    metadata,
    Column("record", ForeignKey("records.record"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False, comment="Canonical JSON, exactly as hashed."),
    Column("previous", Text, nullable=False, comment="Hash of the entry before it."),
    Column("hash", Text, nullable=False, comment="SHA-256 of `previous` and `body`."),
    CheckConstraint("n > 0", name="numbered_from_1"),
    sqlite_with_rowid=False,
)
"""Their histories: append-only and chained, as those of escalations are."""
