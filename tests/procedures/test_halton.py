"""Halton, both parts: what neither the scenarios nor the worked examples show."""

from __future__ import annotations

from typing import Any

import pytest

from config import procedures

CP, LAC = "halton-child-protection", "halton-looked-after"


# Child protection -----------------------------------------------------------------------------------------------------


def test_the_irm_is_told_of_crucial_elements_not_actioned_with_the_explanation(a_table: Any) -> None:
    said = {"element": "Visits", "explanation": "Sickness", "alternatives": "Calls"}
    told = a_table(CP).do("plan_element_not_actioned", by="principal_manager", **said)
    assert (told.refused, told.sent("recorded")[0]) == (None, ["cp_irm"])
    assert told.seen.case is None
    silent = a_table(CP).do("plan_element_not_actioned", by="principal_manager", explanation=None)
    assert (silent.refused, silent.field) == ("incomplete", "explanation")


@pytest.mark.parametrize("key", [CP, LAC])
def test_a_concern_may_come_from_a_midpoint_review(a_table: Any, key: str) -> None:
    assert a_table(key).do("start", origin="midpoint_review").fields["origin"] == "midpoint_review"


def test_the_date_for_reports_is_three_calendar_days_before_the_conference(a_table: Any) -> None:
    timers = a_table(CP).do("start", ground=3, conference_date="2026-06-22").state.timers
    assert timers["reports_to_conference"].date().isoformat() == "2026-06-19"


def test_the_five_situations_of_the_document_may_be_named(a_table: Any) -> None:
    assert [code.code for code in procedures.load(CP).taxonomies["ground"].codes] == [1, 2, 3, 4, 5]
    assert a_table(CP).do("start", ground=5).fields["ground"] == 5
    assert a_table(CP).do("start", ground=6).field == "ground"


# Looked after children ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whom", ["complaints_officer", "advocate"])
def test_work_with_complaints_officers_and_advocates_is_recorded(a_table: Any, whom: str) -> None:
    kept = a_table(LAC).do("work_with", by="irm", **{"with": whom}, text="Met")
    assert (kept.refused, kept.events) == (None, ["recorded", "case_note"])


def test_thirteen_concerns_may_be_named_and_others_in_other_words(a_table: Any) -> None:
    assert len(procedures.load(LAC).taxonomies["concern"].codes) == 13
    assert a_table(LAC).do("start", concern=12).fields["concern"] == 12
    assert a_table(LAC).do("start", concern="Bullying at school").refused is None


@pytest.mark.parametrize("ground", [1, 2, 3, 4])
def test_stage_1_is_entered_on_its_four_examples_while_the_impact_is_not_significant(a_table: Any, ground: int) -> None:
    started = a_table(LAC).do("start", stage="S1", ground=ground, significance="not_significant")
    assert (started.refused, started.advice, started.due) == (None, [], "2026-06-15")


@pytest.mark.parametrize(
    ("has_disability", "born", "advised"),
    [
        (True, "2012-06-07", False),  # 14 since yesterday
        (True, "2012-06-09", True),  # 13 until tomorrow
        (False, "2010-01-01", True),
    ],
)
def test_transition_planning_is_a_ground_for_a_disabled_child_over_14(
    a_table: Any, has_disability: bool, born: str, advised: bool
) -> None:
    started = a_table(LAC).do("start", stage="S2", ground=9, has_disability=has_disability, date_of_birth=born)
    assert started.refused is None
    assert bool(started.advice) is advised


def test_an_obstacle_outside_the_authoritys_control_does_not_stop_the_escalation(a_table: Any) -> None:
    table = a_table(LAC)
    table.do("start", stage="S1")
    table.do("respond", at="2026-06-09 10:00", stage="S1", content="No placement is to be had anywhere.")
    moved = table.do("decide", at="2026-06-10 10:00", outcome="not_satisfied")
    assert (moved.refused, moved.state.stage) == (None, "S2")


def test_all_activity_is_on_the_dedicated_forms(a_table: Any) -> None:
    table = a_table(LAC)
    steps = [
        table.do("start", stage="S2"),
        table.do("respond", at="2026-06-09 10:00", stage="S2"),
        table.do("decide", at="2026-06-10 10:00", outcome="satisfied"),
    ]
    assert all("dedicated form" in [heading for _, heading in step.filed] for step in steps)


@pytest.mark.parametrize(
    ("practitioner", "where"), [("social_worker", "child's electronic file"), ("partner_agency", "SharePoint")]
)
def test_good_practice_reaches_the_first_line_manager_and_its_own_record(
    a_table: Any, practitioner: str, where: str
) -> None:
    told = a_table(LAC).do("good_practice", by="irm", practitioner=practitioner, about="Direct work")
    assert told.sent("good_practice") == (["first_line_manager"], [])
    assert [where in place for place, _ in told.filed] == [True]


def test_stage_2_may_be_used_at_once_on_any_of_nineteen_grounds(a_table: Any) -> None:
    codes = procedures.load(LAC).taxonomies["ground"].codes
    at_once = [code.code for code in codes if code.stages == ["S2"]]
    assert at_once == list(range(1, 20))
    assert a_table(LAC).do("start", stage="S2", ground=19, case_discussion=None).refused is None


def test_legal_advice_comes_from_the_firm_that_the_document_names(a_table: Any) -> None:
    table = a_table(LAC)
    table.do("start", stage="S2")
    asked = table.do("request_legal_advice", at="2026-06-09 10:00")
    entry = next(entry for entry in asked.seen.entries if entry.event == "legal_advice_requested")
    assert entry.details["provider"] == "Weightmans Solicitors"


@pytest.mark.parametrize("key", [CP, LAC])
def test_the_case_discussion_is_recorded_as_a_case_note_of_the_irm(a_table: Any, key: str) -> None:
    said = {"date": "2026-06-01", "with": "Practice Lead", "text": "The plan"}
    kept = a_table(key).do("case_discussion", by="cp_irm" if key == CP else "irm", **said)
    assert kept.filed == [("child's electronic file", "IRM case note")]
