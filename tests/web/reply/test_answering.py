"""The steps by which a manager answers: fill in, check, send; and what is said of whatever is missing."""

from __future__ import annotations

from datetime import date, timedelta

import httpx2
import pytest

from tests.web.bench import ACTIONS, MAEVE, Bench, Page, confirmed, press
from tests.web.reply.steps import checked


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
    check = checked(browser, page)
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
    press(browser, checked(browser, page), "send")
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
    check = checked(browser, confirmed(browser, bench.path()))
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
