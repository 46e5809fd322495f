"""What changes between two versions of a procedure: in whose words, with nothing said twice and nothing missed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from config import procedures
from escalation import schema
from escalation.differences import differences, told
from escalation.differences.phrases import PHRASES
from escalation.procedure import Procedure

KEYS = sorted(procedures.files())
Body = dict[str, Any]


@cache
def shipped(key: str) -> Procedure:
    return procedures.load(key)


def body_of(key: str) -> Body:
    return dict(json.loads(shipped(key).model_dump_json()))


def said(key: str, change: Callable[[Body], Any]) -> list[str]:
    """What is told where a shipped procedure is changed."""
    body = body_of(key)
    change(body)
    return told(differences(shipped(key), Procedure.stored(json.dumps(body))))


# In whose words -------------------------------------------------------------------------------------------------------


def test_the_same_time_for_several_stages_is_one_sentence() -> None:
    def longer(body: Body) -> None:
        for stage in body["stages"][1:]:
            stage["response"]["working_days"] = 7

    assert said("southwark", longer) == ["Stages L2, L3 and L4: the time to answer changes from 5 to 7 working days."]


def test_a_copy_and_an_addressee_are_told_by_their_titles() -> None:
    def readers(body: Body) -> None:
        body["stages"][2]["copy_to"] = ["qau_manager", "guardian"]
        body["stages"][3]["addressee"] = ["director_csc", "assistant_director"]

    assert said("southwark", readers) == [
        "Stage L3: new: a copy of the alert to Guardian.",
        "Stage L3: no copy of the alert goes to Head of QAU any more.",
        "Stage L4: Assistant Director is asked to answer too.",
    ]


def test_what_silence_does_is_told_in_words() -> None:
    assert said("leicestershire", lambda body: body["stages"][0].update(on_lapse="advance")) == [
        "Stage PC: what silence does changes from the raiser decides to the next stage is asked."
    ]


def test_a_new_stage_tells_everything_that_it_says() -> None:
    (sentence,) = said(
        "southwark", lambda body: body["stages"].append(body["stages"][3] | {"key": "L5", "title": "Chief Executive"})
    )
    assert sentence.startswith("New: stage L5 (the title: “Chief Executive”; ")
    for part in (
        "those who must answer: Director of Children's Social Care",
        "copies of the alert: Head of QAU and QAU Manager",
        "the time to answer: 5 working days",
        "what silence does: the next stage is asked",
    ):
        assert part in sentence


def test_a_notice_is_called_by_what_it_is_and_when() -> None:
    def notices(body: Body) -> None:
        gone = body["notices"].pop(1)
        assert gone["notice"] == "held"
        body["notices"][2]["when"] = {"flag": "in_proceedings"}

    issued = "Notice “A Representation has been issued” when a concern is raised where the child has a Guardian"
    assert said("southwark", notices) == [
        f"{issued}: its condition changes to where the child is in court proceedings.",
        "No longer: notice “It is on hold” when it is put on hold.",
    ]


def test_stages_in_another_order_are_told() -> None:
    assert said("southwark", lambda body: body["stages"].insert(0, body["stages"].pop(1))) == [
        "The ladder changes its order: L2, L1, L3 and L4."
    ]


def test_the_lines_of_a_form_in_another_order_are_told_where_their_order_is_known() -> None:
    def turned(body: Body) -> None:
        lines = body["forms"][0]["lines"]
        body["forms"][0]["lines"] = dict(reversed(lines.items()))

    (sentence,) = said("southwark", turned)
    assert sentence.startswith(
        "Form “IRO Escalation Form”: the list of lines changes its order: “Date Concluded”, Outcome,"
    )
    kept = Procedure.stored(json.dumps(body_of("southwark"), sort_keys=True))
    assert differences(shipped("southwark"), kept) == []


def test_the_total_time_and_the_document_itself() -> None:
    def total(body: Body) -> None:
        body["cap"] = {"working_days": 15, "starts": "formal"}
        body["source"]["amended"] = "March 2027"
        body["extension"] = None
        body["roles"]["iro"] = "Reviewing Officer"
        body["inferred"].pop("end_of_day")

    assert said("southwark", total) == [
        "The document: when it was amended changes from “September 2017” to “March 2027”.",
        "The title of the role iro changes from “Independent Reviewing Officer” to “Reviewing Officer”.",
        "The total time changes from 20 to 15 working days.",
        "From where the total time counts changes from first alert to formal.",
        "No longer: more time.",
        "No longer: the reason for what the document does not state at end of day.",
    ]


def test_the_same_thing_twice_in_a_list_is_a_difference() -> None:
    assert said("sbc", lambda body: body["tasks"].append(body["tasks"][0])) != []


@pytest.mark.parametrize("key", KEYS)
def test_between_a_version_and_itself_nothing_changes(key: str) -> None:
    assert differences(shipped(key), Procedure.stored(shipped(key).model_dump_json())) == []


# Nothing is missed ----------------------------------------------------------------------------------------------------


def test_every_value_of_every_part_has_a_phrase() -> None:
    found = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, schema.Strict)]
    parts: list[type[BaseModel]] = [*found, Procedure]
    known = {part: set(part.model_fields) for part in parts if part is not schema.Strict}
    assert {part: set(phrases) for part, phrases in PHRASES.items()} == known


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value with its path; an empty list is one too, as something may be added to it."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for n, item in enumerate(value):
            yield from leaves(item, (*path, n))
    else:
        yield path, value


OTHERWISE: dict[str, list[Any]] = {
    "end_of_day": ["17:00", "24:00"],
    "on_lapse": ["advance", "ask", "hold"],
    "raiser_may": ["nothing", "shorten", "set"],
    "stops_on": ["response", "resolution"],
    "channel": ["email", "secure_email"],
    "reason_to_bypass": ["none", "warn", "require"],
    "beyond_cap": ["never", "with_reason"],
    "kind": ["text", "yes_no", "date"],
    "at": ["start", "respond", "decide"],
    "form": ["case_note", "form", "pdf"],
    "because": ["lapsed", "decided"],
    "state": ["in_time", "late"],
    "period": ["month", "quarter", "year"],
    "belongs": ["closed", "raised"],
    "starts": ["first_alert", "formal"],
    "unit": ["working_days", "calendar_days"],
}
LISTED = {"subjects": ["lac", "cp", "foster_carer"], "subject": ["lac", "cp", "foster_carer"],
          "outcome": ["resolved", "unresolved"], "outcomes": ["resolved", "withdrawn"]}  # fmt: skip
NONE: dict[str, Any] = {
    "working_days": 9, "most_working_days": 9, "pass_turn_after": 9, "patterns_from": 9, "over_age": 9,
    "flag": "other", "unless": "other", "starts": "formal", "started_here": True, "because": "lapsed", "state": "late",
    "subject": ["lac"], "outcome": ["resolved"], "outcomes": ["resolved"], "given": {"other": [1]},
    "cap": {"working_days": 9}, "extension": {}, "set_apart": None, "cafcass": None, "legal_advice": {},
    "meeting": None, "log": None, "provider": {"name": "Firm"}, "notice_period": {"most_working_days": 3},
}  # fmt: skip
TEXTS = {"says", "stages", "open_at", "reached", "start_at", "tracks", "choices", "items", "parts", "completes",
         "reasons_past_default"}  # fmt: skip


def another(path: tuple[Any, ...], value: Any) -> Any:
    """Another value that may stand at a path; the same where this test knows none."""
    name = next(part for part in reversed(path) if isinstance(part, str))
    if value is None and (name, "when" in path) == ("track", True):
        return ["xx"]
    if value is None:
        return NONE.get(name, ["Xx"] if name in TEXTS else "xx")
    if value in ([], {}):
        return ["xx"] if name in {"copy_to", "also_to", "cc", "cover", "also", "audience", "by", "digest"} else value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value % 60 + 1
    choices = OTHERWISE.get(name, LISTED.get(name, []))
    return next((each for each in choices if each != value), f"{value}x")


def put(body: Body, path: tuple[Any, ...], value: Any) -> None:
    inner: Any = body
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value


ALL = [(key, path, value) for key in KEYS for path, value in leaves(body_of(key))]


@given(st.lists(st.sampled_from(ALL), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_every_value_that_differs_leads_to_a_sentence_and_none_is_said_twice(
    picked: list[tuple[str, tuple[Any, ...], Any]],
) -> None:
    key = picked[0][0]
    body, changed = deepcopy(body_of(key)), set()
    for of, path, value in picked:
        if of == key and another(path, value) != value:
            put(body, path, another(path, value))
            changed.add(path)
    found = differences(shipped(key), Procedure.stored(json.dumps(body)))
    covered = [each.path for each in found]
    dotted = {".".join(map(str, path)) for path in changed}
    assert {path for path in dotted if not any(f"{path}.".startswith(f"{each}.") for each in covered)} == set()
    sentences = told(found)
    assert len(set(sentences)) == len(sentences)
    assert bool(sentences) == bool(changed)


def test_most_values_are_changed_by_the_test_above() -> None:
    assert sum(another(path, value) != value for _, path, value in ALL) / len(ALL) > 0.6
