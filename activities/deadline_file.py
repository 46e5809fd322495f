"""What a deadline is in somebody's calendar: a file that sets it, moves it or takes it out again.

One method a file, as RFC 5546 has it. A stay at a stage has one UID for good, and a sequence that only rises. All times
are UTC, nothing is about a child, and the stamp is the history entry's, so that a file is the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from icalendar import Alarm, Calendar, Event

from activities import wording
from activities.recipients import Recipient, same
from escalation import deadlines
from escalation.messages import Deadline, SendNotice

PRODUCT = "-//Twentydays//Deadlines//EN"
AHEAD = timedelta(days=1)

Method = Literal["PUBLISH", "CANCEL"]


@dataclass(frozen=True)
class DeadlineFile:
    """One attachment: its name, the method that its MIME type names too, and its text in lines that end in CRLF."""

    name: str
    method: Method
    text: str


@dataclass(frozen=True)
class Organizer:
    """Who publishes: the address that letters come from, and the domain of our ids, which never changes."""

    address: str
    domain: str


def files(
    order: SendNotice, day_zero: date | None, recipient: Recipient, organizer: Organizer
) -> Iterator[DeadlineFile]:
    """The files of one person's copy. `day_zero` is what an alert states."""
    set_or_moved = _running(order, day_zero) if _is_theirs(order, recipient) else None
    if set_or_moved:
        yield DeadlineFile("deadline.ics", "PUBLISH", _text(order, "PUBLISH", [set_or_moved], organizer))
    left = [deadline for deadline in order.deadlines_left if _is_among(deadline.addresses, recipient)]
    if left:
        yield DeadlineFile("cancelled.ics", "CANCEL", _text(order, "CANCEL", left, organizer))


def _is_theirs(order: SendNotice, recipient: Recipient) -> bool:
    """Who is asked to answer has it in their calendar, and so has whoever was asked before."""
    deadline = order.deadline
    return deadline is not None and (
        recipient.role in order.notice.answering or _is_among(deadline.addresses, recipient)
    )


def _is_among(addresses: tuple[str, ...], recipient: Recipient) -> bool:
    return same(recipient.person.email) in {same(address) for address in addresses}


def _running(order: SendNotice, day_zero: date | None) -> Deadline | None:
    """The deadline with its instant. An alert's follows from the date of its own sending; without a time, none."""
    deadline = order.deadline
    if deadline is None or deadline.due:
        return deadline
    if order.clock is None or order.calendar is None or day_zero is None:
        return None
    falls_due = deadlines.due(order.clock, day_zero, order.calendar)
    return deadline.model_copy(update={"due": falls_due.at}) if falls_due else None


def _text(order: SendNotice, method: Method, of: list[Deadline], organizer: Organizer) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for deadline in of:
        calendar.add_component(_event(order, deadline, organizer, cancelled=method == "CANCEL"))
    return str(calendar.to_ical(), "utf-8")


def _event(order: SendNotice, deadline: Deadline, organizer: Organizer, *, cancelled: bool) -> Event:
    event = Event()
    event.add("uid", f"{order.escalation}/{deadline.visit}@{organizer.domain}")
    event.add("sequence", deadline.sequence)
    event.add("dtstamp", _utc(order.notice.at))
    event.add("organizer", f"mailto:{organizer.address}")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("summary", _summary(order, deadline))
    if deadline.due:
        event.add("dtstart", _utc(deadline.due))
    if cancelled:
        event.add("status", "CANCELLED")
    elif deadline.due:
        event.add("description", _description(order, deadline.due))
        event.add_component(_reminder(order, deadline))
    return event


def _reminder(order: SendNotice, deadline: Deadline) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -AHEAD)
    alarm.add("description", _summary(order, deadline))
    return alarm


def _summary(order: SendNotice, deadline: Deadline) -> str:
    return f"{order.reference}: {_ends_with(order)} ({wording.on_one_line(deadline.stage_title)})"


def _ends_with(order: SendNotice) -> str:
    return "to be resolved" if order.notice.facts.get("stops_on") == "resolution" else "answer due"


def _description(order: SendNotice, due: datetime) -> str:
    """It names no child, and holds no link: a calendar may be shared."""
    return (
        f"{wording.start(_ends_with(order))} by {wording.deadline(due)}, under the procedure "
        f'"{wording.on_one_line(order.procedure_title)}" of {wording.on_one_line(order.council)}. '
        f"How to answer is in the emails about {order.reference}."
    )


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
