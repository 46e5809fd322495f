"""That a procedure with a fault is told of it, each fault by its path, and that those shipped have none."""

from __future__ import annotations

from typing import Any

import pytest

from config import procedures
from escalation import proof
from escalation.procedure import Procedure
from tests.escalation.driver import a_procedure

COPY = {"notice": "alert", "on": "closed", "to": ["watcher"]}


def faults(*stages: dict[str, Any], **more: Any) -> list[str]:
    return [f"{path}: {message}" for path, message in proof.faults(a_procedure(*stages, **more))]


def said(found: list[str]) -> str:
    """The one fault that there is."""
    assert len(found) == 1, found
    return found[0]


def a_field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), **more}


@pytest.mark.parametrize("procedure", procedures.all_procedures().values(), ids=lambda procedure: procedure.key)
def test_every_shipped_procedure_is_without_a_fault(procedure: Procedure) -> None:
    assert proof.faults(procedure) == []


def test_a_plain_procedure_is_without_a_fault() -> None:
    assert faults({}, {}, {}, cap={"working_days": 15}) == []


# Ladders -------------------------------------------------------------------------------------------------------------


def test_a_stage_below_every_start_can_never_be_reached() -> None:
    assert said(faults({}, {}, {}, entry={"start_at": ["S2", "S3"]})) == (
        "entry.start_at: `S1` can never be reached: every start lies above it"
    )
    assert faults({}, {}, {}, entry={"start_at": ["S1", "S3"]}) == []


def test_a_ladder_without_a_start_is_named() -> None:
    split = [{"track": "ours"}, {"track": "theirs"}]
    found = faults(*split, tracks=["ours", "theirs"], entry={"start_at": ["S1"]})
    assert said(found) == "entry.start_at: no escalation can start on the ladder of `theirs`"


def test_a_default_or_forced_start_that_would_be_refused_is_named() -> None:
    entry = {"start_at": ["S1"], "default": "S2", "forced": [{"flag": "in_proceedings", "start_at": "S2"}]}
    assert [fault.partition(":")[0] for fault in faults(entry=entry)] == ["entry.default", "entry.forced.0"]


def test_a_stage_that_asks_only_whoever_raised_it_is_named() -> None:
    assert said(faults({"addressee": ["iro"]}, {})).startswith("stages.0.addressee: only `iro` is asked")
    assert faults({"addressee": ["iro", "manager_1"]}, {}) == []


def test_time_that_the_total_never_leaves_is_named() -> None:
    assert said(faults({"response": {"working_days": 9}}, cap={"working_days": 8})).startswith(
        "stages.0.response.working_days: the 9 working days here are more than the total of 8"
    )
    noticed = {"notice_period": {"most_working_days": 8}}
    assert said(faults({}, noticed, cap={"working_days": 8})).startswith("stages.1.notice_period: notice of 8")
    assert faults({}, {"notice_period": {"most_working_days": 7}}, cap={"working_days": 8}) == []


# Readers -------------------------------------------------------------------------------------------------------------


def test_a_notice_to_nobody_is_named_wherever_it_stands() -> None:
    nobody = {"notice": "alert", "on": "closed", "to": []}
    assert said(faults(notices=[nobody])) == "notices.0: the notice `alert` goes to nobody; name somebody in `to`"
    assert faults(notices=[nobody | {"cc": ["watcher"]}]) == []
    assert said(faults({"notices": [nobody]})).startswith("stages.0.notices.0: ")
    recorded = {"do": "tell", "event": "told", "title": "Tell", "notices": [{"notice": "alert", "to": []}]}
    assert said(faults(recordings=[recorded])).startswith("recordings.0.notices.0: ")


def test_what_goes_to_the_stage_after_the_last_goes_to_nobody() -> None:
    onwards = {"notice": "alert", "on": "closed", "to": ["next_addressee"]}
    assert said(faults({}, {"notices": [onwards]})) == (
        "stages.1.notices.0: the notice `alert` goes to nobody: no stage follows the last"
    )
    assert faults({"notices": [onwards]}, {}) == []
    assert said(faults(notices=[onwards | {"when": {"stages": ["S2"]}}])).startswith("notices.0: ")
    assert faults(notices=[onwards]) == []


def test_a_copy_only_to_those_who_get_the_alert_goes_to_nobody() -> None:
    assert said(faults({"also_to": ["watcher"], "copy_to": ["watcher", "manager_1"]})) == (
        "stages.0.copy_to: this copy goes to nobody: the alert itself is sent to them"
    )
    assert faults({"also_to": ["watcher"], "copy_to": ["watcher", "clerk"]}) == []
    sometimes = {"to": ["manager_1"], "when": {"flag": "has_guardian"}}
    assert said(faults({"copies": [sometimes]})).startswith("stages.0.copies.0: ")
    assert said(faults({"copies": [sometimes | {"to": []}]})).startswith("stages.0.copies.0: these copies go to nobody")


