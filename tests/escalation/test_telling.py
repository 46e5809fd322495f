"""How a procedure is told in words: nothing that has no name, and a sentence for each way in which a rule may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activities import rendering
from config import procedures
from escalation import alerts, notices
from escalation.notices import ALWAYS
from escalation.procedure import EVENTS, PARTS, STORED, Procedure, Report, When
from escalation.schema.duties import Filing
from escalation.schema.forms import FormField
from escalation.telling import Margin, sheet_of, tell, vocabulary
from escalation.telling.conditions import when
from escalation.telling.duties import BY_NATURE
from escalation.telling.wording import both, days, either, plain, sentence, the
from escalation.wire import Subject

BARE = {
    "key": "bare",
    "title": "A bare one",
    "council": "Nowhere",
    "source": {"title": "A note", "amended": "never", "reference": "1"},
    "subjects": ["lac"],
    "roles": {"iro": "Reviewing Officer", "lead": "Lead", "manager": "Manager", "chief": "Chief, all services"},
    "raiser": {"roles": ["iro"], "line_manager": "lead"},
    "quality_assurance": "lead",
    "stages": [
        {"key": "A", "title": "First", "addressee": ["manager"]},
        {"key": "B", "title": "Last", "addressee": ["chief"]},
    ],
}


def bare(**parts: Any) -> Procedure:
    return Procedure.model_validate(BARE | parts, context=STORED)


def stage(**parts: Any) -> dict[str, Any]:
    return {"stages": [BARE["stages"][0] | parts, BARE["stages"][1]]}  # type: ignore[index]


def options(model: Any, field: str) -> set[str]:
    return set(model.model_fields[field].annotation.__args__)


# Names ----------------------------------------------------------------------------------------------------------------


def test_every_event_has_words() -> None:
    assert set(vocabulary.EVENTS) == EVENTS


def test_every_notice_has_words() -> None:
    assert set(vocabulary.NOTICES) == set(rendering.notices())


def test_every_part_in_an_escalation_has_words() -> None:
    assert set(vocabulary.PEOPLE) == set(PARTS)


def test_every_fact_of_a_subject_has_words() -> None:
    assert set(vocabulary.FACTS) == {name for name, field in Subject.model_fields.items() if field.annotation is bool}


def test_every_choice_of_the_schema_has_words() -> None:
    assert set(vocabulary.KINDS) == options(FormField, "kind") - {"choice", "code"}
    assert set(vocabulary.ACTS) == options(FormField, "at")
    assert set(vocabulary.FORMS) == options(Filing, "form")
    assert set(vocabulary.PERIODS) == options(Report, "period")


def test_what_every_procedure_sends_is_named() -> None:
    assert {notice for _, notice, _ in BY_NATURE} | {each.notice for each in ALWAYS} <= set(vocabulary.NOTICES)


# Sentences ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (both(["one"]), "one"),
        (both(["one", "two", "three", "two"]), "one, two and three"),
        (either(["the Chief, all services", "the Lead"]), "the Chief, all services; or the Lead"),
        (days(1), "1 working day"),
        (days(3, "calendar"), "3 calendar days"),
        (the("Team Manager"), "the Team Manager"),
        (the("CAFCASS Legal"), "CAFCASS Legal"),
        (sentence("it ends"), "It ends."),
        (plain("choice*/standard\n [of care] | <b>"), r"choice\*/standard \[of care\] \| &lt;b>"),
    ],
)
def test_words_are_put_together_as_people_do(words: str, said: str) -> None:
    assert words == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({}, ""),
        ({"flag": "has_guardian"}, "where the child has a Guardian"),
        ({"unless": "told_already"}, "unless “told already” is answered yes"),
        ({"stages": ["A"], "because": "lapsed"}, "at A (First), and where silence led there"),
        ({"stages": ["A", "B"], "state": "late"}, "at A and B, and where the answer came late"),
        (
            {"given": {"reach": ["all", True]}, "started_here": False},
            "where “reach” is all or yes, and where the escalation did not start at that stage",
        ),
        (
            {"subject": ["cp"], "outcome": ["unresolved"]},
            "for children who are the subject of child protection planning, and where it ends as unresolved",
        ),
    ],
)
def test_a_condition_is_told(condition: dict[str, Any], said: str) -> None:
    assert when(bare(), When.model_validate(condition)) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "There is no total time."),
        ({}, "If there is no answer in time, it goes on by itself to B (Last)."),
        ({}, "If there is no answer in time, it is put on hold, as nothing follows."),
        ({}, "This procedure knows no referral to CAFCASS."),
        ({}, "There is no more time: a request for it is refused."),
        (stage(on_lapse="ask"), "If there is no answer in time, the stage stays open, and the raiser decides"),
        (stage(response={"working_days": None}), "There is no date by which to answer."),
        (stage(response={"stops_on": "resolution"}), "Only the raiser's word that it is resolved ends that time"),
        (stage(addressee=["manager", "chief"]), "the Manager; or the Chief, all services. The first answer counts."),
        (stage(channel="secure_email"), "They are asked by secure email"),
        ({"entry": {"may_bypass": False}}, "No stage is skipped"),
        ({"entry": {"reason_to_bypass": "require"}}, "Skipping a stage without a reason is refused."),
        ({"cap": {"working_days": 9, "starts": "B"}}, "counted once from the day on which B (Last) begins."),
        ({"extension": {"most_working_days": 2, "beyond_cap": "never"}}, "At most 2 working days at once."),
        ({"reminders": {"addressee_before_due": [1, 3]}}, "reminded 3 and 1 working days before the date"),
        ({"reminders": {"raiser_after": [], "pass_turn_after": None}}, "the raiser is reminded every 5 working days"),
        ({"legal_advice": {"from_stage": "B"}}, "The raiser may ask for it from B (Last) on; before, it is refused."),
    ],
)  # fmt: skip
def test_each_way_in_which_a_rule_may_stand_has_its_sentence(parts: dict[str, Any], said: str) -> None:
    assert said in tell(bare(**parts))


# Beside the sentences -------------------------------------------------------------------------------------------------


def test_what_is_ours_is_marked_and_listed_to_be_confirmed() -> None:
    text = tell(bare(inferred={"stages.A.addressee": "Nobody is named (SWK-A4)."}))
    assert "- Must answer: the Manager. **(ours: Nobody is named (SWK-A4))**" in text
    assert "| Stage A: who must answer | Nobody is named (SWK-A4). |  |" in text


def test_nothing_to_confirm_is_said() -> None:
    assert "Nothing: everything on this page stands in the document." in tell(bare())


def test_a_comment_stands_beside_its_sentence_and_its_ruling_is_linked() -> None:
    margin = Margin({"stages.0.copy_to": '"always copied" (SWK-22)'}, rulings={"SWK-22": "rulings.md#here"})
    assert '- Nobody else is copied in.\n  > "always copied" ([SWK-22](rulings.md#here))' in tell(bare(), margin)


def test_what_is_used_once_more_has_its_comment_but_where_ours_stands() -> None:
    aliases = [("stages.1.response", "stages.0.response")]
    margin = Margin({"stages.0.response": '"five days"'}, aliases=aliases)
    assert tell(bare(), margin).count('> "five days"') == 2
    assert tell(bare(inferred={"stages.B.response": "As A."}), margin).count('> "five days"') == 1


def test_our_reason_holds_for_what_is_used_once_more() -> None:
    margin = Margin(aliases=[("stages.1.response", "stages.0.response")])
    assert tell(bare(inferred={"stages.A.response": "Nothing is said."}), margin).count("(ours: Nothing is said)") == 2


def test_a_page_knows_what_it_has_shown() -> None:
    sheet = sheet_of(bare(inferred={"cap": "No total is stated."}))
    assert sheet.shown == {"cap"}


def test_no_name_of_a_program_is_left_on_a_page() -> None:
    for procedure in procedures.all_procedures().values():
        codes = {str(code.code) for taxonomy in procedure.taxonomies.values() for code in taxonomy.codes}
        assert set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", tell(procedure))) - codes == set()


# What every procedure sends ------------------------------------------------------------------------------------------


def test_the_table_of_what_every_procedure_sends_names_each_notice_that_the_code_composes_by_itself() -> None:
    """Those are written by hand beside the code, which decides by the case whom they reach."""
    composed = {name for module in (notices, alerts) for name in _composed_in(Path(str(module.__file__)))}
    named_by_the_stage = {"alert"}
    assert {notice for _, notice, _ in BY_NATURE} == composed | named_by_the_stage


def _composed_in(file: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "compose":
            name = call.args[2]
            if isinstance(name, ast.Constant):
                yield str(name.value)
