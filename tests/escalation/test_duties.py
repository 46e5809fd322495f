"""Which records are filed and which tasks opened, for whom?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Decide, Failure, NoticeOutcome, RecordResponse
from tests.escalation.driver import Play, a_procedure


def tasks(play: Play, since: int = 0) -> list[tuple[str, str]]:
    return [(task.to, task.what) for task in play.of("task_opened") if task.n > since]


def started(**more: Any) -> Play:
    play = Play(a_procedure(**more), "2026-11-02 10:00")
    play.start()
    return play


def test_southwark_opens_the_tasks_that_the_document_gives_the_raiser() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    assert [what.split()[0] for to, what in tasks(play) if to == "iro"] == ["Inform", "Assist", "Update"]
    before = len(play.entries)
    play.pass_time("2026-11-10 10:00")
    assert [what.split()[0] for to, what in tasks(play, before) if to == "iro"] == ["Update"]


def test_each_turn_of_the_raiser_opens_a_task() -> None:
    play = started()
    before = len(play.entries)
    play.respond()
    assert tasks(play, before) == [("iro", "Decide on the response")]


def test_a_late_answer_and_one_entered_late_ask_for_different_decisions() -> None:
    play = started()
    play.pass_time("2026-11-10 10:00")
    before = len(play.entries)
    play.respond("S1")
    told = {"response_id": "b", "stage": "S1", "answered_by": "manager_1", "how": "told", "by": "iro"}
    play.act(RecordResponse.model_validate(told | {"received_at": play.case.visits[0].entered_at}))
    assert [what for _, what in tasks(play, before)] == [
        "Decide on the late response",
        "Decide whether the higher stage stands down: the answer was received in time",
    ]


def test_the_note_of_what_came_of_it_has_the_details_in_brief() -> None:
    """OXF-11: "record in brief the details of the R&E and the outcome"."""
    play = Play("oxfordshire", "2026-11-02 10:00")
    play.start(stage="S1")
    play.respond(text="We shall visit on Friday")
    play.decide("satisfied", outcome_text="The child was seen.")
    note = next(each for each in play.of("case_note") if each.heading == "Outcome of Resolution and Escalation")
    first, *lines = note.text.splitlines()
    assert first == "CASE-1, Stage 1: closed"
    assert lines[:2] == ["Outcome: resolved", "What came of it: The child was seen."]
    assert {"Issue [please bullet point]: No visits", "Agreed actions: Visit the child"} <= set(lines)


def test_a_record_is_filed_under_the_documents_own_heading_with_a_text_to_paste() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.respond(text="We shall meet on Friday")
    note = play.last("case_note")
    assert (note.where, note.heading) == ("Mosaic case note", "IRO - escalation")
    assert note.text == "CASE-1, Operational Manager: responded\nIn their words: We shall meet on Friday"


@pytest.mark.parametrize(
    ("when", "opened"),
    [
        ({}, True),
        ({"subject": ["lac"]}, True),
        ({"subject": ["cp"]}, False),
        ({"flag": "serious"}, True),
        ({"flag": "absent"}, False),
        ({"unless": "serious"}, False),
        ({"unless": "absent"}, True),
        ({"stages": ["S1"]}, True),
        ({"stages": ["S2"]}, False),
        ({"state": "late"}, False),
        ({"state": "in_time"}, True),
        ({"subject": ["lac"], "flag": "absent"}, False),
    ],
)
def test_every_part_of_a_condition_must_hold(when: dict[str, Any], opened: bool) -> None:
    play = Play(a_procedure(tasks=[{"on": "raised", "to": "clerk", "what": "x", "when": when}]), "2026-11-02 10:00")
    play.start(serious=True)
    assert (("clerk", "x") in tasks(play)) == opened


@pytest.mark.parametrize("event", ["raised", "entered", "alerted", "responded", "not_satisfied", "lapsed"])
def test_a_duty_may_hang_on_any_of_these(event: str) -> None:
    play = started(tasks=[{"on": event, "to": "clerk", "what": "x"}])
    if event == "lapsed":
        play.pass_time("2026-11-10 10:00")
    else:
        play.respond()
        play.decide("not_satisfied")
    assert len([task for task in tasks(play) if task == ("clerk", "x")]) == (
        2 if event in {"entered", "alerted"} else 1
    )


def test_a_task_for_everyone_asked_is_opened_for_each_of_them() -> None:
    play = started(tasks=[{"on": "closed", "to": "asked", "what": "x"}])
    play.pass_time("2026-11-10 10:00")
    play.decide("satisfied")
    assert [to for to, what in tasks(play) if what == "x"] == ["manager_1", "manager_2"]


def test_the_responder_is_who_gave_the_answer() -> None:
    play = started(tasks=[{"on": "responded", "to": "responder", "what": "x"}])
    play.respond()
    assert ("manager_1", "x") in tasks(play)


def test_a_lapse_into_a_hold_is_said_once() -> None:
    play = Play(a_procedure({}, tasks=[{"on": ["lapsed", "held"], "to": "clerk", "what": "x"}]), "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-12 10:00")
    assert tasks(play).count(("clerk", "x")) == 1


def test_a_refused_alert_of_a_stage_that_was_left_asks_nobody_to_give_it_by_hand() -> None:
    play = Play(a_procedure(), "2026-11-02 10:00")
    play.start(deliver=False)
    alert = play.case.outstanding[0]
    play.act(Decide(by="iro", outcome="escalate"), deliver=False)
    refused = Failure(role="manager_1", reason="No such mailbox")
    play.take(NoticeOutcome(entry=alert.entry, notice="alert", part="addressee", failed=[refused]))
    assert play.of("email_failed")
    assert "operations" not in {to for to, _ in tasks(play)}
