"""Who has the alert of a stage: everybody whose mail server accepted it, less those from whom it came back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from escalation.case import Case
from escalation.history import EmailFailed, EmailSent
from escalation.visit import Asked, Visit


def revisit(case: Case, n: int, **update: Any) -> Case:
    """The case with the stay of that number changed."""
    visits = tuple(visit.model_copy(update=update) if visit.n == n else visit for visit in case.visits)
    return case.model_copy(update={"visits": visits})


def start_clock(case: Case, alerted_at: datetime, day_zero: date) -> Case:
    if case.visit.starts_cap:
        case = case.model_copy(update={"cap_day_zero": day_zero})
    return revisit(case, case.visit.n, alerted_at=alerted_at, day_zero=day_zero)


def have_it(case: Case, entry: EmailSent) -> Case:
    """Those who were asked, by the alert of a stage or because it was handed on; it may have been left since."""
    visit = _asked_at(case, entry.entry)
    if visit is None or (entry.part != "addressee" and entry.notice != "reassigned"):
        return case
    people = [
        Asked(
            entry=entry.entry,
            notice=entry.notice,
            role=sent.role,
            address=sent.address,
            person=sent.person or sent.role,
            cover=sent.cover,
        )
        for sent in entry.delivered
        if sent.role in case.addressees(visit) and not has_bounced(case, entry.entry, sent.address)
    ]
    return revisit(case, visit.n, asked=(*visit.asked, *people))


def came_back(case: Case, entry: EmailFailed) -> Case:
    """A message that bounced has not been received; where nobody else was asked, the stage waits for its alert."""
    gone = {failure.address.casefold() for failure in entry.failed if failure.address}
    bounced = {*case.bounced, *((entry.entry, address) for address in gone)}
    case = case.model_copy(
        update={"came_back": case.came_back | {entry.mail_id or ""}, "bounced": tuple(sorted(bounced))}
    )
    if entry.part != "addressee":
        return case
    visit = case.visit
    update: dict[str, Any] = {
        "asked": tuple(asked for asked in visit.asked if asked.address.casefold() not in gone),
        "unreachable": tuple(dict.fromkeys((*visit.unreachable, *sorted(gone)))),
    }
    if entry.stops_clock:
        update |= {"alerted_at": None, "day_zero": None, "silence_proven": False, "restarts": visit.restarts + 1}
        if visit.starts_cap:
            case = case.model_copy(update={"cap_day_zero": None})
    return revisit(case, visit.n, **update)


def refused(case: Case, entry: EmailFailed) -> Case:
    """Where no mail arrived, none is tried again at this stage: not every reminder need fail anew."""
    visit, gone = _asked_at(case, entry.entry), [failure.address for failure in entry.failed if failure.address]
    if visit is None or not gone:
        return case
    return revisit(case, visit.n, unreachable=tuple(dict.fromkeys((*visit.unreachable, *gone))))


def has_bounced(case: Case, entry: int, address: str) -> bool:
    """Whether what an entry called for came back from an address, perhaps before the rest of it was settled."""
    return (entry, address.casefold()) in case.bounced


def _asked_at(case: Case, entry: int) -> Visit | None:
    """The stay during which an entry called for a notice."""
    return next((visit for visit in reversed(case.visits) if visit.n <= entry), None)
