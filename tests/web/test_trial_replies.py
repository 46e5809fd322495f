"""What somebody who tries the stack can have come back of a caught email, as if its reader had a mail program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from activities.coming_back import Incoming, read
from activities.mailbox import MailboxFolder
from config.codec import KeyRing
from config.settings import Settings
from tests.web.bench import Page, browsing, press
from tests.web.test_mail_pages import an_email, put
from web import trial_replies
from web.app import create_app
from web.mailbox import Mailbox

ALERT = "<alert-1@council.example>"
ZOE = "Zoë O'Neill"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, mailbox=tmp_path / "mailbox")


@pytest.fixture
def browser(address: str, folder: Path) -> Iterator[httpx2.Client]:
    email = an_email("SWK-1: answer by 30 November")
    del email["To"]
    email["To"] = "=?utf-8?q?Zo=C3=AB_O=27Neill?= <Zoe@council.example>, other@council.example"
    email["Message-ID"] = ALERT
    put(folder, "a.eml", b"X-Envelope-To: zoe@council.example\r\n" + email.as_bytes())
    with browsing(address) as one:
        yield one


def came(settings: Settings) -> list[Incoming | None]:
    assert settings.mailbox
    box = MailboxFolder(settings.mailbox)
    return [read(taken.raw) for name in box.waiting() if (taken := box.take(name))]


def test_a_reply_is_one_of_whoever_got_the_email(browser: httpx2.Client, settings: Settings) -> None:
    page = Page(browser.get("/mail/a.eml").text)
    answer = press(browser, page, "reply", text="Yes – it is arranged.\nSee you on Tuesday.")
    assert "Put into the mailbox: a reply." in Page(answer.text).text
    (reply,) = came(settings)
    assert reply
    assert (reply.kind, reply.about, reply.address, reply.name) == ("reply", (ALERT,), "zoe@council.example", ZOE)
    assert reply.text == "Yes – it is arranged.\nSee you on Tuesday."


def test_a_bounce_says_that_it_did_not_reach_them(browser: httpx2.Client, settings: Settings) -> None:
    press(browser, Page(browser.get("/mail/a.eml").text), "bounce")
    (bounce,) = came(settings)
    assert bounce
    assert (bounce.kind, bounce.about) == ("bounce", (ALERT,))
    assert [(failed.addresses, failed.reason) for failed in bounce.failed] == [
        (("zoe@council.example",), "550 5.1.1 User unknown")
    ]


def test_an_out_of_office_message_is_an_absence(browser: httpx2.Client, settings: Settings) -> None:
    press(browser, Page(browser.get("/mail/a.eml").text), "absence")
    (absence,) = came(settings)
    assert absence
    assert (absence.kind, absence.about) == ("absence", (ALERT,))


def test_looking_puts_nothing_there_and_neither_does_a_page_of_somebody_else(
    browser: httpx2.Client, settings: Settings
) -> None:
    browser.get("/mail/a.eml?put=reply")
    browser.head("/mail/a.eml")
    said = {"act": "reply", "text": "Yes"}
    elsewhere = browser.post("/mail/a.eml", data=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert browser.post("/mail/a.eml", data={"act": "reply", "text": " "}).status_code == 422
    assert browser.post("/mail/a.eml", data={"act": "delete"}).status_code == 422
    assert browser.post("/mail/none.eml", data=said).status_code == 404
    assert browser.post("/mail/a.eml", data=said | {"text": "x" * 300_000}).status_code == 413
    assert came(settings) == []


@pytest.mark.parametrize("missing", ["X-Envelope-To", "Message-ID"])
def test_what_nobody_could_answer_has_no_form(browser: httpx2.Client, folder: Path, missing: str) -> None:
    email = (folder / "a.eml").read_bytes()
    put(folder, "b.eml", email.replace(missing.encode(), b"X-Other"))
    assert "<form" in browser.get("/mail/a.eml").text
    assert "<form" not in browser.get("/mail/b.eml").text
    assert browser.post("/mail/b.eml", data={"act": "bounce"}).status_code == 404


@pytest.mark.parametrize("changed", [{"environment": "production"}, {"mailbox": None}])
def test_in_production_and_without_a_mailbox_there_is_no_such_form(
    settings: Settings, folder: Path, ring: KeyRing, changed: dict[str, object]
) -> None:
    put(folder, "a.eml", b"Message-ID: <1@x>\r\n" + an_email().as_bytes())
    client = TestClient(create_app(settings.model_copy(update=changed), ring), base_url="http://127.0.0.1")
    assert "<form" not in client.get("/mail/a.eml").text
    assert client.post("/mail/a.eml", data={"act": "bounce"}).status_code == 405


HEADS = [b"Message-ID: ", b"Message-ID: <1@x>\nSubject: ", b"Message-ID: <1@x>\nTo: ", b"Message-ID: <1@x>\nFrom: "]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(HEADS), st.binary(max_size=200), st.sampled_from(["reply", "bounce", "absence"]), st.text())
def test_whatever_an_email_holds_what_comes_back_of_it_can_be_made(
    folder: Path, head: bytes, tail: bytes, kind: trial_replies.Kind, text: str
) -> None:
    put(folder, "a.eml", b"X-Envelope-To: zoe@council.example\n" + head + tail)
    letter = Mailbox(folder).letter("a.eml")
    assert letter
    of = trial_replies.answerable(letter)
    assert of is None or read(trial_replies.made(kind, of, text, datetime(2026, 11, 2, tzinfo=UTC)))
