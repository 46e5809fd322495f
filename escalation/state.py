"""What anyone may ask: where the escalation stands now (query `current_stage`), and its history for a reader."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import field_serializer

from escalation import rules
from escalation.case import Case, Status
from escalation.history import Entry
from escalation.messages import Message
from escalation.working_days import LONDON


class ClosedState(Message):
    outcome: str
    date_concluded: str


class State(Message):
    """The `state` of a transcript, with reference and procedure. Instants carry the offset that London has then."""

    reference: str
    procedure: str
    stage: str | None = None
    status: Status
    waiting_for: str | None = None
    until: datetime | None = None
    due: datetime | None = None
    cap: datetime | None = None
    timers: dict[str, datetime] = {}
    clipped_to_cap: bool = False
    beyond_cap: bool = False
    on_hold: str | None = None
    cap_reached: bool = False
    closed: ClosedState | None = None
    offered: list[str] = []

    @field_serializer("until", "due", "cap", when_used="unless-none")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def state_of(case: Case, now: datetime) -> State:
    """Where a case stands; `until` is the next instant at which something happens by itself."""
    due, ended = case.due, not case.open
    concluded = case.date_concluded.isoformat() if case.date_concluded else ""
    return State(
        reference=case.reference,
        procedure=case.procedure.key,
        stage=case.visit.stage,
        status=case.status,
        waiting_for=case.waiting_for,
        until=(due.at if due else None) or rules.next_wake(case, now),
        due=due.at if due else None,
        cap=None if ended else case.cap_at,
        clipped_to_cap=bool(due and due.clipped),
        beyond_cap=case.visit.beyond_cap or case.visit.may_pass_cap,
        on_hold=case.on_hold,
        cap_reached=case.cap_reached,
        closed=ClosedState(outcome=case.outcome, date_concluded=concluded) if case.outcome else None,
        offered=offered(case),
    )


def offered(case: Case) -> list[str]:
    """The acts open to the raiser now, by their names."""
    if not case.open:
        return []
    acts = ["decide", "record_response", "set_action", "note", "cover", "close", "withdraw"]
    if case.procedure.entry.may_bypass and case.next_stage:
        acts.append("bypass")
    if not case.alert_accepted and case.status == "awaiting_response":
        acts.append("record_told")
    if case.procedure.extension and case.due:
        acts.append("grant_extension")
        acts += ["refuse_extension"] if case.visit.extension_asked else []
    return acts


class EntryView(Message):
    """One entry for a reader: what every entry says, and the rest as `details`."""

    n: int
    event: str
    at: datetime
    stage: str | None = None
    by: str | None = None
    on_behalf_of: str | None = None
    name: str | None = None
    details: dict[str, Any] = {}

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def view(entry: Entry) -> EntryView:
    common = {key: getattr(entry, key) for key in EntryView.model_fields if key != "details"}
    return EntryView(**common, details=entry.details)
