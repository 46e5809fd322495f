"""The delivery ledger: each message to each person once, accepted or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from escalation.messages import Delivery, Failure
from register.store import Register

ACCEPTED = datetime(2026, 11, 2, 10, 31, tzinfo=UTC)
MONDAY = date(2026, 11, 2)


def delivery(address: str = "m@council.example", **changes: Any) -> Delivery:
    said = {
        "role": "manager",
        "person": "A Manager",
        "address": address,
        "accepted_at": ACCEPTED,
        "message_id": "<1@x>",
    }
    return Delivery.model_validate(said | {"day_zero": MONDAY} | changes)


def failure(address: str | None = "m@council.example", **changes: Any) -> Failure:
    said = {"role": "manager", "person": "A Manager", "address": address, "reason": "550 no such mailbox"}
    return Failure.model_validate(said | changes)


def test_what_was_accepted_comes_back_as_it_was_noted(register: Register, escalation: Any) -> None:
    register.note_accepted(escalation.id, 3, "alert", delivery())
    [row] = register.accepted(escalation.id, 3, "alert")
    assert row.delivery == delivery()
    assert (row.escalation, row.entry, row.notice, row.status) == (escalation.id, 3, "alert", "accepted")


def test_a_notice_without_a_day_zero_has_none(register: Register, escalation: Any) -> None:
    register.note_accepted(escalation.id, 3, "closed", delivery(day_zero=None))
    [row] = register.accepted(escalation.id, 3, "closed")
    assert row.day_zero is None
    assert row.delivery == delivery(day_zero=None)


def test_the_first_acceptance_of_a_message_stands(register: Register, escalation: Any) -> None:
    register.note_accepted(escalation.id, 3, "alert", delivery())
    register.note_accepted(escalation.id, 3, "alert", delivery(accepted_at=ACCEPTED + timedelta(minutes=4)))
    [row] = register.accepted(escalation.id, 3, "alert")
    assert row.accepted_at == ACCEPTED


def test_two_renderings_that_were_both_accepted_are_both_kept_oldest_first(register: Register, escalation: Any) -> None:
    next_day = delivery(day_zero=date(2026, 11, 3), accepted_at=ACCEPTED + timedelta(days=1))
    register.note_accepted(escalation.id, 3, "alert", next_day)
    register.note_accepted(escalation.id, 3, "alert", delivery())
    assert [row.day_zero for row in register.accepted(escalation.id, 3, "alert")] == [MONDAY, date(2026, 11, 3)]


def test_each_entry_notice_person_and_escalation_has_rows_of_its_own(
    register: Register, escalation: Any, another: Any
) -> None:
    register.note_accepted(escalation.id, 3, "alert", delivery())
    register.note_accepted(escalation.id, 3, "alert", delivery("n@council.example"))
    register.note_accepted(escalation.id, 4, "alert", delivery())
    register.note_accepted(escalation.id, 3, "reminder", delivery())
    register.note_accepted(another.id, 3, "alert", delivery())
    found = register.accepted(escalation.id, 3, "alert")
    assert [row.address for row in found] == ["m@council.example", "n@council.example"]


def test_a_refusal_is_kept_with_its_reason_and_is_no_acceptance(register: Register, escalation: Any) -> None:
    odd = failure(reason="550 \x00no such mailbox")
    for _ in range(2):
        register.note_refused(escalation.id, 3, "alert", odd, day_zero="2026-11-02")
    assert register.accepted(escalation.id, 3, "alert") == []
    [row] = register.ledger(escalation.id, 3, "alert")
    assert row.failure == failure()
    assert (row.status, row.day_zero, row.accepted_at) == ("refused", MONDAY, None)


def test_a_refusal_never_replaces_an_acceptance(register: Register, escalation: Any) -> None:
    register.note_accepted(escalation.id, 3, "alert", delivery())
    register.note_refused(escalation.id, 3, "alert", failure(), day_zero="2026-11-02")
    [row] = register.ledger(escalation.id, 3, "alert")
    assert row.delivery == delivery()


def test_an_acceptance_replaces_a_refusal(register: Register, escalation: Any) -> None:
    register.note_refused(escalation.id, 3, "alert", failure(), day_zero="2026-11-02")
    register.note_accepted(escalation.id, 3, "alert", delivery())
    [row] = register.ledger(escalation.id, 3, "alert")
    assert (row.delivery, row.reason) == (delivery(), None)


def test_a_refusal_needs_an_address(register: Register, escalation: Any) -> None:
    with pytest.raises(ValueError, match="address"):
        register.note_refused(escalation.id, 3, "alert", failure(address=None))


def test_an_acceptance_is_kept_before_the_first_entry_has_arrived(register: Register, escalation: Any) -> None:
    assert register.find(escalation.reference) is None
    register.note_accepted(escalation.id, 1, "alert", delivery())
    assert len(register.accepted(escalation.id, 1, "alert")) == 1
