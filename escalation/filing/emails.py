"""What became of each email that an escalation called for, as a table for the file."""

from __future__ import annotations

from collections.abc import Iterable

from escalation.case import Case
from escalation.delivery import EmailStatus, deliveries
from escalation.filing.document import Table
from escalation.history import Entry
from escalation.telling.vocabulary import NOTICES
from escalation.words import at


def emails(case: Case, entries: Iterable[Entry]) -> Table:
    """A row for each person, or for a role that nobody has been found in."""
    return Table(
        caption="Emails: to whom, and what became of each",
        columns=["Email", "To", "What became of it"],
        rows=[[_what(case, each), _whom(case, each), _became(each)] for each in deliveries(case.procedure, entries)],
        shares=[3, 4, 4],
    )


def _what(case: Case, email: EmailStatus) -> list[str]:
    stage = case.procedure.stage(email.stage, case.track) if email.stage else None
    behalf = f"on behalf of {case.procedure.role_title(email.sent_for)}" if email.sent_for else ""
    name = NOTICES.get(email.notice, email.notice.replace("_", " ").capitalize())
    return [text for text in (name, stage.title if stage else "", behalf) if text]


def _whom(case: Case, email: EmailStatus) -> list[str]:
    title = case.procedure.role_title
    cover = f"as cover for {title(email.role)}" if email.cover else ""
    role = title(email.cover or email.role)
    return [text for text in (email.person or role, role if email.person else "", cover, email.address or "") if text]


def _became(email: EmailStatus) -> list[str]:
    match email.status:
        case "waiting":
            return [f"Waiting since {at(email.at)}"]
        case "accepted":
            return [f"Accepted on {at(email.at)}"]
        case "came_back":
            accepted = [f"Accepted on {at(email.accepted_at)}"] if email.accepted_at else []
            return [*accepted, f"Came back on {at(email.at)}", *_why(email)]
        case "refused":
            return [f"Refused on {at(email.at)}", *_why(email)]
        case "not_sent":
            return ["Not sent", *_why(email)]


def _why(email: EmailStatus) -> list[str]:
    return [email.why] if email.why else []
