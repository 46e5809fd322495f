"""A recording that stands alone: its history, whom it notifies, and when it is done. Pure; `at` is given.

What is stored of it in Temporal lasts for months. Add optional fields; never rename, remove or re-type one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from escalation import recordings
from escalation.commands import RecordEvent
from escalation.history import (
    CaseNote,
    EmailFailed,
    EmailNotSent,
    EmailSent,
    HistoryEntry,
    Recorded,
    TaskOpened,
)  # fmt: skip
from escalation.messages import NoticeOutcome, NoticeToSend, SendNotice
from escalation.ordering import contacts_of
from escalation.procedure import Letter, Name, Procedure, Recording, Role, ToDo
from escalation.wire import Message, Reference

OPERATIONS = "operations"
UNDELIVERED = "delivery_failed"


class RecordOpening(Message):
    """What starts the workflow of a recording: procedure and recording are pinned in it."""

    reference: Reference
    procedure: Procedure
    recording: Recording = Field(description="One of the procedure's, or what a refused start calls for (OXF-28).")
    command: RecordEvent
    team: str | None = None
    recorded_at: AwareDatetime | None = Field(None, description="When we received it.")


class RecordSummary(Message):
    """One line of what the register keeps; the rest stands in the entries."""

    reference: Reference
    procedure: str
    procedure_version: str
    what: Name
    title: str
    team: str | None = None
    recorded_at: AwareDatetime


class RecordedBatch(Message):
    """Entries to keep, numbered one after the other."""

    record: str = Field(description="The workflow id.")
    entries: list[HistoryEntry]
    summary: RecordSummary


def summary_of(opening: RecordOpening, at: datetime) -> RecordSummary:
    """`at` is when it was recorded, where the opening does not say."""
    return RecordSummary(
        reference=opening.reference,
        procedure=opening.procedure.key,
        procedure_version=opening.procedure.version,
        what=opening.recording.do,
        title=opening.recording.title,
        team=opening.team,
        recorded_at=opening.recorded_at or at,
    )


SET_APART = "set_apart"


def set_apart(tasks: Iterable[ToDo], by: Role | None = None) -> Recording:
    """Keeps an issue that goes another way than an escalation, and tells those who have a task of it (OXF-28).

    `by` has raised it and been told what is theirs to do already.
    """
    todo = list(tasks)
    others = list(dict.fromkeys(task.to for task in todo if task.to != by))
    letters = [Letter(notice=SET_APART, to=others)] if others else []
    return Recording(
        do=SET_APART, event=SET_APART, title="Issue that goes another way", within=False, notices=letters, tasks=todo
    )


# What follows ---------------------------------------------------------------------------------------------------------


def begin(opening: RecordOpening, at: datetime) -> list[HistoryEntry]:
    """The recording itself, what is filed and what is to do, numbered from 1."""
    said, recorded_at = opening.command, opening.recorded_at or at
    who: dict[str, Any] = {"at": recorded_at, "by": said.by, "name": said.name}
    duties = _duties(opening)
    text = recordings.text_of(opening.procedure, opening.recording, said.fields)
    entries: list[HistoryEntry] = [
        Recorded(**who, what=opening.recording.do, called=opening.recording.event, fields=said.fields),
        *(
            CaseNote(**who, where=filing.where, heading=filing.heading, form=filing.form, text=text)
            for filing in duties.filings
        ),
        *(
            TaskOpened(**who, to=role, what=task.what, key=task.key)
            for task in duties.tasks
            for role in _roles(opening, [task.to])
        ),
    ]
    return [entry.model_copy(update={"n": n}) for n, entry in enumerate(entries, 1)]


def called_for(opening: RecordOpening, entry: HistoryEntry) -> list[NoticeToSend]:
    """The notices that an entry calls for; two of one name go out as one."""
    if isinstance(entry, Recorded):
        facts: dict[str, Any] = {"title": opening.recording.title, "called": entry.called, "by": entry.by}
        merged: dict[tuple[str, Role | None], NoticeToSend] = {}
        for letter in _duties(opening).letters:
            notice = _notice(opening, entry, letter, facts)
            before = merged.get((notice.notice, notice.sent_for))
            merged[notice.notice, notice.sent_for] = _together(before, notice) if before else notice
        return [notice for notice in merged.values() if notice.reaches]
    if isinstance(entry, EmailFailed) and entry.notice != UNDELIVERED:
        readers = [opening.procedure.quality_assurance, OPERATIONS, "raiser"]
        facts = {"notice": entry.notice, "roles": [failure.role for failure in entry.failed]}
        return [_notice(opening, entry, Letter(notice=UNDELIVERED, to=readers), facts)]
    return []


def take(notice: NoticeToSend, outcome: NoticeOutcome, n: int, at: datetime) -> list[HistoryEntry]:
    """What became of a notice, from the number `n`: what was accepted, what was refused, or why none went out."""
    about: dict[str, Any] = {"at": at, "notice": notice.notice, "entry": notice.entry, "part": notice.part}
    about["sent_for"] = notice.sent_for
    entries: list[HistoryEntry] = []
    if outcome.delivered:
        entries.append(EmailSent(**about, to=list(notice.to), cc=list(notice.cc), delivered=outcome.delivered))
    if outcome.failed:
        entries.append(EmailFailed(**about, failed=outcome.failed))
    if outcome.not_sent or not entries:
        entries.append(EmailNotSent(**about, why=outcome.not_sent or "There was nobody to send it to."))
    return [entry.model_copy(update={"n": place}) for place, entry in enumerate(entries, n)]


def order(opening: RecordOpening, notice: NoticeToSend, record: str) -> SendNotice:
    """All that sending a notice needs to know; `record` is the workflow id."""
    procedure, by = opening.procedure, opening.command.by or ""
    unreached = notice.facts.get("roles", [])
    named = dict.fromkeys([*notice.to, *notice.cc, *unreached, by, notice.sent_for or by, OPERATIONS])
    return SendNotice(
        escalation=record,
        reference=opening.reference,
        procedure=procedure.key,
        procedure_title=procedure.title,
        council=procedure.council,
        subject_line=procedure.subject_line,
        team=opening.team,
        raiser=by,
        raiser_name=opening.command.name,
        titles={role: procedure.role_title(role) for role in named},
        notice=notice,
        contacts={role: known for role, known in contacts_of(procedure).items() if role in named},
    )


def story(opening: RecordOpening, waiting: int) -> str:
    """What it is and how many notices are still to be sent, in Markdown, for whoever looks into Temporal."""
    procedure = opening.procedure
    lines = [
        f"**{procedure.title}**, {procedure.council}: {opening.reference}",
        f"{opening.recording.title}, recorded by the {procedure.role_title(opening.command.by or '')}.",
        f"Notices still to be sent: {waiting}." if waiting else "Everybody who hears of it has been written to.",
    ]
    return "\n\n".join(lines)


def _notice(opening: RecordOpening, entry: HistoryEntry, letter: Letter, facts: dict[str, Any]) -> NoticeToSend:
    to = _roles(opening, letter.to)
    cc = [role for role in _roles(opening, letter.cc) if role not in to]
    return NoticeToSend(
        entry=entry.n,
        notice=letter.notice,
        to=tuple(to),
        cc=tuple(cc),
        reaches=(*to, *cc),
        sent_for=letter.sent_for,
        at=entry.at,
        facts=facts,
    )


def _together(one: NoticeToSend, other: NoticeToSend) -> NoticeToSend:
    """Two letters of one name go out as one."""
    to = dict.fromkeys([*one.to, *other.to])
    cc = [role for role in dict.fromkeys([*one.cc, *other.cc]) if role not in to]
    return one.model_copy(update={"to": tuple(to), "cc": tuple(cc), "reaches": (*to, *cc)})


def _duties(opening: RecordOpening) -> recordings.Duties:
    fields = opening.command.fields
    return recordings.duties_of(opening.procedure, opening.recording, fields, recordings.holds_alone(fields))


def _roles(opening: RecordOpening, named: Sequence[str]) -> list[Role]:
    return recordings.roles(named, recordings.parts_alone(opening.procedure, opening.command.by or ""))
