"""Answers received: kept once, whole, in the order of receipt, until the escalation has said what it made of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from register.errors import ConflictingAnswer, RegisterError
from register.store import Register

DEADLINE = datetime(2026, 11, 9, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


def test_an_answer_comes_back_whole(register: Register, escalation: Any) -> None:
    answers = [{"action": "Hold the review", "text": "Done"}, {"text": "Siân \x00 agrees"}]
    given = escalation.answer("r1", DEADLINE, answers=answers, addresses_requested_action=True, name="A Manager")
    assert register.put_in_inbox(escalation.id, given) == "new"
    assert register.answers(escalation.id, DEADLINE) == [given]


def test_an_answer_sent_twice_is_kept_once_as_first_received(register: Register, escalation: Any) -> None:
    first = escalation.answer("r1", DEADLINE)
    assert register.put_in_inbox(escalation.id, first) == "new"
    assert register.put_in_inbox(escalation.id, escalation.answer("r1", DEADLINE + SECOND)) == "same"
    assert register.answers(escalation.id, DEADLINE + SECOND) == [first]


@pytest.mark.parametrize("changes", [{"text": "We do not agree."}, {"stage": "L2"}, {"by": "head_of_service"}])
def test_another_answer_under_a_used_id_is_refused_and_not_lost_in_silence(
    register: Register, escalation: Any, changes: dict[str, str]
) -> None:
    first = escalation.answer("r1")
    register.put_in_inbox(escalation.id, first)
    with pytest.raises(ConflictingAnswer, match="under an id of its own"):
        register.put_in_inbox(escalation.id, escalation.answer("r1", **changes))
    assert register.answers(escalation.id, DEADLINE) == [first]


def test_an_id_used_in_another_escalation_is_refused(register: Register, escalation: Any, another: Any) -> None:
    register.put_in_inbox(escalation.id, escalation.answer("r1"))
    with pytest.raises(ConflictingAnswer):
        register.put_in_inbox(another.id, escalation.answer("r1"))


def test_an_answer_without_the_instant_of_receipt_is_refused(register: Register, escalation: Any) -> None:
    unstamped = escalation.answer("r1").model_copy(update={"received_at": None})
    with pytest.raises(ValueError, match="received"):
        register.put_in_inbox(escalation.id, unstamped)


def test_an_answer_received_at_the_last_instant_is_in_time_and_one_later_is_not(
    register: Register, escalation: Any
) -> None:
    register.put_in_inbox(escalation.id, escalation.answer("late", DEADLINE + TICK))
    register.put_in_inbox(escalation.id, escalation.answer("in-time", DEADLINE))
    summer_time = DEADLINE.astimezone(timezone(timedelta(hours=1)))
    assert [answer.response_id for answer in register.answers(escalation.id, summer_time)] == ["in-time"]


def test_answers_come_in_the_order_of_receipt_and_of_one_escalation_only(
    register: Register, escalation: Any, another: Any
) -> None:
    register.put_in_inbox(another.id, another.answer("r0"))
    for response_id, seconds in (("r1", 3), ("r2", 1), ("r3", 2)):
        register.put_in_inbox(escalation.id, escalation.answer(response_id, DEADLINE + seconds * SECOND))
    received = register.answers(escalation.id, DEADLINE + 3 * SECOND)
    assert [answer.response_id for answer in received] == ["r2", "r3", "r1"]


def test_an_answer_waits_until_the_escalation_has_said_what_it_made_of_it(register: Register, escalation: Any) -> None:
    for response_id in ("r1", "r2"):
        register.put_in_inbox(escalation.id, escalation.answer(response_id))
    register.mark_handed_over("r1", DEADLINE)
    assert [row.response_id for row in register.unanswered_inbox()] == ["r1", "r2"]
    assert [row.handed_over_at for row in register.unanswered_inbox()] == [DEADLINE, None]
    register.mark_applied("r1", "responded", DEADLINE + SECOND)
    [waiting] = register.unanswered_inbox()
    assert (waiting.response_id, waiting.escalation) == ("r2", escalation.id)
    assert waiting.answer == escalation.answer("r2")
    assert len(register.answers(escalation.id, DEADLINE)) == 2


def test_the_first_outcome_of_an_answer_stands(register: Register, escalation: Any) -> None:
    register.put_in_inbox(escalation.id, escalation.answer("r1"))
    register.mark_applied("r1", "responded", DEADLINE)
    register.mark_applied("r1", "late_response", DEADLINE + SECOND)
    row = register.answer("r1")
    assert row is not None
    assert (row.outcome, row.outcome_at) == ("responded", DEADLINE)


def test_an_outcome_for_an_unknown_answer_is_an_error(register: Register) -> None:
    assert register.answer("r404") is None
    with pytest.raises(RegisterError, match="r404"):
        register.mark_applied("r404", "responded", DEADLINE)


def test_of_one_answer_sent_many_times_at_once_exactly_one_is_new(
    url: str, escalation: Any, opened: Callable[[str], Register]
) -> None:
    registers = [opened(url) for _ in range(6)]

    def put(n: int) -> str:
        return registers[n].put_in_inbox(escalation.id, escalation.answer("r1", DEADLINE + n * SECOND))

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(put, range(6))) == ["new"] + ["same"] * 5
    assert len(registers[0].unanswered_inbox()) == 1
