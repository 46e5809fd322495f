"""The numbers of reports: by what disputes are counted, and how they went."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config import procedures
from escalation.counting import in_order
from escalation.reporting import Past, figures
from tests.escalation.counted import counted
from tests.escalation.driver import a_procedure

DAY = date(2026, 5, 6)

# By what --------------------------------------------------------------------------------------------------------------


def test_codes_are_counted_as_text_in_their_order() -> None:
    by_theme = counted([{"ref": "A", "theme": 11}, {"ref": "B", "theme": "2"}, {"ref": "C", "theme": 2}])["by_theme"]
    assert list(by_theme.items()) == [("2", 2), ("11", 1)]


def test_codes_that_are_words_stand_as_the_document_lists_them() -> None:
    assert list(in_order({"b": 1, "z": 2, "a": 3, "lost": 4}, ["z", "a", "b"])) == ["z", "a", "b", "lost"]


def test_items_stand_as_the_document_lists_them_the_tenth_after_the_ninth() -> None:
    said: list[dict[str, Any]] = [{"theme": 1, "issue": n} for n in (10, 2, 11, 1)]
    said += [{"theme": 1, "other_text": "?"}, {"theme": 4, "issue": 2}]
    cases = [Past(reference=str(n), raised_on=DAY, stage="L1", fields=fields) for n, fields in enumerate(said)]
    found = figures(procedures.load("sbc"), "patterns", cases, last=DAY).counts["issue"]
    assert list(found) == ["1.1", "1.2", "1.10", "1.11", "1.other", "4.2"]


def test_what_a_document_lists_at_several_stages_stands_in_its_order() -> None:
    """Halton's grounds: four of Stage 1, nineteen of Stage 2, then words of Stages 3 and 4."""
    procedure = procedures.load("halton-looked-after")
    said = [("S4", "significant_funding"), ("S2", 12), ("S3", "drift_and_delay"), ("S2", 3), ("S1", 3), ("S1", 1)]
    cases = [
        Past(reference=str(n), closed=True, outcome="resolved", reached=(at,), stage=at, fields={"ground": code})
        for n, (at, code) in enumerate(said)
    ]
    found = figures(procedure, "quarterly", cases).counts["ground"]
    assert list(found) == ["S1:1", "S1:3", "S2:3", "12", "drift_and_delay", "significant_funding"]


def test_stages_stand_as_the_ladder_has_them_a_referral_last_and_outcomes_as_everywhere() -> None:
    ended = [("CAFCASS", "withdrawn"), ("S2", "no_longer_applicable"), ("S1", "unresolved"), ("PC", "resolved")]
    cases = [
        Past(reference=at, raised_on=DAY, closed=True, outcome=outcome, reached=(at,), stage=at)
        for at, outcome in ended
    ]
    found = figures(procedures.load("leicestershire"), "qa_challenge_meeting", cases, last=DAY).counts
    assert list(found["stage"]) == list(found["reached"]) == ["PC", "S1", "S2", "CAFCASS"]
    assert list(found["outcome"]) == ["resolved", "unresolved", "no_longer_applicable", "withdrawn"]


def test_a_dispute_with_two_codes_stands_in_both_counts_and_is_one_dispute() -> None:
    said = counted([{"ref": "A", "theme": [2, 11]}])
    assert (said["by_theme"], said["disputes"]) == ({"2": 1, "11": 1}, 1)


def test_what_is_not_known_is_left_out() -> None:
    said = counted([{"ref": "A", "theme": None}], counts=["theme", "carer", "team"])
    assert (said["by_theme"], said["by_carer"], said["by_team"]) == ({}, {}, {})


def test_items_are_told_with_their_code_whether_by_number_or_by_letter() -> None:
    cases = [{"ref": "A", "theme": 2, "issue": 1}, {"ref": "B", "theme": 2, "issue": "a"}]
    cases += [{"ref": "C", "theme": 2, "issue": 2}]
    assert counted(cases)["by_issue"] == {"2.1": 2, "2.2": 1}


def test_other_words_are_counted_and_not_repeated() -> None:
    cases: list[dict[str, Any] | Past] = [
        {"ref": "A", "theme": 2, "other_text": "Anna's review"},
        {"ref": "B", "theme": "Anna and her brother"},
        {"ref": "C", "theme": 11, "other_text": "Anna's passport"},
    ]
    said = counted(cases)
    assert said["by_issue"] == {"2.other": 1}
    assert said["by_theme"] == {"2": 1, "11": 1, "other": 1}
    assert "Anna" not in str(said)


