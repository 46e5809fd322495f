"""What letters say where somebody else is asked, decides or takes over, and where an email came back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activities import rendering
from activities.recipients import find, recipients
from activities.view import View, view
from escalation.directory import Directory
from escalation.messages import SendNotice
from tests.activities.said import DAY, FACTS, Say, words

LINK = "https://twentydays.example/reply/abc"
WHY = {
    "vacant": "The directory has nobody in the post of Team Manager today.",
    "conflict": "The Team Manager cannot be asked to answer, because they have a part of their own in this matter.",
    "silent": "Whoever stands in for the Team Manager cannot be asked to answer",
    "refused": "The Team Manager cannot be reached",
    "away": "The Team Manager is away, and nobody stands in.",
}


@pytest.fixture
def to_the_cover(order: Callable[..., SendNotice], directory: Directory) -> View:
    """The alert for an empty post, as the head of quality assurance reads it, who covers."""
    empty = directory.model_copy(update={"posts": [post for post in directory.posts if post.role != "team_manager"]})
    to_send = order({"covers": {"team_manager": ("head_of_qau",)}}, reaches=("team_manager",), facts=FACTS)
    found = find(to_send, empty, DAY)
    return view(to_send, found, recipients(to_send, found)[0], DAY)


def test_a_cover_is_told_that_they_are_one_and_why(to_the_cover: View) -> None:
    said = rendering.render("alert", to_the_cover)
    assert "Dear Ceri Hughes," in said.text
    assert "You are asked as cover: nobody is in post as Team Manager today." in said.text
    assert "Who must answer: Ceri Hughes (Head of QAU, as cover)" in said.text
    assert words(said.html).read == ["Southwark", *said.text.split()]


@pytest.mark.parametrize("why", ["vacant", "conflict", "silent", "refused", None])
def test_text_and_html_give_a_cover_the_same_reason(to_the_cover: View, why: Any) -> None:
    said = rendering.render("alert", replace(to_the_cover, reader=replace(to_the_cover.reader, why=why)))
    assert "You are asked as cover" in said.text
    assert words(said.html).read == ["Southwark", *said.text.split()]


@pytest.mark.parametrize("notice", ["alert", "informal_concern", "notice_given", "reassigned"])
def test_a_stand_in_is_told_why_they_are_asked_too(say: Say, notice: str) -> None:
    said = say(notice, facts=FACTS | {"event": "out_of_office", "role": "team_manager"}).text
    assert "You are asked because the Team Manager is away. The dates stay as they were." in said
    assert "came back" in say(notice, facts=FACTS | {"event": "email_failed"}).text


@pytest.mark.parametrize(("why", "expected"), WHY.items())
def test_a_cover_is_reported_with_the_reason_and_who_was_asked(say: Say, why: str, expected: str) -> None:
    for role in ("operations", "iro", "head_of_qau"):
        said = say("post_covered", role, FACTS | {"why": why}).text
        assert expected in said
        assert "The Service Manager has been asked to answer instead, as cover" in said


def test_each_reader_of_a_cover_is_told_what_is_theirs_to_do(say: Say) -> None:
    told = {
        "operations": "Please correct the directory",
        "iro": "You need not do anything",
        "head_of_qau": "Please see that the post is filled",
    }
    for role in told:
        said = say("post_covered", role).text
        assert [other for other, words in told.items() if words in said] == [role]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"because": "not_taken"}, "This matter has waited 3 working days for Sam Okafor"),
        ({"because": "not_taken", "working_days": None}, "This matter still waits for Sam Okafor"),
        ({"because": "leave"}, "the directory says that they are on leave."),
    ],
)
def test_a_line_manager_is_told_that_the_turn_is_theirs_too_and_why(
    say: Say, facts: dict[str, Any], expected: str
) -> None:
    said = say("turn_passed", "head_of_qau", FACTS | facts).text
    assert expected in said
    assert "you may now decide on their behalf, as Head of QAU" in said
    assert "Nothing is asked of you" not in said


def test_the_raiser_is_told_that_somebody_may_decide_for_them_and_that_they_still_can(say: Say) -> None:
    said = say("turn_passed", "iro")
    assert "your decision can now be taken for you" in said.subject
    assert "the Service Manager may now decide on your behalf. You still can too" in said.text
    assert (
        "and the directory says that you are on leave." in say("turn_passed", "iro", FACTS | {"because": "leave"}).text
    )


def test_who_may_decide_is_reminded_of_it_beside_the_raiser(say: Say) -> None:
    assert "You may decide on their behalf." in say("decision_reminder", "head_of_qau").text
    assert "on their behalf" not in say("decision_reminder", "iro").text


def test_a_reply_is_not_taken_for_an_answer(see: Callable[..., View]) -> None:
    said = rendering.render("reply_received", see("reply_received")).text
    assert "The Team Manager has replied to an email" in said
    assert "It was received: Tuesday 30 December 2025 at 3:40pm" in said
    assert "It is not an answer yet, and it does not stop the clock." in said
    assert "please record it as the response" in said
    linked = rendering.render("reply_received", replace(see("reply_received"), link=LINK)).text
    assert f"To read it and record it as the response, open this link: {LINK}" in linked


@pytest.mark.parametrize(("status", "ended"), [("closed", "is closed"), ("withdrawn", "was withdrawn")])
def test_a_reply_after_the_end_is_not_to_be_recorded(see: Callable[..., View], status: str, ended: str) -> None:
    facts = {"role": "team_manager", "received_at": FACTS["received_at"], "status": status}
    said = rendering.render("reply_received", see("reply_received", facts=facts)).text
    assert f"This matter {ended}, so the reply can no longer be recorded as the response." in said
    assert "What it says is in that history." in said
    assert "clock" not in said
    linked = rendering.render("reply_received", replace(see("reply_received", facts=facts), link=LINK))
    assert f"To read it, and to see what can still be done, open this link: {LINK}" in linked.text
    assert words(linked.html).read == ["Southwark", *linked.text.split()]


def test_an_out_of_office_message_moves_no_date(say: Say) -> None:
    said = say("out_of_office").text
    assert 'The Team Manager, who was asked to answer at "Stage 1: Team Manager", is away: an automatic message' in said
    assert "The answer is still due: Wednesday 31 December 2025 at 5pm" in said
    assert "the deadline does not move. Whoever stands in for them in the directory is asked as well." in said


def test_who_takes_over_is_told_what_is_now_theirs(say: Say) -> None:
    said = say("handed_over").text
    assert "handed over to you by the Team Manager" in said
    assert "Answers, reminders and requests for more time come to you. Its stages and dates stay as they are." in said


def test_an_email_that_came_back_is_told_apart_from_one_that_was_refused(say: Say) -> None:
    refused, back = (say("delivery_failed", facts=FACTS | {"bounced": bounced}).text for bounced in (False, True))
    stopped = say("delivery_failed", facts=FACTS | {"bounced": True, "stops_clock": True}).text
    assert "cannot be delivered, and is not tried again" in refused
    assert "the days for the answer have not begun" in refused
    assert "came back. A mail server had accepted it, but could not deliver it." in back
    assert "the days for the answer" not in back
    assert "The days for the answer have stopped. They begin anew as soon as somebody else is reached" in stopped


# How much is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "to_who_is_asked", "in_a_copy"),
    [
        (1, "There is 1 requested action. Please answer it.", "There is 1 requested action.\n"),
        (2, "There are 2 requested actions, numbered 1 and 2. Please answer each", "actions, numbered 1 and 2.\n"),
        (5, "There are 5 requested actions, numbered 1 to 5. Please answer each", "actions, numbered 1 to 5.\n"),
    ],
)
def test_requested_actions_are_named_by_number(say: Say, number: int, to_who_is_asked: str, in_a_copy: str) -> None:
    facts = FACTS | {"requested_actions": number}
    assert to_who_is_asked in say("alert", facts=facts).text
    assert to_who_is_asked in say("reminder", facts=facts).text
    assert in_a_copy in say("alert", "qau_manager", facts).text


def test_where_no_action_is_requested_none_is_spoken_of(say: Say) -> None:
    assert "requested action" not in say("alert", facts=FACTS | {"requested_actions": None}).text


# Outside production ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["p.shah@council.example", "o'neill&<b>@council.example"])
def test_a_letter_that_goes_to_one_mailbox_for_all_says_first_whose_it_was(say: Say, address: str) -> None:
    own = say("alert")
    said = own.for_somebody_else(address)
    first = f"Outside production: this was for {address}."
    assert said.subject == own.subject
    assert said.text == f"{first}\n\n{own.text}"
    assert words(said.html).read[: len(first.split())] == first.split()
    assert words(said.html).read == [*first.split(), *words(own.html).read]
    assert "<b>" not in said.html


# The page on notices --------------------------------------------------------------------------------------------------


def test_the_page_on_notices_shows_an_alert_as_it_is(see: Callable[..., View]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")
    shown = page.split("```\n")[1]
    link = re.search(r"https://\S+", shown)
    assert link is not None
    seen = replace(see("alert", facts=FACTS | {"because": None, "grounds": None}), link=link[0])
    said = rendering.render("alert", seen)
    assert shown == f"Subject: {said.subject}\n\n{said.text}"
