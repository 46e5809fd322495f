"""The numbers of reports: which disputes a period counts, by what, and what was recorded beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from escalation.periods import the_period_before
from escalation.procedure import Procedure, Report
from escalation.reporting import Figures, Made, Past, UnknownReport, figures, period, report_of
from tests.escalation.driver import a_procedure

DAY = date.fromisoformat
THEMES = {
    "title": "Themes",
    "items_in": "issue",
    "codes": [
        {"code": 2, "title": "Plans", "items": ["Late", "Poor"]},
        {"code": 11, "title": "Other", "free_text": True},
    ],
}
GROUNDS = {
    "title": "Grounds",
    "codes": [
        {"code": 1, "title": "A document", "stages": ["S1"]},
        {"code": 1, "title": "The plan itself", "stages": ["S2"]},
        {"code": 9, "title": "Transition", "stages": ["S2"]},
    ],
}
GOOD = {
    "do": "good_practice",
    "event": "good_practice",
    "title": "Good practice",
    "fields": [
        {"key": "practitioner", "label": "Whose", "kind": "choice", "choices": ["social_worker", "partner_agency"]},
        {"key": "about", "label": "About"},
    ],
}


def with_reports(**more: Any) -> Procedure:
    reports = {key: {"title": "A report", "period": "quarter"} | said for key, said in more.items()}
    lists = {"theme": THEMES, "ground": GROUNDS}
    return a_procedure(taxonomies=lists, recordings=[GOOD], reports=reports, cap={"working_days": 20})


def counted(
    cases: Iterable[dict[str, Any] | Past], first: str | None = None, last: str | None = None, **report: Any
) -> dict[str, Any]:
    """The document of a report of closed disputes."""
    past = [case if isinstance(case, Past) else Past.read(case, closed=True) for case in cases]
    ends = [DAY(end) if end else None for end in (first, last)]
    return figures(with_reports(one=report), "one", past, (), *ends).model_dump(mode="json")


def an_open_one(reference: str, stage: str, raised_on: str = "2026-01-05", **more: Any) -> Past:
    return Past.read({"ref": reference, "stage": stage, "raised_on": raised_on} | more)


# Which count ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed_on", "counts"),
    [("2026-03-31", 0), ("2026-04-01", 1), ("2026-06-30", 1), ("2026-07-01", 0), (None, 1)],
)
def test_a_dispute_belongs_to_the_period_in_which_it_was_closed(closed_on: str | None, counts: int) -> None:
    case = {"ref": "A", "raised_on": "2026-02-02", "closed_on": closed_on}
    assert counted([case], "2026-04-01", "2026-06-30")["disputes"] == counts


def test_an_open_dispute_belongs_to_no_period_of_what_was_closed() -> None:
    said = counted([an_open_one("A", "S1")], "2026-01-01", "2026-03-31")
    assert (said["disputes"], said["open"]) == (0, 1)


@pytest.mark.parametrize(("raised_on", "counts"), [("2026-03-31", 0), ("2026-04-01", 1), ("2026-07-01", 0)])
def test_a_report_of_what_was_raised_counts_open_disputes_too(raised_on: str, counts: int) -> None:
    cases = [an_open_one("A", "S1", raised_on)]
    assert counted(cases, "2026-04-01", "2026-06-30", belongs="raised")["disputes"] == counts


def test_where_nobody_said_when_it_was_raised_its_end_puts_it_into_a_period() -> None:
    cases = [{"ref": "A", "closed_on": "2026-05-12"}, {"ref": "B", "closed_on": "2026-07-12"}]
    assert counted(cases, "2026-04-01", "2026-06-30", belongs="raised")["disputes"] == 1


def test_disputes_that_never_were_at_a_named_stage_are_left_out() -> None:
    both = Past(reference="A", reached=("S1", "S2"), stage="S2", closed=True)
    cases = [both, Past(reference="B", reached=("S2",), stage="S2", closed=True)]
    assert [line["reference"] for line in counted(cases, reached=["S1"])["individual"]] == ["A"]


def test_only_disputes_with_the_flag_of_the_report_count() -> None:
    cases = [{"ref": "A", "partner_agency": True}, {"ref": "B", "partner_agency": False}, {"ref": "C"}]
    assert counted(cases, flag="partner_agency")["disputes"] == 1


def test_only_disputes_that_ended_as_the_report_asks_count() -> None:
    cases = [{"ref": "A", "outcome": "resolved"}, {"ref": "B", "outcome": "unresolved"}]
    assert counted(cases, outcomes=["resolved"])["by_outcome"] == {"resolved": 1}


def test_what_another_process_ran_is_no_dispute() -> None:
    complaint = Past(reference="C", process="complaint_about_iro", closed=True)
    assert counted([complaint, {"ref": "A"}])["disputes"] == 1


def test_a_report_of_a_process_counts_nothing_else() -> None:
    stage = {"key": "Look", "title": "Investigation", "addressee": ["quality"]}
    said = {"title": "Complaint", "do": "complain", "answered_by": "feedback", "passed_on_by": "not_resolved"}
    raiser = {"roles": ["quality"], "line_manager": "iro_manager"}
    report = {"title": "Complaints", "period": "year", "process": "complaint"}
    procedure = a_procedure(
        processes={"complaint": said | {"raiser": raiser, "stages": [stage]}}, reports={"complaints": report}
    )
    cases = [Past(reference="C", process="complaint", closed=True), Past(reference="A", closed=True)]
    assert [line.reference for line in figures(procedure, "complaints", cases).individual] == ["C"]


# By what --------------------------------------------------------------------------------------------------------------


def test_codes_are_counted_as_text_in_their_order() -> None:
    by_theme = counted([{"ref": "A", "theme": 11}, {"ref": "B", "theme": "2"}, {"ref": "C", "theme": 2}])["by_theme"]
    assert list(by_theme.items()) == [("2", 2), ("11", 1)]


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
    cases = [
        {"ref": "A", "theme": 2, "other_text": "Anna's review"},
        {"ref": "B", "theme": "Anna and her brother"},
        {"ref": "C", "theme": 11, "other_text": "Anna's passport"},
    ]
    said = counted(cases)
    assert said["by_issue"] == {"2.other": 1}
    assert said["by_theme"] == {"2": 1, "11": 1, "other": 1}
    assert "Anna" not in str(said)


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


# What is open on a date -----------------------------------------------------------------------------------------------


def agenda(*cases: Past, on: str = "2026-04-07", **report: Any) -> Figures:
    procedure = with_reports(agenda={"period": "month", "open_at": ["S2"]} | report)
    return figures(procedure, "agenda", cases, on=DAY(on))


def test_an_agenda_lists_what_is_open_at_its_stages_and_counts_just_that() -> None:
    said = agenda(an_open_one("B", "S2"), an_open_one("A", "S2"), an_open_one("C", "S1"))
    assert (said.lists, said.disputes, said.open, said.open_by_stage) == (["A", "B"], 2, 3, {"S1": 1, "S2": 2})


def test_what_is_closed_by_the_end_of_the_date_is_not_on_the_agenda() -> None:
    cases = [an_open_one(day, "S2", closed_on=day) for day in ("2026-04-07", "2026-04-08")]
    assert agenda(*cases).lists == ["2026-04-08"]


def test_once_referred_with_no_stage_running_it_is_at_none_of_the_stages() -> None:
    cafcass = {"to": "watcher", "subjects": ["lac"]}
    report = {"title": "Agenda", "period": "month", "open_at": ["S2"]}
    procedure = a_procedure(cafcass=cafcass, reports={"agenda": report})
    case = Past(reference="A", stage="S2", reached=("S2",), referred=True, left_ladder=True)
    said = figures(procedure, "agenda", [case], on=DAY("2026-04-07"))
    assert (said.lists, said.open_by_stage) == ([], {"CAFCASS": 1})


def test_a_report_of_a_period_lists_what_is_open_at_its_end_and_counts_what_was_closed() -> None:
    procedure = with_reports(one={"open_at": ["S2"]})
    cases = [an_open_one("A", "S2"), Past.read({"ref": "B", "closed_on": "2026-03-05", "stage": "S1"})]
    said = figures(procedure, "one", cases, (), DAY("2026-01-01"), DAY("2026-03-31"))
    assert (said.lists, said.disputes, said.on) == (["A"], 1, DAY("2026-03-31"))


# What was recorded ----------------------------------------------------------------------------------------------------


def made(at: datetime, practitioner: str = "social_worker", **more: Any) -> Made:
    return Made.model_validate({"what": "good_practice", "at": at, "fields": {"practitioner": practitioner}} | more)


def test_recordings_count_by_their_london_date_and_by_what_one_chooses() -> None:
    # British Summer Time from 29 March 2026: 23:30 in UTC on 30 June is 1 July in London.
    ats = [datetime(2026, 3, 31, 23, 30, tzinfo=UTC), datetime(2026, 6, 30, 23, 30, tzinfo=UTC)]
    counts = [made(ats[0]), made(ats[1]), made(datetime(2026, 5, 1, tzinfo=UTC), "partner_agency")]
    procedure = with_reports(one={"recordings": ["good_practice"]})
    said = figures(procedure, "one", [], counts, DAY("2026-04-01"), DAY("2026-06-30")).model_dump(mode="json")
    assert said["good_practice"] == 2
    assert said["recorded_by"] == {"good_practice": {"practitioner": {"partner_agency": 1, "social_worker": 1}}}


def test_other_recordings_than_those_of_the_report_are_left_out() -> None:
    said = counted([])
    assert "good_practice" not in said


def test_a_recording_about_a_dispute_names_it() -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    counts = [made(at, reference="B"), made(at, fields={"ref": "A"}), made(at)]
    said = figures(with_reports(one={"recordings": ["good_practice"]}), "one", [], counts)
    assert said.recorded_about == {"good_practice": ["A", "B"]}


def test_a_monthly_agenda_counts_what_was_recorded_since_the_same_day_a_month_before() -> None:
    procedure = with_reports(agenda={"period": "month", "open_at": ["S2"], "recordings": ["good_practice"]})
    days = [datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)]
    said = figures(procedure, "agenda", [], [made(day) for day in days], on=DAY("2026-03-31"))
    assert said.recorded == {"good_practice": 1}


# Which report, which period -------------------------------------------------------------------------------------------


def test_an_unknown_report_names_those_there_are() -> None:
    with pytest.raises(UnknownReport, match=r"no report `weekly`; there are: monthly, annual"):
        report_of(with_reports(monthly={}, annual={}), "weekly")
    with pytest.raises(UnknownReport, match="names none"):
        figures(a_procedure(), "weekly", [])


@pytest.mark.parametrize(
    ("cut", "today", "first", "last"),
    [
        ("month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("month", "2027-01-01", "2026-12-01", "2026-12-31"),
        ("quarter", "2026-03-31", "2025-10-01", "2025-12-31"),
        ("quarter", "2026-04-01", "2026-01-01", "2026-03-31"),
        ("half_year", "2026-09-30", "2025-10-01", "2026-03-31"),
        ("half_year", "2026-10-01", "2026-04-01", "2026-09-30"),
        ("year", "2027-03-31", "2025-04-01", "2026-03-31"),
        ("year", "2027-04-01", "2026-04-01", "2027-03-31"),
        ("on_demand", "2027-01-15", "2026-04-01", "2027-01-15"),
    ],
)
def test_the_newest_period_that_is_over_follows_the_financial_year(cut: Any, today: str, first: str, last: str) -> None:
    assert period(Report(title="A report", period=cut), DAY(today)) == (DAY(first), DAY(last))


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


def test_what_is_open_at_the_named_stages_is_outstanding() -> None:
    (one,) = agenda(an_open_one("A", "S2", team="North"), an_open_one("B", "S1")).outstanding
    assert (one.reference, one.stage, one.team, one.raised_on) == ("A", "S2", "North", DAY("2026-01-05"))


def test_one_sentence_says_that_many_disputes_are_no_bad_sign() -> None:
    assert "Many disputes can be a sign that concerns are raised and heard" in counted([])["neutral"]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-04-01", "2026-06-30", ("2026-01-01", "2026-03-31")),
        ("2026-04-01", "2027-03-31", ("2025-04-01", "2026-03-31")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-04-02", "2026-06-30", None),
        ("2026-04-01", "2026-06-29", None),
    ],
)
def test_the_period_before_is_as_many_whole_months(first: str, last: str, before: tuple[str, str] | None) -> None:
    expected = tuple(DAY(day) for day in before) if before else None
    assert the_period_before(DAY(first), DAY(last)) == expected


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
