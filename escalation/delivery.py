"""What became of each email that an escalation called for: who has it, who waits for it, who never gets it and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field, field_serializer

from escalation.case import Case
from escalation.fold import NoticeKey, apply, fold, key_of
from escalation.history import EmailFailed, EmailNotSent, EmailSent, Entry
from escalation.messages import Failure, NoticeToSend, Why
from escalation.procedure import Procedure, Role, StageKey
from escalation.wire import Message
from escalation.working_days import LONDON

Standing = Literal["waiting", "accepted", "refused", "came_back", "not_sent"]
PERSON = {"role", "person", "address", "cover", "cover_because"}


class EmailStatus(Message):
    """One notice to one person, or to a role of which nobody has been settled yet."""

    entry: int = Field(description="Number of the history entry that called for it.")
    notice: str
    stage: StageKey | None = None
    sent_for: Role | None = Field(None, description="On whose behalf it is sent.")
    role: Role
    status: Standing
    at: AwareDatetime = Field(description="Since when it waits; when it was accepted, refused, came back or given up.")
    person: str | None = None
    address: str | None = None
    why: str | None = Field(None, description="Why it was refused, came back or was not sent.")
    cover: Role | None = Field(None, description="The role of whoever was written to as cover for `role`.")
    cover_because: Why | None = None
    accepted_at: AwareDatetime | None = Field(
        None, description="When a mail server accepted it; kept where it came back."
    )

    @field_serializer("at", "accepted_at", when_used="unless-none")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


Settled = list[tuple[NoticeKey, EmailStatus]]


def deliveries(procedure: Procedure, entries: Iterable[Entry]) -> list[EmailStatus]:
    """Every email of a history, in the order in which they were called for. What the history does not settle waits."""
    history = list(entries)
    if not history:
        return []
    case = fold(procedure, history[:1])
    called: dict[NoticeKey, NoticeToSend] = {}
    settled: Settled = []
    for entry in history[1:]:
        settled = _settled(settled, entry, called)
        case = apply(case, entry)
        called |= {key_of(notice): notice for notice in case.outstanding}
    found = [status for _, status in settled] + list(_waiting(case))
    return sorted(found, key=lambda status: status.entry)


def _settled(before: Settled, entry: Entry, called: dict[NoticeKey, NoticeToSend]) -> Settled:
    """With what an entry says of the emails of one notice."""
    if not isinstance(entry, EmailSent | EmailFailed | EmailNotSent):
        return before
    if isinstance(entry, EmailFailed) and entry.bounced:
        return [(its, _came_back(status, entry)) for its, status in before]
    key = (entry.entry, entry.notice, entry.part, entry.sent_for)
    heard = {status.role for its, status in before if its == key}
    return [*before, *((key, status) for status in _said(entry, called.get(key), heard))]


def _said(
    entry: EmailSent | EmailFailed | EmailNotSent, notice: NoticeToSend | None, heard: set[str]
) -> Iterator[EmailStatus]:
    match entry:
        case EmailSent():
            for sent in entry.delivered:
                said = sent.model_dump(include=PERSON | {"accepted_at"})
                yield _status(entry, notice, status="accepted", at=sent.accepted_at, **said)
        case EmailFailed():
            for failure in entry.failed:
                yield _status(entry, notice, status="refused", why=failure.reason, **failure.model_dump(include=PERSON))
        case EmailNotSent():
            for role in notice.reaches if notice else ():
                if role not in heard:
                    yield _status(entry, notice, role=role, status="not_sent", why=entry.why)


def _status(entry: EmailSent | EmailFailed | EmailNotSent, notice: NoticeToSend | None, **said: object) -> EmailStatus:
    about = {"entry": entry.entry, "notice": entry.notice, "sent_for": entry.sent_for, "at": entry.at}
    stage = notice.stage if notice else entry.stage
    return EmailStatus.model_validate(about | {"stage": stage} | said)


def _came_back(status: EmailStatus, bounce: EmailFailed) -> EmailStatus:
    """An acceptance that this bounce takes back; every other status as it is."""
    same = (status.entry, status.notice, status.sent_for) == (bounce.entry, bounce.notice, bounce.sent_for)
    failure = next((each for each in bounce.failed if same and _is_of(each, status)), None)
    if failure is None or status.status != "accepted":
        return status
    back = {"status": "came_back", "why": failure.reason, "at": bounce.at, "accepted_at": status.at}
    return status.model_copy(update=back)


def _is_of(failure: Failure, status: EmailStatus) -> bool:
    return failure.role == status.role and (failure.address or "").casefold() == (status.address or "").casefold()


def _waiting(case: Case) -> Iterator[EmailStatus]:
    for notice in case.outstanding:
        about = {"entry": notice.entry, "notice": notice.notice, "sent_for": notice.sent_for, "stage": notice.stage}
        for role in notice.reaches:
            yield EmailStatus.model_validate(about | {"role": role, "status": "waiting", "at": notice.at})
