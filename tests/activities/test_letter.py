"""What is put into the post."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest

from activities import letter
from activities.recipients import Recipient, find, recipients
from activities.rendering import Rendered
from escalation.directory import Directory, Person, Post
from escalation.messages import SendNotice

Order = Callable[..., SendNotice]
DAY = date(2025, 12, 22)
WORDS = Rendered("SWK-2025-0042: answer due", "Dear Zoë,\n\nPlease answer.\n", "<p>Dear Zoë, please answer. </p>\n")
SENDER = letter.Sender("Twentydays <twentydays@council.example>", "twentydays.council.example")


@pytest.fixture
def write(order: Order, directory: Directory) -> Callable[..., letter.Letter]:
    def made(dated: date = DAY, words: Rendered = WORDS, place: int = 0, **notice: Any) -> letter.Letter:
        to_send = order(**notice)
        found = find(to_send, directory, DAY)
        return letter.write(to_send, dated, words, recipients(to_send, found)[place], found, SENDER)

    return made


def parsed(written: letter.Letter) -> EmailMessage:
    message = BytesParser(policy=default).parsebytes(written.content)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_the_same_rendering_is_the_same_bytes(write: Callable[..., letter.Letter]) -> None:
    assert write() == write()


def test_a_later_rendering_date_is_another_letter_with_an_id_of_its_own(write: Callable[..., letter.Letter]) -> None:
    assert write().message_id != write(dated=date(2025, 12, 23)).message_id


def test_an_id_stays_what_it_was_when_the_letter_went_out(write: Callable[..., letter.Letter]) -> None:
    """A retry by a newer release must be the same message. Never change this id."""
    assert write().message_id == "<293eebfec64c74adb3a249188e705a16@twentydays.council.example>"


@pytest.mark.parametrize("other", [{"place": 1}, {"entry": 3}, {"notice": "reminder"}, {"sent_for": "head_of_qau"}])
def test_another_recipient_entry_notice_or_sender_has_another_id(
    write: Callable[..., letter.Letter], other: dict[str, Any]
) -> None:
    assert write().message_id != write(**other).message_id


def test_text_and_html_arrive_as_they_were_rendered(write: Callable[..., letter.Letter]) -> None:
    text, html = parsed(write()).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == WORDS.text.splitlines()
    assert html.get_content().splitlines() == WORDS.html.splitlines()


def test_every_copy_shows_everyone_whom_the_notice_is_for(write: Callable[..., letter.Letter]) -> None:
    for place in range(4):
        message = parsed(write(place=place))
        assert [address.display_name for address in message["To"].addresses] == ["Priya Shah", "Tom O'Neill"]
        assert [address.display_name for address in message["Cc"].addresses] == ["Ceri Hughes", "Zoë Fraser-Ng"]
        assert message["Cc"].addresses[1].addr_spec == "qau_manager@council.example"


def test_an_answer_goes_to_the_raiser(write: Callable[..., letter.Letter]) -> None:
    assert parsed(write())["Reply-To"] == "Sam Okafor <iro@council.example>"


def test_automatic_replies_are_told_to_keep_quiet(write: Callable[..., letter.Letter]) -> None:
    message = parsed(write())
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_all_letters_of_one_escalation_make_one_thread(write: Callable[..., letter.Letter]) -> None:
    first, later = parsed(write()), parsed(write(entry=9, notice="overdue", place=2))
    assert first["References"] == first["In-Reply-To"] == later["References"]
    assert first["References"] != first["Message-ID"]


def test_tools_can_tell_the_letters_apart(write: Callable[..., letter.Letter]) -> None:
    message = parsed(write(place=2))
    told = {name: message[f"X-Twentydays-{name}"] for name in ("Reference", "Notice", "Stage", "Role")}
    assert told == {"Reference": "SWK-2025-0042", "Notice": "alert", "Stage": "L1", "Role": "head_of_qau"}


@pytest.mark.parametrize(
    ("at", "dated", "expected"),
    [
        (datetime(2025, 12, 22, 10, 30, tzinfo=UTC), date(2025, 12, 22), "Mon, 22 Dec 2025 10:30:00 +0000"),
        (datetime(2025, 12, 23, 8, 0, tzinfo=UTC), date(2025, 12, 22), "Tue, 23 Dec 2025 08:00:00 +0000"),
        (datetime(2025, 12, 22, 10, 30, tzinfo=UTC), date(2025, 12, 24), "Wed, 24 Dec 2025 00:00:00 +0000"),
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), date(2026, 6, 2), "Tue, 02 Jun 2026 00:30:00 +0100"),
        (datetime(2026, 6, 1, 9, 0, tzinfo=UTC), date(2026, 6, 3), "Wed, 03 Jun 2026 00:00:00 +0100"),
    ],
)
def test_the_date_is_the_entrys_unless_the_rendering_belongs_to_a_later_day(
    write: Callable[..., letter.Letter], at: datetime, dated: date, expected: str
) -> None:
    assert f"\r\nDate: {expected}\r\n".encode() in write(at=at, dated=dated).content


@pytest.mark.parametrize(
    "subject",
    ["Zoë’s reference " * 12, "ABC-1: due\r\nBcc: thief@elsewhere.example", "one\x00two\x85three\u2028four", "x" * 200],
)
def test_a_subject_stays_one_header(write: Callable[..., letter.Letter], subject: str) -> None:
    message = parsed(write(words=replace(WORDS, subject=subject)))
    assert message["Bcc"] is None
    assert re.sub(r"\s", "", message["Subject"]) == re.sub(r"[\s\x00]", "", subject)


@pytest.mark.parametrize("name", ['Ann "Nan" O’Hara, QAU', "Łukasz Żółć " * 9, "a\\b <c@d.example>, e@f.example"])
def test_a_name_cannot_add_an_address(order: Order, name: str) -> None:
    person = Person(name=name, email="a@council.example")
    directory = Directory(people={"a": person}, posts=[Post(role="team_manager", person="a")])
    to_send = order(to=("team_manager",), cc=(), reaches=("team_manager",))
    found = find(to_send, directory, DAY)
    message = parsed(letter.write(to_send, DAY, WORDS, Recipient("team_manager", person), found, SENDER))
    assert [address.addr_spec for address in message["To"].addresses] == ["a@council.example"]
    assert message["To"].addresses[0].display_name.split() == name.split()


def test_only_the_message_itself_says_its_mime_version(write: Callable[..., letter.Letter]) -> None:
    assert write().content.count(b"MIME-Version: 1.0") == 1


def test_every_line_is_short_and_plain_enough_for_any_mail_server(write: Callable[..., letter.Letter]) -> None:
    content = write(words=replace(WORDS, text="é" * 3000 + "\n.\n", subject="Zoë " * 80)).content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
