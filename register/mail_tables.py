"""The tables of post: whether sending is on hold, what waits for a digest, what came back."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from register.columns import Instant, metadata

mail_holds = Table(
    "mail_holds",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("held_at", Instant, nullable=False),
    Column("held_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("released_at", Instant, comment="None while nothing is sent."),
    Column("released_by", Text),
)
"""When nothing was sent, who stopped it and why. At most the last has not been released."""

gathered = Table(
    "gathered",
    metadata,
    Column("escalation", Text, primary_key=True),
    Column("entry", Integer, primary_key=True, autoincrement=False, comment="Number of the entry that called for it."),
    Column("notice", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("due_at", Instant, nullable=False, comment="When the digest goes out that it is part of."),
    Column("body", Text, nullable=False, comment="What the digest says of it: canonical JSON."),
    Index(None, "address", "due_at"),
)
"""Notices that wait for a person's digest."""

digests = Table(
    "digests",
    metadata,
    Column("address", Text, primary_key=True),
    Column("due_at", Instant, primary_key=True),
    Column("claimed_at", Instant, comment="When somebody last began to send it; None while nobody does."),
    Column("message_id", Text),
    Column("accepted_at", Instant, comment="When a mail server accepted it."),
)
"""One digest for each person and time, and who is sending it."""

came_back = Table(
    "came_back",
    metadata,
    Column("mail_id", Text, primary_key=True, comment="Digest of the message as it came."),
    Column("received_at", Instant, nullable=False),
    Column("kind", Text, nullable=False, comment="bounce, absence, reply, or unmatched."),
    Column("escalation", Text, comment="None where it belongs to nothing that we sent."),
    Column("entry", Integer),
    Column("notice", Text),
    Column("address", Text),
    Column("outcome", Text, nullable=False, comment="What became of it."),
    Column("handled_at", Instant, nullable=False),
    Index(None, "escalation"),
)
"""Messages read from the mailbox, without what they say."""
