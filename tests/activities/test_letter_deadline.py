"""The calendar files beside a letter, as a mail program and a calendar read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from icalendar import Calendar

from activities import letter
from activities.recipients import find, recipients
from activities.rendering import Rendered
from escalation.deadlines import due
from escalation.directory import Directory
from escalation.messages import Deadline, SendNotice, StageClock

Order = Callable[..., SendNotice]
Write = Callable[..., EmailMessage]
DAY = date(2025, 12, 22)
DUE = datetime(2025, 12, 31, 17, tzinfo=UTC)
WORDS = Rendered("SWK-2025-0042: answer due", "Dear Zoë,\n", "<p>Dear Zoë,</p>\n")
SENDER = letter.Sender("Twentydays <twentydays@council.example>", "twentydays.council.example")
OF_ALERT = Deadline(visit=2, stage_title="Stage 1: Team Manager", sequence=0)
MOVED = OF_ALERT.model_copy(update={"due": DUE + timedelta(days=7), "sequence": 1})
LEFT = Deadline(
    visit=2, stage_title="Stage 1: Team Manager", sequence=2, due=DUE, addresses=("Team_Manager@council.example",)
)


@pytest.fixture
def content(order: Order, directory: Directory) -> Callable[..., bytes]:
    def made(role: str = "team_manager", day_zero: date | None = DAY, more: Any = None, **notice: Any) -> bytes:
        to_send = order({"deadline": OF_ALERT} | (more or {}), **notice)
        found = find(to_send, directory, DAY)
        reader = next(each for each in recipients(to_send, found) if each.role == role)
        return letter.write(to_send, DAY, WORDS, reader, found, SENDER, day_zero).content

    return made


@pytest.fixture
def write(content: Callable[..., bytes]) -> Write:
    def parsed(*args: Any, **more: Any) -> EmailMessage:
        message = BytesParser(policy=default).parsebytes(content(*args, **more))
        assert isinstance(message, EmailMessage)
        assert [part.defects for part in message.walk() if part.defects] == []
        return message

    return parsed


def calendars(message: EmailMessage) -> dict[str, Any]:
    """Each attached file, read by its name."""
    return {str(part.get_filename()): Calendar.from_ical(raw(part)) for part in message.iter_attachments()}


def raw(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def event(message: EmailMessage, name: str = "deadline.ics") -> Any:
    (found,) = calendars(message)[name].walk("VEVENT")
    return found


def test_who_is_asked_gets_the_deadline_for_their_calendar(write: Write) -> None:
    message = write()
    set_in = event(message)
    assert list(calendars(message)) == ["deadline.ics"]
    assert set_in["DTSTART"].dt == DUE
    assert set_in["SUMMARY"] == "SWK-2025-0042: answer due (Stage 1: Team Manager)"
    assert "Answer due by Wednesday 31 December 2025 at 5pm" in set_in["DESCRIPTION"]
    told = {name: str(set_in[name]) for name in ("CLASS", "TRANSP", "SEQUENCE", "ORGANIZER")}
    assert told == {
        "CLASS": "PRIVATE",
        "TRANSP": "TRANSPARENT",
        "SEQUENCE": "0",
        "ORGANIZER": "mailto:twentydays@council.example",
    }


def test_it_reminds_a_day_before(write: Write) -> None:
    (alarm,) = event(write()).walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(days=-1))


def test_the_body_is_still_text_and_html_and_the_file_is_beside_it(write: Write) -> None:
    message = write()
    body, file = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    assert file.get_content_type() == "text/calendar"
    assert (file.get_param("method"), file.get_content_disposition()) == ("PUBLISH", "attachment")
    assert message.get_body(("plain",)).get_content().split() == WORDS.text.split()  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ["practice_lead", "head_of_qau"])
def test_a_copy_has_no_file(write: Write, role: str) -> None:
    message = write(role)
    assert message.get_content_type() == "multipart/alternative"
    assert calendars(message) == {}


def test_a_stage_without_a_time_puts_nothing_into_a_calendar(write: Write) -> None:
    assert calendars(write(more={"clock": StageClock(working_days=None)})) == {}
    assert calendars(write(more={"deadline": None})) == {}


def test_a_deadline_that_moves_is_the_same_event_with_a_higher_sequence(write: Write) -> None:
    """The notice asks nobody to answer: it reaches whoever has the deadline in their calendar."""
    before = event(write())
    held = MOVED.model_copy(update={"addresses": ("TEAM_MANAGER@council.example",)})
    after = event(write(more={"deadline": held, "clock": None}, notice="extension_granted", answering=()))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == DUE + timedelta(days=7)


def test_a_stage_that_was_left_takes_its_deadline_out_of_the_calendars_that_have_it(write: Write) -> None:
    left = {"deadline": None, "deadlines_left": (LEFT,), "clock": None}
    message = write(more=left, notice="response_received", answering=())
    gone = event(message, "cancelled.ics")
    assert calendars(message)["cancelled.ics"]["METHOD"] == "CANCEL"
    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 2)
    assert gone["UID"] == event(write())["UID"]
    assert gone.walk("VALARM") == []
    assert calendars(write("practice_lead", more=left, notice="response_received", answering=())) == {}


def test_one_letter_can_set_a_deadline_and_take_others_out_in_two_files(write: Write) -> None:
    """One calendar has one method."""
    earlier = LEFT.model_copy(update={"visit": 1, "due": None})
    found = calendars(
        write(more={"deadlines_left": (LEFT, earlier), "deadline": Deadline(visit=9, stage_title="2", sequence=0)})
    )
    assert {name: str(calendar["METHOD"]) for name, calendar in found.items()} == {
        "deadline.ics": "PUBLISH",
        "cancelled.ics": "CANCEL",
    }
    assert len({str(each["UID"]) for calendar in found.values() for each in calendar.walk("VEVENT")}) == 3


def test_each_stay_at_a_stage_and_each_escalation_has_an_event_of_its_own(write: Write) -> None:
    again = OF_ALERT.model_copy(update={"visit": 7})
    other = {"escalation": "escalation/southwark/SWK-2025-0043"}
    ids = [event(write(more=more))["UID"] for more in ({}, {"deadline": again}, other)]
    assert len(set(ids)) == 3


def test_a_uid_stays_what_it_was_when_it_went_out(write: Write) -> None:
    """A calendar finds the event again by it, months later. Never change this id."""
    assert event(write())["UID"] == "escalation/southwark/SWK-2025-0042/2@twentydays.council.example"


def test_the_same_rendering_is_the_same_bytes_with_its_files(content: Callable[..., bytes]) -> None:
    assert content() == content()
    assert b"DTSTAMP:20251222T103000Z" in content()


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 10, 23)])
def test_the_instant_is_right_across_a_change_of_the_clocks(write: Write, order: Order, day: date) -> None:
    falls_due = due(StageClock(working_days=2), day, order().calendar)  # type: ignore[arg-type]
    stated = event(write(day_zero=day, more={"clock": StageClock(working_days=2)}))["DTSTART"].dt
    assert falls_due is not None
    assert stated == falls_due.at
    assert stated.utcoffset() == timedelta(0)
    assert stated.hour == (16 if day.month == 3 else 17)


@pytest.mark.parametrize("title", ["Stage 1; a, b\\n", "Stage\r\nMETHOD:CANCEL\r\nX: 1", "Łukasz’ Stufe " * 20])
def test_a_title_stays_inside_its_line(write: Write, title: str) -> None:
    message = write(more={"deadline": OF_ALERT.model_copy(update={"stage_title": title})})
    assert calendars(message)["deadline.ics"]["METHOD"] == "PUBLISH"
    assert " ".join(title.split()) in event(message)["SUMMARY"]
    content = raw(next(message.iter_attachments()))
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_where_only_a_resolution_ends_the_time_the_calendar_says_so(write: Write) -> None:
    said = event(write(facts={"stops_on": "resolution"}))
    assert said["SUMMARY"] == "SWK-2025-0042: to be resolved (Stage 1: Team Manager)"
    assert "To be resolved by Wednesday 31 December 2025 at 5pm" in said["DESCRIPTION"]


def test_nothing_about_the_concern_stands_in_a_calendar(write: Write) -> None:
    facts = {"theme": ["Drift or delay"], "grounds": [1], "text": "Ann is at risk"}
    message = write(facts=facts, says=[])
    content = raw(next(message.iter_attachments()))
    assert not [word for word in (b"Drift", b"Ann", b"/reply/", b"Okafor") if word in content]
