"""What does the register know of messages that came back, on both databases?"""

from __future__ import annotations

from datetime import timedelta

from escalation.messages import Delivery, Failure
from register.rows import CameBackRow
from register.store import Register
from tests.register.conftest import RAISED, Escalation

MAEVE = "Maeve.Brennan@council.example"


def sent(register: Register, escalation: Escalation, message_id: str, *, entry: int = 1, hours: int = 0) -> None:
    at = RAISED + timedelta(hours=hours)
    said = {"role": "operational_manager", "person": "Maeve Brennan", "address": MAEVE, "message_id": message_id}
    register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1))
    register.note_accepted(escalation.id, entry, "alert", Delivery.model_validate(said | {"accepted_at": at}))


def row(mail_id: str = "a" * 40, **changes: object) -> CameBackRow:
    said = {"mail_id": mail_id, "received_at": RAISED, "kind": "reply", "outcome": "Handed over.", "handled_at": RAISED}
    return CameBackRow.model_validate(said | changes)


def test_a_message_id_finds_every_escalation_that_the_email_spoke_for(
    register: Register, escalation: Escalation, another: Escalation
) -> None:
    for one in (escalation, another):
        sent(register, one, "<1@council.example>")
    found = register.came_back.sent_as("<1@council.example>")
    assert [(one.escalation, one.address, one.day_zero) for one in found] == [
        (escalation.id, MAEVE, None),
        (another.id, MAEVE, None),
    ]
    assert register.came_back.sent_as("<2@council.example>") == []


def test_what_was_refused_was_not_sent(register: Register, escalation: Escalation) -> None:
    refused = Failure(role="operational_manager", reason="550", address=MAEVE)
    register.note_refused(escalation.id, 1, "alert", refused)
    assert register.came_back.sent_to(escalation.reference, "alert", MAEVE) == []


def test_our_own_headers_find_the_last_message_to_an_address_however_it_is_spelt(
    register: Register, escalation: Escalation
) -> None:
    sent(register, escalation, "<1@council.example>")
    sent(register, escalation, "<2@council.example>", entry=5, hours=2)
    (found,) = register.came_back.sent_to("SWK-1", "alert", MAEVE.lower())
    assert found.message_id == "<2@council.example>"
    assert register.came_back.sent_to("SWK-1", "reminder", MAEVE) == []
    assert register.came_back.sent_to("SWK-2", "alert", MAEVE) == []


def test_the_first_word_stands_unless_a_person_had_to_look_at_it(register: Register) -> None:
    register.came_back.note(row(kind="unmatched", outcome="Strange."))
    register.came_back.note(row(outcome="Handed over."))
    register.came_back.note(row(kind="unmatched", outcome="Strange again."))
    found = register.came_back.find("a" * 40)
    assert found == row(outcome="Handed over.")


def test_the_latest_come_first(register: Register) -> None:
    for n in range(3):
        register.came_back.note(row(f"m{n}", handled_at=RAISED + timedelta(minutes=n)))
    assert [one.mail_id for one in register.came_back.latest(2)] == ["m2", "m1"]
    assert register.came_back.find("nothing") is None
