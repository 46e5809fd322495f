"""Which disputes and recordings a report counts: of its period, open on its date, or as it asks for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from escalation.periods import the_period_before
from escalation.procedure import Report
from escalation.reporting import Figures, Made, Past, UnknownReport, figures, period, report_of
from tests.escalation.counted import DAY, an_open_one, counted, with_reports
from tests.escalation.driver import a_procedure

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
    cases: list[dict[str, Any] | Past]
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


def test_what_is_open_at_the_named_stages_is_outstanding() -> None:
    (one,) = agenda(an_open_one("A", "S2", team="North"), an_open_one("B", "S1")).outstanding
    assert (one.reference, one.stage, one.team, one.raised_on) == ("A", "S2", "North", DAY("2026-01-05"))


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
