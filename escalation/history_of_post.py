"""The entries about people and post: who was asked instead of whom, whose turn was passed on, what came back."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from escalation.entry import Entry
from escalation.messages import Why
from escalation.procedure import Role
from escalation.wire import Identifier, Text

__all__ = ["Entry", "HandedOver", "OutOfOffice", "PostCovered", "ReplyReceived", "TurnPassed"]


class PostCovered(Entry):
    """Nobody could be asked in a role, so somebody above it was asked as cover; quality assurance is told."""

    event: Literal["post_covered"] = "post_covered"
    role: Role
    cover: Role
    person: str
    why: Why


class TurnPassed(Entry):
    """The raiser's turn was not taken, or they are on leave: their line manager may take it too."""

    event: Literal["turn_passed"] = "turn_passed"
    to: Role
    because: Literal["not_taken", "leave"]
    about: Literal["follow_up"] | None = Field(None, description="Of a question that outlives the close.")


class HandedOver(Entry):
    """Another raiser has it from now on. `hand_over` is the id of the act, which may have been about many."""

    event: Literal["handed_over"] = "handed_over"
    to: Role
    to_name: str
    from_name: str | None = None
    hand_over: Identifier | None = None
    reason: Text | None = None


class OutOfOffice(Entry):
    """The mailbox of somebody who was written to says that they are away; the deadline does not move."""

    event: Literal["out_of_office"] = "out_of_office"
    mail_id: Identifier
    role: Role
    person: str | None = None
    address: str
    entry: int
    asked_here: bool = False
    text: Text = ""


class ReplyReceived(Entry):
    """Somebody replied to an email. It is no response, and stops no clock, until the raiser records it as one."""

    event: Literal["reply_received"] = "reply_received"
    mail_id: Identifier
    role: Role
    notice: str | None = Field(None, description="What was replied to.")
    person: str | None = None
    address: str
    entry: int
    visit: int
    received_at: AwareDatetime
    text: Text = ""
