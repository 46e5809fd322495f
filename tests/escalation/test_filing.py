"""Is every kind of entry told in words, with all that it says; and is a form what it was at its stage?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from escalation.entry import Entry
from escalation.filing.document import Document, Line, Lines
from escalation.filing.filled import SAID
from escalation.filing.form import blank, form, forms
from escalation.filing.standing import NotOnFile, standings
from escalation.filing.told import HEADLINES, IN_THE_HEADLINE, told
from escalation.form_layout import laid_out
from escalation.history import History
from escalation.messages import Withdraw
from escalation.procedure import SHOWN
from tests.escalation.driver import Play, a_procedure

GOLDEN = sorted((Path(__file__).parent / "golden").glob("history_*.json"))
KINDS = set(json.loads(json.dumps(History.json_schema()))["items"]["discriminator"]["mapping"])


CODED = {"case_note", "held"}
"""A note's text stands in a part of its own; why it is held is a code."""


def a_case() -> Play:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    return play


def lines_of(document: Document) -> list[Line]:
    return [line for block in document.blocks if isinstance(block, Lines) for line in block.lines]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_kind_of_entry_is_told(file: Path) -> None:
    entry = History.validate_json(f"[{file.read_text(encoding='utf-8')}]")[0]
    headline, *more = told(a_case().case, entry)
    assert headline
    assert not headline.startswith(entry.event)
    for words in _written(json.loads(file.read_text(encoding="utf-8"))):
        assert any(words in line for line in [headline, *more]) or entry.event in CODED, words


def _written(said: dict[str, Any]) -> list[str]:
    """What people wrote in an entry."""
    return [said[name] for name in ("text", "reason", "outcome_text", "how") if isinstance(said.get(name), str)]


def test_every_kind_of_entry_has_words_of_its_own() -> None:
    assert set(HEADLINES) == KINDS
    assert set(IN_THE_HEADLINE) <= KINDS


def test_an_entry_that_is_new_is_told_by_its_name_and_all_that_it_says() -> None:
    class SiblingsTold(Entry):
        event: Literal["siblings_told"] = "siblings_told"
        text: str = ""
        count: int = 0

    play = a_case()
    entry = SiblingsTold(at=play.now, by="iro", name="Ada", text="iro", count=3)
    assert told(play.case, entry) == [
        "Siblings told, by Ada (Independent Reviewing Officer)",
        "In their words: iro",  # words stay as they were written, also where they are the key of a role
        "Count: 3",
    ]


def test_each_name_that_a_form_may_print_is_said_in_words() -> None:
    assert set(SAID) == set(SHOWN)


# Forms ---------------------------------------------------------------------------------------------------------------


def test_a_form_shows_what_it_said_when_its_stage_was_left() -> None:
    play = a_case()
    play.pass_time("2026-11-12 10:00")
    assert play.case.visit.stage == "L2"
    first, second = standings(play.procedure, play.entries)
    assert (first.case.visit.stage, first.then) == ("L1", "Head of Service")
    assert (second.case, second.then) == (play.case, None)
    texts = [[line.texts for line in lines_of(each)] for each in forms([first, second])]
    assert texts[0][3] == ["No answer by Monday 9 November 2026 at 5pm"]
    assert texts[1][3] == ["Operational Manager: no answer by Monday 9 November 2026 at 5pm"]
    assert texts[0][4] == ["Not at this stage: it went on to Head of Service"]
    assert texts[1][4] == ["Not yet"]


def test_a_missing_form_stops_no_lapse_and_says_what_is_missing() -> None:
    """G-A22"""
    play = Play("sbc", "2026-11-02 10:00")
    play.start(formal_form_complete=None)
    play.pass_time("2026-11-18 10:00")
    assert play.case.visit.stage == "L1"
    document = form(play.procedure, play.entries)
    missing = [line.label for line in lines_of(document) if not line.given]
    assert {"Carer", "Response", "Outcome"} <= set(missing)
    assert "draft_form" in [task.key for task in play.case.tasks]


def test_an_item_is_printed_in_the_documents_words() -> None:
    play = Play("sbc", "2026-11-02 10:00")
    play.start(theme=1, issue=2)
    document = form(play.procedure, play.entries)
    (issue,) = [line for line in lines_of(document) if line.label == "Issue"]
    assert issue.texts[0].startswith("Insufficient evidence of the child")


def test_a_withdrawn_concern_says_so_as_its_outcome() -> None:
    play = a_case()
    play.act(Withdraw(by="iro", reason="Raised by mistake"), at="2026-11-03 10:00")
    said = {line.label: line.texts for line in lines_of(form(play.procedure, play.entries))}
    assert said["Outcome"] == ["Withdrawn by the raiser", "Raised by mistake"]
    assert said["Date Concluded"] == ["Tuesday 3 November 2026"]


def test_where_nothing_was_raised_there_is_nothing_to_put_on_file() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    with pytest.raises(NotOnFile, match="Nothing has been raised"):
        form(play.procedure, play.entries)


def test_where_a_procedure_has_no_form_it_says_so() -> None:
    with pytest.raises(NotOnFile, match="names no form"):
        blank(a_procedure())


def test_lines_stand_together_from_one_part_to_the_next() -> None:
    lines = {"A": "reference", "B": "due", "C": "outcome", "D": "response"}
    parts = [{"begins": "B", "side_by_side": True}, {"begins": "D", "title": "Last"}]
    (used,) = a_procedure(forms=[{"title": "Form", "lines": lines, "parts": parts}]).forms
    assert [(part.title, labels) for part, labels in laid_out(used)] == [
        (None, ["A"]),
        (None, ["B", "C"]),
        ("Last", ["D"]),
    ]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"parts": [{"begins": "X"}]}, "`X` is none of its `lines`"),
        ({"printed_as": {"X": "Y"}}, "`X` is none of its `lines`"),
        ({"parts": [{"begins": "A", "side_by_side": True}]}, "has 1 lines, and not two side by side"),
    ],
)
def test_parts_that_no_line_begins_are_faults_of_the_procedure(said: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        a_procedure(forms=[{"title": "Form", "lines": {"A": "reference"}} | said])
