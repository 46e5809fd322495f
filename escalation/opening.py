"""What a workflow is given when it starts, and what it gives back."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from escalation.history import HistoryEntry
from escalation.messages import Start
from escalation.procedure import Procedure
from escalation.rules import Advisory, Rejection
from escalation.state import State
from escalation.wire import Message, Reference


class Opening(Message):
    """A new escalation, or one that goes on: the events so far are then its history, calendar and all."""

    reference: Reference
    procedure: Procedure
    start: Start | None = None
    raised_at: AwareDatetime | None = Field(None, description="When we received the case event.")
    events: list[HistoryEntry] = []


class Receipt(Message):
    """What a person gets back for an act: done or not, why not, with what advice, and where things now stand."""

    accepted: bool
    rejection: Rejection | None = None
    warnings: list[Advisory] = []
    state: State
