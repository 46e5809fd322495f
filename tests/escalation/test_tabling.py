"""Does a report's document say what its figures say, in the words of the procedure, and leave no cell blank?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import procedures
from escalation.committee import for_committee
from escalation.figures import Action, AgendaItem, Decision, Figures, PeriodBefore, Progress, Standing
from escalation.past import Made, Past
from escalation.reporting import figures
from escalation.tabling import Column, NoSuchTable, Table, Tabled, tabled
from escalation.tabling.table import UNWRITABLE, legible
from escalation.tabling.titles import heading
from tests.documents.reported import REPORTS, a_report
from tests.escalation.driver import shipped

MADE_AT = datetime(2026, 7, 6, 9, 30, tzinfo=UTC)
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


def past(**more: Any) -> Past:
    said = {"reference": "A-1", "raised_on": date(2026, 4, 7), "closed": True, "closed_on": date(2026, 5, 6)}
    return Past.model_validate(said | {"outcome": "resolved", "stage": "L1", "reached": ("L1",)} | more)


def counted(key: str, name: str, *cases: Past, made: tuple[Made, ...] = (), **more: Any) -> Figures:
    return figures(shipped(key), name, cases, made, FIRST, LAST).model_copy(update=more)


def document(key: str = "southwark", name: str = "quarterly", *cases: Past, **more: Any) -> Tabled:
    return tabled(shipped(key), counted(key, name, *cases, **more), MADE_AT)


def table(report: Tabled, key: str) -> Table:
    return next(each for each in report.tables if each.key == key)


def test_a_report_says_what_it_is_for_whom_and_when_it_was_made() -> None:
    report = document()
    assert (report.title, report.council) == ("IRO escalation themes", "London Borough of Southwark")
    assert report.period == "From Wednesday 1 April 2026 to Tuesday 30 June 2026"
    assert report.name == "southwark-quarterly-2026-04-01-to-2026-06-30"
    facts = dict(report.facts)
    assert (facts["For"], facts["By"]) == ("Children's Social Care DMT", "Head of QAU")
    assert facts["Made on"] == "Monday 6 July 2026 at 10:30am"


def test_a_stage_of_two_ladders_is_called_by_both_titles() -> None:
    report = document("halton-child-protection", "quarterly", past(stage="S2", reached=("S1", "S2")))
    (row,) = table(report, "by_stage").rows
    assert row == ("Stage 2: formal – Divisional Manager or Service Manager", "S2", 1)


def test_teams_stand_by_their_numbers_wherever_they_are_counted() -> None:
    teams = [f"Team {n}" for n in (10, 2, 1)]
    cases = [past(reference=f"A-{n}", team=team, in_time={"L1": 1}) for n, team in enumerate(teams)]
    answered = table(document("southwark", "quarterly", *cases), "answers_by_team")
    assert [row[0] for row in answered.rows] == ["Team 1", "Team 2", "Team 10"]


def test_a_pattern_says_in_a_word_what_it_is_of() -> None:
    cases = [past(reference=f"A-{n}", fields={"issue": "family_finding"}) for n in range(3)]
    (row,) = table(document("oxfordshire", "six_monthly", *cases), "patterns").rows
    assert row == ("Issue", "Family finding/placement search.", 3)


def test_a_title_in_capitals_keeps_them_within_a_heading() -> None:
    report = document("sbc", "patterns", past(fields={"theme": 1}))
    assert table(report, "by_theme").title == "Disputes by Issues and Themes"
    assert table(document("southwark", "quarterly", past(fields={"category": 2})), "by_category").title == (
        "Disputes by criteria for IRO escalation"
    )


def test_codes_stand_beside_the_words_that_the_document_has_for_them() -> None:
    report = document("southwark", "quarterly", past(fields={"category": 2, "sub_item": "a"}))
    assert table(report, "by_category").rows == (("Drift or delay in care planning", "2", 1),)
    assert table(report, "by_sub_item").rows[0][1:] == ("2.1", 1)
    assert str(table(report, "by_sub_item").rows[0][0]).startswith("Drift/delay in legal planning")
    assert table(report, "by_stage").rows == (("Operational Manager", "L1", 1),)
    assert table(report, "by_outcome").rows == (("Resolved", 1),)


def test_a_code_that_means_two_things_is_named_by_its_stage() -> None:
    ladder = shipped("halton-looked-after")
    twice = {
        (code.code, stage): code.title for code in ladder.taxonomies["ground"].codes for stage in code.stages or []
    }
    (code, stage), words = next(iter(twice.items()))
    case = past(stage=stage, reached=(stage,), fields={"ground": code}, said_at={"ground": stage})
    row = table(document("halton-looked-after", "quarterly", case), "by_ground").rows[0]
    assert row[0] == words


def test_answers_are_told_by_stage_in_time_late_and_not_at_all() -> None:
    one = past(in_time={"L1": 2}, late={"L2": 1}, not_at_all={"L2": 3}, lapsed={"L2": 4}, team="north")
    report = document("southwark", "quarterly", one)
    assert table(report, "answers_by_stage").rows == (
        ("Operational Manager", "L1", 2, 0, 0),
        ("Head of Service", "L2", 0, 1, 3),
    )
    assert table(report, "answers_by_team").rows == (("north", 2, 1, 3),)
    assert table(report, "answers_by_team_and_stage").detail


def test_what_a_team_comes_to_is_not_summed_where_a_part_of_it_is_withheld() -> None:
    told = {"team": {"in_time": {"north": {"L1": 7, "L2": "fewer than 5"}}, "late": {}, "not_at_all": {}, "lapsed": {}}}
    report = document(told_by=told)
    assert [each.key for each in report.tables if each.key.startswith("answers")] == ["answers_by_team_and_stage"]
    assert table(report, "answers_by_team_and_stage").rows[1] == ("north", "Head of Service", "fewer than 5", 0, 0)


def test_what_is_outstanding_comes_first_with_whose_turn_it_is() -> None:
    due = datetime(2026, 6, 26, 16, tzinfo=UTC)
    one = Standing(reference="A-1", stage="L2", waiting_for="head_of_service", since=FIRST, due=due, overdue=2)
    report = document("southwark", "quarterly", outstanding=[one])
    assert report.tables[0].key == "outstanding"
    assert report.tables[0].rows == (
        ("A-1", "Head of Service", "not known", "Head of Service", FIRST, "26 June 2026 at 5pm", 2, "not known"),
    )


def test_an_agenda_says_case_by_case_what_was_decided_now_and_the_time_before() -> None:
    then = Decision(held_on=FIRST, decision="continue", text="Wait for the report.", attended=["Chair"])
    item = AgendaItem(
        reference="A-1", stage="S3", open=True, because=["at_stage", "referred"], decided_last_time=[then]
    )
    report = document("leicestershire", "monthly_challenge_agenda", agenda=[item])
    assert report.tables[0].rows == (
        (
            "A-1",
            "Stage Three – Head of Service",
            "Open at its stage\nReferred to the meeting",
            "nothing yet",
            "Wednesday 1 April 2026: Continue. Wait for the report. (there were: Chair)",
        ),
    )


def test_an_agenda_that_is_empty_says_so() -> None:
    report = document("leicestershire", "monthly_challenge_agenda")
    first = report.tables[0]
    assert (first.key, first.rows) == ("agenda", ())
    assert first.notes == ("No case is before this meeting: none is open at its stages or was referred to it.",)
    assert "agenda" not in {each.key for each in document("southwark", "quarterly").tables}


def test_for_a_committee_nothing_is_said_of_an_agenda() -> None:
    withheld = for_committee(shipped("leicestershire"), counted("leicestershire", "monthly_challenge_agenda"))
    said = tabled(shipped("leicestershire"), withheld, MADE_AT)
    assert "agenda" not in {each.key for each in said.tables}


def test_what_is_outstanding_names_the_raiser_where_the_report_counts_by_them() -> None:
    one = past(reference="A-1", stage="S3", reached=("S3",), raised_by="Amara Ndiaye", closed=False, closed_on=None)
    said = figures(shipped("leicestershire"), "supervision", [one], on=LAST)
    report = tabled(shipped("leicestershire"), said, MADE_AT)
    listed = table(report, "outstanding")
    assert listed.rows[0][listed.place("raised_by")] == "Amara Ndiaye"
    agenda = figures(shipped("leicestershire"), "qa_challenge_meeting", [one], on=LAST)
    other = table(tabled(shipped("leicestershire"), agenda, MADE_AT), "outstanding")
    assert "raised_by" not in {column.key for column in other.columns}


def test_a_report_of_individual_issues_says_of_each_dispute_what_it_is_about() -> None:
    """OXF-53"""
    about = {"category": "Practice", "issue": ["life_story_work", "Her name is Ann"]}
    each = table(document("oxfordshire", "six_monthly", past(fields=about)), "individual")
    assert [column.title for column in each.columns][4:6] == ["Category", "Issue"]
    assert each.rows[0][4:6] == ("Practice", "Delay in life story work.\nOther")
    assert not each.detail
    none = table(document("oxfordshire", "six_monthly", past()), "individual")
    assert none.rows[0][4:6] == ("none given", "none given")
    assert len(table(document("southwark", "quarterly", past()), "individual").columns) == 6


def test_a_list_that_the_document_calls_by_a_sentence_is_headed_by_a_word_and_named_in_full_beside_it() -> None:
    by_issue = table(document("oxfordshire", "six_monthly", past(fields={"issue": ["life_story_work"]})), "by_issue")
    assert (by_issue.title, by_issue.columns[0].title) == ("Disputes by issue", "Issue")
    full = "Examples of issues that should be addressed by IROs through the Resolution and Escalation Process"
    assert by_issue.notes == (f"The document calls this list “{full}”.",)
    for key, procedure in procedures.all_procedures().items():
        assert all(len(heading(procedure, name)) <= 60 for name in procedure.taxonomies), key


def test_an_action_log_is_carried_with_its_reviews() -> None:
    review = Progress(on=LAST, progress="Half done")
    one = Action(text="Write it down", owner="A", logged_on=FIRST, reviews=[review])
    report = document("oxfordshire", "annual", actions=[one])
    assert table(report, "actions").rows == (
        ("Write it down", "A", "not known", FIRST, "Tuesday 30 June 2026: Half done", "no"),
    )


def test_the_period_before_stands_beside_this_one() -> None:
    none = dict.fromkeys(
        ("open", "unresolved", "no_longer_applicable", "withdrawn", "within_total_time", "beyond_total_time"), 0
    )
    before = PeriodBefore(
        first=date(2026, 1, 1), last=date(2026, 3, 31), disputes=7, resolved=7, median_days=None, **none,
        in_time={}, late={}, not_at_all={}, lapsed={},
    )  # fmt: skip
    one = table(document("southwark", "quarterly", past(), before=before), "in_all")
    rows = {row[0]: row[1:] for row in one.rows}
    assert rows["Disputes"] == (1, 7)
    assert rows["Days from raising to closing, median"] == (29.0, "not counted")
    assert one.notes == ("The period before: from Thursday 1 January 2026 to Tuesday 31 March 2026.",)


def test_a_committees_version_says_so_lists_no_dispute_and_has_words_for_what_is_withheld() -> None:
    made = Made(what="good_practice", at=datetime(2026, 5, 5, 12, tzinfo=UTC), reference="A-1")
    cases = [past(reference=f"A-{n}", team="north", in_time={"S1": 1}) for n in range(3)]
    ladder = shipped("halton-looked-after")
    counted_of = figures(ladder, "quarterly", cases, (made,), FIRST, LAST)
    report = tabled(ladder, for_committee(ladder, counted_of), MADE_AT)
    assert report.name == "halton-looked-after-quarterly-2026-04-01-to-2026-06-30-committee"
    assert ("Version", "For a committee, with small counts withheld") in report.facts
    rows = {row[0]: row[1] for row in table(report, "in_all").rows}
    assert rows["Disputes"] == "fewer than 5"
    assert rows["Days from raising to closing, median"] == "not shown"
    assert [column.key for column in table(report, "recorded").columns] == ["what", "number"]
    assert any("withheld as a whole" in note for note in report.notes)
    said = [cell for each in report.tables for row in each.rows for cell in row]
    assert not [cell for cell in said if isinstance(cell, str) and cell.startswith("A-")]


def test_what_came_of_it_is_told_too() -> None:
    said: dict[str, Any]
    said = {"promises": {"kept": 2, "not_kept": 1}, "what_changed": {"changed": 3, "not_said": 1}, "follow_ups": 1}
    report = document(**said)
    assert [row[1] for row in table(report, "promises").rows] == [2, 1, 0, 0]
    assert table(report, "what_changed").rows == (("Something changed", 3), ("Not said", 1))
    assert ("Begun because a promise was not kept", 1) in table(report, "in_all").rows


def test_what_was_recorded_stands_beside_the_disputes() -> None:
    made = Made(what="good_practice", at=datetime(2026, 5, 5, 12, tzinfo=UTC), fields={"practitioner": "social_worker"})
    report = document("halton-looked-after", "quarterly", made=(made,))
    assert table(report, "recorded").rows[0][1:] == (1, "none named")
    assert table(report, "recorded_by").rows[0][2:] == ("Social worker", 1)


@pytest.mark.parametrize(("key", "name"), REPORTS)
def test_every_report_says_how_it_counts_and_calls_many_neither_good_nor_bad(key: str, name: str) -> None:
    report = a_report(key, name)
    assert "neither that practice is good nor that it is poor" in report.notes[0]
    assert len(report.notes) == len(set(report.notes)) >= 5
    assert [each.key for each in report.tables if not each.rows] == []
    assert len({each.key for each in report.tables}) == len(report.tables)
    assert [cell for each in report.tables for row in each.rows for cell in row if cell in ("", None)] == []


def test_one_table_alone_may_be_asked_for_and_one_that_is_not_there_is_said() -> None:
    report = document("southwark", "quarterly", past())
    assert [each.key for each in report.only(("individual",)).told] == ["individual"]
    assert report.only(()) == report
    with pytest.raises(NoSuchTable, match="no table by_weather; it has: in_all, by_stage"):
        report.only(("by_weather",))


def test_a_blank_is_said_in_words() -> None:
    columns = (Column("a", "A", blank="nobody"), Column("b", "B", "count", blank="not counted"))
    assert Table.of("t", "T", columns, [(None, None), ("", 0)]).rows == (("nobody", "not counted"), ("nobody", 0))


@pytest.mark.parametrize(
    ("written", "shown"),
    [("a\r\nb\rc", "a\nb\nc"), ("a\x00b\x1b", "a␀b␛"), ("\x7f\ud800\ufffe", "␡��"), ("é🦖\t", "é🦖\t")],
)
def test_what_no_format_can_hold_is_shown_as_its_picture(written: str, shown: str) -> None:
    assert legible(written) == shown


@given(st.text())
def test_all_else_stays_as_it_was_written(words: str) -> None:
    assert not UNWRITABLE.search(legible(words))
    assert legible(legible(words)) == legible(words)
    plain = UNWRITABLE.sub("", words.replace("\r", ""))
    assert legible(plain) == plain
