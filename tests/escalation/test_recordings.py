"""Who may record what, what it must say, and what it calls for, in an escalation and alone."""

from __future__ import annotations

from typing import Any

import pytest

from escalation import recordings
from escalation.procedure import When
from tests.a_recording import a_procedure, recording

PROCEDURE = a_procedure()
GOOD = recording("good_practice")
SAID = {"practitioner": "social_worker", "about": "Patient work"}


def check(by: str | None = "iro", parts: recordings.Parts | None = None, **changes: Any) -> recordings.Refusal | None:
    fields = {key: value for key, value in (SAID | changes).items() if value is not None}
    return recordings.check(PROCEDURE, GOOD, by, fields, parts)


def test_whoever_the_procedure_names_may_record() -> None:
    assert check() is None


@pytest.mark.parametrize("by", ["qau_manager", "social_worker", "raiser"])
def test_nobody_else_may_and_is_told_who(by: str) -> None:
    refused = check(by)
    assert refused
    assert (refused.code, refused.field) == ("not_theirs_to_record", "by")
    assert "recorded by the Independent Reviewing Officer" in refused.message


def test_in_an_escalation_who_covers_is_the_raiser() -> None:
    assert check("qau_manager", {"raiser": ["qau_manager"]}) is None
    assert check("iro", {"raiser": ["qau_manager"]}) is not None


def test_it_must_be_said_who_records_and_an_empty_list_lets_anybody() -> None:
    log = recording("log_action")
    unsaid = recordings.check(PROCEDURE, log, None, {"text": "x"})
    assert unsaid
    assert unsaid.code == "who_acts"
    assert recordings.check(PROCEDURE, log, "social_worker", {"text": "x"}) is None


def test_every_fault_of_the_fields_is_told_at_once() -> None:
    refused = check(practitioner="nurse", about=None, category=99, seen={"by_child": "perhaps"})
    assert refused
    assert (refused.code, refused.field) == ("incomplete", "practitioner")
    for word in ("“Who”", "“What was good”", "“Theme”", "“On”", "“By the child”"):
        assert word in refused.message


def test_a_slip_in_a_fields_name_is_told_with_those_there_are() -> None:
    assert recordings.unknown_fields(GOOD, SAID) == []
    ((key, message),) = recordings.unknown_fields(GOOD, SAID | {"abuot": "x"})
    assert key == "abuot"
    assert "practitioner, about, category, seen" in message
    assert "has no fields" in recordings.unknown_fields(recording("child_told"), {"x": 1})[0][1]


def duties(**changes: Any) -> recordings.Duties:
    fields = SAID | changes
    return recordings.duties_of(PROCEDURE, GOOD, fields, recordings.holds_alone(fields))


def test_only_what_its_conditions_call_for_is_called_for() -> None:
    one, other = duties(), duties(practitioner="partner_agency")
    assert [letter.to for letter in one.letters] == [["operational_manager"]]
    assert [filing.where for filing in one.filings] == ["Mosaic"]
    assert [letter.to for letter in other.letters] == [["operational_manager"], ["head_of_service"]]
    assert [(filing.where, filing.form) for filing in other.filings] == [("SharePoint", "document")]
    assert [task.what for task in one.tasks] == ["Thank them"]


@pytest.mark.parametrize(("category", "advised"), [(2, True), ("2", True), ([1, 3], True), (1, False), (None, False)])
def test_advice_is_given_where_one_of_the_codes_is_among_those_named(category: Any, advised: bool) -> None:
    assert duties(category=category).advice == (("Say which review it was seen at.",) if advised else ())


def test_a_heading_takes_what_the_fields_say_in_the_documents_words() -> None:
    (filing,) = duties(category=[2, 7]).filings
    assert filing.heading == "Good practice: Patient work (Drift or delay in care planning; Health)"
    assert duties().filings[0].heading == "Good practice: Patient work ()"


def test_the_text_to_paste_has_a_line_for_all_that_was_said() -> None:
    said = SAID | {"category": 10, "seen": {"on": "2026-03-02", "by_child": True}}
    assert recordings.text_of(PROCEDURE, GOOD, said).splitlines() == [
        "Good practice notification",
        "Who: social_worker",
        "What was good: Patient work",
        "Theme: Non completion of review decisions",
        "On: 2026-03-02",
        "By the child: Yes",
    ]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(), True),
        (When(subject=["foster_carer"], track=["another"]), True),
        (When(flag="urgent"), True),
        (When(flag="quiet"), False),
        (When(unless="urgent"), False),
        (When(unless="quiet"), True),
        (When(given={"kind": ["a", "b"]}), True),
        (When(given={"kind": ["b"]}), False),
        (When(given={"nowhere": ["b"]}), False),
        (When(given={"seen.by": ["child"]}), True),
        (When(stages=["L1"]), False),
        (When(started_here=False), False),
        (When(because="lapsed"), False),
        (When(state="late"), False),
        (When(outcome=["resolved"]), False),
    ],
)
def test_alone_a_condition_is_read_by_the_fields_and_none_of_an_escalation_holds(when: When, holds: bool) -> None:
    fields = {"urgent": True, "quiet": False, "kind": "a", "seen": {"by": "child"}}
    assert recordings.holds_alone(fields)(when) is holds


def test_alone_the_raiser_is_who_records_or_all_who_could_raise_and_nobody_is_asked() -> None:
    by_iro = recordings.parts_alone(PROCEDURE, "iro")
    by_another = recordings.parts_alone(PROCEDURE, "social_worker")
    assert recordings.roles(["raiser", "line_manager", "addressee", "asked"], by_iro) == ["iro", "qau_manager"]
    assert recordings.roles(["raiser", "iro", "head_of_qau"], by_another) == ["iro", "head_of_qau"]
