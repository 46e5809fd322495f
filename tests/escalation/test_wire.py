"""Can what was stored months ago still be read? One golden file a message and a history entry.

A golden file holds a value for every field. An optional field added later passes; a field renamed, removed or re-typed
fails. Never edit a golden file to make this pass: histories hold such payloads. A new message gets a new file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from escalation import messages, wire
from escalation.history import HistoryEntry, Noted
from escalation.messages import Note
from escalation.opening import Receipt
from escalation.record import RecordedBatch, RecordSummary
from escalation.state import EntryView, State
from escalation.summary import RecordBatch, Summary
from escalation.wire import Message
from escalation.working_days import Calendar

GOLDEN = Path(__file__).parent / "golden"


def _stored() -> dict[str, type[BaseModel]]:
    """Every model that Temporal or the register keeps, by the name of its file."""
    in_messages = [
        kind
        for module in (messages, wire)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
    ]
    others: list[type[BaseModel]]
    others = [Calendar, Receipt, State, EntryView, Summary, RecordBatch, RecordSummary, RecordedBatch]
    entries = get_args(get_args(HistoryEntry)[0])
    return {kind.__name__: kind for kind in [*in_messages, *others]} | {
        f"history_{kind.__name__}": kind for kind in entries
    }


STORED = _stored()


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def kept(kind: type[BaseModel], stored: Any) -> Any:
    """What this release makes of a stored value, leaving out what the value did not say."""
    return TypeAdapter(kind).validate_python(stored).model_dump(mode="json", exclude_unset=True)


@pytest.mark.parametrize("name", sorted(STORED))
def test_what_was_stored_is_read_and_kept_whole(name: str) -> None:
    assert (GOLDEN / f"{name}.json").exists(), (
        f"Write tests/escalation/golden/{name}.json with a value for every field."
    )
    assert kept(STORED[name], golden(name)) == golden(name)


def test_no_message_that_was_ever_stored_is_gone() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} <= set(STORED)


@pytest.mark.parametrize("name", sorted(STORED))
def test_a_golden_file_says_every_field_that_must_be_given(name: str) -> None:
    required = {key for key, field in STORED[name].model_fields.items() if field.is_required()}
    assert required <= set(golden(name))


@pytest.mark.parametrize("name", sorted(STORED))
def test_what_a_newer_release_adds_is_ignored(name: str) -> None:
    assert kept(STORED[name], golden(name) | {"of_a_newer_release": 1}) == golden(name)


# The comparison itself can fail -------------------------------------------------------------------------------------


class Renamed(Message):
    do: str = "note"
    by: str | None = None
    name: str | None = None
    words: str = ""


class Retyped(Note):
    text: int  # type: ignore[assignment]


class Grown(Note):
    colour: str | None = None


def test_a_renamed_field_is_seen() -> None:
    assert kept(Renamed, golden("Note")) != golden("Note")


def test_a_field_of_another_type_is_seen() -> None:
    with pytest.raises(ValidationError):
        kept(Retyped, golden("Note"))


def test_an_optional_field_added_is_no_change() -> None:
    assert kept(Grown, golden("Note")) == golden("Note")
    assert kept(Noted, golden("history_Noted")) == golden("history_Noted")