# Conditions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({"subject": ["cp"]}, "this procedure covers lac"),
        ({"flag": "urgent", "unless": "urgent"}, "would have to be true and not true"),
        ({"flag": "wet"}, "`wet` is neither a fact of the subject nor asked"),
        ({"unless": "wet"}, "`wet` is neither a fact of the subject nor asked"),
        ({"given": {"wet": [True]}}, "nobody is asked for `wet`"),
        ({"given": {"mode": ["letter"]}}, "`mode` is one of telephone, email"),
        ({"given": {"kind": [3]}}, "`kind` is one of 1, 2"),
        ({"because": "lapsed"}, "how a stage was entered is known only on `entered`"),
        ({"started_here": True}, "a start is told only by `raised` and `entered`"),
        ({"state": "late"}, "an answer in time is `responded`, a late one `late_response`"),
        ({"stages": ["S1"], "track": ["theirs"]}, "no such stage stands on such a ladder"),
    ],
)
def test_a_condition_that_never_holds_is_named(when: dict[str, Any], why: str) -> None:
    asks = [a_field("urgent", kind="yes_no"), a_field("mode", kind="choice", choices=["telephone", "email"])]
    kinds = {"kind": {"title": "Kind", "codes": [{"code": 1, "title": "One"}, {"code": 2, "title": "Two"}]}}
    tracks = {"tracks": ["ours", "theirs"]}
    stages = [{"track": "ours"}, {}]
    found = faults(*stages, **tracks, asks=asks, taxonomies=kinds, notices=[COPY | {"when": when}])
    assert why in said(list(dict.fromkeys(found)))
    assert said(found).startswith("notices.0.when: ")


@pytest.mark.parametrize(
    "when",
    [
        {"subject": ["lac", "cp"]},
        {"flag": "in_proceedings"},
        {"flag": "talk.held"},
        {"given": {"kind": ["1", 7]}},
        {"given": {"open_list": ["anything"]}},
        {"outcome": ["unresolved"]},
        {"stages": ["S2"]},
    ],
)
def test_a_condition_that_can_hold_is_no_fault(when: dict[str, Any]) -> None:
    talk = a_field("talk", kind="group", fields=[a_field("held", kind="yes_no")])
    lists = {
        "kind": {"title": "Kind", "codes": [{"code": 1, "title": "One"}]},
        "open_list": {"title": "Open", "open": True, "codes": [{"code": "x", "title": "X"}]},
    }
    assert faults(asks=[talk], taxonomies=lists, notices=[COPY | {"when": when}]) == []


def test_a_duty_of_one_stage_cannot_depend_on_another() -> None:
    duty = {"on": "closed", "where": "File", "heading": "H", "when": {"stages": ["S2"]}}
    assert said(faults({"records": [duty]}, {})) == "stages.0.records.0.when: never holds at S1"
    assert faults({}, {"records": [duty]}) == []


# Questions -----------------------------------------------------------------------------------------------------------


def test_a_question_that_cannot_be_answered_is_named() -> None:
    asks = [a_field("a", kind="choice"), a_field("b", kind="code"), a_field("c", kind="group")]
    assert [fault.partition(":")[0] for fault in faults(asks=asks)] == ["asks.0", "asks.1", "asks.2"]


def test_a_code_has_a_title_and_one_meaning_at_a_stage() -> None:
    codes = [
        {"code": 1, "title": "One", "stages": ["S1"]},
        {"code": "1", "title": "Another", "stages": ["S2"]},
        {"code": 1, "title": "A third"},
        {"code": 2, "title": " "},
    ]
    found = faults(taxonomies={"kind": {"title": "Kind", "codes": codes}})
    assert [fault.partition(":")[0] for fault in found] == ["taxonomies.kind.codes.2", "taxonomies.kind.codes.3"]
    assert faults(taxonomies={"kind": {"title": "Kind", "codes": codes[:2]}}) == []


def test_a_role_has_a_title() -> None:
    procedure = a_procedure()
    unnamed = procedure.model_copy(update={"roles": procedure.roles | {"clerk": ""}})
    assert proof.faults(unnamed) == [("roles.clerk", "the role has no title")]


# Texts and other processes -------------------------------------------------------------------------------------------


def a_complaint(**more: Any) -> dict[str, Any]:
    stage = {"key": "Look", "title": "Look into it", "addressee": ["iro"], "notice": "complaint", **more}
    names = {"do": "complain", "answered_by": "feedback", "passed_on_by": "unresolved"}
    return {"title": "Complaint", "raiser": {"roles": ["iro"], "line_manager": "quality"}, "stages": [stage], **names}


def test_a_fault_of_another_process_is_placed_inside_it() -> None:
    found = faults(processes={"complaint": a_complaint(copy_to=["iro"])})
    assert said(found).startswith("processes.complaint.stages.0.copy_to: ")


def test_a_notice_without_texts_is_named_wherever_it_stands() -> None:
    period = {"most_working_days": 2, "notice": "soon"}
    procedure = a_procedure({"notice": "hello"}, {"notice_period": period}, processes={"complaint": a_complaint()})
    named = [path for path, _ in proof.without_texts(procedure, {"alert"})]
    assert named == ["stages.0", "stages.1.notice_period", "processes.complaint.stages.0"]
    assert proof.without_texts(procedure, {"alert", "hello", "soon", "complaint"}) == []


def test_what_a_manager_is_to_be_shown_is_something_that_is_asked() -> None:
    asks = [a_field("concern"), a_field("form", kind="group", fields=[a_field("outcome")])]
    assert faults(asks=asks, question={"also": ["form.outcome"]}) == []
    found = faults(asks=asks, question={"concern": "worry", "also": ["form.out"], "actions": ["form.outcome"]})
    assert found == [
        "question.also: nobody is asked for `form.out`",
        "question.concern: nobody is asked for `worry`",
    ]
