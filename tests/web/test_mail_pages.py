"""What the pages of caught mail show, and what they keep from being shown."""

from __future__ import annotations

import http.client
import os
import re
import sys
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from web.mailbox import Mailbox

LONDON_EVENING = 1795799000  # 2026-11-27 17:03:20 UTC


def an_email(subject: str = "Concern raised") -> EmailMessage:
    email = EmailMessage()
    email["From"] = "iro@council.example"
    email["To"] = "manager@council.example"
    email["Subject"] = subject
    email.set_content("Please answer.\nhttps://answers.council.example/reply/1\n")
    email.add_alternative('<p style="color: red">Please <a href="/x">answer</a></p><script>alert(1)</script>', "html")
    email.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="deadline.ics")
    return email


def put(folder: Path, name: str, content: bytes | None = None, at: int = LONDON_EVENING) -> None:
    (folder / name).write_bytes(
        content if content is not None else b"X-Envelope-To: deputy@council.example\r\n" + an_email().as_bytes()
    )
    os.utime(folder / name, (at, at))


def test_an_empty_folder_and_a_missing_one_are_said_to_hold_nothing(browser: httpx2.Client) -> None:
    assert "No email has been caught yet" in browser.get("/mail").text


def test_emails_are_listed_newest_first_with_whom_they_were_delivered_to(browser: httpx2.Client, folder: Path) -> None:
    put(folder, "b.eml", an_email("Older").as_bytes(), at=LONDON_EVENING - 60)
    put(folder, "a.eml")
    text = browser.get("/mail").text
    assert text.index("Concern raised") < text.index("Older")
    assert "deputy@council.example" in text
    assert "Friday 27 November 2026 at 5:03pm" in text


def test_a_list_of_more_than_fifty_has_pages(browser: httpx2.Client, folder: Path) -> None:
    for number in range(51):
        put(folder, f"{number}.eml", an_email(f"Number {number}.").as_bytes(), at=LONDON_EVENING + number)
    first, second, beyond = (browser.get("/mail", params={"page": page}).text for page in (1, 2, 99))
    assert first.count("<li>") == 50
    assert "Number 0." not in first
    assert 'href="/mail?page=2"' in first
    assert second.count("<li>") == 1
    assert "Number 0." in second
    assert 'href="/mail?page=1"' in second
    assert beyond == second


def test_one_email_shows_its_text_its_html_its_attachments_and_its_headers(
    browser: httpx2.Client, folder: Path
) -> None:
    put(folder, "a.eml")
    text = browser.get("/mail/a.eml").text
    assert 'href="https://answers.council.example/reply/1"' in text
    assert "deadline.ics (text/calendar, 15 Bytes)" in text
    assert "<dt>X-Envelope-To</dt><dd>deputy@council.example</dd>" in text


def test_the_html_of_an_email_is_shown_in_a_frame_that_runs_no_script(browser: httpx2.Client, folder: Path) -> None:
    put(folder, "a.eml")
    answer = browser.get("/mail/a.eml")
    frame = re.search(r'<iframe [^>]*sandbox="([^"]*)" srcdoc="([^"]*)"', answer.text)
    assert frame
    assert "allow-scripts" not in frame[1]
    assert "allow-same-origin" not in frame[1]
    assert "&lt;script&gt;" in frame[2]
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


def test_what_strangers_wrote_into_headers_stays_text(browser: httpx2.Client, folder: Path) -> None:
    put(folder, "a.eml", b"Subject: <script>alert(1)</script>\r\nFrom: <b>x</b>\r\n\r\nbody")
    for page in ("/mail", "/mail/a.eml"):
        assert "<script" not in browser.get(page).text
        assert "<b>x" not in browser.get(page).text


def test_the_file_can_be_had_as_it_is(browser: httpx2.Client, folder: Path) -> None:
    put(folder, "a.eml")
    answer = browser.get("/mail/a.eml/raw")
    assert answer.content == (folder / "a.eml").read_bytes()
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="a.eml"'


NOT_EMAILS = [
    "../keys",
    "..",
    ".",
    "%2e%2e%2fkeys",
    "/etc/passwd",
    "a.eml%00",
    ".hidden.eml",
    "folder.eml",
    "link.eml",
    "b.txt",
]


@pytest.mark.parametrize("name", [*NOT_EMAILS, *(quote(name, safe="%") for name in NOT_EMAILS)])
def test_nothing_but_an_email_of_the_folder_is_ever_served(address: str, folder: Path, name: str) -> None:
    secret = folder.parent / "keys"
    for path in (secret, folder / ".hidden.eml", folder / "b.txt"):
        path.write_text("secret")
    (folder / "folder.eml").mkdir()
    (folder / "link.eml").symlink_to(secret)
    for asked in (f"/mail/{name}", f"/mail/{name}/raw"):
        status, body = get_exactly(address, asked)
        assert status == 404, asked
        assert b"secret" not in body


def get_exactly(address: str, path: str) -> tuple[int, bytes]:
    """As an attacker would: no client tidies the path first."""
    with closing(http.client.HTTPConnection(address.removeprefix("http://"))) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_missing_email_is_a_page_that_says_so(browser: httpx2.Client, folder: Path) -> None:
    answer = browser.get("/mail/gone.eml")
    assert answer.status_code == 404
    assert "There is no email of this name" in answer.text
    assert 'href="/"' in answer.text


@pytest.fixture(scope="session")
def opened() -> list[str]:
    """Every file that this process opens from now on."""
    paths: list[str] = []
    sys.addaudithook(lambda event, facts: paths.append(str(facts[0])) if event == "open" else None)
    return paths


def test_of_ten_thousand_emails_only_those_shown_are_opened(
    browser: httpx2.Client, folder: Path, opened: list[str]
) -> None:
    for number in range(10_000):
        put(folder, f"{number}.eml", b"Subject: x\r\n\r\n")
    opened.clear()
    assert "10000 emails" in browser.get("/mail").text
    assert len([path for path in opened if path.startswith(str(folder))]) == 50


# The server, in this process, may use it while an example is drawn.
@pytest.mark.filterwarnings("ignore:Do not use the .random. module")
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.binary(max_size=300), st.sampled_from([b"", b"To: ", b"From: =?", b"X-Envelope-To: ", b"Content-Type: "]))
def test_whatever_bytes_an_email_holds_its_page_is_served(
    browser: httpx2.Client, folder: Path, tail: bytes, head: bytes
) -> None:
    put(folder, "a.eml", head + tail)
    assert browser.get("/mail").status_code == 200
    assert browser.get("/mail/a.eml").status_code == 200


def test_text_in_a_character_set_that_does_not_exist_is_still_shown(folder: Path) -> None:
    put(folder, "a.eml", b"Content-Type: text/plain; charset=klingon\r\n\r\nPlease answer")
    letter = Mailbox(folder).letter("a.eml")
    assert letter
    assert letter.text == "Please answer"


def test_an_address_in_utf_8_is_shown_as_it_was_given(browser: httpx2.Client, folder: Path) -> None:
    put(folder, "a.eml", "X-Envelope-To: zoë@council.example\r\nSubject: Hi\r\n\r\nbody".encode())
    assert "zoë@council.example" in browser.get("/mail").text
