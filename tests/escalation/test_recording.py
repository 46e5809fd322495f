"""What do recordings do within an escalation: who may, what they say, whom they tell, which tasks they complete?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Close, CompleteForm, Cover, RecordEvent
from escalation.rules import Outcome
from escalation.state import state_of, view
from tests.escalation.driver import Play, a_procedure, advised, kept, refused, tasks

AT = "2026-11-02 10:00"
LISTED: list[dict[str, Any]] = [
    {
        "do": "child_told",
        "event": "child_was_told",
        "title": "The child was told",
        "by": ["raiser"],
        "fields": [
            {"key": "told_on", "label": "Date", "kind": "date"},
            {"key": "text", "label": "What was said"},
            {"key": "upset", "label": "The child was upset", "kind": "yes_no", "required": False},
        ],
        "notices": [
            {"notice": "recorded", "to": ["line_manager"]},
            {"notice": "recorded", "to": ["clerk"], "when": {"flag": "upset"}},
        ],
        "records": [{"where": "File", "heading": "Told: {text}"}],
        "tasks": [{"to": "clerk", "what": "Call the child", "when": {"flag": "upset"}}],
        "completes": ["tell"],
        "advice": [{"message": "See the advocate.", "when": {"flag": "upset"}}],
    },
    {"do": "seen", "event": "seen", "title": "Seen", "by": ["addressee", "quality"]},
    {"do": "audit", "event": "audited", "title": "Audit", "within": False},
]
TASKS = [{"on": "entered", "to": "raiser", "key": "tell", "what": "Tell the child"}]
TOLD = {"told_on": "2026-11-02", "text": "We asked again"}


def started(**more: Any) -> Play:
    play = Play(a_procedure(**{"recordings": LISTED, "tasks": TASKS} | more), AT)
    play.start()
    return play


def record(play: Play, what: str = "child_told", by: str | None = "iro", **said: Any) -> Outcome:
    given = {"what": what, "by": by, "fields": TOLD if what == "child_told" else {}}
    return play.act(RecordEvent.model_validate(given | said))


def open_tasks(play: Play) -> list[str]:
    return [task.what for task in play.case.tasks]


def test_it_tells_files_and_moves_nothing() -> None:
    play = started()
    due, before = play.due, len(play.entries)
    assert refused(record(play, name="A. Reviewer")) is None
    assert play.heard(since=before) == {"recorded": {"iro_manager"}}
    note = play.last("case_note")
    assert (note.where, note.heading, note.text) == (
        "File",
        "Told: We asked again",
        "CASE-1: The child was told\nDate: 2026-11-02\nWhat was said: We asked again",
    )
    assert (play.due, play.case.status, tasks(play, "clerk")) == (due, "awaiting_response", [])
    assert kept(play) == play.case


def test_a_reader_sees_it_under_the_procedures_own_word_with_what_it_said() -> None:
    play = started()
    record(play)
    shown = view(play.last("recorded"))
    assert (shown.event, shown.stage, shown.by) == ("child_was_told", "S1", "iro")
    assert TOLD.items() <= shown.details.items()


def test_conditions_are_read_from_what_it_says() -> None:
    play = started()
    before = len(play.entries)
    outcome = record(play, fields=TOLD | {"upset": True})
    assert play.heard(since=before) == {"recorded": {"iro_manager", "clerk"}}
    assert tasks(play, "clerk") == ["Call the child"]
    assert [warning.message for warning in outcome.warnings] == ["See the advocate."]
    assert advised(record(play)) == []


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"what": "nothing_such"}, ("no_such_recording", "what")),
        ({"what": "audit"}, ("no_such_recording", "what")),
        ({"by": None}, ("who_acts", "by")),
        ({"by": "manager_1"}, ("not_theirs_to_record", "by")),
        ({"fields": {"text": 5}}, ("incomplete", "told_on")),
        ({"task": 999}, ("no_such_task", "task")),
    ],
)
def test_what_does_not_fit_is_refused_recorded_as_refused_and_tells_nobody(
    said: dict[str, Any], refusal: tuple[str, str]
) -> None:
    play = started()
    before, was_open = len(play.entries), open_tasks(play)
    assert refused(record(play, **said)) == refusal
    assert [entry.event for entry in play.entries[before:]] == ["refused"]
    assert (open_tasks(play), play.heard(since=before)) == (was_open, {})


def test_every_fault_is_said_at_once() -> None:
    outcome = record(started(), fields={"text": 5, "upset": "very"})
    assert outcome.rejection
    assert outcome.rejection.message == (
        "“Date” is needed. “What was said” is text. “The child was upset” is answered yes or no."
    )


def test_what_is_open_to_record_is_offered_and_nothing_once_it_is_closed() -> None:
    play = started()
    offered = state_of(play.case, play.now).offered
    assert {"child_told", "seen"} <= set(offered) and "audit" not in offered
    play.act(Close(by="iro", outcome="unresolved", reason="x"))
    assert refused(record(play)) == ("closed", None)


def test_parts_are_who_has_them_in_this_escalation_now() -> None:
    play = started()
    assert refused(record(play, "seen", "manager_1")) is None
    assert refused(record(play, "seen", "quality")) is None
    assert refused(record(play, "seen", "manager_2")) == ("not_theirs_to_record", "by")
    play.pass_time("2026-11-10 10:00")
    assert refused(record(play, "seen", "manager_2")) is None
    assert refused(record(play, "seen", "manager_1")) == ("not_theirs_to_record", "by")


def test_who_covers_records_for_the_raiser() -> None:
    play = started()
    play.act(Cover(absent="iro", cover="iro_manager"))
    assert refused(record(play, by="iro_manager")) is None


def test_whoever_records_is_no_responder() -> None:
    only = [{"do": "seen", "event": "seen", "title": "Seen", "by": ["responder"]}]
    assert refused(record(started(recordings=only), "seen", "clerk")) == ("not_theirs_to_record", "by")


# Tasks done -----------------------------------------------------------------------------------------------------------


def test_it_completes_every_open_task_of_its_kind_and_no_other() -> None:
    play = started()
    play.pass_time("2026-11-10 10:00")
    assert open_tasks(play) == ["Tell the child", "Tell the child"]
    play.respond()
    record(play)
    assert open_tasks(play) == ["Decide on the response"]
    assert [done.task for done in play.of("task_done")] == [task.n for task in play.of("task_opened")[:2]]
    assert [(done.by, done.stage) for done in play.of("task_done")] == [("iro", "S2"), ("iro", "S2")]
    record(play)
    assert len(play.of("task_done")) == 2
    assert kept(play) == play.case


def test_a_task_named_by_its_number_is_done_with_any_recording() -> None:
    play = started()
    play.respond()
    decide = next(task.n for task in play.case.tasks if task.key is None)
    assert refused(record(play, "seen", "quality", task=decide)) is None
    assert open_tasks(play) == ["Tell the child"]
    assert refused(record(play, "seen", "quality", task=decide)) == ("no_such_task", "task")


def test_a_task_that_is_named_and_of_the_kind_is_done_once() -> None:
    play = started()
    record(play, task=play.case.tasks[0].n)
    assert len(play.of("task_done")) == 1


def test_a_draft_that_time_alone_opened_is_complete_with_the_form() -> None:
    """G-A22"""
    asks = [{"key": "aim", "label": "Aim", "stages": ["S2"]}]
    play = started(asks=asks, tasks=[])
    play.pass_time("2026-11-10 10:00")
    assert open_tasks(play) == ["Complete the draft of what this stage asks for"]
    assert refused(play.act(CompleteForm(by="iro", fields={"other": 1}))) == ("incomplete", "aim")
    assert refused(play.act(CompleteForm(by="iro"))) == ("nothing_said", "fields")
    assert refused(play.act(CompleteForm(by="manager_2", fields={"aim": "x"}))) == ("not_the_raiser", "by")
    assert refused(play.act(CompleteForm(by="iro", fields={"aim": "A plan"}))) is None
    assert (open_tasks(play), play.case.fields) == ([], {"aim": "A plan"})
    assert kept(play) == play.case


@pytest.mark.parametrize(
    ("key", "do", "task", "said"),
    [
        ("southwark", "rights_explained", "rights", {"told_on": "2026-11-02"}),  # SWK-12
        ("southwark", "child_informed", "child_update", {"not_appropriate_reason": "Not yet"}),  # SWK-13
        ("oxfordshire", "legal_advice_right_explained", "legal_advice_right", {}),
        ("sbc", "family_told", "family_told", {"text": "By telephone"}),  # SBC-06
    ],
)
def test_what_the_documents_have_the_raiser_do_is_done_by_recording_it(
    key: str, do: str, task: str, said: dict[str, Any]
) -> None:
    play = Play(key, AT)
    play.start()
    before = {each.key for each in play.case.tasks}
    assert task in before
    assert refused(record(play, do, play.procedure.raiser.roles[0], fields=said)) is None
    assert {each.key for each in play.case.tasks} == before - {task}
