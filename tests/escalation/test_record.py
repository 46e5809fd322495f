"""A recording that stands alone: its entries, whom it notifies, and what becomes of its notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from escalation import record
from escalation.commands import RecordEvent
from escalation.history import CaseNote, EmailFailed, EmailNotSent, EmailSent, HistoryEntry, Recorded, TaskOpened
from escalation.messages import Delivery, Failure, NoticeOutcome, NoticeToSend
from escalation.procedure import ToDo
from escalation.record import RecordOpening
from tests.a_recording import a_procedure, recording

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
PROCEDURE = a_procedure()


def opening(practitioner: str = "social_worker", **changes: Any) -> RecordOpening:
    fields = {"practitioner": practitioner, "about": "Patient work"}
    said = RecordEvent(what="good_practice", by="iro", name="Sam Okafor", fields=fields)
    usual = {"reference": "GP-1", "procedure": PROCEDURE, "recording": recording("good_practice"), "command": said}
    return RecordOpening.model_validate(usual | {"team": "Care Team 1", "recorded_at": AT} | changes)


def test_it_begins_with_what_was_said_what_is_filed_and_what_is_to_do() -> None:
    recorded, note, task = record.begin(opening(), LATER)
    assert isinstance(recorded, Recorded)
    assert isinstance(note, CaseNote)
    assert isinstance(task, TaskOpened)
    assert [entry.n for entry in (recorded, note, task)] == [1, 2, 3]
    assert {entry.at for entry in (recorded, note, task)} == {AT}
    assert (recorded.what, recorded.called, recorded.by) == ("good_practice", "good_practice_notified", "iro")
    assert (note.where, note.heading, note.by) == ("Mosaic", "Good practice: Patient work ()", "iro")
    assert "What was good: Patient work" in note.text
    assert (task.to, task.what, task.key) == ("qau_manager", "Thank them", "thanks")


def test_without_a_time_of_receipt_it_is_of_when_it_begins() -> None:
    assert record.begin(opening(recorded_at=None), LATER)[0].at == LATER
    assert record.summary_of(opening(recorded_at=None), LATER).recorded_at == LATER
    assert record.summary_of(opening(), LATER).recorded_at == AT


def letters(one: RecordOpening) -> list[NoticeToSend]:
    return [notice for entry in record.begin(one, AT) for notice in record.called_for(one, entry)]


def test_it_notifies_whom_the_procedure_names() -> None:
    (notice,) = letters(opening())
    assert (notice.notice, notice.to, notice.cc, notice.reaches) == (
        "good_practice",
        ("operational_manager",),
        (),
        ("operational_manager",),
    )
    assert notice.facts == {"title": "Good practice notification", "called": "good_practice_notified", "by": "iro"}
    assert notice.answering == ()


def test_two_letters_of_one_name_go_out_as_one_and_nobody_gets_a_copy_beside_it() -> None:
    (notice,) = letters(opening("partner_agency"))
    assert (notice.to, notice.cc) == (("operational_manager", "head_of_service"), ("iro",))
    assert notice.reaches == ("operational_manager", "head_of_service", "iro")


def test_letters_on_behalf_of_different_people_stay_two() -> None:
    two = [
        {"notice": "recorded", "to": ["csc_dmt"], "sent_for": "head_of_qau"},
        {"notice": "recorded", "to": ["qau_manager"]},
    ]
    one = recording("good_practice").model_dump() | {"notices": two}
    assert [notice.sent_for for notice in letters(opening(recording=one))] == ["head_of_qau", None]


def test_the_order_says_who_recorded_it_and_names_no_field_of_it() -> None:
    one = opening()
    (notice,) = letters(one)
    order = record.order(one, notice, "record/southwark/GP-1")
    assert (order.escalation, order.raiser, order.raiser_name) == ("record/southwark/GP-1", "iro", "Sam Okafor")
    assert order.titles["operational_manager"] == "Operational Manager"
    assert (order.clock, order.stage_title, order.team) == (None, None, "Care Team 1")
    assert "Patient" not in order.model_dump_json()


def test_a_body_outside_the_council_is_written_to_at_the_documents_address() -> None:
    changed = a_procedure(contacts={"cafcass": {"name": "CAFCASS", "email": "x@cafcass.example"}})
    one = recording("good_practice").model_dump() | {"notices": [{"notice": "recorded", "to": ["cafcass"]}]}
    at_cafcass = opening(recording=one, procedure=changed)
    (notice,) = letters(at_cafcass)
    assert record.order(at_cafcass, notice, "x").contacts["cafcass"].email == "x@cafcass.example"


def delivered(role: str) -> Delivery:
    return Delivery(role=role, person=role, address=f"{role}@c.example", accepted_at=AT, message_id="<1@c.example>")


def taken(outcome: dict[str, Any]) -> list[HistoryEntry]:
    (notice,) = letters(opening("partner_agency"))
    told = NoticeOutcome.model_validate({"entry": 1, "notice": "good_practice", "part": "all"} | outcome)
    return record.take(notice, told, 4, LATER)


def test_what_was_accepted_and_what_was_refused_are_two_entries() -> None:
    refused = Failure(role="head_of_service", reason="No such mailbox")
    sent, failed = taken({"delivered": [delivered("operational_manager")], "failed": [refused]})
    assert isinstance(sent, EmailSent)
    assert isinstance(failed, EmailFailed)
    assert (sent.n, failed.n, sent.cc, failed.failed) == (4, 5, ["iro"], [refused])


def test_what_never_went_out_says_why() -> None:
    (unsent,) = taken({})
    assert isinstance(unsent, EmailNotSent)
    assert unsent.why == "There was nobody to send it to."
    (given_up,) = taken({"not_sent": "It was cancelled."})
    assert isinstance(given_up, EmailNotSent)
    assert given_up.why == "It was cancelled."


def test_who_could_not_be_reached_is_told_once_to_those_who_can_mend_it() -> None:
    one = opening()
    (failed,) = taken({"failed": [Failure(role="head_of_service", reason="No such mailbox")]})
    (notice,) = record.called_for(one, failed)
    assert (notice.notice, notice.to) == ("delivery_failed", ("qau_manager", "operations", "iro"))
    assert notice.facts["roles"] == ["head_of_service"]
    assert record.order(one, notice, "x").titles["head_of_service"] == "Head of Service"
    assert record.called_for(one, failed.model_copy(update={"notice": "delivery_failed"})) == []


def test_an_issue_that_is_set_apart_tells_each_who_has_a_task_of_it_once() -> None:
    kept = record.set_apart([ToDo(to="qau_manager", what="Track it"), ToDo(to="qau_manager", what="Report it")])
    one = opening(recording=kept, command=RecordEvent(what="set_apart", by="iro", fields={"issue": "x"}))
    recorded, *tasks = record.begin(one, AT)
    assert isinstance(recorded, Recorded)
    assert recorded.fields == {"issue": "x"}
    assert [(task.event, getattr(task, "what", None)) for task in tasks] == [
        ("task_opened", "Track it"),
        ("task_opened", "Report it"),
    ]
    assert [(notice.notice, notice.to) for notice in letters(one)] == [("set_apart", ("qau_manager",))]


def test_whoever_raised_what_is_set_apart_needs_no_letter_about_it() -> None:
    kept = record.set_apart([ToDo(to="iro", what="Assist"), ToDo(to="qau_manager", what="Track it")], "iro")
    assert [letter.to for letter in kept.notices] == [["qau_manager"]]
    assert record.set_apart([ToDo(to="iro", what="Assist")], "iro").notices == []


def test_the_story_says_what_it_is_and_what_is_still_to_be_sent() -> None:
    told = record.story(opening(), 2)
    assert "Good practice notification, recorded by the Independent Reviewing Officer." in told
    assert "still to be sent: 2" in told
    assert "Everybody who hears of it has been written to." in record.story(opening(), 0)


def test_an_opening_survives_the_wire_and_ignores_what_a_newer_release_says() -> None:
    one = opening()
    again = RecordOpening.model_validate_json(one.model_dump_json()[:-1] + ', "newer": 1}')
    assert again == one
    with pytest.raises(ValidationError):
        opening(reference="a child's name")
