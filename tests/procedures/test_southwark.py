"""Southwark, chapter 6.14: what neither the scenarios nor the worked examples show."""

from __future__ import annotations

from typing import Any

import pytest


def test_statutory_grounds_are_the_four_of_the_handbook_and_another_is_refused(a_table: Any) -> None:
    table = a_table("southwark")
    assert [code.code for code in table.procedure.taxonomies["ground"].codes] == [1, 2, 3, 4]
    refused = table.do("start", stage="L1", ground=5)
    assert (refused.refused, refused.field) == ("incomplete", "ground")
    assert table.do("start", stage="L1", ground=[1, 4]).fields["ground"] == [1, 4]


def test_an_update_from_the_child_is_kept_and_no_clock_moves(a_table: Any) -> None:
    table = a_table("southwark")
    due = table.do("start", stage="L1").due
    kept = table.do("update_received", at="2026-06-10 10:00", from_whom="the child", text="Wants to stay.")
    assert kept.events[-2:] == ["recorded", "case_note"]
    assert (kept.filed, kept.due) == ([("Mosaic case note", "IRO - escalation")], due)


@pytest.mark.parametrize("has_guardian", [True, False])
def test_the_guardian_hears_of_any_matter_where_there_is_one(a_table: Any, has_guardian: bool) -> None:
    guardian = {"name": "A Guardian", "email": "guardian@court.example"}
    table = a_table("southwark", subject={"kind": "lac", "has_guardian": has_guardian}, guardian=guardian)
    raised = table.do("start", stage="L1")
    table.do("respond", at="2026-06-09 10:00", stage="L1")
    closed = table.do("decide", at="2026-06-10 10:00", outcome="satisfied")
    heard = ["guardian"] if has_guardian else []
    assert raised.sent("representation_issued")[0] == heard
    assert closed.sent("representation_resolved")[0] == heard


def test_every_escalation_is_on_the_case_record_from_its_alert_to_its_close(a_table: Any) -> None:
    table = a_table("southwark")
    steps = [
        table.do("start", stage="L1"),
        table.do("lapse", at="2026-06-15 18:00"),
        table.do("respond", at="2026-06-16 10:00", stage="L2"),
        table.do("decide", at="2026-06-17 10:00", outcome="satisfied"),
    ]
    assert all(("Mosaic case note", "IRO - escalation") in step.filed for step in steps)


def test_an_audit_of_a_case_without_an_escalation_is_kept_and_starts_none(a_table: Any) -> None:
    table = a_table("southwark")
    kept = table.do("missed_escalation_audit", by="qau_manager", case="CASE-7", finding="No plan for a year.")
    assert (kept.refused, kept.events) == (None, ["recorded"])
    assert kept.seen.case is None
    assert table.do("missed_escalation_audit", by="iro", case="C", finding="F").refused == "not_theirs_to_record"


def test_the_manager_who_supports_the_iro_has_a_copy_of_every_alert(a_table: Any) -> None:
    table = a_table("southwark")
    alerts = [table.do("start", stage="L1"), table.do("bypass", at="2026-06-09 10:00", to="L3", reason="Urgent")]
    assert [alert.sent("alert")[1] for alert in alerts] == [["head_of_qau", "qau_manager"]] * 2


@pytest.mark.parametrize(("said", "advised"), [({}, True), ({"action_already_taken": "Spoke to the team"}, False)])
def test_a_start_above_the_lowest_level_without_action_taken_is_advised_against(
    a_table: Any, said: dict[str, str], advised: bool
) -> None:
    started = a_table("southwark").do("start", stage="L3", **said)
    assert (started.refused, bool(started.advice)) == (None, advised)
    assert a_table("southwark").do("start", stage="L1").advice == []


@pytest.mark.parametrize("stage", ["L1", "L2", "L3", "L4"])
def test_the_iro_chooses_the_level_and_who_answers_there(a_table: Any, stage: str) -> None:
    started = a_table("southwark").do("start", stage=stage, addressee="assistant_director")
    assert (started.state.stage, started.state.waiting_for) == (stage, "assistant_director")
