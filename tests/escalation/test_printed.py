"""Does the printed form say under each label of the document what belongs there?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Bypass, ReferCafcass
from escalation.printed import SHOWS, printed, said
from escalation.procedure import SHOWN
from tests.escalation.driver import Play, a_procedure

AT = "2026-11-02 10:00"
ASKS = [
    {"key": "concern", "label": "Concern", "required": False},
    {"key": "talk", "label": "Talk", "kind": "group", "required": False, "fields": [
        {"key": "on", "label": "On", "kind": "date"}, {"key": "whom", "label": "With", "required": False},
    ]},
    {"key": "told", "label": "Told", "kind": "yes_no", "required": False},
    {"key": "aims", "label": "Aims", "required": False},
]  # fmt: skip
THEMES = {
    "title": "Themes",
    "items_in": "item",
    "open": True,
    "codes": [{"code": 1, "title": "Health", "items": ["Teeth", "Eyes"]}, {"code": 2, "title": "School"}],
}


def form(lines: dict[str, Any], **said: Any) -> dict[str, str]:
    procedure = a_procedure(asks=ASKS, taxonomies={"theme": THEMES}, forms=[{"title": "Form", "lines": lines}])
    play = Play(procedure, AT)
    assert not play.start(**said).rejection
    return printed(play.case) or {}


def test_each_name_that_a_form_may_print_is_printed() -> None:
    assert set(SHOWS) == set(SHOWN)


def test_labels_stand_in_the_documents_order_with_nothing_where_nothing_was_said() -> None:
    printed_form = form({"Concern": "concern", "Came of it": "outcome", "Which": "reference"}, concern="No plan")
    assert list(printed_form.items()) == [("Concern", "No plan"), ("Came of it", ""), ("Which", "CASE-1")]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("talk.on", {"talk": {"on": "2026-10-30"}}, "2026-10-30"),
        ("talk", {"talk": {"on": "2026-10-30", "whom": "clerk"}}, "2026-10-30; clerk"),
        ("talk.whom", {"talk": {"on": "2026-10-30", "whom": "clerk"}}, "Clerk"),
        ("told", {"told": True}, "Yes"),
        ("told", {"told": False}, "No"),
        ("aims", {"aims": ["One", "Two"]}, "One; Two"),
        ("theme", {"theme": 1}, "Health"),
        ("theme", {"theme": [2, "1", "Sport"]}, "School; Health; Sport"),
        ("item", {"theme": 1, "item": "b"}, "Eyes"),
        ("item", {"theme": 1, "item": [1, 2]}, "Teeth; Eyes"),
    ],
)
def test_what_was_filled_in_is_printed_in_words(name: str, value: dict[str, Any], text: str) -> None:
    assert form({"Label": name}, **value) == {"Label": text}


def test_several_fields_fill_one_line() -> None:
    assert form({"All": ["concern", "talk.on", "told"]}, concern="x", told=True) == {"All": "x; Yes"}


def southwark() -> Play:
    play = Play("southwark", AT)
    play.start(name="A. Reviewer", iro_timescale_working_days=3, category=3, sub_item="b")
    return play


def test_southwarks_form_has_six_lines_from_concern_to_date_concluded() -> None:
    """SWK-20"""
    play = southwark()
    concern, asked, addressed, response, outcome, concluded = (printed(play.case) or {}).values()
    assert (concern, asked) == ("No plan; Spoke to the team", "Hold a meeting; 2026-11-05")
    assert (addressed, response, outcome, concluded) == ("Operational Manager", "", "", "")
    play.respond(text="On Friday", at="2026-11-04 10:00")
    play.decide("satisfied", outcome_text="It was held", at="2026-11-06 10:00")
    assert list((printed(play.case) or {}).values())[3:] == ["On Friday", "It was held", "2026-11-06"]


def test_who_raised_when_it_was_due_and_whether_cafcass_knows() -> None:
    lines = {name: name for name in SHOWN}
    procedure = a_procedure(forms=[{"title": "Form", "lines": lines}], cafcass={"to": "cafcass", "subjects": ["lac"]})
    play = Play(procedure, AT)
    play.start(name="A. Reviewer", deliver=False)
    shown = printed(play.case) or {}
    assert (shown["raiser"], shown["raised_on"], shown["referred_to_cafcass"]) == (
        "A. Reviewer, IRO",
        "2026-11-02",
        "No",
    )
    assert (shown["alerted_on"], shown["due"], shown["stage"], shown["stage_title"]) == ("", "", "S1", "Stage 1")
    play.deliver()
    play.act(ReferCafcass(by="iro"))
    play.respond(text="Soon", at="2026-11-03 23:30")
    shown = printed(play.case) or {}
    assert (shown["alerted_on"], shown["due"], shown["referred_to_cafcass"]) == ("2026-11-02", "2026-11-09", "Yes")
    assert (shown["response"], shown["responded_on"]) == ("Soon", "2026-11-03")


def test_an_answer_given_in_parts_is_printed_whole() -> None:
    play = Play(a_procedure(forms=[{"title": "Form", "lines": {"Response": "response"}}]), AT)
    play.start()
    play.respond(answers=[{"action": "Visit", "text": "Done"}, {"text": "Booked"}])
    assert printed(play.case) == {"Response": "Done; Booked"}


def test_where_no_form_is_used_there_is_none_and_the_note_says_what_was_asked_and_given() -> None:
    """OXF-10"""
    play = Play("oxfordshire", AT)
    play.start(stage="S1")
    assert printed(play.case) is None
    assert {"With whom: social_worker", "Agreed actions: Visit the child"} <= {
        line.replace("Social Worker", "social_worker") for line in said(play.case)
    }
    play.act(Bypass(by="iro", to="S2"))
    shown = printed(play.case) or {}
    assert shown["Expected Outcome"] == "Visits resume"
    assert shown["Social Worker / Team Manager"] == "Social Worker"  # filled from Stage 1 (OXF-A18)


def test_the_code_of_a_stage_is_printed_in_that_stages_words() -> None:
    """HLC-T2, HLC-T3"""
    play = Play("halton-looked-after", AT)
    play.start(stage="S2", ground=1)
    assert (printed(play.case) or {})["Situation"] == "The IRM disagrees with the LA care plan for the child"


def test_a_record_that_is_a_form_says_all_that_it_prints() -> None:
    play = Play("halton-looked-after", AT)
    play.start(stage="S2", ground=1)
    note = play.last("case_note")
    assert (note.heading, note.form) == ("dedicated form", "form")
    assert "Alert raised with: Divisional Manager" in note.text.splitlines()
    assert "Outcome: " not in note.text
