"""Answers: in time, late, twice, at once, to a stage already left; one truthful outcome each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from escalation.messages import RecordResponse, Respond
from starter import escalations
from tests.harness import london

RAISED = "2025-06-02 10:00"
"""A Monday; L1 is due on Monday 9 June at 17:00."""


async def test_a_late_answer_is_an_event_and_the_higher_stage_runs_on(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-06-11 10:00")
        await case.expect_silence("L1", then="L2")
        due = (await case.state()).due
        await case.respond("L1")
        await case.expect_mail(notice="late_response", to="iro")
        [late] = await case.entries("late_response")
        assert (late.stage, late.details["working_days_late"]) == ("L1", 2)
        assert (await case.status(), (await case.state()).due) == (("L2", "awaiting_response"), due)


async def test_an_answer_in_time_delivered_after_the_lapse_is_recorded_as_in_time(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-06-10 10:00")
        await case.expect_silence("L1", then="L2")
        told = RecordResponse(
            by="iro", response_id="phone-1", stage="L1", answered_by="operational_manager", how="By telephone",
            received_at=london("2025-06-09 16:30"),
        )  # fmt: skip
        assert (await case.act(told)).accepted
        await case.expect_mail(notice="response_received", to="iro")
        [answer] = await case.entries("responded")
        assert answer.details["stage_already_left"] is True
        assert await case.status() == ("L2", "awaiting_response")


async def test_the_last_instant_of_the_deadline_is_in_time_and_the_next_is_late(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        deadline = london("2025-06-09 17:00")
        await case.pass_time(to=deadline)
        await case.expect_mail(notice="reminder", to="operational_manager")
        await case.respond(response_id="late", received_at=deadline.replace(microsecond=1))
        await case.expect_mail(notice="late_response", to="iro")
        assert await case.status() == ("L1", "awaiting_response")
        await case.respond(response_id="in-time", received_at=deadline)
        await case.expect_mail(notice="response_received", to="iro")
        assert await case.status() == ("L1", "awaiting_iro_decision")
        await case.pass_time(to="2025-06-09 17:05")
        assert await case.entries("lapsed") == []


async def test_an_answer_to_a_stage_left_by_a_bypass_changes_nothing_by_itself(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        await case.decide("escalate", to="L3")
        await case.expect_alert("L3")
        await case.respond("L1")
        await case.expect_mail(notice="response_received", to="iro")
        assert await case.status() == ("L3", "awaiting_response")
        assert (await case.entries("responded"))[0].details["stage_already_left"] is True


async def test_two_answers_at_once_are_both_kept_and_the_stage_is_answered_once(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        await asyncio.gather(
            case.respond(response_id="one", text="Agreed."), case.respond(response_id="two", text="Not agreed.")
        )
        await case.expect_mail(notice="response_received", to="iro")
        await case.expect_mail(notice="response_received", to="iro")
        assert {entry.details["response_id"] for entry in await case.entries("responded")} == {"one", "two"}
        assert await case.status() == ("L1", "awaiting_iro_decision")


async def test_the_same_answer_by_signal_update_and_inbox_counts_once(a_case: Callable[..., Any]) -> None:
    """The endpoint's own way, and then each of its parts again, also with words that were changed on the way."""
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        receipt = await case.respond(response_id="same", received_at=london(RAISED))
        handle = case.world.client.get_workflow_handle(case.id)
        again = Respond(response_id="same", stage="L1", by="operational_manager", text="Other words.")
        await handle.signal("manager_response", again)
        assert (await escalations.act(case.world.client, case.id, again, "another-update-id")).accepted
        assert (await escalations.act(case.world.client, case.id, again, "respond-same")) == receipt
        await case.pass_time(to="2025-06-09 18:00")
        await case.expect_mail(notice="response_received", to="iro")
        await case.expect_all("decision_reminder")
        await case.expect_all("turn_passed")
        assert [entry.details["text"] for entry in await case.entries("responded")] == ["Done."]
        assert await case.entries("lapsed") == []


async def test_an_answer_by_somebody_who_was_not_asked_is_refused_and_the_silence_goes_on(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        receipt = await case.act(Respond(response_id="x", stage="L1", by="head_of_service", text="Done."))
        assert receipt.rejection.code == "not_the_addressee"
        await case.pass_time(to="2025-06-09 17:05")
        await case.expect_silence("L1", then="L2")


async def test_an_answer_to_a_stage_that_nobody_was_asked_at_is_refused(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        receipt = await case.act(Respond(response_id="x", stage="L3", by="assistant_director", text="Done."))
        assert receipt.rejection.code == "stage_not_entered"
        assert {entry.details["code"] for entry in await case.entries("refused")} == {"stage_not_entered"}
