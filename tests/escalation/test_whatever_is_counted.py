"""Can anything that people wrote keep a report from being made? Each is made of whatever stands in its disputes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.committee import for_committee
from escalation.figures import Figures
from escalation.past import Made, Past
from escalation.reporting import figures
from escalation.tabling import tabled
from tests.escalation.driver import EXAMPLES, shipped
from tests.escalation.test_whatever_is_said import ANYTHING, KEYS, places

AT = datetime(2026, 6, 2, 10, tzinfo=UTC)
FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
WORDS = st.text(max_size=8) | st.sampled_from(["²", "9" * 5000, "A\u00b22", "\u0663", "\u0130", "None"])
TEXT = WORDS | st.lists(WORDS, max_size=2)
"""As a form takes it: one text or several."""


def made_of(key: str, pasts: list[Past], made: list[Made]) -> list[Figures]:
    """Every report of a procedure, for itself and for a committee, as a document."""
    procedure, found = shipped(key), []
    for name in procedure.reports:
        counted = figures(procedure, name, pasts, made, FIRST, LAST)
        for each in (counted, for_committee(procedure, counted)):
            tabled(procedure, each, AT)
        found.append(counted)
    return found


def past(key: str, **said: Any) -> Past:
    stage = shipped(key).stages[0].key
    given = {"reference": "A-1", "raised_on": FIRST, "closed": True, "closed_on": LAST, "outcome": "resolved"}
    return Past.model_validate(given | {"stage": stage, "reached": (stage,)} | said)


def recordings(key: str, fields: dict[str, Any]) -> list[Made]:
    return [Made(what=each.do, at=AT, fields=fields, by="iro") for each in shipped(key).recordings]


@settings(EXAMPLES, max_examples=8)
@given(data=st.data(), key=st.sampled_from(KEYS), team=WORDS, name=WORDS)
def test_whatever_was_written_every_report_is_made(data: st.DataObject, key: str, team: str, name: str) -> None:
    fields = st.dictionaries(st.sampled_from([*places(shipped(key)), "ref", "text"]), TEXT | ANYTHING, max_size=4)
    pasts = [past(key, team=team, raised_by=name, fields=data.draw(fields)), past(key, closed=False)]
    made_of(key, pasts, recordings(key, data.draw(fields)))


@pytest.mark.parametrize("name", ["²", "Jo ²", "9" * 5000])
@pytest.mark.parametrize("key", KEYS)
def test_a_name_that_holds_what_is_no_numeral_is_counted(key: str, name: str) -> None:
    counted = made_of(key, [past(key, team=name, raised_by=name, fields={"carer": name})], [])
    assert any(figures.disputes == 1 for figures in counted)


def test_an_item_of_a_code_is_an_english_letter_or_stands_as_it_is() -> None:
    counted = figures(
        shipped("southwark"), "quarterly", [past("southwark", fields={"category": 2, "sub_item": "\u0130"})]
    )
    assert counted.counts["sub_item"] == {"2.\u0130": 1}


@pytest.mark.parametrize(("ref", "about"), [(["A-1"], "A-1"), (["A-1", "A-2"], "A-1; A-2"), ("", None), ("A-1", "A-1")])
def test_a_meeting_s_agenda_takes_several_texts_where_the_form_does(ref: Any, about: str | None) -> None:
    fields = {"ref": ref, "held_on": "2026-06-01", "decision": ["Wait", "See"], "text": ["One.", "Two."]}
    made = recordings("leicestershire", fields)
    counted = figures(shipped("leicestershire"), "monthly_challenge_agenda", [], made, FIRST, LAST)
    (item,) = counted.agenda
    assert (item.reference, item.decided[0].decision, item.decided[0].text) == (about, "Wait; See", "One.; Two.")
