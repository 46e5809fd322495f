"""What a manager finds behind the link in their email, in each state that it can be in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from escalation.messages import Close, Respond, Withdraw
from tests.web.bench import ACTIONS, CONCERN, JSON, MAEVE, VERA, Bench, Page, browsing, confirmed, london, press, served


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).raised()


@pytest.fixture
def browser(bench: Bench) -> Iterator[httpx2.Client]:
    with served(bench) as address, browsing(address) as browser:
        yield browser


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
    assert _sent(browser, page, bench).status_code == 202


def test_past_the_deadline_the_page_says_that_an_answer_is_late(bench: Bench, browser: httpx2.Client) -> None:
    bench.now = london("2026-11-30 17:00:01")
    page = confirmed(browser, bench.path())
    assert "The time to answer ended on Monday 30 November 2026 at 5pm." in page.text
    sent = Page(_sent(browser, page, bench).text)
    assert "after the time to answer had ended (Monday 30 November 2026 at 5pm): it is recorded as late" in sent.text


def test_at_the_very_deadline_an_answer_is_in_time(bench: Bench, browser: httpx2.Client) -> None:
    bench.now = london("2026-11-30 17:00:00")
    page = confirmed(browser, bench.path())
    assert "ended" not in page.text
    assert "It counts from Monday 30 November 2026 at 5pm, in time." in Page(_sent(browser, page, bench).text).text


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
    _sent(browser, confirmed(browser, bench.path()), bench)
    page = Page(browser.get(bench.path()).text)
    assert "received on Monday 23 November 2026 at 10am; it is kept, and is being passed on" in page.text


@pytest.mark.parametrize("end", [Close(by="iro", outcome="unresolved", reason="x"), Withdraw(by="iro", reason="x")])
def test_when_it_has_ended_only_that_is_told_and_nothing_is_taken(
    bench: Bench, browser: httpx2.Client, end: Close | Withdraw
) -> None:
    check = _checked(browser, confirmed(browser, bench.path()))
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
        check = _checked(browser, confirmed(browser, bench.path()))
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


# Answering -----------------------------------------------------------------------------------------------------------


def test_the_steps_are_fill_in_check_send_and_each_way_is_put_into_words(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    check = press(
        browser,
        page,
        "answer",
        kind_1="done",
        detail_1="the minutes of 20 November",
        kind_2="will_be_done",
        when_2="27/11/2026",
        text="Thank you.",
    )
    assert "Nothing has been sent yet." in check.text
    assert bench.inbox() == []
    sent = press(browser, Page(check.text), "send")
    assert sent.status_code == 202
    assert "We have your answer, received at 10am" in Page(sent.text).text
    assert "SWK-2026-0042" in sent.text
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [(a.action, a.text) for a in answer.answers] == [
        (ACTIONS[0], "Done, see the minutes of 20 November"),
        (ACTIONS[1], "Will be done by Friday 27 November 2026."),
    ]
    assert (answer.stage, answer.by, answer.name) == ("L1", "operational_manager", "Maeve Brennan")
    assert (answer.text, answer.addresses_requested_action, answer.received_at) == ("Thank you.", True, bench.now)


def test_each_date_that_an_answer_names_is_promised(bench: Bench, browser: httpx2.Client) -> None:
    """What "will be done" says of an action, and the date by which the rest is done."""
    page = confirmed(browser, bench.path())
    assert "If anything else is still to be done, by which date? (optional)" in page.text
    assert "Sam Okafor (Independent Reviewing Officer) is asked on that date whether it was done." in page.text
    said = {"kind_1": "will_be_done", "when_1": "27/11/2026", "text": "The rest later.", "done_by": "11/12/2026"}
    check = Page(press(browser, page, "answer", **said).text)
    assert "Anything else that is still to be done By Friday 11 December 2026" in check.text
    back = Page(press(browser, check, "change").text)
    assert back.form.fields["done_by"] == "11/12/2026"
    assert press(browser, check, "send").status_code == 202
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [one.done_by for one in answer.answers] == [date(2026, 11, 27)]
    assert answer.done_by == date(2026, 12, 11)


def test_a_date_beside_another_kind_of_answer_is_no_promise(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    check = press(browser, page, "answer", kind_1="do_not_agree", detail_1="it is done", when_1="27/11/2026")
    press(browser, Page(check.text), "send")
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [one.done_by for one in answer.answers] == [None]


def test_a_program_may_promise_too(bench: Bench) -> None:
    said = {"response_id": "r1", "text": "It is arranged.", "email": MAEVE}
    with served(bench) as address, httpx2.Client(base_url=address, headers=JSON) as program:
        wrong = program.post(bench.path(), json=said | {"done_by": "2026-11-01"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/done_by")
        assert program.post(bench.path(), json=said | {"done_by": "2026-12-11"}).status_code == 202
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert answer.done_by == date(2026, 12, 11)


def test_an_answer_that_leaves_an_action_out_is_marked_so(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    check = Page(press(browser, page, "answer", kind_1="outside_our_control", detail_1="there is no budget").text)
    assert "Action 2 has no answer." in check.text
    press(browser, check, "send")
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [a.text for a in answer.answers] == ["Outside our control, because there is no budget"]
    assert answer.addresses_requested_action is False


def test_sent_twice_or_after_going_back_it_counts_once(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    check = _checked(browser, page)
    for _ in range(2):
        assert press(browser, check, "send").status_code == 202
        bench.now += timedelta(minutes=1)
    back = Page(press(browser, check, "change").text)
    again = press(browser, Page(press(browser, back, "answer").text), "send")
    assert "received at 10am" in again.text
    assert len(bench.inbox()) == 1


def test_going_back_and_saying_something_else_is_a_further_answer_when_it_is_meant(
    bench: Bench, browser: httpx2.Client
) -> None:
    page = confirmed(browser, bench.path())
    press(browser, _checked(browser, page), "send")
    other = Page(press(browser, page, "answer", text="On second thoughts, no.").text)
    asked = press(browser, other, "send")
    assert asked.status_code == 409
    assert "You have sent an answer from this page already" in asked.text
    assert len(bench.inbox()) == 1
    assert press(browser, Page(asked.text), "send").status_code == 202
    assert len(bench.inbox()) == 2


def test_change_brings_back_what_was_written(bench: Bench, browser: httpx2.Client) -> None:
    page = confirmed(browser, bench.path())
    written = {"kind_1": "done", "detail_1": 'line one\nline <two> & "three"', "text": "\nT"}
    back = Page(press(browser, Page(press(browser, page, "answer", **written).text), "change").text)
    assert back.form.fields["detail-1"] == written["detail_1"]
    assert back.form.fields["kind-1"] == "done"
    assert back.form.fields["response_id"] == page.form.fields["response_id"]


@pytest.mark.parametrize(
    ("filled", "faults"),
    [
        ({}, {"kind-1": "Answer at least one of the requested actions"}),
        ({"detail_1": "x"}, {"kind-1": "Choose how action 1 is answered."}),
        ({"kind_1": "done"}, {"detail-1": "For action 1, say where it is recorded."}),
        ({"kind_1": "do_not_agree"}, {"detail-1": "say why you do not agree"}),
        (
            {"kind_1": "outside_our_control", "kind_2": "will_be_done"},
            {"detail-1": "say why", "when-2": "by which date"},
        ),
        ({"kind_2": "will_be_done", "when_2": "30/02/2027"}, {"when-2": "must be a real date"}),
        ({"kind_2": "will_be_done", "when_2": "22/11/2026"}, {"when-2": "must be today or later"}),
        (
            {"kind_2": "will_be_done", "when_2": "25/11/2028"},
            {"when-2": "must be Thursday 23 November 2028 or earlier"},
        ),
        ({"text": "x", "done_by": "soon"}, {"done_by": "The date by which the rest is done must be a real date"}),
        ({"text": "x", "done_by": "22/11/2026"}, {"done_by": "must be today or later"}),
        ({"kind_1": "perhaps", "detail_1": "x"}, {"kind-1": "Choose how"}),
        ({"text": "x" * 10_001}, {"text": "may have 10000 characters; it has 10001"}),
    ],
)
def test_whatever_is_missing_is_said_at_once_beside_its_field_and_nothing_changes(
    bench: Bench, browser: httpx2.Client, filled: dict[str, str], faults: dict[str, str]
) -> None:
    answer = press(browser, confirmed(browser, bench.path()), "answer", **filled)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.title.startswith("Error: ")
    assert {link[1:] for link in page.links if link.startswith("#")} == {*faults, "main"}
    for field, words in faults.items():
        assert words in page.text
        assert f"{field}-error" in page.ids
        assert field in page.ids
    assert bench.inbox() == []


def test_what_was_written_survives_a_confirmation_that_ran_out(bench: Bench, browser: httpx2.Client) -> None:
    check = _checked(browser, confirmed(browser, bench.path()))
    browser.cookies.clear()
    asked = press(browser, check, "send")
    assert asked.status_code == 422
    assert bench.inbox() == []
    back = Page(press(browser, Page(asked.text), "confirm", email=MAEVE).text)
    assert back.form.fields["detail-1"] == "the minutes"
    assert back.form.fields["kind-1"] == "done"


def test_more_time_is_asked_for_on_a_page_of_its_own_which_says_what_is_missing(
    bench: Bench, browser: httpx2.Client
) -> None:
    confirmed(browser, bench.path())
    page = Page(browser.get(f"{bench.path()}/more-time").text)
    assert "asking alone changes no date" in page.text
    answer = Page(press(browser, page, "ask", working_days="many").text)
    assert answer.title.startswith("Error: ")
    assert "Enter how many working days, from 1 to 60." in answer.text
    assert "Say why." in answer.text
    down = press(browser, page, "ask", working_days="2", reason="The meeting is on Tuesday.")
    assert down.status_code == 503
    assert "We cannot say whether this was taken" in down.text


def test_a_program_gets_the_same_as_json(bench: Bench, browser: httpx2.Client) -> None:
    before = browser.get(bench.path(), headers=JSON).json()
    assert set(before) == {"reference", "council", "asks", "ways"}
    seen = browser.post(bench.path(), json={"do": "confirm", "email": MAEVE}, headers=JSON).json()
    assert seen["due"] == "2026-11-30T17:00:00+00:00"
    assert seen["actions"] == ACTIONS
    assert set(seen["ways"]) == {"respond", "note", "reassign", "request_extension"}
    assert browser.get(bench.path(), headers=JSON).json()["concern"] == CONCERN
    answers = [
        {"action": 1, "kind": "done", "detail": "the minutes"},
        {"action": 2, "kind": "will_be_done", "date": "2026-12-01"},
    ]
    body = {"do": "respond", "response_id": seen["response_id"], "answers": answers}
    sent = browser.post(bench.path(), json=body, headers=JSON)
    assert (sent.status_code, sent.json()["result"], sent.json()["in_time"]) == (202, "received", True)
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [a.text for a in answer.answers] == ["Done, see the minutes", "Will be done by Tuesday 1 December 2026."]


def test_a_program_without_cookies_confirms_in_the_same_body(bench: Bench, browser: httpx2.Client) -> None:
    body = {"response_id": "mine-1", "text": "Yes.", "email": VERA}
    assert browser.post(bench.path(), json=body, headers=JSON).status_code == 202
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert (answer.response_id, answer.name) == ("mine-1", "Vera Kowalska")
    refused = browser.post(bench.path(), json=body | {"email": "x@council.example"}, headers=JSON)
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_confirmed"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/response_id"]),
        (
            {"response_id": "r1", "answers": [{"action": "1", "kind": "no"}], "x": 1},
            ["/answers/0/action", "/answers/0/kind", "/x"],
        ),
        ({"response_id": "r1", "received_at": "2020-01-01T00:00:00Z", "text": "x"}, ["/received_at"]),
        ({"response_id": "r1"}, ["/answers"]),
        ({"response_id": "r1", "answers": [{"action": 3, "kind": "done", "detail": "x"}]}, ["/answers/0/action"]),
        ({"response_id": "r1", "answers": [{"action": 2, "kind": "will_be_done"}]}, ["/answers/0/date"]),
        ({"response_id": "r" * 101, "text": "x"}, ["/response_id"]),
        ({"do": "decide"}, ["/do"]),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_every_fault_where_it_stands(
    bench: Bench, browser: httpx2.Client, body: dict[str, object], pointers: list[str]
) -> None:
    browser.post(bench.path(), json={"do": "confirm", "email": MAEVE}, headers=JSON)
    answer = browser.post(bench.path(), json=body, headers=JSON)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == pointers
    assert bench.inbox() == []


def _checked(browser: httpx2.Client, page: Page) -> Page:
    return Page(press(browser, page, "answer", kind_1="done", detail_1="the minutes").text)


def _sent(browser: httpx2.Client, page: Page, bench: Bench) -> httpx2.Response:
    return press(browser, _checked(browser, page), "send")
