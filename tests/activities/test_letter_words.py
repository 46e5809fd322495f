"""What letters say to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from activities import rendering
from activities.recipients import find, recipients
from activities.view import View, view
from escalation.directory import Directory, Person
from escalation.messages import Saying, SendNotice, StageClock
from tests.activities.said import DAY, FACTS, OF_ITS_OWN, OUTSIDE, Say, words


def test_an_alert_says_who_by_when_why_what_next_and_how(say: Say) -> None:
    said = say("alert").text
    for expected in (
        "Who must answer: Priya Shah (Team Manager)",
        "Answer by: Wednesday 31 December 2025 at 5pm",
        "5 working days after Monday 22 December 2025",
        "Thursday 22 January 2026 at 5pm, which is 20 working days after Monday 22 December 2025",
        "the matter goes on to Stage 2: Service Manager, where it is for the Service Manager to answer",
        "There are 2 requested actions, numbered 1 and 2. Please answer each of them.",
        "Reply to this email: your answer goes to Sam Okafor (Independent Reviewing Officer). It counts once they",
    ):
        assert expected in said


def test_only_who_is_asked_is_told_how_to_answer(say: Say) -> None:
    copy = say("alert", "qau_manager").text
    assert "Nothing is asked of you." in copy
    assert "How to answer" not in copy
    assert "Answer by: Wednesday 31 December 2025 at 5pm" in copy


def test_a_link_for_answering_is_shown_when_there_is_one(see: Callable[..., View]) -> None:
    link = "https://council.example/reply/abc"
    said = rendering.render("alert", replace(see("alert"), link=link))
    assert link in said.text
    assert f'href="{link}"' in said.html


def test_at_the_last_stage_the_raiser_decides_what_follows_silence(say: Say) -> None:
    said = say("alert", next_stage_title=None, next_addressee=None).text
    assert "This is the last stage. If there is no answer in time, the matter stays open, and Sam Okafor" in said


def test_a_stage_without_a_clock_states_no_date(say: Say) -> None:
    said = say("alert", clock=StageClock(working_days=None))
    assert "No time is set for this stage; please answer as soon as you can." in said.text
    assert "Answer by" not in said.text


OF_THE_TOTAL_TIME = ("alert", "decision_reminder", "extension_granted", "handed_over", "notice_given", "reassigned",
                     "turn_passed")  # fmt: skip


@pytest.mark.parametrize("notice", OF_THE_TOTAL_TIME)
def test_once_the_total_time_is_over_no_letter_says_that_it_is_still_to_come(say: Say, notice: str) -> None:
    for over, is_said, is_not in ((False, "must be", "was to be"), (True, "was to be", "must be")):
        said = say(notice, facts=FACTS | OF_ITS_OWN.get(notice, {}) | {"cap_reached": over})
        for words_of in (said.text, " ".join(words(said.html).read)):
            assert f"The whole procedure {is_said} finished by:" in words_of
            assert f"The whole procedure {is_not} finished by" not in words_of


def test_a_subject_starts_as_the_council_wants(see: Callable[..., View]) -> None:
    said = rendering.render("alert", see("alert"), "Resolution and Escalation Alert")
    assert said.subject.startswith("Resolution and Escalation Alert: SWK-2025-0042: ")


def test_names_cannot_break_out_of_the_page(see: Callable[..., View]) -> None:
    seen = see("alert")
    said = rendering.render("alert", replace(seen, raiser="<script>alert(1)</script>"))
    assert "<script>" not in said.html
    assert "&lt;script&gt;" in said.html


def test_a_raiser_who_cannot_be_found_gets_no_replies(order: Callable[..., SendNotice], directory: Directory) -> None:
    to_send = order()
    found = find(to_send, directory, DAY)
    nobody = replace(found, holders=found.holders | {"iro": []})
    said = rendering.render("alert", view(to_send, nobody, recipients(to_send, found)[0], DAY)).text
    assert "Reply to this email" not in said
    assert "Give your answer to the Independent Reviewing Officer" in said


def test_a_role_that_many_hold_is_not_named_person_by_person(
    order: Callable[..., SendNotice], directory: Directory
) -> None:
    to_send = order()
    crowd = [Person(name=f"Person {n}", email=f"p{n}@council.example") for n in range(4)]
    found = find(to_send, directory, DAY)
    many = replace(found, holders=found.holders | {"team_manager": crowd})
    seen = view(to_send, many, recipients(to_send, found)[0], DAY)
    assert seen.must_answer == "the Team Manager"


# What the procedure has its alert repeat ------------------------------------------------------------------------------

AGREED = [
    Saying(label="Agreed actions", texts=["Visit the child\nthis week", "Answer by: <b>never</b>"]),
    Saying(label="Agreed timescale", texts=["3 working days"]),
]


@pytest.mark.parametrize("role", ["team_manager", "qau_manager"])
@pytest.mark.parametrize("notice", ["alert", "informal_concern"])
def test_what_was_agreed_is_repeated_to_the_addressee_and_in_copies(
    see: Callable[..., View], notice: str, role: str
) -> None:
    said = rendering.render(notice, see(notice, role, says=AGREED))
    assert "Agreed actions:\n1. Visit the child this week\n2. Answer by: <b>never</b>\n" in said.text
    assert "Agreed timescale:\n3 working days\n" in said.text
    assert "&lt;b&gt;never&lt;/b&gt;" in said.html
    assert words(said.html).read == ["Southwark", *said.text.split()]
    assert "which has it repeat what was agreed" in said.text
    assert "says nothing about the concern" not in said.text


@pytest.mark.parametrize("notice", sorted({*rendering.notices()} - {"alert", "informal_concern"}))
def test_no_other_notice_repeats_what_a_person_typed(see: Callable[..., View], notice: str) -> None:
    said = rendering.render(notice, see(notice, says=AGREED))
    assert "Visit the child" not in said.subject + said.text + said.html


# Who reads outside the council ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("notice", OUTSIDE)
def test_who_reads_outside_the_council_is_told_no_theme_ground_or_stage(say: Say, notice: str) -> None:
    said = say(notice)
    assert "SWK-2025-0042" in said.text
    assert not [word for word in ("Drift or delay", "Grounds", "Stage") if word in said.subject + said.text + said.html]


def test_cafcass_is_told_whom_to_turn_to_and_that_the_details_come_another_way(say: Say) -> None:
    said = say("cafcass_referral").text
    for expected in (
        "Dear CAFCASS Legal,",
        "Our reference: SWK-2025-0042",
        "Council: Southwark",
        "Referred by: Sam Okafor (Independent Reviewing Officer)",
        "Email: iro@council.example",
        "sends you the details by the usual secure way",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"event": "raised"}, "a resolution is being sought."),
        ({"event": "advanced", "because": "lapsed"}, "It is now with a more senior manager"),
        ({"event": "responded", "received_at": "2025-12-30T15:40:00+00:00"}, "There is an answer"),
        ({"event": "held"}, "is not settled yet"),
        ({"event": "closed", "outcome": "resolved"}, "has been resolved"),
        ({"event": "closed", "outcome": "unresolved"}, "no longer takes forward"),
        ({"event": "withdrawn"}, "no longer takes forward"),
    ],
)
def test_a_family_is_told_how_it_goes(say: Say, facts: dict[str, Any], expected: str) -> None:
    said = say("family_informed", facts=facts).text
    assert expected in said
    ended = facts["event"] in {"closed", "withdrawn"}
    assert ("will keep you informed" in said) is not ended


def test_people_who_cannot_open_the_case_record_are_not_sent_there(see: Callable[..., View]) -> None:
    seen = see("alert", channel="secure_email")
    linked = replace(seen, link="https://council.example/reply/abc")
    told = "Sam Okafor (Independent Reviewing Officer) tells you what the concern is, and what is asked for."
    assert told in rendering.render("alert", seen).text
    assert "are on the page that the link opens.\n" in rendering.render("alert", linked).text
    assert "asked for, are in the case record" not in rendering.render("alert", seen).text


# Routes beside the ladder ---------------------------------------------------------------------------------------------


def test_only_who_decides_on_legal_advice_is_asked_to(say: Say) -> None:
    to_decide = say("legal_advice_requested", facts={"decided_by": "team_manager"}).text
    to_know = say("legal_advice_requested", facts={"decided_by": "head_of_qau"}).text
    nobody_decides = say("legal_advice_requested", facts={}).text
    assert "Please decide whether it is necessary." in to_decide
    assert "The Head of QAU decides whether it is necessary." in to_know
    assert not [said for said in (to_know, nobody_decides) if "Please decide" in said]


@pytest.mark.parametrize(
    ("necessary", "expected"), [(True, "advice is necessary:"), (False, "advice is not necessary:"), (None, "whether")]
)
def test_a_decision_on_legal_advice_says_what_it_is(say: Say, necessary: bool | None, expected: str) -> None:
    assert expected in say("legal_advice_decided", facts={"necessary": necessary, "by": "head_of_qau"}).text


def test_a_complaint_with_a_time_is_investigated_and_one_without_is_talked_over(say: Say) -> None:
    timed = say("complaint_received", clock=StageClock(working_days=10))
    assert timed.subject == "SWK-2025-0042: feedback on a complaint due Thursday 8 January 2026 at 5pm"
    assert "Please arrange for it to be investigated" in timed.text
    assert "If that does not resolve it, it can be taken to the Service Manager." in timed.text
    untimed = say("complaint_received", clock=StageClock(working_days=None), next_addressee=None).text
    assert "Please discuss it with whoever raised it." in untimed
    assert not [word for word in ("investigated", "Answer by", "can be taken to") if word in untimed]


def test_a_link_of_a_complaint_is_for_who_is_asked(see: Callable[..., View]) -> None:
    link = "https://council.example/reply/abc"
    for notice in ("complaint_received", "complaint_escalated"):
        said = rendering.render(notice, replace(see(notice), link=link))
        assert link in said.text
        assert f'href="{link}"' in said.html


def test_who_is_handed_a_concern_keeps_the_date_of_who_had_it(say: Say) -> None:
    said = say("reassigned").text
    assert "Answer by: Wednesday 31 December 2025 at 5pm" in said
    assert "handing on gives no more time" in said
    assert "A concern of yours was handed on" in say("reassigned", "iro").text


def test_who_is_handed_a_concern_learns_what_the_first_alert_said(say: Say) -> None:
    sentence = "Managers give this priority."
    said = say("reassigned", alert_line=sentence).text
    assert "The time has run since Monday 22 December 2025: handing on gives no more time." in said
    assert "decides whether it settles the matter" in said
    assert "If there is no answer in time, the matter goes on to Stage 2: Service Manager" in said
    assert sentence in said
    assert sentence not in say("reassigned", "iro", alert_line=sentence).text
    asked = say("reassigned", facts=FACTS | {"then": "ask"}).text
    assert "decides whether the matter goes on to Stage 2: Service Manager" in asked


def test_a_concern_handed_on_before_its_alert_was_accepted_says_nothing_of_a_time(say: Say) -> None:
    said = say("reassigned", facts=FACTS | {"due": None, "day_zero": None}).text
    assert "No time is set" not in said
    assert "What happens next" not in said


def test_notice_of_a_stage_says_until_when_there_is_time_and_that_no_alert_need_follow(say: Say) -> None:
    said = say("notice_given", clock=StageClock(working_days=3, cap_working_days=20, starts_cap=True))
    assert said.subject == "SWK-2025-0042: notice until Monday 29 December 2025 at 5pm (Stage 1: Team Manager)"
    assert "If it is settled by then, no alert follows." in said.text


def test_a_notice_sent_for_somebody_says_for_whom(say: Say) -> None:
    assert "on behalf of the Head of QAU" in say("cafcass_considered", sent_for="head_of_qau").text
    assert "on behalf of" not in say("cafcass_considered").text


def test_a_referral_beside_the_ladder_leaves_its_dates_alone(say: Say) -> None:
    beside = say("cafcass_referred", facts={"leaves_ladder": False}).text
    assert "its stages and dates stay as they are" in beside
    assert "No stage of this procedure runs any more" in say("cafcass_referred").text


def test_an_alert_after_its_notice_does_not_speak_of_a_stage_before(say: Say) -> None:
    said = say("alert", facts={"event": "notice_ended", "because": "lapsed"}).text
    assert "The notice of it has ended" in said
    assert "the stage before" not in said


RESOLUTION = FACTS | {"stops_on": "resolution", "answered": True}


@pytest.mark.parametrize("notice", ["alert", "informal_concern", "reminder", "reassigned"])
def test_where_only_a_resolution_ends_the_time_no_answer_is_said_to(say: Say, notice: str) -> None:
    said = say(notice, facts=RESOLUTION)
    assert "To be resolved by: Wednesday 31 December 2025 at 5pm" in said.text
    assert "If it is not resolved in time, whatever has been answered, the matter" in said.text
    assert "to be resolved by Wednesday 31 December 2025 at 5pm" in said.subject
    assert not [
        words for words in ("Answer by", "no answer in time", "answer due") if words in said.text + said.subject
    ]


def test_a_time_that_ended_without_a_resolution_is_not_said_to_have_ended_in_silence(say: Say) -> None:
    said = say("overdue", facts=RESOLUTION)
    assert "The matter was not resolved at" in said.text
    assert "no answer" not in said.subject + said.text
    unanswered = say("overdue", facts=RESOLUTION | {"answered": False}).text
    assert "5pm, and there is no answer." in unanswered
    held = say("held", facts=RESOLUTION, next_stage_title=None).text
    assert "The matter was not resolved in time at the last stage" in held
    assert "because it was not resolved in time" in say("alert", facts=RESOLUTION).text


def test_a_stage_that_holds_and_is_not_the_last_can_be_taken_further(say: Say) -> None:
    said = say("held", "iro").text
    assert "it can be taken to Stage 2: Service Manager" in said
    assert "last stage" not in said
    assert "last stage" not in say("alert", facts=FACTS | {"then": "hold"}).text


def test_a_reminder_at_a_stage_without_a_time_says_whose_turn_it_is(say: Say) -> None:
    facts = {"status": "awaiting_response", "answered": False, "asked": ["team_manager", "service_manager"]}
    said = say("decision_reminder", facts=facts)
    assert "There is no answer yet from the Team Manager or Service Manager." in said.text
    assert "No time is set for this stage; only you can take it on." in said.text
    assert said.subject == "SWK-2025-0042: still open (Stage 1: Team Manager)"
    assert "decision" not in said.subject + said.text
    last = say("decision_reminder", facts=facts, next_stage_title=None, next_addressee=None).text
    assert "only you can close it." in last
    assert "referred to CAFCASS" in say("decision_reminder", facts={"status": "referred"}).text


def test_who_raised_it_in_the_raisers_stead_is_named_with_the_raiser(say: Say) -> None:
    """Both names on the email (HLC-19)."""
    both = "Zoë Fraser-Ng (QAU Manager), on behalf of Sam Okafor (Independent Reviewing Officer)"
    for name in ("Zoë Fraser-Ng", None):
        said = say("alert", raised_through="qau_manager", raised_through_name=name).text
        assert f"a concern raised by {both}." in said
        assert f"Raised by: {both}" in said


def test_who_raised_it_is_named_with_who_has_it_since_a_hand_over(say: Say) -> None:
    for name, first in (("Jo Field", "Jo Field (Independent Reviewing Officer)"), (None, "the QAU Manager")):
        role = "iro" if name else "qau_manager"
        said = say("alert", raised_first=role, raised_first_name=name).text
        assert f"a concern raised by {first}, and now with Sam Okafor (Independent Reviewing Officer)." in said


def test_an_answer_where_no_time_runs_is_not_said_to_be_in_time(say: Say) -> None:
    assert "which is in time" in say("response_received").text
    assert "which is in time" not in say("response_received", facts=FACTS | {"timed": False}).text


def test_what_stands_alone_was_recorded_and_not_raised(say: Say) -> None:
    said = say("good_practice", stage_title=None).text
    assert "Recorded by: Sam Okafor (Independent Reviewing Officer)" in said
