"""What a manager finds behind the link in their email, in each state that it can be in."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from escalation.messages import Close, Respond, Withdraw
from tests.web.bench import ACTIONS, CONCERN, MAEVE, VERA, Bench, Page, browsing, confirmed, london, press, served
from tests.web.reply.steps import answer_sent, checked


def test_before_the_address_is_confirmed_nothing_is_shown_but_whose_matter_it_is(
    bench: Bench, browser: httpx2.Client
) -> None:
    answer = browser.get(bench.path())
    page = Page(answer.text)
    assert "London Borough of Southwark asks you for an answer. The reference is SWK-2026-0042." in page.text
    for secret in (CONCERN, *ACTIONS, "Sam Okafor", "Operational Manager", "Maeve", MAEVE, "Friday"):
        assert secret not in answer.text
    assert browser.get(f"{bench.path()}/more-time").url.path == bench.path()


def test_the_first_screen_says_what_is_asked_by_when_why_and_by_whom(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    for expected in (
        "as Operational Manager, to answer a concern",
        "Answer by Monday 30 November 2026 at 5pm",
        "5 working days after the day on which its alert was accepted, Monday 23 November 2026.",
        "Saturday 28 November 2026: Saturday",
        "Monday 30 November 2026: day 5",
        "Raised by Sam Okafor (Independent Reviewing Officer), on Monday 23 November 2026",
        CONCERN,
        f"Requested action 1 of 2 {ACTIONS[0]}",
        f"Requested action 2 of 2 {ACTIONS[1]}",
        "Ask for more time",
        "Say that it is for somebody else",
    ):
        assert expected in page.text, page.text
    assert "A secret about the child" not in page.text


def test_one_requested_action_written_as_a_text_is_one_to_answer(tmp_path: Path) -> None:
    bench = Bench(tmp_path).raised(actions="Hold the meeting.")
    with served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, bench.path())
    assert "Requested action 1 Hold the meeting." in page.text
    assert "kind-2" not in page.form.fields


def test_each_earlier_stage_is_told_in_a_line(bench: Bench, browser: httpx2.Client) -> None:
    bench.lapsed()
    link = bench.path("head_of_service", "carol.whitfield@council.example", bench.told.visit.n)
    page = confirmed(browser, link, "carol.whitfield@council.example")
    line = (
        "Operational Manager: Operational Manager was asked on Monday 23 November 2026. "
        "No answer by Monday 30 November 2026 at 5pm."
    )
    assert line in page.text
    assert "Answer by Monday 7 December 2026 at 5pm" in page.text


def test_who_stands_in_may_answer_and_nobody_else(bench: Bench, browser: httpx2.Client) -> None:
    for stranger in ("carol.whitfield@council.example", "amara.okafor@council.example", "nobody@council.example"):
        refused = press(browser, Page(browser.get(bench.path()).text), "confirm", email=stranger)
        assert refused.status_code == 422
        assert "This link was not sent to that address" in refused.text
        assert CONCERN not in refused.text
    assert CONCERN in confirmed(browser, bench.path(), VERA.upper()).text


def test_a_confirmation_is_for_one_link_and_ends_after_half_an_hour(bench: Bench, browser: httpx2.Client) -> None:
    press(browser, Page(browser.get(bench.path()).text), "confirm", email=MAEVE)
    (cookie,) = browser.cookies.jar
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly"), cookie.get_nonstandard_attr("SameSite")) == (
        "/reply/",
        True,
        "lax",
    )
    assert cookie.expires
    assert 1700 < cookie.expires - datetime.now(UTC).timestamp() <= 1800
    assert CONCERN not in browser.get(bench.path(address=VERA)).text


def test_a_cookie_for_another_link_under_this_ones_name_opens_nothing(bench: Bench, browser: httpx2.Client) -> None:
    bench.people(("role: operational_manager, person: vera, kind: deputy", "role: operational_manager, person: vera"))
    confirmed(browser, bench.path(address=VERA), VERA)
    (value,) = [cookie.value for cookie in browser.cookies.jar]
    press(browser, Page(browser.get(bench.path()).text), "confirm", email=MAEVE)
    names = [cookie.name for cookie in browser.cookies.jar]
    other = next(c.name for c in browser.cookies.jar if c.value != value)
    browser.cookies.clear()
    browser.cookies.set(other, str(value), path="/reply/")
    assert len(names) == 2
    assert CONCERN not in browser.get(bench.path()).text


def test_who_has_left_the_post_is_told_whom_to_ask_and_shown_nothing(bench: Bench, browser: httpx2.Client) -> None:
    confirmed(browser, bench.path())
    bench.people(("role: operational_manager, person: maeve", "role: operational_manager, person: grace"))
    answer = browser.get(bench.path())
    assert answer.status_code == 410
    assert "It was sent to somebody who is not the Operational Manager today" in Page(answer.text).text
    assert "ask the Independent Reviewing Officer" in Page(answer.text).text
    assert CONCERN not in answer.text


def test_a_deputy_whose_post_ends_sees_nothing_more(bench: Bench, browser: httpx2.Client) -> None:
    confirmed(browser, bench.path(), VERA)
    bench.people(("  - {role: operational_manager, person: vera, kind: deputy}\n", ""))
    answer = browser.get(bench.path())
    assert answer.status_code == 200
    assert CONCERN not in answer.text


def test_a_stage_that_was_left_says_so_first_and_still_takes_an_answer(bench: Bench, browser: httpx2.Client) -> None:
    bench.lapsed()
    page = confirmed(browser, bench.path())
    before, after = (
        page.text.index("This has gone on from Operational Manager to Head of Service"),
        page.text.index(CONCERN),
    )
    assert before < after
    assert "You can still answer for Operational Manager. It is recorded as late." in page.text
    assert "more-time" not in " ".join(page.links)
    assert answer_sent(browser, page, bench).status_code == 202


def test_past_the_deadline_the_page_says_that_an_answer_is_late(bench: Bench, browser: httpx2.Client) -> None:
    bench.now = london("2026-11-30 17:00:01")
    page = confirmed(browser, bench.path())
    assert "The time to answer ended on Monday 30 November 2026 at 5pm." in page.text
    sent = Page(answer_sent(browser, page, bench).text)
    assert "after the time to answer had ended (Monday 30 November 2026 at 5pm): it is recorded as late" in sent.text


def test_at_the_very_deadline_an_answer_is_in_time(bench: Bench, browser: httpx2.Client) -> None:
    bench.now = london("2026-11-30 17:00:00")
    page = confirmed(browser, bench.path())
    assert "ended" not in page.text
    assert (
        "It counts from Monday 30 November 2026 at 5pm, in time." in Page(answer_sent(browser, page, bench).text).text
    )


def test_what_was_answered_is_told_with_by_whom_and_when_and_can_be_added_to(
    bench: Bench, browser: httpx2.Client
) -> None:
    received = london("2026-11-24 16:58")
    bench.now = received + timedelta(minutes=1)
    said = {"by": "operational_manager", "name": "Maeve Brennan", "text": "Done.", "received_at": received}
    bench.act(Respond(response_id="r1", stage="L1", **said))
    page = confirmed(browser, bench.path())
    assert "This has been answered. You can add a further answer." in page.text
    assert "By Maeve Brennan (Operational Manager), received on Tuesday 24 November 2026 at 4:58pm" in page.text


def test_an_answer_that_is_not_yet_passed_on_is_told_all_the_same(bench: Bench, browser: httpx2.Client) -> None:
    answer_sent(browser, confirmed(browser, bench.path()), bench)
    page = Page(browser.get(bench.path()).text)
    assert "received on Monday 23 November 2026 at 10am; it is kept, and is being passed on" in page.text


@pytest.mark.parametrize("end", [Close(by="iro", outcome="unresolved", reason="x"), Withdraw(by="iro", reason="x")])
def test_when_it_has_ended_only_that_is_told_and_nothing_is_taken(
    bench: Bench, browser: httpx2.Client, end: Close | Withdraw
) -> None:
    check = checked(browser, confirmed(browser, bench.path()))
    bench.act(end)
    answer = browser.get(bench.path())
    word = "withdrawn" if isinstance(end, Withdraw) else "closed"
    assert answer.status_code == 410
    text = Page(answer.text).text
    assert f"SWK-2026-0042 (London Borough of Southwark) was {word} on Monday 23 November 2026." in text
    late = press(browser, check, "send")
    assert late.status_code == 410
    assert CONCERN not in answer.text + late.text
    assert bench.inbox() == []


def test_a_register_that_has_not_caught_up_is_said_to_be_that(bench: Bench, browser: httpx2.Client) -> None:
    answer = browser.get(bench.path(visit=99))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Your link is genuine" in answer.text


def test_an_answer_that_could_not_be_kept_is_said_not_to_be_and_can_be_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.engine.PATIENCE", 1)
    bench = Bench(tmp_path).raised()
    with served(bench) as address, browsing(address) as browser:
        check = checked(browser, confirmed(browser, bench.path()))
        lock = sqlite3.connect(tmp_path / "register.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        down = press(browser, check, "send")
        lock.execute("ROLLBACK")
        lock.close()
        assert down.status_code == 503
        assert Page(down.text).title.startswith("Error: ")
        assert "Nothing has been sent." in down.text
        assert bench.inbox() == []
        assert press(browser, Page(down.text), "send").status_code == 202


def test_a_register_that_cannot_be_read_shows_nothing_and_says_so(bench: Bench, browser: httpx2.Client) -> None:
    with sqlite3.connect(bench.folder / "register.db") as other:
        other.execute("ALTER TABLE entries RENAME TO away")
    other.close()
    down = browser.get(bench.path())
    assert down.status_code == 503
    assert "We cannot look this up just now" in down.text
