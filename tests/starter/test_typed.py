"""What does field=value say on the command line?"""

from __future__ import annotations

import pytest

from escalation.commands import HoldMeeting, Note, ReferCafcass
from escalation.errors import Fault, InvalidDocument
from starter import typed


def test_what_a_form_asks_for_is_what_it_looks_like() -> None:
    said = ["by=iro", "reason=5", "fields.checklist.risk_of_breach=true", "fields.detail=In words", 'fields.who=["a"]']
    command = typed.command(ReferCafcass, {}, said)
    expected = {"checklist": {"risk_of_breach": True}, "detail": "In words", "who": ["a"]}
    assert (command.by, command.reason, command.fields) == ("iro", "5", expected)  # type: ignore[attr-defined]


def test_several_are_parted_by_commas() -> None:
    command = typed.command(HoldMeeting, {}, ["attendees=iro,head_of_service", "resolved=false"])
    assert command.attendees == ["iro", "head_of_service"]  # type: ignore[attr-defined]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidDocument) as refused:
        typed.command(Note, {}, ["by=iro", "words=x", "loose"])
    assert {fault.where for fault in refused.value.faults} >= {"words", "loose", "text"}


def told(said: list[str]) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as refused:
        typed.command(ReferCafcass, {}, said)
    return {fault.where: fault.message for fault in refused.value.faults}


def test_what_has_a_value_has_no_parts() -> None:
    said = ["by=iro", "fields.detail=x", "fields.detail.why=y", "reason=z", "reason.why=z"]
    assert told(said) == {
        "fields.detail.why": "`detail` has a value already, so it has no parts",
        "reason.why": "`reason` has a value already, so it has no parts",
    }
    fields, (fault,) = typed.fields_in([], ["detail=x", "detail.why=y"])
    assert (fields, fault.where) == ({"detail": "x"}, "detail.why")


def test_bytes_that_are_no_text_are_refused_in_words() -> None:
    assert told(["by=iro", "fields.detail=caf\udce9", "name=\udcff"]) == {
        "fields.detail": "is not written in UTF-8",
        "name": "is not written in UTF-8",
    }
    assert typed.fields_in([], ["detail=caf\udce9"]) == ({}, [Fault("detail", "is not written in UTF-8")])


@pytest.mark.parametrize("text", ["NaN", "1e999", '"\\ud800"', "[" * 100_000, "9" * 5_000])
def test_what_json_could_not_keep_as_it_is_stays_text(text: str) -> None:
    command = typed.command(ReferCafcass, {}, [f"fields.detail={text}"])
    assert command.fields == {"detail": text}  # type: ignore[attr-defined]
    assert type(command).model_validate_json(command.model_dump_json()) == command
