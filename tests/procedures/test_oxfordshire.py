"""Oxfordshire, Resolution and Escalation Process: what neither the scenarios nor the worked examples show."""

from __future__ import annotations

from typing import Any

import pytest

from config import procedures
from escalation.reporting import Made, Past, figures

FILE = "child's file"
OXFORDSHIRE = procedures.load("oxfordshire")
GROUNDS = [
    ("S2", "unresolved"), ("S2", "serious_safeguarding"), ("S2", "conflict_over_plan"),
    ("S3", "unresolved"), ("S3", "failure_to_respond"), ("S3", "potential_breach_of_human_rights"),
    ("S4", "failure_to_respond"), ("S4", "potential_breach_of_human_rights"),
    ("S5", "failure_to_respond"), ("S5", "potential_breach_of_human_rights"),
]  # fmt: skip


def test_the_document_is_named_with_its_date() -> None:
    assert OXFORDSHIRE.title == "Resolution and Escalation Process"
    assert "26 March 2018" in OXFORDSHIRE.source.amended


def test_the_conversation_of_stage_1_is_on_the_childs_file(a_table: Any) -> None:
    filed = a_table("oxfordshire").do("start", stage="S1").filed
    assert (FILE, "Record of initial informal resolution process") in filed


def test_what_a_conversation_settles_is_recorded_without_an_escalation(a_table: Any) -> None:
    table = a_table("oxfordshire")
    kept = table.do("informal_resolution", by="iro", text="A visit was agreed.")
    assert (kept.refused, kept.filed) == (None, [(FILE, "Record of initial informal resolution process")])
    assert kept.seen.case is None


@pytest.mark.parametrize(("agreed", "due"), [(2, "2026-06-10"), (12, "2026-06-24"), (30, "2026-07-06")])
def test_the_time_of_the_conversation_is_what_was_agreed_within_the_total(a_table: Any, agreed: int, due: str) -> None:
    assert a_table("oxfordshire").do("start", stage="S1", agreed_timescale_working_days=agreed).due == due


@pytest.mark.parametrize(("stage", "ground"), GROUNDS)
def test_a_stage_is_entered_on_its_grounds_without_advice(a_table: Any, stage: str, ground: str) -> None:
    started = a_table("oxfordshire").do("start", stage=stage, ground=ground)
    assert (started.refused, started.advice, started.state.stage) == (None, [], stage)


def test_a_ground_of_another_stage_is_advised_against_and_recorded(a_table: Any) -> None:
    started = a_table("oxfordshire").do("start", stage="S2", ground="potential_breach_of_human_rights")
    assert (started.refused, bool(started.advice)) == (None, True)
    assert started.fields["ground"] == "potential_breach_of_human_rights"


def test_stage_2_asks_the_ascms_and_alerts_the_sm_safeguarding(a_table: Any) -> None:
    assert a_table("oxfordshire").do("start", stage="S2").sent("alert") == (["ascm"], ["sm_safeguarding"])


@pytest.mark.parametrize("stage", ["S1", "S2", "S3", "S4", "S5"])
def test_any_stage_may_be_the_first(a_table: Any, stage: str) -> None:
    assert a_table("oxfordshire").do("start", stage=stage).state.stage == stage


def test_after_an_unsatisfactory_answer_it_goes_on_at_once(a_table: Any) -> None:
    table = a_table("oxfordshire")
    table.do("start", stage="S2")
    table.do("respond", at="2026-06-08 11:00", stage="S2")
    moved = table.do("decide", at="2026-06-08 11:05", outcome="not_satisfied")
    assert (moved.state.stage, moved.due) == ("S3", "2026-06-15")


def test_the_iro_may_leave_a_stage_before_its_time_and_go_to_any(a_table: Any) -> None:
    table = a_table("oxfordshire")
    table.do("start", stage="S1")
    moved = table.do("bypass", at="2026-06-09 10:00", to="S4")
    assert (moved.refused, moved.state.stage) == (None, "S4")


def test_the_iro_may_ask_for_an_answer_sooner_as_the_child_needs(a_table: Any) -> None:
    assert a_table("oxfordshire").do("start", stage="S3", form={"timeframe_working_days": 1}).due == "2026-06-09"
    assert a_table("oxfordshire").do("start", stage="S3", form={"timeframe_working_days": 9}).due == "2026-06-15"


def test_it_is_the_iros_own_act_even_against_the_childs_wishes(a_table: Any) -> None:
    assert a_table("oxfordshire").do("start", stage="S1", by="team_manager").refused
    started = a_table("oxfordshire").do("start", stage="S1", childs_wishes="Does not want this.")
    assert (started.refused, started.fields["childs_wishes"]) == (None, "Does not want this.")


def test_that_the_child_asked_for_it_is_recorded(a_table: Any) -> None:
    assert a_table("oxfordshire").do("start", raised_at_request_of_child=True).fields["raised_at_request_of_child"]


