"""Is what a person filled in what the procedure's form asks for?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation import forms
from tests.escalation.driver import a_procedure


def faults(given: dict[str, Any], *fields: dict[str, Any], act: str = "start", **more: Any) -> list[tuple[str, str]]:
    asks = [{"key": "x", "label": "X"} | field for field in fields]
    return forms.faults(a_procedure(asks=asks, **more), given, act, "S1")


@pytest.mark.parametrize("nothing", [None, "", "   ", []])
def test_a_required_field_with_nothing_in_it_is_missing(nothing: Any) -> None:
    assert faults({"x": nothing}, {}) == [("x", "“X” is needed.")]
    assert faults({"x": nothing}, {"required": False}) == []


@pytest.mark.parametrize(
    ("field", "good", "bad", "message"),
    [
        ({"kind": "text"}, "words", 5, "“X” is text."),
        ({"kind": "yes_no"}, False, "no", "“X” is answered yes or no."),
        ({"kind": "yes_no", "needs_true": True}, True, False, "“X” must be yes."),
        ({"kind": "date"}, "2026-11-27", "27 November", "“X” is a date, such as 2026-11-27."),
        ({"kind": "date"}, "2026-02-28", "2026-02-30", "“X” is a date, such as 2026-11-27."),
        ({"kind": "date"}, "2026-02-28", 20260228, "“X” is a date, such as 2026-11-27."),
        ({"kind": "whole_number"}, 0, -1, "“X” is a whole number."),
        ({"kind": "whole_number"}, 3, True, "“X” is a whole number."),
        ({"kind": "whole_number"}, 3, "3", "“X” is a whole number."),
        ({"kind": "choice", "choices": ["a", "b"]}, "a", "c", "“X” is one of: a, b."),
        ({"kind": "choice", "choices": ["a", "b"]}, "b", ["a"], "“X” is one of: a, b."),
    ],
)
def test_each_kind_of_field_takes_its_own_and_nothing_else(
    field: dict[str, Any], good: Any, bad: Any, message: str
) -> None:
    assert faults({"x": good}, field) == []
    assert faults({"x": bad}, field) == [("x", message)]


def test_the_parts_of_a_group_are_named_by_their_path() -> None:
    group = {
        "kind": "group",
        "fields": [{"key": "on", "label": "Date", "kind": "date"}, {"key": "who", "label": "Who"}],
    }
    assert faults({"x": {"on": "soon"}}, group) == [
        ("x.on", "“Date” is a date, such as 2026-11-27."),
        ("x.who", "“Who” is needed."),
    ]
    assert faults({"x": "talked"}, group) == [("x", "“X” has parts: Date, Who.")]


def test_every_fault_is_found_at_once() -> None:
    assert [key for key, _ in faults({"y": 5}, {}, {"key": "y", "label": "Y"})] == ["x", "y"]


def test_a_field_of_another_act_or_another_stage_is_not_asked_for() -> None:
    assert faults({}, {"at": "close"}, {"key": "y", "stages": ["S2"]}) == []
    assert [key for key, _ in faults({}, {"at": "close"}, act="close")] == ["x"]


def coded(given: dict[str, Any], *, required: bool = True) -> list[tuple[str, str]]:
    codes = [{"code": 1, "title": "One"}, {"code": "other", "title": "Other", "free_text": True}]
    taxonomies = {"theme": {"title": "Themes", "required": required, "codes": codes}}
    return forms.faults(a_procedure(taxonomies=taxonomies), given, "start", "S1")


@pytest.mark.parametrize("given", [1, "1", [1], ["1", 1]])
def test_a_code_is_known_as_number_or_text_one_or_several(given: Any) -> None:
    assert coded({"theme": given}) == []


def test_unknown_and_missing_codes_are_faults() -> None:
    assert coded({}) == [("theme", "“Themes” is needed: one of 1, other.")]
    assert coded({}, required=False) == []
    assert coded({"theme": [1, 7]}) == [("theme", "7 is not one of the codes of “Themes”: 1, other.")]


def test_a_code_for_anything_else_needs_a_text() -> None:
    assert [key for key, _ in coded({"theme": "other"})] == ["other_text"]
    assert coded({"theme": "other", "other_text": "Passports"}) == []


def test_codes_are_asked_for_at_the_start_only() -> None:
    procedure = a_procedure(
        taxonomies={"theme": {"title": "T", "required": True, "codes": [{"code": 1, "title": "One"}]}}
    )
    assert forms.faults(procedure, {}, "close", "S1") == []