@pytest.mark.parametrize("word", ["Anna", "anna", "AB", "Anna2019"])
def test_a_single_word_that_is_on_no_list_is_not_taken_for_a_code(word: str) -> None:
    """Where a list is open, whoever fills in the form may write a name there."""
    assert counted([{"ref": "A", "theme": word}])["by_theme"] == {"other": 1}


@pytest.mark.parametrize("code", ["7", "S9", "d", "contact_arrangements"])
def test_a_code_of_an_earlier_list_is_still_told_by_itself(code: str) -> None:
    assert counted([{"ref": "A", "theme": code}])["by_theme"] == {code: 1}


@pytest.mark.parametrize(("stage", "key"), [("S1", "S1:1"), ("S2", "S2:1")])
def test_a_code_that_the_document_lists_twice_is_told_with_its_stage(stage: str, key: str) -> None:
    assert counted([{"ref": "A", "ground": 1, "stage": stage}])["by_ground"] == {key: 1}


def test_a_code_means_what_it_means_at_the_stage_at_which_it_was_given() -> None:
    moved = Past(reference="A", closed=True, fields={"ground": 1}, said_at={"ground": "S2"}, reached=("S1", "S2"))
    assert counted([moved])["by_ground"] == {"S2:1": 1}


def test_a_report_counts_by_what_it_names_and_always_by_stage_and_outcome() -> None:
    case = {"ref": "A", "theme": 2, "ground": 9, "carer": "FC1", "stage": "S2", "outcome": "resolved"}
    said = counted([case], counts=["theme", "carer"])
    assert {key for key in said if key.startswith("by_")} == {
        "by_theme", "by_issue", "by_carer", "by_stage", "by_level", "by_reached", "by_outcome",
    }  # fmt: skip
    assert (said["by_carer"], said["by_stage"], said["by_level"]) == ({"FC1": 1}, {"S2": 1}, {"S2": 1})


def test_a_report_that_names_nothing_counts_by_every_taxonomy() -> None:
    said = counted([{"ref": "A", "theme": 2, "ground": 9}])
    assert (said["by_theme"], said["by_ground"]) == ({"2": 1}, {"9": 1})


def test_who_raised_it_where_it_began_and_what_kind_of_subject_can_be_counted() -> None:
    case = Past(reference="A", raised_by="Ada", team="North", subject="lac", reached=("S1", "S2"), closed=True)
    said = counted([case], counts=["raised_by", "team", "subject", "started_at"])
    assert [said[f"by_{name}"] for name in ("raised_by", "team", "subject", "started_at")] == [
        {"Ada": 1}, {"North": 1}, {"lac": 1}, {"S1": 1},
    ]  # fmt: skip
    assert said["by_reached"] == {"S1": 1, "S2": 1}


def test_what_occurs_often_enough_is_named_as_a_pattern_and_no_stage_is() -> None:
    cases = [{"ref": "A", "carer": "FC1"}, {"ref": "B", "carer": "FC1"}, {"ref": "C", "carer": "FC2"}]
    cases = [case | {"stage": "S1"} for case in cases]
    assert counted(cases, counts=["carer"], patterns_from=2)["patterns"] == {"carer": ["FC1"]}
    assert counted(cases, counts=["carer"])["patterns"] == {}


# How they went --------------------------------------------------------------------------------------------------------


def test_every_way_of_ending_is_counted() -> None:
    ends = ["resolved", "resolved", "unresolved", "no_longer_applicable", "withdrawn"]
    said = counted([{"ref": f"A{n}", "outcome": end} for n, end in enumerate(ends)])
    assert [said[end] for end in ("resolved", "unresolved", "no_longer_applicable", "withdrawn")] == [2, 1, 1, 1]


def test_of_what_was_resolved_it_says_how_much_was_within_the_total_time() -> None:
    beyond = [False, False, True, None]
    cases = [
        Past(reference=f"A{n}", closed=True, outcome="resolved", beyond_total_time=b) for n, b in enumerate(beyond)
    ]
    cases.append(Past(reference="B", closed=True, outcome="unresolved", beyond_total_time=True))
    said = counted(cases)
    assert (said["within_total_time"], said["beyond_total_time"]) == (2, 1)


def test_where_there_is_no_total_time_nothing_is_within_it() -> None:
    procedure = a_procedure(cap=None, reports={"one": {"title": "A report", "period": "year"}})
    case = Past(reference="A", closed=True, outcome="resolved", beyond_total_time=False)
    assert figures(procedure, "one", [case]).within_total_time == 0


def test_days_are_the_median_of_what_is_known() -> None:
    days = ["2026-01-10", "2026-01-12", "2026-01-30"]
    cases = [{"ref": day, "raised_on": "2026-01-05", "closed_on": day} for day in days]
    assert counted([*cases, {"ref": "X"}])["median_days"] == 7