def test_one_of_four_categories_must_be_given(a_table: Any) -> None:
    codes = [code.code for code in OXFORDSHIRE.taxonomies["category"].codes]
    assert codes == ["Practice", "Judgement", "Clarification of accountability", "Strategic issues"]
    assert a_table("oxfordshire").do("start", category=None).field == "category"
    assert a_table("oxfordshire").do("start", category="Money").field == "category"


def test_the_seventeen_examples_may_be_chosen_and_other_words_may_be_said(a_table: Any) -> None:
    assert OXFORDSHIRE.entry.set_apart
    apart = OXFORDSHIRE.entry.set_apart.codes
    live = [code.code for code in OXFORDSHIRE.taxonomies["issue"].codes if code.code not in apart]
    assert (len(live), len(apart)) == (17, 10)
    for issue in (live[0], "something_else", None):
        assert a_table("oxfordshire").do("start", issue=issue).refused is None


def test_each_step_and_the_evidence_are_on_the_childs_file(a_table: Any) -> None:
    table = a_table("oxfordshire")
    started = table.do("start", stage="S2", evidence="Three visits were missed.")
    assert started.fields["evidence"] == "Three visits were missed."
    answered = table.do("respond", at="2026-06-09 10:00", stage="S2")
    closed = table.do("decide", at="2026-06-10 10:00", outcome="satisfied")
    assert all(FILE in [where for where, _ in step.filed] for step in (started, answered, closed))


# Reports --------------------------------------------------------------------------------------------------------------


def closed(ref: str, **said: Any) -> Past:
    return Past.read({"ref": ref, "raised_on": "2026-05-01", "closed_on": "2026-05-20"} | said)


def report(key: str, *cases: Past, recordings: tuple[Made, ...] = ()) -> dict[str, Any]:
    return figures(OXFORDSHIRE, key, cases, recordings).model_dump(mode="json")


@pytest.mark.parametrize(
    ("key", "period", "audience"),
    [
        ("monthly", "month", ["cmt"]),
        ("six_monthly", "half_year", ["cmt"]),
        ("annual", "year", ["dcs", "elected_members"]),
        ("lscb_annual", "year", ["lscb"]),
        ("children_in_care_council", "year", ["children_in_care_council"]),
        ("csc_senior_managers", "on_demand", ["csc_senior_managers"]),
    ],
)
def test_each_report_has_its_readers_and_its_period(key: str, period: str, audience: list[str]) -> None:
    assert (OXFORDSHIRE.reports[key].period, OXFORDSHIRE.reports[key].audience) == (period, audience)


def test_managers_and_members_read_of_issues_and_emerging_themes() -> None:
    case = closed("A", category="Practice", issue="statutory_visits")
    for key in ("monthly", "annual", "csc_senior_managers"):
        said = report(key, case)
        assert (said["by_category"], said["by_issue"]) == ({"Practice": 1}, {"statutory_visits": 1})


def test_managers_see_who_starts_where_and_how_long_it_takes() -> None:
    cases = [
        Past(reference="A", raised_by="Ada", reached=("S1", "S2"), closed=True),
        Past(reference="B", raised_by="Bea", reached=("S3",), closed=True),
    ]
    said = report("consistency", *cases)
    assert (said["by_raised_by"], said["by_started_at"]) == ({"Ada": 1, "Bea": 1}, {"S1": 1, "S3": 1})
    assert report("consistency", closed("C"))["median_days"] == 19


def test_informal_resolution_is_evidenced() -> None:
    made = Made.model_validate({"what": "informal_resolution", "at": "2026-05-01T12:00:00Z"})
    said = report("annual", closed("A", stage="S1", outcome="resolved"), recordings=(made,))
    assert (said["informal_resolution"], said["resolved_by_stage"]) == (1, {"S1": 1})


def test_shortfalls_of_partner_agencies_reach_the_lscb_and_no_other_issue_does(a_table: Any) -> None:
    said = report("lscb_annual", closed("A", partner_agency=True), closed("B"))
    assert said["disputes"] == 1
    kept = a_table("oxfordshire").do("partner_agency_issue", by="iro", agency="School", text="No place.")
    assert (kept.refused, kept.events) == (None, ["recorded", "case_note"])


def test_children_read_of_what_was_resolved_and_of_nobody() -> None:
    said = report("children_in_care_council", closed("A", outcome="resolved"), closed("B", outcome="unresolved"))
    assert (said["disputes"], said["resolved"], said["unresolved"]) == (1, 1, 0)
    assert not [key for key in said if key in {"by_team", "by_carer", "by_raised_by"}]


def test_a_number_of_issues_about_one_service_is_named_to_cmt() -> None:
    cases = [closed(ref, team="North") for ref in "ABC"] + [closed("D", team="South")]
    said = report("six_monthly", *cases)
    assert (said["by_team"], said["patterns"]["team"]) == ({"North": 3, "South": 1}, ["North"])


def test_the_action_plan_is_kept_in_the_log_with_the_report_from_which_it_arises(a_table: Any) -> None:
    kept = a_table("oxfordshire").do("log_action", text="Train", owner="service_manager", arises_from="annual")
    assert (kept.refused, kept.filed) == (None, [("Action Log", "Train")])
