"""What must be said, asked and held before a referral to CAFCASS: checklist, meeting, and a referral at the start."""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import HoldMeeting, ReferCafcass
from escalation.wire import Subject
from tests.escalation.driver import Play, a_procedure, advised, kept, refused, tasks

AT = "2026-11-02 10:00"
ANSWERED = {
    "every_attempt_to_dcs": True,
    "risk_of_breach": True,
    "other_adult": False,
    "child_brings_own": False,
    "adult_brings": False,
}
MEETING = ["assistant_director", "head_of_service", "hos_sp"]
IN_DETAIL: dict[str, Any] = {"detail": "No plan for a year"}


def halton(stage: str = "S1", **said: Any) -> Play:
    play = Play("halton-looked-after", AT)
    assert not play.start(stage=stage, **said).rejection
    return play


def refer(play: Play, reason: str | None = None, **answers: Any) -> Any:
    checklist = {key: value for key, value in (ANSWERED | answers).items() if value is not None}
    return play.act(ReferCafcass(by="irm", reason=reason, fields={"checklist": checklist, "discussed_with_dcs": True}))


# The checklist, HLC-30, HLC-31, HAL-A16 ------------------------------------------------------------------------------


def test_with_every_answer_as_the_document_has_it_cafcass_legal_is_referred_to() -> None:
    play = halton("S4")
    before = len(play.entries)
    assert refused(refer(play)) is None
    assert play.heard(since=before) == {"cafcass_referral": {"cafcass_legal"}}
    assert kept(play) == play.case


def test_what_was_not_talked_over_first_is_only_advised() -> None:
    """HLC-20, HLC-27"""
    outcome = halton().act(ReferCafcass(by="irm", fields={"checklist": ANSWERED}))
    assert (refused(outcome), advised(outcome)) == (None, ["discussed_with_dcs", "discussed_with_divisional_manager"])


@pytest.mark.parametrize(
    ("stage", "reason", "refusal"),
    [
        ("S1", "Imminent move", None),
        ("S3", "Imminent move", None),
        ("S1", None, ("checklist", "reason")),
        ("S4", "Imminent move", ("checklist", "checklist.every_attempt_to_dcs")),
        ("S4", None, ("checklist", "checklist.every_attempt_to_dcs")),
    ],
)
def test_not_every_attempt_was_made_yet_is_allowed_early_with_a_reason(
    stage: str, reason: str | None, refusal: tuple[str, str] | None
) -> None:
    assert refused(refer(halton(stage), reason, every_attempt_to_dcs=False)) == refusal


@pytest.mark.parametrize(("key", "answer"), [("risk_of_breach", False), ("other_adult", True)])
@pytest.mark.parametrize("stage", ["S1", "S4"])
def test_the_other_conditions_hold_at_every_stage_whatever_the_reason(stage: str, key: str, answer: bool) -> None:
    assert refused(refer(halton(stage), "Imminent move", **{key: answer})) == ("checklist", f"checklist.{key}")


@pytest.mark.parametrize(("key", "begins"), [("child_brings_own", "Only assist"), ("adult_brings", "Only establish")])
def test_what_others_bring_themselves_is_refused_and_becomes_a_task_of_the_raiser(key: str, begins: str) -> None:
    play = halton("S4")
    before = len(play.entries)
    outcome = refer(play, "x", **{key: True})
    assert refused(outcome) == ("checklist", f"checklist.{key}")
    assert [entry.event for entry in play.entries[before:]] == ["refused", "task_opened"]
    assert tasks(play, "irm", before)[0].startswith(begins)
    assert (play.heard(since=before), play.case.cafcass_referred) == ({}, False)


def test_every_fault_of_the_checklist_is_said_at_once_and_an_unanswered_question_is_one() -> None:
    play = halton("S4")
    outcome = refer(play, risk_of_breach=False, other_adult=None, child_brings_own="no")
    assert outcome.rejection
    for word in ("must be yes for a referral", "another suitable adult", "sufficient age and understanding"):
        assert word in outcome.rejection.message
    assert tasks(play, "irm") == []


@pytest.mark.parametrize("checklist", [None, "done", [True], {}])
def test_a_checklist_that_is_none_is_a_checklist_without_answers(checklist: Any) -> None:
    outcome = halton().act(ReferCafcass(by="irm", fields={"checklist": checklist}))
    assert refused(outcome) == ("checklist", "checklist.every_attempt_to_dcs")


# The meeting, LEI-32, LEI-A5 -----------------------------------------------------------------------------------------


def leicestershire(stage: str = "S4", **said: Any) -> Play:
    play = Play("leicestershire", AT)
    assert not play.start(stage=stage, **said).rejection
    return play


def over() -> Play:
    """Stage four has lapsed: nothing runs any more."""
    play = leicestershire()
    play.pass_time("2026-11-10 10:00")
    return play


REFER = ReferCafcass(by="iro", fields=IN_DETAIL)


def test_after_the_last_stage_the_raiser_is_asked_to_convene_it() -> None:
    what = [each for each in tasks(over(), "iro") if "Convene" in each]
    who = "Assistant Director, Head of Service, Head of Service, Safeguarding and Performance"
    assert what == [f"Convene the meeting that comes before CAFCASS: {who}"]


