"""What does field=value say on the command line?"""

from __future__ import annotations

import pytest

from escalation.commands import HoldMeeting, Note, ReferCafcass
from escalation.errors import InvalidDocument
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
