"""Is a step of a scenario read as the act that it means, filled where it says nothing and left where it says null?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config import procedures
from escalation.messages import Decide, Note, RecordEvent, ReferCafcass, RequestLegalAdvice, Respond
from starter.rehearsal import acts
from starter.rehearsal.acts import NothingOpenError, Opens, Reports, Setting, UnknownActError
from starter.rehearsal.apart import Apart
from starter.rehearsal.scenario import Given, Step, overridden
from starter.rehearsal.tabletop import Tabletop

AT = "2026-11-23T10:00:00+00:00"


def step(do: str, **said: Any) -> Step:
    return Step.model_validate({"id": "s1", "at": AT, "do": do} | said)


def read(key: str, do: str, given: dict[str, Any] | None = None, **said: Any) -> Any:
    """A step before anything was opened."""
    case = Given.model_validate(given or {})
    return acts.read(step(do, **said), Setting(overridden(procedures.load(key), case), case))


def in_play(key: str, started: dict[str, Any], do: str, **said: Any) -> Any:
    """A step in an escalation that has been started."""
    procedure, given = procedures.load(key), Given()
    table = Tabletop(procedure, given)
    seen = table.step(step("start", **started))
    assert seen.rejection is None, seen.rejection
    return acts.read(step(do, **said), Setting(procedure, given, seen.case))


def test_time_passing_asks_for_nothing() -> None:
    assert [read("southwark", do) for do in ("lapse", "advance_clock", "alert_sent")] == [None] * 3


def test_what_a_start_leaves_out_is_filled_with_valid_values() -> None:
    start = read("oxfordshire", "start", stage="S1").start
    assert start.by == "iro"
    said = start.fields["conversation"]
    assert (said["date"], said["mode"]) == ("2026-11-23", "face to face")
    assert "form" not in start.fields


def test_null_false_and_what_is_said_inside_a_group_stay() -> None:
    start = read("oxfordshire", "start", stage="S2", form={"expected_outcome": None}, category=None).start
    assert start.fields["form"] == {"expected_outcome": None, "timeframe_working_days": 5}
    assert start.fields["category"] is None
    assert read("southwark", "start", form_complete=False).start.fields["form_complete"] is False


def test_a_timescale_that_is_left_out_is_the_stages_own() -> None:
    given = {"stage_working_days": {"S2": 3}}
    assert read("oxfordshire", "start", given, stage="S2").start.fields["form"]["timeframe_working_days"] == 3


def test_what_is_given_of_the_case_is_said_at_the_start() -> None:
    given = {"unregulated_emergency_placement": True, "next_review": "2026-12-01", "subject": {"kind": "lac"}}
    start = read("oxfordshire", "start", given | {"closed": [{"ref": "A"}]}).start
    assert start.fields["unregulated_emergency_placement"] is True
    assert start.fields["next_review"] == "2026-12-01"
    assert "closed" not in start.fields
    assert "form" in start.fields, "it is filled for Stage 3, at which such a case begins"


def test_facts_of_the_subject_that_are_no_part_of_it_are_fields() -> None:
    given = {"subject": {"kind": "lac", "legal_status": "s20", "has_disability": True}}
    start = read("halton-looked-after", "start", given, stage="S1").start
    assert (start.subject.legal_status, start.fields["has_disability"]) == ("s20", True)


def test_a_code_that_is_left_out_fits_the_stage_and_needs_nothing_else() -> None:
    ground = read("leicestershire", "start", stage="S1").start.fields.get("ground")
    theme = read("sbc", "start", stage="informal").start.fields["theme"]
    assert (ground, theme) == (None, 1)


def test_notice_opens_an_escalation_where_none_is_open() -> None:
    opens = read("halton-looked-after", "notice", stage="S2", notice_working_days=3, ground=5)
    assert isinstance(opens, Opens)
    assert (opens.start.stage, opens.start.notice_working_days, opens.start.fields["ground"]) == ("S2", 3, 5)


def test_an_act_before_any_start_is_told_so() -> None:
    with pytest.raises(NothingOpenError):
        read("southwark", "note", text="Hello")


def test_an_act_that_nobody_knows_is_told_so() -> None:
    with pytest.raises(UnknownActError, match="dance"):
        read("southwark", "dance")


def test_an_addressee_answers_and_the_raiser_decides_where_nobody_is_named() -> None:
    answer = in_play("southwark", {}, "respond", content="Done")
    assert isinstance(answer, Respond)
    assert (answer.by, answer.stage, answer.text) == ("operational_manager", "L1", "Done")
    note = in_play("southwark", {}, "note", text="Hello")
    assert isinstance(note, Note)
    assert note.by == "iro"


def test_a_decision_to_go_on_says_what_the_next_stage_asks_and_the_form_does_not_say_yet() -> None:
    decision = in_play("oxfordshire", {"stage": "S1", "form": None}, "decide", outcome="not_satisfied")
    assert isinstance(decision, Decide)
    assert set(decision.fields["form"]) >= {"expected_outcome", "timeframe_working_days"}
    assert "conversation" not in decision.fields
    missing = in_play("oxfordshire", {"stage": "S1"}, "decide", outcome="not_satisfied", form=None)
    assert missing.fields["form"] is None


def test_a_referral_is_complete_where_the_step_says_nothing_and_good_practice_counts_as_done() -> None:
    referral = in_play("halton-looked-after", {"stage": "S4"}, "refer_cafcass", checklist={"other_adult": True})
    assert isinstance(referral, ReferCafcass)
    assert referral.fields["discussed_with_dcs"] is True
    assert referral.fields["checklist"] | {"other_adult": True} == referral.fields["checklist"]
    assert referral.fields["checklist"]["risk_of_breach"] is True
    undone = in_play("halton-looked-after", {"stage": "S4"}, "refer_cafcass", discussed_with_dcs=False)
    assert undone.fields["discussed_with_dcs"] is False


def test_what_legal_advice_needs_counts_as_done_unless_the_step_denies_it() -> None:
    asked = in_play("sbc", {"stage": "L2"}, "request_legal_advice")
    denied = in_play("sbc", {"stage": "L2"}, "request_legal_advice", manager_consulted=False)
    assert isinstance(asked, RequestLegalAdvice)
    assert (asked.fields["manager_consulted"], denied.fields["manager_consulted"]) == (True, False)


def test_a_recording_is_part_of_the_open_escalation_unless_it_is_about_another_case() -> None:
    within = in_play("leicestershire", {"stage": "S1"}, "refer_to_challenge_meeting", reason="Now")
    foreign = in_play("leicestershire", {"stage": "S1"}, "refer_to_challenge_meeting", reason="Now", ref="D")
    alone = read("leicestershire", "refer_to_challenge_meeting", reason="Now", ref="D")
    assert isinstance(within, RecordEvent)
    assert isinstance(foreign, Apart)
    assert isinstance(alone, Apart)
    assert alone.command.fields["ref"] == "D"


def test_a_complaint_opens_its_own_process_and_its_steps_are_about_it() -> None:
    procedure, given = procedures.load("southwark"), Given()
    table = Tabletop(procedure, given)
    table.step(step("start"))
    table.step(step("complain", about="iro", in_writing=True, ground="conduct of a review"))
    ladder, complaint = table.cases
    assert (ladder.procedure.process, complaint.procedure.process) == (None, "complaint_about_iro")
    assert acts.about(procedure, "complaint_feedback", [ladder, complaint]) is complaint
    assert acts.about(procedure, "respond", [ladder, complaint]) is ladder
    passed_on = acts.read(
        step("complaint_not_resolved", escalate_to="head_of_qau"), Setting(procedure, given, complaint)
    )
    assert isinstance(passed_on, Decide)
    assert (passed_on.outcome, passed_on.addressee) == ("escalate", "head_of_qau")


def test_a_report_is_of_a_period_or_of_a_date() -> None:
    period = read("southwark", "run_report", report="quarterly", from_date="2026-04-01", to_date="2026-06-30")
    day = read("leicestershire", "run_report", report="monthly_challenge_agenda", on="2026-04-07")
    assert period == Reports("quarterly", date(2026, 4, 1), date(2026, 6, 30), None)
    assert day == Reports("monthly_challenge_agenda", None, None, date(2026, 4, 7))


def test_a_report_is_known_by_words_that_no_other_has() -> None:
    named = [read("leicestershire", "run_report", report=name).report for name in ("quarterly", "supervision_update")]
    assert named == ["quarterly_positive_challenge", "supervision"]
    assert read("leicestershire", "run_report", report="challenge_meeting").report == "challenge_meeting", "two have it"


def test_a_code_for_whatever_else_there_is_gets_its_words() -> None:
    assert read("southwark", "start", category=11).start.fields["other_text"]
    assert read("southwark", "start", category=11, other_text=None).start.fields["other_text"] is None
    assert "other_text" not in read("southwark", "start", category=2).start.fields


def test_what_is_needed_in_some_cases_only_is_filled_in_those() -> None:
    why = "why_family_not_informed"
    filled = [why in read("sbc", "start", inform_family=told).start.fields for told in (False, True)]
    assert filled == [True, False]


def test_a_decision_on_legal_advice_appoints_somebody_where_it_is_necessary() -> None:
    started: dict[str, Any] = {"stage": "L1"}
    decided = in_play("southwark", started, "decide_legal_advice")
    assert (decided.by, decided.necessary, bool(decided.provider)) == ("head_of_qau", True, True)
    assert in_play("southwark", started, "decide_legal_advice", necessary=False).provider is None
    assert in_play("southwark", started, "decide_legal_advice", provider=None).provider is None
