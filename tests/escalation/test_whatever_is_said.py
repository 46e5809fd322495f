"""Can anything that people say in the fields of an act stop an escalation? It is taken or refused, never an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escalation.forms import known_at_start
from escalation.messages import Bypass, Command, CompleteForm, ConsiderCafcass, RecordEvent, ReferCafcass
from escalation.printed import printed, said
from escalation.procedure import Procedure
from escalation.state import state_of
from tests.escalation.driver import EXAMPLES, Play, kept, refused, shipped

AT = "2026-11-02 10:00"
KEYS = ["southwark", "sbc", "oxfordshire", "leicestershire", "halton-child-protection", "halton-looked-after"]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["9999-12-31", "0001-01-01", "2026-11-06", "1", "a", "İ", "²", "9" * 5000, "x" * 30_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(procedure: Procedure) -> list[str]:
    """Every field that this procedure reads anything from."""
    recorded = {field.key for recording in procedure.recordings for field in recording.fields}
    return sorted(known_at_start(procedure) | recorded)


def started(key: str) -> Play:
    play = Play(key, AT)
    assert not play.start().rejection
    return play


def acts(play: Play, fields: dict[str, Any]) -> list[Command]:
    raiser = play.procedure.raiser.roles[0]
    return [
        CompleteForm(by=raiser, fields=fields),
        ConsiderCafcass(by=raiser, fields=fields),
        ReferCafcass(by=raiser, fields=fields),
        *(RecordEvent(by=raiser, what=each.do, fields=fields) for each in play.procedure.recordings),
        Bypass(by=raiser, to=play.procedure.stages[-1].key, reason="x", fields=fields),
    ]


@EXAMPLES
@given(data=st.data(), key=st.sampled_from(KEYS))
def test_whatever_stands_in_a_field_the_act_is_taken_or_refused(data: st.DataObject, key: str) -> None:
    play = started(key)
    fields = data.draw(st.dictionaries(st.sampled_from(places(shipped(key))), ANYTHING, max_size=4))
    for act in acts(play, fields):
        play.act(act)
        state_of(play.case, play.now).model_dump(mode="json")
        printed(play.case)
        said(play.case)
    assert kept(play) == play.case
    play.pass_time("2026-12-20 10:00")
    assert "lapsed" in play.events


@pytest.mark.parametrize("reason", [[None], 7, [{"a": None}], ["not_agreed", None, True]])
@pytest.mark.parametrize("key", KEYS)
def test_a_reason_that_is_no_text_is_put_into_the_note_all_the_same(key: str, reason: Any) -> None:
    play = started(key)
    for act in acts(play, {"reason": reason}):
        play.act(act)
    assert kept(play) == play.case


@EXAMPLES
@given(data=st.data(), key=st.sampled_from(KEYS))
def test_so_is_a_start(data: st.DataObject, key: str) -> None:
    play = Play(key, AT)
    fields = data.draw(st.dictionaries(st.sampled_from(places(shipped(key))), ANYTHING, max_size=4))
    outcome = play.start(fields=fields, stage=data.draw(st.sampled_from([None, shipped(key).stages[-1].key])))
    assert bool(play.case.visits) == (outcome.rejection is None)


@EXAMPLES
@example("x" * 20_000)
@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=200))
def test_an_answer_as_long_as_may_be_is_filed_whole(text: str) -> None:
    play = started("southwark")
    assert refused(play.respond(text=text)) is None
    assert text in play.last("case_note").text


def test_so_is_a_concern_of_any_length() -> None:
    play = Play("southwark", AT)
    play.start(concern="x" * 100_000)
    assert play.case.alert_accepted
    assert "x" * 100_000 in play.last("case_note").text


@pytest.mark.parametrize("category", ["x" * 30_000, list(range(1000, 9000))])
def test_a_refusal_quotes_no_more_than_can_be_read(category: Any) -> None:
    play = started("southwark")
    outcome = play.act(CompleteForm(by="iro", fields={"category": category}))
    assert outcome.rejection
    assert (outcome.rejection.code, len(outcome.rejection.message)) == ("incomplete", 4_001)
    assert play.last("refused").message == outcome.rejection.message
