"""What a rehearsal prints: for each step, whatever happened after the step before it, up to and including it."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from pydantic import BaseModel, field_serializer

from escalation.explain import Explanation
from escalation.rules import Advisory, Rejection
from escalation.state import EntryView, State
from escalation.working_days import LONDON
from starter.rehearsal.scenario import Step


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

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class StepTranscript(BaseModel):
    id: str
    at: datetime
    do: str
    accepted: bool
    rejection: Rejection | None
    warnings: list[Advisory]
    state: State | None
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


def step_transcript(
    step: Step,
    accepted: bool,
    rejection: Rejection | None,
    warnings: list[Advisory],
    state: State | None,
    history: list[EntryView],
    sent: list[EmailMessage],
    why: Explanation | None,
) -> StepTranscript:
    return StepTranscript(
        id=step.id,
        at=step.at,
        do=step.do,
        accepted=accepted,
        rejection=rejection,
        warnings=warnings,
        state=state,
        why=why,
        emails=_emails(history, sent),
        records=[_record(entry) for entry in history if entry.event == "case_note"],
        history=history,
        tasks=[{"for": e.details["to"], "what": e.details["what"]} for e in history if e.event == "task_opened"],
    )


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
        trigger=said["notice"],
        stage=entry.stage,
        to=[],
        cc=[],
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        at=datetime.fromisoformat(said["delivered"][0]["accepted_at"]),
        channel=said.get("channel"),
        sent_for=said.get("sent_for"),
    )


def _record(entry: EntryView) -> dict[str, Any]:
    said = entry.details
    return {"where": said["where"], "heading": said["heading"], "format": said.get("form"), "text": said.get("text")}
