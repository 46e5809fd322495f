"""The page on which a raiser records a reply by email: who sees it, what it says, and what changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest

from activities.mailbox import MailboxFolder
from config import directory
from escalation.messages import Close, Cover, RecordPromise, RecordResponse, Withdraw
from starter import coming_back
from tests.serving import PLAIN
from tests.web.bench import JSON, MAEVE, Bench, Page, browsing, confirmed, paces, press
from tests.web.emailed import AMARA, MAIL_ID, RESPONSE_ID, TEXT, path_of, recording_served, replied


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).raised()


@pytest.fixture
def entry(bench: Bench) -> int:
    return replied(bench)


@pytest.fixture
def browser(bench: Bench) -> Iterator[httpx2.Client]:
    with recording_served(bench) as address, browsing(address) as browser:
        yield browser


def record(bench: Bench, **changes: object) -> None:
    said = {
        "by": "iro",
        "response_id": RESPONSE_ID,
        "stage": "L1",
        "answered_by": "operational_manager",
        "received_at": bench.now,
        "how": "by email",
    }
    bench.act(RecordResponse.model_validate(said | changes))


def test_until_the_address_is_confirmed_nothing_of_the_reply_is_shown(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    answer = browser.get(path_of(bench, entry))
    assert answer.status_code == 200
    for secret in ("We agree", "Maeve", MAEVE, AMARA):
        assert secret not in answer.text
    refused = press(browser, Page(answer.text), "confirm", email=MAEVE)
    assert refused.status_code == 422
    assert "This link was not sent to that address." in refused.text
    assert "We agree" not in refused.text


def test_it_says_who_replied_when_what_and_whether_in_time(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    page = confirmed(browser, path_of(bench, entry), AMARA)
    for words in (
        "This reply is not recorded as the response. Until it is, it stops no clock.",
        "Reference SWK-2026-0042",
        "From Maeve Brennan, maeve.brennan@council.example",
        "The email was written to Operational Manager",
        "Received Monday 23 November 2026 at 10am",
        "The time to answer ends Monday 30 November 2026 at 5pm: the reply came in time",
        "The <b>meeting</b> is on Thursday.",
    ):
        assert words in page.text
    assert page.form.buttons == [("act", "record")]


def test_a_late_reply_is_said_to_be_late(bench: Bench, browser: httpx2.Client) -> None:
    bench.lapsed()
    number = replied(bench)
    page = confirmed(browser, path_of(bench, number), AMARA)
    assert "The time to answer ended Monday 30 November 2026 at 5pm: the reply came after it" in page.text
    assert "and is recorded as late" in page.text


def test_where_it_was_recorded_before_it_says_so_and_asks_nothing(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    record(bench)
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "This reply has been recorded as the response, in time." in page.text
    assert page.forms == []


def test_a_reply_of_somebody_who_was_not_asked_asks_who_answered(bench: Bench, browser: httpx2.Client) -> None:
    number = replied(bench, role="qau_manager")
    page = confirmed(browser, path_of(bench, number), AMARA)
    answer = press(browser, page, "record", answered_by="")
    assert answer.status_code == 422
    assert "Choose who answered." in answer.text


def test_opening_changes_nothing_and_nor_do_empty_or_foreign_forms(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    path, before = path_of(bench, entry), bench.state
    page = confirmed(browser, path, AMARA)
    for _ in range(2):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    assert browser.post(path, data={}).status_code == 422
    assert (
        browser.post(path, data=page.form.fields | {"act": "", "answered_by": "operational_manager"}).status_code == 422
    )
    foreign = {"Sec-Fetch-Site": "cross-site"}
    form = page.form.fields | {"act": "record", "answered_by": "operational_manager"}
    assert browser.post(path, data=form, headers=foreign).status_code == 403
    assert browser.post(path, content=b"{}", headers=JSON | {"Content-Type": "application/json"}).status_code == 422
    assert bench.state == before


def test_a_scanner_that_submits_every_form_gets_nowhere(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    page, before = Page(browser.get(path_of(bench, entry)).text), bench.state
    assert (
        browser.post(page.form.action, data=page.form.fields | {"act": "record", "email": "x@y.z"}).status_code == 422
    )
    assert bench.state == before


def test_without_temporal_it_says_that_it_may_be_sent_again(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    page = confirmed(browser, path_of(bench, entry), AMARA)
    answer = press(browser, page, "record", answered_by="operational_manager")
    assert answer.status_code == 503
    assert "We cannot say whether this was recorded" in answer.text


def test_a_link_to_answer_records_nothing_and_a_link_to_record_answers_nothing(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    answering = bench.path().removeprefix("/reply/")
    assert browser.get(f"/record/{answering}").status_code == 404
    assert bench.links.read(path_of(bench, entry).removeprefix("/record/")) is None
    assert bench.links.read_recording("x" * 500) is None
    assert path_of(bench, entry) == path_of(bench, entry)


@pytest.mark.parametrize("number", [1, 999])
def test_a_link_to_another_entry_shows_nothing(bench: Bench, entry: int, browser: httpx2.Client, number: int) -> None:
    assert entry != number
    assert browser.get(path_of(bench, number)).status_code == 503


@pytest.mark.parametrize(("role", "address"), [("iro", MAEVE), ("operational_manager", MAEVE), ("dcs", AMARA)])
def test_a_link_of_whoever_is_not_the_raiser_opens_nothing(
    bench: Bench, entry: int, browser: httpx2.Client, role: str, address: str
) -> None:
    answer = browser.get(path_of(bench, entry, role, address))
    assert answer.status_code == 410
    assert "We agree" not in answer.text


def test_who_left_the_post_can_record_no_more(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    bench.people(("{role: iro, person: amara}", "{role: iro, person: grace}"))
    assert browser.get(path_of(bench, entry)).status_code == 410


def test_whoever_covers_may_record_it_under_their_own_role(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    cover = bench.procedure.raiser.line_manager
    bench.act(Cover(by=cover, absent="iro", cover=cover))
    (person,) = directory.load(bench.settings.directory).holders(cover, None, bench.now.date())
    page = confirmed(browser, path_of(bench, entry), person.email)
    assert "We agree." in page.text


def test_what_was_recorded_is_shown_after_the_close_too_and_asks_nothing(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    record(bench)
    bench.act(Close(by="iro", outcome="no_longer_applicable", reason="Settled."))
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "This reply has been recorded as the response, in time." in page.text
    assert "What can still be done" not in page.text
    assert page.forms == []


def test_after_the_close_it_is_shown_to_its_reader_records_nothing_and_says_what_can_be_done(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    path = path_of(bench, entry)
    before = confirmed(browser, path, AMARA)
    bench.act(RecordPromise(by="iro", done_by=date(2026, 12, 4)))
    bench.act(Close(by="iro", outcome="unresolved", reason="Settled.", what_changed="too_early"))
    page = Page(browser.get(path).text)
    for words in (
        "This matter was closed on Monday 23 November 2026.",
        "The reply can no longer be recorded as the response.",
        "We agree. The <b>meeting</b> is on Thursday.",
        "If it says whether what was promised for Friday 4 December 2026 was done: answer by the link",
        "If it says what has changed for the child: answer by the link",
        "start a new escalation",
    ):
        assert words in page.text
    assert "The time to answer" not in page.text
    assert page.forms == []
    refused = press(browser, before, "record", answered_by="operational_manager")
    assert refused.status_code == 410
    assert "The reply stays in its history." in refused.text
    told = browser.get(path, headers=JSON).json()
    assert (told["closed"], told["ways"], len(told["still_possible"])) == (True, {}, 4)
    given = browser.post(path, json={"do": "record", "act_id": "1", "answered_by": "operational_manager"}, headers=JSON)
    assert (given.status_code, given.json()["code"]) == (410, "closed")


def test_after_a_withdrawal_it_is_shown_too_and_only_to_its_reader(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    bench.act(Withdraw(by="iro", reason="Raised twice."))
    assert "We agree" not in browser.get(path_of(bench, entry)).text
    assert "This matter was withdrawn." in confirmed(browser, path_of(bench, entry), AMARA).text


def test_a_program_sees_the_same_as_json(bench: Bench, entry: int) -> None:
    path = path_of(bench, entry)
    with (
        recording_served(bench) as address,
        httpx2.Client(base_url=address, headers=JSON, verify=PLAIN, timeout=120) as program,
    ):
        before = program.get(path).json()
        assert before["ways"].keys() == {"confirm"}
        assert TEXT not in str(before)
        answer = program.post(path, json={"do": "confirm", "email": AMARA}).json()
        assert (answer["text"], answer["in_time"], answer["recorded"]) == (TEXT, True, None)
        assert answer["ways"].keys() == {"record"}
        wrong = program.post(path, json={"do": "record", "act_id": "1", "answered_by": "nobody", "email": AMARA})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/answered_by")
        unknown = program.post(path, json={"do": "record", "act_id": "1", "email": "x@y.example"})
        assert unknown.status_code == 403
        past = {"do": "record", "act_id": "1", "email": AMARA, "done_by": "2026-11-01"}
        early = program.post(path, json=past)
        assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/done_by")
        assert program.post(path, json={}).status_code == 422


def test_too_many_are_asked_to_wait(bench: Bench, entry: int) -> None:
    with recording_served(bench, how_often=paces(opening=3)) as address, browsing(address) as browser:
        assert [browser.get("/record/x").status_code for _ in range(4)] == [404, 404, 404, 429]
        assert entry


def test_nothing_of_the_reply_stands_in_a_link(bench: Bench, entry: int) -> None:
    link = path_of(bench, entry)
    assert MAIL_ID[:8] not in link
    assert AMARA not in link
    assert bench.links.recording_link("X-1", 2, "iro", AMARA) != bench.links.link("X-1", 2, "iro", AMARA)


def test_as_long_as_the_page_is_served_the_mailbox_is_read(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming_back.keep_reading, "__defaults__", (timedelta(milliseconds=5),))
    folder = tmp_path / "mailbox"
    MailboxFolder(folder).prepare()
    (folder / "new" / "picture").write_bytes(b"\xff\xd8")
    bench.settings = bench.settings.model_copy(update={"mailbox": folder})
    with recording_served(bench):
        deadline = time.monotonic() + 20
        while not (folder / ".unreadable" / "new" / "picture").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert [row.kind for row in bench.register.came_back.latest()] == ["unreadable"]
