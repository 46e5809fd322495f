"""SBC, 1.6.3, the foster carers' IRO: what neither the scenarios nor the worked examples show."""

from __future__ import annotations

from typing import Any

import pytest

from config import procedures
from escalation.reporting import Past, figures

ICS = "carer's electronic file/ICS"
INFORMAL = "SBC IRO Local Dispute Resolution (Informal Discussion)"
FORMAL = "SBC IRO Local Dispute Resolution"


def test_the_subject_is_a_foster_carer_and_no_child_need_be_named(a_table: Any) -> None:
    started = a_table("sbc").do("start", carer="FC1")
    assert (started.refused, started.seen.case.subject.kind) == (None, "foster_carer")
    assert "children_placed" not in started.fields
    assert a_table("sbc", subject={"kind": "lac"}).do("start").refused == "subject_not_covered"


def test_the_standard_concerned_is_one_or_several_of_five_or_none(a_table: Any) -> None:
    codes = [code.code for code in procedures.load("sbc").taxonomies["standard_breached"].codes]
    assert len(codes) == 5
    assert a_table("sbc").do("start", standard_breached=codes).fields["standard_breached"] == codes
    assert a_table("sbc").do("start").refused is None
    assert a_table("sbc").do("start", standard_breached="another").field == "standard_breached"


def test_it_begins_informally_and_elsewhere_only_with_a_reason_or_advice(a_table: Any) -> None:
    assert a_table("sbc").do("start").state.stage == "informal"
    advised = a_table("sbc").do("start", stage="L2", bypass_reason=None)
    assert (advised.refused, bool(advised.advice)) == (None, True)
    assert a_table("sbc").do("start", stage="L2", bypass_reason="A carer waits.").advice == []


def test_each_step_is_on_the_carers_file(a_table: Any) -> None:
    table = a_table("sbc")
    assert (ICS, INFORMAL) in table.do("start").filed
    assert (ICS, FORMAL) in table.do("lapse", at="2026-06-22 18:00").filed
    assert (ICS, FORMAL) in table.do("respond", at="2026-06-23 10:00", stage="L1").filed
    assert (ICS, FORMAL) in table.do("decide", at="2026-06-24 10:00", outcome="satisfied").filed


def test_an_obstacle_outside_the_authoritys_control_ends_nothing(a_table: Any) -> None:
    table = a_table("sbc")
    due = table.do("start", stage="L1").due
    answered = table.do("respond", at="2026-06-09 10:00", stage="L1", content="There is no budget.")
    assert (answered.state.status, answered.due) == ("awaiting_response", due)
    assert table.do("lapse", at="2026-06-15 18:00").state.stage == "L2"


@pytest.mark.parametrize("with_managers", [True, False])
def test_the_informal_concern_reaches_the_worker_and_their_manager(a_table: Any, with_managers: bool) -> None:
    to, cc = a_table("sbc").do("start", raised_with_fostering_manager=with_managers).sent("informal_concern")
    assert to == ["supervising_social_worker", "supervisor_manager"]
    assert cc == (["fostering_manager"] if with_managers else [])


def test_the_fciro_can_see_where_it_stands_and_hears_what_comes_of_it(a_table: Any) -> None:
    table = a_table("sbc")
    state = table.do("start").state
    assert (state.stage, state.waiting_for, state.due.date().isoformat()) == (
        "informal", "supervising_social_worker", "2026-06-22",
    )  # fmt: skip
    answered = table.do("respond", at="2026-06-10 10:00", stage="informal", by="supervising_social_worker")
    assert answered.sent("response_received")[0] == ["fciro"]
    assert table.do("lapse", at="2026-06-22 18:00").sent("overdue")[0] == ["fciro"]


def test_the_outcome_sought_must_be_said(a_table: Any) -> None:
    refused = a_table("sbc").do("start", outcome_sought=None)
    assert (refused.refused, refused.field) == ("incomplete", "outcome_sought")
    said = a_table("sbc").do("start", outcome_sought="A calmer home.")
    assert said.seen.case.fields["outcome_sought"] == "A calmer home."


def test_the_work_done_for_a_carer_can_be_shown() -> None:
    cases = [Past.read({"ref": ref, "carer": carer, "theme": 1}, closed=True) for ref, carer in (("A", 1), ("B", 2))]
    assert figures(procedures.load("sbc"), "patterns", cases).counts["carer"] == {"1": 1, "2": 1}