def test_without_it_a_referral_after_the_last_stage_is_refused_and_cafcass_hears_nothing() -> None:
    play = over()
    assert refused(play.act(REFER)) == ("meeting_required", "override_reason")
    assert play.case.on_hold == "final_stage_lapsed"
    assert "cafcass_referral" not in play.heard()


def test_a_meeting_without_one_of_them_is_recorded_and_does_not_count() -> None:
    play = over()
    outcome = play.act(HoldMeeting(attendees=MEETING[:2], resolved=False))
    assert (refused(outcome), advised(outcome)) == (None, ["not_everybody_attended"])
    assert (play.last("meeting_held").complete, play.case.meeting_held) == (False, False)
    assert refused(play.act(REFER)) == ("meeting_required", "override_reason")


def test_once_it_was_held_the_matter_is_referred_and_a_later_short_meeting_takes_nothing_back() -> None:
    play = over()
    play.act(HoldMeeting(attendees=[*MEETING, "adm"], resolved=False, text="No money"))
    play.act(HoldMeeting(attendees=MEETING[:1]))
    before = len(play.entries)
    assert refused(play.act(REFER)) is None
    assert play.heard(since=before) == {"cafcass_referral": {"cafcass"}, "cafcass_referred": {"sm_sp", "asm_sp"}}
    assert [note.heading for note in play.of("case_note") if note.n > before] == [
        "The matter is escalating to CAFCASS"
    ]  # LEI-33
    assert kept(play) == play.case


def test_without_it_a_recorded_reason_lets_the_raiser_refer() -> None:
    play = over()
    outcome = play.act(REFER.model_copy(update={"override_reason": "The hearing is tomorrow"}))
    assert refused(outcome) is None
    assert play.last("cafcass_referred").override_reason == "The hearing is tomorrow"


@pytest.mark.parametrize("held", [False, True])
def test_during_the_ladder_a_referral_only_calls_for_the_meeting_unless_it_was_held(held: bool) -> None:
    play = leicestershire("S1")
    if held:
        play.act(HoldMeeting(attendees=MEETING))
    before = len(play.entries)
    assert refused(play.act(REFER)) is None
    assert ["Convene" in what for what in tasks(play, "iro", before)] == ([] if held else [True])


def test_the_detail_that_leicestershire_asks_for_is_needed() -> None:
    """LEI-45"""
    assert refused(leicestershire("S1").act(ReferCafcass(by="iro"))) == ("incomplete", "detail")


# At the start, HLC-09, OXF-32, LEI-31 --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["southwark", "oxfordshire", "leicestershire"])
def test_a_referral_at_the_start_runs_beside_the_escalation(key: str) -> None:
    play = Play(key, AT)
    assert refused(play.start(concurrent_cafcass=True, **IN_DETAIL)) is None
    assert play.heard()["cafcass_referral"] == {"cafcass"}
    assert (play.last("cafcass_referred").leaves_ladder, play.case.status) == (False, "awaiting_response")
    assert play.case.cafcass_referred
    assert kept(play) == play.case


@pytest.mark.parametrize("said", [{}, {"concurrent_cafcass": False}, {"concurrent_cafcass": None}])
def test_without_the_raisers_yes_there_is_none(said: dict[str, Any]) -> None:
    assert "cafcass_referred" not in halton(**said).events


def test_a_start_whose_referral_is_refused_leaves_nothing() -> None:
    play = Play("halton-looked-after", AT)
    outcome = play.start(concurrent_cafcass=True, checklist=ANSWERED | {"child_brings_own": True})
    assert outcome.rejection
    assert (outcome.rejection.code, [task.to for task in outcome.rejection.tasks]) == ("checklist", ["irm"])
    assert (outcome.entries, play.case.visits) == ((), ())


@pytest.mark.parametrize(
    ("stage", "reason", "refusal"),
    [
        ("S1", "Imminent move", None),
        ("S1", None, ("checklist", "reason")),
        ("S4", "Imminent move", ("checklist", "checklist.every_attempt_to_dcs")),
    ],
)
def test_at_the_start_too_only_the_last_stage_takes_no_reason_instead(
    stage: str, reason: str | None, refusal: tuple[str, str] | None
) -> None:
    play = Play("halton-looked-after", AT)
    answers = ANSWERED | {"every_attempt_to_dcs": False}
    outcome = play.start(stage=stage, bypass_reason=reason, concurrent_cafcass=True, checklist=answers)
    assert refused(outcome) == refusal


def test_a_referral_at_the_start_is_refused_where_there_is_none_for_the_subject() -> None:
    play = Play("leicestershire", AT)
    outcome = play.start(subject=Subject(kind="cp"), concurrent_cafcass=True, **IN_DETAIL)
    assert refused(outcome) == ("cafcass_not_for_this_subject", "concurrent_cafcass")
    assert refused(Play(a_procedure(), AT).start(concurrent_cafcass=True)) == ("no_cafcass", "concurrent_cafcass")


def test_who_raises_for_the_raiser_refers_for_the_raiser() -> None:
    """HLC-19, HAL-A11: both names."""
    play = halton("S4", by="irm_manager", concurrent_cafcass=True, checklist=ANSWERED)
    referred = play.last("cafcass_referred")
    assert (referred.by, referred.on_behalf_of, referred.fields) == ("irm_manager", "irm", {"checklist": ANSWERED})
