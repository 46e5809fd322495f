"""What a manager's page shows of the form, by procedure, and what it says of a notice, a complaint, a resolution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from config import procedures
from escalation.messages import GiveNotice, Reassign
from tests.escalation.driver import Play, a_procedure, shipped
from tests.web.bench import JSON, Bench, Page, browsing, confirmed, press, served

ALERT = {
    "actions_taken": "Spoke to the team", "outcomes_sought": "A plan", "impact": "Drift.", "childs_views": "Unhappy",
    "what_needs_doing": "Write the plan.", "timescales": "Two weeks",
}  # fmt: skip
DISCUSSED = {"date": "2026-10-30", "with": "Social Worker"}
SHOWS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "sbc": (
        {"stage": "L1", "formal_form_complete": True, "concern": "No stair gate.", "outcome_sought": "Fit one.",
         "bypass_reason": "It cannot wait", "theme": [1], "issue": 1},
        ["The concern No stair gate.", "Requested action 1 Fit one."],
    ),
    "oxfordshire": (
        {"stage": "S2", "concern": "No plan.", "form": {"expected_outcome": "A plan.", "timeframe_working_days": 5}},
        ["The concern No plan.", "Requested action 1 A plan."],
    ),
    "halton-looked-after": (
        {"stage": "S1", "case_discussion": DISCUSSED, "alert": ALERT, "concern": [1, "Something else"]},
        ["The concern Preparation for the Child's Review Something else", "if the matter is not resolved: Drift.",
         "Requested action 1 Write the plan."],
    ),
    "halton-child-protection": (
        {"stage": "S1", "case_discussion": DISCUSSED, "impact_on_child": "Drift.", "alert": ALERT},
        ["significantly on outcomes for the child: Drift.", "Requested action 1 Write the plan."],
    ),
    "leicestershire": ({"stage": "S1"}, ["The concern No plan", "Requested action 1 Hold a meeting"]),
    "southwark": ({}, ["The concern No plan", "Requested action 1 Hold a meeting"]),
}  # fmt: skip

Open = Callable[..., Any]


@contextmanager
def opened(folder: Path, play: Play, *people: str, visit: int | None = None) -> Iterator[tuple[httpx2.Client, str]]:
    """A browser, and where the link of the first of `people` leads."""
    bench = Bench(folder).played(play, *people)
    with served(bench) as address, browsing(address) as browser:
        yield browser, bench.path(people[0], f"{people[0]}@council.example", visit or play.case.visit.n)


def first_screen(folder: Path, play: Play, *people: str, visit: int | None = None) -> Page:
    with opened(folder, play, *people, visit=visit) as (browser, path):
        return confirmed(browser, path, f"{people[0]}@council.example")


def started(procedure: Any, **said: Any) -> Play:
    play = Play(procedure, "2026-11-02 10:00")
    outcome = play.start(**said)
    assert outcome.rejection is None, outcome.rejection
    return play


# What is asked --------------------------------------------------------------------------------------------------------


def test_every_procedure_of_the_house_is_looked_at_here() -> None:
    assert set(SHOWS) == set(procedures.all_procedures())


@pytest.mark.parametrize("key", SHOWS)
def test_a_managers_page_shows_the_concern_and_what_is_asked_for(tmp_path: Path, key: str) -> None:
    said, expected = SHOWS[key]
    play = started(key, **said)
    page = first_screen(tmp_path, play, play.case.addressees()[0])
    assert [words for words in expected if words not in page.text] == [], page.text


def test_what_was_agreed_first_is_shown_until_the_form_says_more(tmp_path: Path) -> None:
    conversation = {"date": "2026-10-30", "with": "social_worker", "mode": "telephone"}
    agreed = {"agreed_actions": ["Visit.", "Write it down."], "agreed_timescale_working_days": 5}
    play = started("oxfordshire", stage="S1", conversation=conversation, concern="No plan.", form=None, **agreed)
    assert "Requested action 2 of 2 Write it down." in first_screen(tmp_path, play, "social_worker").text


# Notice, complaint, resolution ----------------------------------------------------------------------------------------


def with_notice() -> Play:
    play = started("halton-looked-after", **SHOWS["halton-looked-after"][0])
    play.act(GiveNotice(by="irm", stage="S2", notice_working_days=3, fields={"ground": [1]}), at="2026-11-04 10:00")
    return play


def test_the_page_of_a_notice_says_that_it_is_notice(tmp_path: Path) -> None:
    page = first_screen(tmp_path, with_notice(), "divisional_manager")
    assert page.title.startswith("Notice of a concern")
    for expected in (
        "This is notice to you, as Divisional Manager",
        "No answer is due yet.",
        "If it is settled by then, no alert follows.",
        "The notice ends Monday 9 November 2026 at 5pm",
    ):
        assert expected in page.text, page.text
    assert "Answer by" not in page.text
    assert "more-time" not in " ".join(page.links)


def test_once_a_notice_has_ended_its_link_leads_to_the_stage(tmp_path: Path) -> None:
    play = with_notice()
    notice = play.case.visit.n
    play.pass_time("2026-11-10 10:00")
    page = first_screen(tmp_path, play, "divisional_manager", visit=notice)
    assert "to answer a concern at the stage “Stage 2 – Divisional Manager (formal)”" in page.text
    assert "Answer by Monday 16 November 2026 at 5pm" in page.text
    assert "notice of it was given to the Divisional Manager on Wednesday 4 November 2026." in page.text


def complaint() -> Play:
    process = shipped("southwark").opened("complaint_about_iro")
    return started(process, in_writing=True, ground="The organisation of a review", about="Whoever it is")


def test_the_page_of_a_complaint_speaks_of_no_concern(tmp_path: Path) -> None:
    page = first_screen(tmp_path, complaint(), "qau_manager")
    for expected in (
        "to deal with this and to say what came of it: “Complaint about an IRO”, “Investigation and feedback”.",
        "Answer by Monday 16 November 2026 at 5pm",
        "Recorded by the QAU Manager",
        "What it is about",
        "The organisation of a review",
        "Whom it is about: Whoever it is",
    ):
        assert expected in page.text, page.text
    assert "concern" not in page.text
    assert "Requested action" not in page.text


def test_where_only_a_resolution_ends_the_time_the_page_says_so(tmp_path: Path) -> None:
    play = started(a_procedure({"response": {"stops_on": "resolution"}}))
    play.respond(at="2026-11-04 10:00")
    page = first_screen(tmp_path, play, "manager_1")
    assert "To be resolved by Monday 9 November 2026 at 5pm" in page.text
    assert "An answer alone does not end the time" in page.text
    assert "This has been answered. The time runs on until the matter is resolved." in page.text


def test_who_raised_it_in_the_raisers_stead_is_named_with_the_raiser(tmp_path: Path) -> None:
    said: dict[str, Any] = {"alert": ALERT, "ground": ["breach_of_human_rights"], "bypass_reason": "At once"}
    play = started("halton-looked-after", stage="S4", by="irm_manager", name="Ceri Lloyd", **said)
    page = first_screen(tmp_path, play, "dcs")
    assert "Raised by Ceri Lloyd (IRM manager), on behalf of the Independent Reviewing Manager" in page.text


def test_a_partner_agencys_manager_can_answer_and_another_agencys_cannot(tmp_path: Path) -> None:
    said = SHOWS["halton-child-protection"][0] | {"track": "partner_agency", "agency": "health"}
    bench = Bench(tmp_path).played(started("halton-child-protection", **said), "agency_team_manager")
    bench.people(("person: agency_team_manager}", "person: agency_team_manager, agency: health}"))
    with served(bench) as address, browsing(address) as browser:
        path = bench.path("agency_team_manager", "agency_team_manager@council.example")
        assert "Drift." in confirmed(browser, path, "agency_team_manager@council.example").text
        bench.people(("agency: health", "agency: police"))
        assert browser.get(path).status_code == 410


# This is for somebody else --------------------------------------------------------------------------------------------

LADDER = ("operational_manager", "head_of_service", "head_of_qau", "iro", "guardian")


def test_it_can_be_handed_on_to_posts_of_the_ladder_that_somebody_holds(tmp_path: Path) -> None:
    with opened(tmp_path, started("southwark"), *LADDER) as (browser, path):
        confirmed(browser, path, "operational_manager@council.example")
        page = Page(browser.get(f"{path}/somebody-else").text)
        ways = browser.get(path, headers=JSON).json()["ways"]
    assert "Hand it on to None of these, or I am not sure Head of Service Head of QAU Whom it is for" in page.text
    assert ways["reassign"]["to"] == "one of: head_of_service, head_of_qau"


def test_a_post_that_is_not_listed_is_refused_on_the_page_and_to_a_program(tmp_path: Path) -> None:
    with opened(tmp_path, started("southwark"), *LADDER) as (browser, path):
        confirmed(browser, path, "operational_manager@council.example")
        page = Page(browser.get(f"{path}/somebody-else").text)
        answer = press(browser, page, "say", role="guardian", why="Theirs.")
        body = {"do": "reassign", "act_id": "a1", "to": "guardian", "why": "Theirs."}
        told = browser.post(path, json=body, headers=JSON)
    assert answer.status_code == told.status_code == 422
    assert "Choose one of the posts that are listed." in answer.text
    assert told.json()["errors"] == [
        {
            "pointer": "/to",
            "detail": "Choose one of the posts that are listed. It can be handed on to: head_of_service, head_of_qau.",
        }
    ]


def test_with_no_post_chosen_somebody_must_be_named(tmp_path: Path) -> None:
    with opened(tmp_path, started("southwark"), *LADDER) as (browser, path):
        confirmed(browser, path, "operational_manager@council.example")
        page = Page(browser.get(f"{path}/somebody-else").text)
        answer = press(browser, page, "say", role="", who=" ", why="")
    assert "Choose a post, or enter whom it is for." in answer.text
    assert "Say why." in answer.text


def test_nobody_who_was_asked_before_can_hand_it_on(tmp_path: Path) -> None:
    play = started("southwark")
    first = play.case.visit.n
    play.pass_time("2026-11-10 10:00")
    with opened(tmp_path, play, *LADDER, visit=first) as (browser, path):
        confirmed(browser, path, "operational_manager@council.example")
        assert "Hand it on to" not in browser.get(f"{path}/somebody-else").text
        assert "reassign" not in browser.get(path, headers=JSON).json()["ways"]


def test_who_it_was_handed_on_to_sees_what_is_asked(tmp_path: Path) -> None:
    play = started("southwark")
    play.act(Reassign(by="operational_manager", to="head_of_service", reason="Theirs"))
    page = first_screen(tmp_path, play, "head_of_service", "operational_manager")
    assert "as Head of Service, to answer a concern" in page.text
    assert "Requested action 1 Hold a meeting" in page.text
