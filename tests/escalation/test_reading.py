"""Is whatever arrives either an act or a sentence that says why not?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation import rules
from escalation.messages import COMMANDS, Command, Decide, Note
from escalation.reading import read
from tests.escalation.driver import EXAMPLES, Play

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def test_a_payload_of_the_commands_form_is_the_command() -> None:
    assert read(Note, "note", [{"by": "iro", "text": "Seen"}]) == Note(by="iro", text="Seen")


def test_a_field_that_is_not_known_is_ignored() -> None:
    assert read(Note, "note", [{"text": "Seen", "from_a_newer_release": 1}]) == Note(text="Seen")


@pytest.mark.parametrize(
    ("payloads", "said"),
    [
        ([], "`note` takes one payload; none came."),
        ([{"text": "a"}, {"text": "b"}], "`note` takes one payload; 2 came."),
        (["words"], "`note` is an object with named fields; a str came"),
        ([None], "a NoneType came"),
        ([{"unreadable": "the key is not in the ring"}], "could not be read: the key is not in the ring."),
        ([{}], "text: Field required"),
        ([{"text": "a", "do": "close"}], "do: "),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(payloads: list[Any], said: str) -> None:
    found = read(Note, "note", payloads)
    assert isinstance(found, str)
    assert said in found


def test_every_fault_of_a_payload_is_said_at_once() -> None:
    found = read(Decide, "decide", [{"by": "Not A Role", "outcome": "maybe"}])
    assert isinstance(found, str)
    assert "by: " in found
    assert "outcome: " in found


@EXAMPLES
@given(st.sampled_from(COMMANDS), st.lists(JUNK, max_size=3))
def test_nothing_that_arrives_raises(kind: type[Command], payloads: list[Any]) -> None:
    assert isinstance(read(kind, kind.model_fields["do"].default, payloads), Command | str)


def test_what_could_not_be_read_is_recorded_and_the_next_lapse_still_fires() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    outcome = rules.refuse_unread(play.case, "respond", "unreadable", "The payload could not be read.", play.now)
    assert [(entry.event, entry.do) for entry in outcome.entries] == [("refused", "respond")]  # type: ignore[union-attr]
    play.case = outcome.case
    play.pass_time("2026-11-10 10:00")
    assert play.case.visit.stage == "L2"
