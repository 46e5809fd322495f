"""Does a procedure whose parts do not fit together say so, every fault at once?"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from escalation.procedure import Procedure
from tests.escalation.driver import a_procedure, shipped


def faults(*stages: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        a_procedure(*stages, **more)
    return [fault for error in refused.value.errors() for fault in error["ctx"]["error"].faults]


NOTICE = {"notice": "told", "on": "raised", "to": ["quality"]}


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"quality_assurance": "stranger"}, "quality_assurance"),
        ({"raiser": {"roles": ["iro"], "line_manager": "stranger"}}, "raiser.line_manager"),
        ({"raiser": {"roles": ["iro"], "line_manager": "addressee"}}, "raiser.line_manager"),
        ({"notices": [NOTICE | {"to": ["stranger"]}]}, "notices.0.to"),
        ({"notices": [NOTICE | {"cc": ["stranger"]}]}, "notices.0.cc"),
        ({"notices": [NOTICE | {"sent_for": "stranger"}]}, "notices.0.sent_for"),
        ({"tasks": [{"on": "raised", "to": "stranger", "what": "x"}]}, "tasks.0.to"),
        ({"entry": {"default": "S9"}}, "entry.default"),
        ({"entry": {"start_at": ["S9"]}}, "entry.start_at"),
        ({"cap": {"working_days": 20, "starts": "S9"}}, "cap.starts"),
        ({"notices": [NOTICE | {"when": {"stages": ["S9"]}}]}, "notices.0.when.stages"),
        ({"tasks": [{"on": "raised", "to": "iro", "what": "x", "when": {"stages": ["S9"]}}]}, "tasks.0.when.stages"),
        (
            {"records": [{"on": "raised", "where": "x", "heading": "y", "when": {"stages": ["S9"]}}]},
            "records.0.when.stages",
        ),
        ({"asks": [{"key": "x", "label": "X", "stages": ["S9"]}]}, "asks.0.stages"),
        ({"track_titles": {"north": "The North"}}, "track_titles.north"),
        ({"inferred": {"stages.S1.nothing": "why"}}, "inferred"),
    ],
)
def test_what_is_named_and_not_there_is_a_fault_at_its_place(more: dict[str, Any], path: str) -> None:
    assert path in [where for where, _ in faults(**more)]


def test_a_stage_without_a_track_stands_on_every_ladder() -> None:
    assert [stage.key for stage in a_procedure({}, {"track": "a"}, tracks=["a", "b"]).ladder("b")] == ["S1"]


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ({"addressee": ["stranger"]}, "stages.0.addressee"),
        ({"addressee": ["raiser"]}, "stages.0.addressee"),
        ({"copy_to": ["line_manager"]}, "stages.0.copy_to"),
        ({"also_to": ["stranger"]}, "stages.0.also_to"),
        ({"copies": [{"to": ["stranger"], "when": {}}]}, "stages.0.copies.0.to"),
        ({"track": "nowhere"}, "stages.0.track"),
        ({"key": "S2"}, "stages"),
        ({"notices": [NOTICE | {"to": ["stranger"]}]}, "stages.0.notices.0.to"),
        ({"notices": [NOTICE | {"when": {"stages": ["S9"]}}]}, "stages.0.notices.0.when.stages"),
    ],
)
def test_a_fault_of_a_stage_stands_at_the_stage(stage: dict[str, Any], path: str) -> None:
    assert path in [where for where, _ in faults(stage, {})]


def test_the_ladder_of_every_track_holds_what_start_and_cap_need() -> None:
    stages = ({"track": "a", "formal": False}, {"track": "b"})
    tracks = {"tracks": ["a", "b"]}
    assert [where for where, _ in faults(*stages, **tracks, entry={"default": "S1"})] == ["entry.default"]
    assert [where for where, _ in faults(*stages, **tracks, cap={"working_days": 5, "starts": "formal"})] == [
        "cap.starts"
    ]
    assert ("tracks", "no stage stands on the ladder of `c`") in faults(*stages, tracks=["a", "b", "c"])


def test_every_fault_is_told_at_once() -> None:
    found = faults({"copy_to": ["stranger"]}, {}, quality_assurance="nobody", entry={"default": "S9"})
    assert {where for where, _ in found} == {"stages.0.copy_to", "quality_assurance", "entry.default"}


def test_parts_that_people_have_may_stand_among_the_recipients_of_a_notice() -> None:
    a_procedure(notices=[NOTICE | {"to": ["raiser", "addressee", "asked", "responder"], "cc": ["line_manager"]}])


@pytest.mark.parametrize("more", [{"surprise": 1}, {"stages": []}, {"end_of_day": "25:00"}, {"key": "Not A Key"}])
def test_unknown_keys_and_wrong_values_are_faults(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_procedure(**more)


def test_its_version_changes_with_what_it_says_and_with_nothing_else() -> None:
    assert a_procedure().version == a_procedure().version
    assert a_procedure().version != a_procedure({"title": "Other"}, {}).version
    assert len(a_procedure().version) == 12


@pytest.mark.parametrize("key", ["southwark", "leicestershire"])
def test_what_is_pinned_in_a_workflow_reads_back_as_the_same_procedure(key: str) -> None:
    procedure = shipped(key)
    again = Procedure.model_validate_json(procedure.model_dump_json())
    assert again == procedure
    assert again.version == procedure.version


def test_the_ladder_leads_from_each_stage_to_the_next() -> None:
    procedure = shipped("leicestershire")
    assert [stage.key for stage in procedure.ladder()] == ["PC", "S1", "S2", "S3", "S4"]
    assert procedure.first_formal().key == "S1"
    assert procedure.next_stage("S4") is None
    assert procedure.stage("S9") is None
