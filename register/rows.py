"""What the register gives back: one frozen model for each kind of row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from escalation.messages import Delivery, Failure, Respond, Why
from escalation.record import RecordSummary
from escalation.summary import Summary
from escalation.words import at


class Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class EscalationRow(Summary):
    """Where an escalation stands. `n` is 0 while it is claimed and its first entry has not arrived."""

    escalation: str
    start_digest: str | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more can be done in it: it has ended, and nothing outlives that."""
        return self.status in {"closed", "withdrawn"} and self.follow_up_on is None


class RecordRow(RecordSummary):
    """Something recorded outside every escalation; `what` is the act, `called` what the history calls it."""

    record: str = Field(description="The workflow id.")
    called: str
    by: str | None = None
    name: str | None = None
    fields: dict[str, Any] = {}
    n: int

    @property
    def at(self) -> datetime:
        return self.recorded_at


class LedgerRow(Row):
    """One message of a notice to one person: accepted, with when and under which Message-ID, or refused, with why."""

    escalation: str
    entry: int
    notice: str
    address: str
    day_zero: date | None = None
    message_id: str | None = None
    role: str
    person: str | None = None
    status: Literal["accepted", "refused"]
    accepted_at: AwareDatetime | None = None
    reason: str | None = None
    cover: str | None = None
    cover_because: Why | None = None

    @property
    def delivery(self) -> Delivery:
        """An accepted row in the words of the history. Raises ValueError where the row is a refusal."""
        return Delivery.model_validate(self.model_dump())

    @property
    def failure(self) -> Failure:
        """A refused row in the words of the history. Raises ValueError where the row is an acceptance."""
        return Failure.model_validate(self.model_dump())


class InboxRow(Row):
    """An answer received, and how far it has come."""

    response_id: str
    escalation: str
    stage: str
    received_at: AwareDatetime
    answer: Respond
    handed_over_at: AwareDatetime | None = None
    outcome: str | None = None
    outcome_at: AwareDatetime | None = None


class ActRow(Row):
    """An act asked for under a key of the client's own; `receipt` is what came of it, as JSON."""

    escalation: str
    act_id: str
    digest: str
    asked_at: AwareDatetime
    receipt: str | None = None


class TokenRow(Row):
    """One token of the API, without the token itself."""

    prefix: str
    name: str
    digest: str = Field(repr=False)
    scopes: tuple[str, ...]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    last_used_at: AwareDatetime | None = None

    @field_validator("scopes", mode="before")
    @classmethod
    def _separated(cls, scopes: Any) -> Any:
        return scopes.split() if isinstance(scopes, str) else scopes

    def why_not(self, now: datetime) -> str | None:
        """Why it opens nothing any more; None where it does."""
        if self.revoked_at is not None:
            return "This token was revoked."
        if self.expires_at is not None and self.expires_at <= now:
            return "This token has expired."
        return None


class DraftRow(Row):
    """A case event that lacks fields of the form. `event` is the event as it came, JSON; `filled` goes on top of it."""

    reference: str
    procedure: str
    source: str
    event_id: str
    received_at: AwareDatetime
    event: str
    filled: dict[str, Any] = {}
    started_at: AwareDatetime | None = None

    def is_of(self, source: str, event_id: str) -> bool:
        """Whether it came from this event: a CloudEvent is known by its source and id together."""
        return (self.source, self.event_id) == (source, event_id)


class GatheredRow(Row):
    """A notice that waits for a person's digest: whose it is, and what the digest says of it."""

    escalation: str
    entry: int
    notice: str
    address: str = Field(description="In small letters, so that a person's digest is one.")
    due_at: AwareDatetime
    reference: str
    role: str
    person: str
    email: str = Field(description="The address as the directory has it.")
    council: str
    subject_line: str | None = None
    says: str = Field(description="One sentence or two, on one line.")
    link: str | None = None


class HoldRow(Row):
    """A time in which nothing was sent. In words: since when, by whom and why."""

    n: int
    held_at: AwareDatetime
    held_by: str
    reason: str
    released_at: AwareDatetime | None = None
    released_by: str | None = None

    @property
    def in_force(self) -> bool:
        return self.released_at is None

    def __str__(self) -> str:
        reason = self.reason.rstrip(".")
        return f"Sending is on hold since {at(self.held_at)}, by {self.held_by}: {reason}."


class CameBackRow(Row):
    """A message read from the mailbox: what it was taken for, what it belonged to, and what became of it."""

    mail_id: str
    received_at: AwareDatetime
    kind: Literal["bounce", "absence", "reply", "no_news", "unmatched", "unreadable"]
    escalation: str | None = None
    entry: int | None = None
    notice: str | None = None
    address: str | None = None
    outcome: str
    handled_at: AwareDatetime
