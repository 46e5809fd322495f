"""What are the messages taken for that mail programs and mail servers really send?"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.coming_back import Incoming, read
from activities.own_words import MOST_CHARACTERS

SAMPLES = sorted((Path(__file__).parent / "came_back").glob("*.eml"))
MAEVE = "maeve.brennan@council.example"
OURS = "<alert-1@council.example>"


def sample(name: str) -> Incoming:
    (path,) = [path for path in SAMPLES if path.stem == name]
    found = read(path.read_bytes())
    assert found
    return found


def message(text: str = "Yes.", **headers: str) -> bytes:
    """A plain reply, with other headers where they are given."""
    email = EmailMessage()
    usual = {"From": MAEVE, "To": "t@council.example", "Subject": "RE: SWK-1", "In-Reply-To": OURS}
    for name, value in (usual | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            email[name] = value
    email.set_content(text)
    return email.as_bytes()


def kind_of(raw: bytes) -> str | None:
    found = read(raw)
    return found.kind if found else None


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_is_taken_for_what_it_is(path: Path) -> None:
    assert kind_of(path.read_bytes()) == path.stem.partition("-")[0]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_but_a_delay_in_words_names_what_it_is_about(path: Path) -> None:
    found = read(path.read_bytes())
    assert found
    assert OURS in found.about or path.stem == "no_news-exim-delayed"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_is_taken_for_the_same_with_other_line_breaks(path: Path) -> None:
    unix = path.read_bytes()
    assert read(unix.replace(b"\n", b"\r\n")) == read(unix)


REASONS = {
    "exchange": "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "exchange-expired": "400 4.4.7 Message delayed",
    "postfix": "550 5.1.1 : Recipient address rejected: User unknown in virtual mailbox table",
    "exim": "550 5.7.1 Mailbox disabled for this recipient",
    "gmail": "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 "
    "double-checking the recipient's email address for typos",
    "qmail": "Remote host said: 550 No such user here",
}


@pytest.mark.parametrize("server", REASONS)
def test_a_bounce_says_whom_it_did_not_reach_and_why_without_any_address(server: str) -> None:
    (failed,) = {
        one.reason: one
        for one in sample(f"bounce-{server}").failed
        if MAEVE in {each.casefold() for each in one.addresses}
    }.values()
    assert failed.reason == REASONS[server]
    assert "@" not in failed.reason


@pytest.mark.parametrize("server", REASONS)
def test_a_bounce_never_names_those_who_only_stand_in_the_copy_that_came_back(server: str) -> None:
    named = {address for one in sample(f"bounce-{server}").failed for address in one.addresses}
    assert not {address for address in named if "vera" in address}


def test_what_we_wrote_into_our_own_headers_comes_back_with_a_bounce() -> None:
    found = sample("bounce-exchange")
    assert (found.reference, found.notice) == ("SWK-2026-0042", "alert")


def test_of_an_absence_only_the_subject_is_kept() -> None:
    assert sample("absence-outlook").text == "Automatic reply: SWK-2026-0042: answer by 30 November"
    assert sample("absence-exim").text == "Away until Tuesday – SWK-2026-0042"


WRITTEN = {
    "outlook": "Dear Sam,\n\nWe agree. The meeting is on Thursday – the minutes follow.\n\nMaeve",
    "outlook-original-message": "No. We don’t accept the second action.",
    "iphone": "Will do by Friday.\n\nSent from my iPhone",
    "gmail": "Maeve asked me to answer: both actions are done.\n\n(The email has 1 attachment, not copied here.)",
    "html-only": "We agree & will act.\nThe meeting\nThe minutes, café",
    "with-a-bounce-attached": "I tried to forward this and got a 550 5.1.1, Out of office. We agree.",
}


@pytest.mark.parametrize("program", WRITTEN)
def test_of_a_reply_the_new_part_is_kept(program: str) -> None:
    assert sample(f"reply-{program}").text == WRITTEN[program]


def test_who_answers_within_the_quoted_email_is_kept_whole() -> None:
    assert "Done in May.\n> Action 2\nNot accepted." in sample("reply-within-the-quote").text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("Yes.", "Yes."),
        ("> quoted\n> only", "> quoted\n> only"),
        ("> quoted first\n\nThen the answer.", "> quoted first\n\nThen the answer."),
        ("See my answers below.\n\n-----Original Message-----\nFrom: x\n1. Done.", None),
        ("On Monday we met.\nOn Tuesday he wrote:\nnothing.", None),
        ("Yes.\n\nFrom: the beginning we said so.", None),
        ("Yes.\n\nOn 23 Nov 2026, at 10:02, T <t@x.example> wrote:\n\n> You are asked.\n>\n", "Yes."),
    ],
)
def test_text_is_kept_whole_where_it_is_not_clear_what_is_new(text: str, kept: str | None) -> None:
    found = read(message(text))
    assert found
    assert found.text == (text.strip() if kept is None else kept)


def test_a_very_long_reply_is_cut_and_says_so() -> None:
    found = read(message("word " * 10_000))
    assert found
    assert len(found.text) <= MOST_CHARACTERS
    assert found.text.endswith("(Cut here. The whole email is in the mailbox.)")


TURNED = "We agree.\u202e Not \u2066at\u2069 all\u200f.\x9b2K"


@pytest.mark.parametrize("html", [False, True])
def test_what_would_turn_the_text_after_it_round_is_left_out(html: bool) -> None:
    email = EmailMessage()
    email["From"], email["In-Reply-To"] = f"Maeve\u202e Brennan\u061c <{MAEVE}>", OURS
    text = TURNED.replace("\u202e", "&#8238;") if html else TURNED
    email.set_content(text, subtype="html" if html else "plain")
    found = read(email.as_bytes())
    assert found
    assert (found.text, found.name) == ("We agree. Not at all.2K", "Maeve Brennan")


def test_a_reply_names_its_sender_and_its_thread_newest_first() -> None:
    found = sample("reply-gmail")
    assert (found.name, found.address) == ("Devan Sháh", "devan.shah@council.example")
    assert found.about == ("<forward-1@council.example>", OURS, "<thread-1@council.example>")


def test_it_was_received_when_the_uppermost_server_wrote_so() -> None:
    assert sample("reply-outlook").received_at == datetime(2026, 11, 23, 11, 15, 30, tzinfo=UTC)
    assert sample("reply-gmail").received_at == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert sample("reply-html-only").received_at is None


@pytest.mark.parametrize(
    "stamp", ["", "nonsense", "from x; Mon, 99 Nov 2026 99:00", "x; Mon, 23 Nov 2026 10:00:00 -0000"]
)
def test_an_instant_that_cannot_be_read_is_none(stamp: str) -> None:
    found = read(message(Received=stamp))
    assert found
    assert found.received_at is None


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "no"}, "reply"),
        ({"Auto_Submitted": "auto-forwarded"}, "reply"),
        ({"Auto_Submitted": "Auto-Replied; owner=x"}, "absence"),
        ({"Auto_Submitted": "auto-notified"}, "unclear"),
        ({"X_Autorespond": "yes"}, "absence"),
        ({"X_Autoreply": "no"}, "reply"),
        ({"Precedence": "bulk"}, "reply"),
        ({"Precedence": "bulk", "Subject": "Out of the office"}, "absence"),
        ({"Subject": "Automatic reply: x"}, "absence"),
        ({"Subject": "RE: Automatic reply: x"}, "reply"),
        ({"Subject": "Out of office on Monday, but here is our answer"}, "reply"),
        ({"X_Auto_Response_Suppress": "All"}, "reply"),
        ({"Return_Path": "<>"}, "reply"),
        ({"From": "Postmaster <postmaster@x.example>"}, "unclear"),
    ],
)
def test_a_machine_is_told_from_a_person(headers: dict[str, str], kind: str) -> None:
    assert kind_of(message(**headers)) == kind


def test_a_server_that_speaks_of_an_address_without_a_clear_refusal_is_for_a_person_to_read() -> None:
    said = f"Could not deliver to {MAEVE}: 451 4.7.1 try later, ticket 15501, host 10.5.1.1"
    assert kind_of(message(said, From="MAILER-DAEMON@x.example")) == "unclear"


def test_a_report_that_gives_up_one_of_two_names_that_one() -> None:
    raw = (Path(__file__).parent / "came_back" / "bounce-postfix.eml").read_bytes()
    delayed = b"\nFinal-Recipient: rfc822; vera.kowalska@council.example\nAction: delayed\nStatus: 4.0.0\n"
    marker = b"\n--3D5B41C0122.1795428127/mail.council.example\nContent-Description: Undelivered"
    assert marker in raw
    found = read(raw.replace(marker, delayed + marker))
    assert found
    assert [one.addresses for one in found.failed] == [(MAEVE, MAEVE)]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"\xff\xd8\xff\xe0 a picture", b"no header at all", b"Subject: only\n\nx"]
)
def test_what_is_no_email_is_none(raw: bytes) -> None:
    assert read(raw) is None


HEADERS = [b"From", b"Return-Path", b"Subject", b"Content-Type", b"Auto-Submitted", b"Received", b"In-Reply-To"]
VALUES = [
    b"=?utf-8?B?//8=?=",
    b"=?x?Q?=zz?=",
    b"multipart/report; report-type=delivery-status; boundary=b",
    b'multipart/mixed; boundary=""',
    b"text/plain; charset=none-such",
    b"text/html; charset*=x'y'%ff",
    b"message/rfc822",
    b"message/delivery-status",
    b"<a@b>, <<>>, <" + b"x" * 300 + b">",
    b'"' * 50 + b"@(((",
    b"; Mon, 23 Nov 99999 10:00:00 +9999",
]


@given(st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(VALUES) | st.binary(max_size=40))), st.binary())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_strangers_send_raises(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    raw = b"From: x@y.example\n" + b"".join(name + b": " + value + b"\n" for name, value in headers) + b"\n" + body
    found = read(raw)
    assert found is None or len(found.text) <= MOST_CHARACTERS
    if found:
        found.text.encode()
        (found.name or "").encode()


@given(st.sampled_from(SAMPLES), st.integers(0, 5000), st.binary(min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_damaged_sample_raises_nothing_and_a_reply_never_turns_into_a_bounce(
    path: Path, place: int, put: bytes
) -> None:
    raw = path.read_bytes()
    at = place % len(raw)
    found = read(raw[:at] + put + raw[at:])
    if found and path.stem.startswith("reply"):
        assert found.kind != "bounce"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: x@y.example\nSubject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nx",
        b"From: " + b"(" * 500_000 + b"\n\nx",
        b"From: x@y.example\nReferences: " + b"<a@b> " * 500_000 + b"\n\nx",
        b"From: x@y.example\nContent-Type: text/html\n\n" + b"<div><!--" * 200_000,
        b"From: x@y.example\n\n" + b"On a\n" * 400_000,
        b"From: x@y.example\n\n" + b"From: x\n" * 400_000,
        b"From: MAILER-DAEMON@y.example\n\n" + b"a@" * 400_000 + b"\n550",
        b"From: x@y.example\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(190))
        + b"line\n" * 100_000,
        b"From: x@y.example\n" + b"Content-Type: message/rfc822\n\n" * 20_000,
        b"From: x@y.example\n\n" + b"x" * 12_000_000,
    ],
    ids=["words", "comments", "ids", "html", "wrote", "from", "addresses", "nested", "within", "large"],
)
def test_what_was_made_to_take_long_does_not(raw: bytes) -> None:
    begun = time.process_time()
    read(raw)
    assert time.process_time() - begun < 5
