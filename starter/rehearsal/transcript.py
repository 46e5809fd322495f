"""What a rehearsal prints: for each step, whatever happened after the step before it, up to and including it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from pydantic import BaseModel, field_serializer

from escalation.explain import Explanation
from escalation.rules import Advisory, Rejection
from escalation.state import EntryView, State
from escalation.working_days import LONDON

DOMAIN = "rehearsal.example"
"""Of everybody's address in a rehearsal, but for those that the document itself gives."""
TRIGGERS = {"decision_reminder": "reminder"}
"""What scenarios call a notice that has another name here."""


class EmailView(BaseModel):
    """One notice, however many messages it took."""

    trigger: str
    stage: str | None
    to: list[str]
    cc: list[str]
    subject: str
    body: str
    at: datetime
    channel: str | None = None
    sent_for: str | None = None
    address: str | None = None

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class Clocks(BaseModel):
    """The state where no escalation runs, but a clock of the procedure does."""

    stage: None = None
    timers: dict[str, datetime]

    @field_serializer("timers")
    def _each_in_london(self, timers: dict[str, datetime]) -> dict[str, str]:
        return {name: instant.astimezone(LONDON).isoformat() for name, instant in timers.items()}


class StepTranscript(BaseModel):
    id: str
    at: datetime
    do: str
    accepted: bool
    rejection: Rejection | None
    warnings: list[Advisory]
    state: State | Clocks | None
    emails: list[EmailView]
    records: list[dict[str, Any]]
    history: list[EntryView]
    tasks: list[dict[str, Any]]
    why: Explanation | None = None
    form: dict[str, Any] | None = None
    report: dict[str, Any] | None = None

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class Transcript(BaseModel):
    scenario: str
    procedure: str
    steps: list[StepTranscript]


def happened(histories: Sequence[list[EntryView]], sent: list[EmailMessage]) -> dict[str, Any]:
    """What the entries that are new tell of emails, records and tasks; `histories` are each of one workflow."""
    emails = [email for history in histories for email in _emails(history, sent)]
    entries = sorted((_in_its_words(e) for history in histories for e in history), key=lambda entry: entry.at)
    return {
        "emails": sorted(emails, key=lambda email: email.at),
        "records": [_record(entry) for entry in entries if entry.event == "case_note"],
        "history": entries,
        "tasks": [{"for": e.details["to"], "what": e.details["what"]} for e in entries if e.event == "task_opened"],
    }


def _in_its_words(entry: EntryView) -> EntryView:
    """What a step says is called so beside what a history calls it."""
    said = entry.details
    match entry.event:
        case "responded" | "late_response":
            words = {"content": said.get("text", "")}
        case "bypassed":
            words = {"to": entry.stage}
        case "closed" if said.get("outcome") != "resolved":
            words = {"reason": said.get("outcome_text")}
        case _:
            return entry
    return entry.model_copy(update={"details": words | said})


def _emails(history: list[EntryView], sent: list[EmailMessage]) -> list[EmailView]:
    """An alert goes in two parts, to its addressee and to the copies; they are one notice."""
    by_id = {message["Message-ID"]: message for message in sent}
    emails: dict[tuple[int, str, str | None], EmailView] = {}
    for entry in (entry for entry in history if entry.event == "email_sent"):
        said = entry.details
        reached = {delivery["role"] for delivery in said["delivered"]}
        key = (said["entry"], said["notice"], said.get("sent_for"))
        email = emails.setdefault(key, _email(entry, by_id))
        email.to += [role for role in said["to"] if role in reached and role not in email.to]
        email.cc += [role for role in said["cc"] if role in reached and role not in email.cc]
    return [emails[key] for key in sorted(emails, key=lambda key: key[0])]


def _email(entry: EntryView, by_id: dict[str, EmailMessage]) -> EmailView:
    said = entry.details
    message = by_id[said["delivered"][0]["message_id"]]
    body = message.get_body(("plain",))
    return EmailView(
        trigger=TRIGGERS.get(said["notice"], said["notice"]),
        stage=entry.stage,
        to=[],
        cc=[],
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        at=datetime.fromisoformat(said["delivered"][0]["accepted_at"]),
        channel=said.get("channel"),
        sent_for=said.get("sent_for"),
        address=_address_outside(said["delivered"][0]["address"]),
    )


def _address_outside(address: str) -> str | None:
    """An address that the document gives; role ids stand for the people of the council."""
    return None if address.endswith(f"@{DOMAIN}") else address


def _record(entry: EntryView) -> dict[str, Any]:
    said = entry.details
    return {"where": said["where"], "heading": said["heading"], "format": said.get("form"), "text": said.get("text")}