def test_answers_and_lapses_are_summed_by_stage() -> None:
    cases = [
        Past(reference="A", closed=True, in_time={"S1": 1}, late={"S1": 1}, lapsed={"S1": 1}),
        Past(reference="B", closed=True, in_time={"S1": 1, "S2": 1}),
    ]
    said = counted(cases)
    assert (said["in_time"], said["late"], said["lapsed"]) == ({"S1": 2, "S2": 1}, {"S1": 1}, {"S1": 1})


def test_achievements_are_told_by_the_stage_at_which_they_were_reached() -> None:
    cases = [{"ref": "A", "stage": "S2"}, {"ref": "B", "stage": "S1"}, {"ref": "C", "stage": "S1"}]
    said = counted([case | {"outcome": "resolved"} for case in cases] + [{"ref": "D", "stage": "S2"}])
    assert list(said["resolved_by_stage"].items()) == [("S1", 2), ("S2", 1)]


def test_each_dispute_is_listed_and_those_of_the_last_month_are_marked() -> None:
    cases = [{"ref": "B", "raised_on": "2026-05-31"}, {"ref": "A", "raised_on": "2026-06-01"}]
    said = counted([case | {"closed_on": "2026-06-30"} for case in cases], "2026-04-01", "2026-06-30")
    assert [(line["reference"], line["newest"]) for line in said["individual"]] == [("A", True), ("B", False)]


# In time, late, not at all --------------------------------------------------------------------------------------------


def test_answers_are_told_by_stage_and_by_team_and_by_raiser_where_the_report_compares_raisers() -> None:
    cases = [
        Past(reference="A", closed=True, team="North", raised_by="Ada", in_time={"S1": 1}, lapsed={"S2": 1}),
        Past(reference="B", closed=True, team="North", raised_by="Ben", late={"S1": 1}, lapsed={"S1": 1}),
        Past(reference="C", closed=True, team="South", not_at_all={"S1": 2}, lapsed={"S1": 2}),
    ]
    said = counted(cases, counts=["team"])
    assert said["not_at_all"] == {"S1": 2}
    assert said["told_by"] == {
        "team": {
            "in_time": {"North": {"S1": 1}},
            "late": {"North": {"S1": 1}},
            "not_at_all": {"South": {"S1": 2}},
            "lapsed": {"North": {"S1": 1, "S2": 1}, "South": {"S1": 2}},
        }
    }
    assert set(counted(cases, counts=["raised_by"])["told_by"]["raised_by"]["in_time"]) == {"Ada"}


def test_how_quickly_is_told_by_raiser_where_the_report_compares_raisers() -> None:
    days = {"Ada": ["2026-01-10", "2026-01-20"], "Ben": ["2026-01-07"]}
    cases = [
        {"ref": f"{who}-{day}", "raised_by": who, "raised_on": "2026-01-05", "closed_on": day}
        for who, ends in days.items()
        for day in ends
    ]
    assert counted(cases, counts=["raised_by"])["median_days_by"] == {"raised_by": {"Ada": 10, "Ben": 2}}
    assert counted(cases, counts=["team"])["median_days_by"] == {}


def test_the_share_resolved_within_the_total_time_is_a_percentage_of_what_is_known() -> None:
    cases = [
        Past(reference=str(n), closed=True, outcome="resolved", beyond_total_time=beyond)
        for n, beyond in enumerate((False, False, True, None))
    ]
    said = counted(cases)
    assert (said["total_working_days"], said["share_within_total_time"]) == (20, 66.7)
    assert counted([])["share_within_total_time"] is None


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    said = counted([{"ref": f"A-{n:04}"} for n in range(2003)])
    assert (said["disputes"], len(said["individual"]), said["individual_left_out"]) == (2003, 2000, 3)


def test_one_sentence_says_that_many_disputes_are_no_bad_sign() -> None:
    assert "Many disputes can be a sign that concerns are raised and heard" in counted([])["neutral"]


def test_promises_are_counted_by_how_they_stand_and_so_is_what_changed() -> None:
    promise = {"made_on": "2026-01-05", "done_by": "2026-01-12"}
    promises = [
        promise | {"kept": True},
        promise | {"asked": True},
        promise | {"kept": False, "answered_on": "2026-01-13"},
    ]
    cases = [
        Past.model_validate({"reference": "A", "closed": True, "promises": promises, "what_changed": "changed"}),
        Past.model_validate({"reference": "B", "closed": True, "promises": [promise], "follows": "A"}),
    ]
    said = counted(cases)
    assert said["promises"] == {"kept": 1, "not_kept": 1, "unanswered": 1, "not_yet_due": 1}
    assert (said["what_changed"], said["follow_ups"]) == ({"changed": 1}, 1)
