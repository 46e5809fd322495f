"""How an escalation begins: whatever arrives before it has begun, and where it goes on from another's history."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from escalation.fold import fold
from escalation.history import HistoryEntry, StageEntered
from escalation.messages import Decide, Respond
from escalation.opening import Opening
from starter import escalations
from starter.embedded.temporal_server import can_be_asked
from tests.harness import ACase, london
from workflows import TASK_QUEUE
from workflows.escalation import Escalation

RAISED = "2025-06-02 10:00"


class FailsAtFirst(Interceptor):
    """The calendar cannot be read at the first attempts, as when its file is being replaced."""

    def __init__(self, times: int) -> None:
        self.left = times

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Failing(next, self)


class _Failing(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, rule: FailsAtFirst) -> None:
        super().__init__(following)
        self.rule = rule

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        if input.fn.__name__ == "read_calendar" and self.rule.left:
            self.rule.left -= 1
            raise OSError("The file is being replaced.")
        return await super().execute_activity(input)


async def test_an_answer_that_comes_with_the_start_waits_until_there_is_a_case(a_case: Callable[..., Any]) -> None:
    """The signal and the update are handled before `run` has begun, and while the calendar cannot be read."""
    async with a_case("southwark", at=RAISED, interceptors=[FailsAtFirst(3)]) as case:
        opening = await _opening(case)
        answer = Respond(response_id="early", stage="L1", by="operational_manager", text="Done.")
        await case.world.client.start_workflow(
            Escalation.run, opening, id=case.id, task_queue=TASK_QUEUE,
            start_signal="manager_response", start_signal_args=[answer],
        )  # fmt: skip
        case.world.escalation = case.id
        update = asyncio.create_task(escalations.act(case.world.client, case.id, answer, "u-1"))
        await case.world.pass_time(london("2025-06-02 10:05"))
        receipt = await asyncio.wait_for(update, 120)
        await case.world.settle()
        assert receipt.accepted
        assert len(await case.entries("responded")) == 1
        assert await case.status() == ("L1", "awaiting_iro_decision")
        assert (await case.entries("raised"))[0].at < london("2025-06-02 10:01")
        await case.expect_mail(notice="response_received", to="iro")
        for notice in ("please_read_record", "alert"):
            await case.expect_all(notice)


async def test_a_query_has_an_answer_once_the_concern_is_raised_and_whoever_offers_one_can_tell(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at=RAISED, interceptors=[FailsAtFirst(1)]) as case:
        client = case.world.client
        await client.start_workflow(Escalation.run, await _opening(case), id=case.id, task_queue=TASK_QUEUE)
        case.world.escalation = case.id
        assert not await can_be_asked(client, case.id, "current_stage")
        await case.world.pass_time(london("2025-06-02 10:05"))
        assert await can_be_asked(client, case.id, "current_stage")
        assert await can_be_asked(client, f"{case.id}-NEVER", "current_stage"), "there is nothing to wait for"
        for notice in ("alert", "please_read_record"):
            await case.expect_all(notice)


@pytest.mark.parametrize("act", ["respond", "decide"])
async def test_an_act_sent_right_after_the_start_is_ruled_once_it_has_begun(
    a_case: Callable[..., Any], act: str
) -> None:
    async with a_case("southwark", at=RAISED) as case:
        opening = await _opening(case)
        await case.world.client.start_workflow(Escalation.run, opening, id=case.id, task_queue=TASK_QUEUE)
        case.world.escalation = case.id
        said = Respond(response_id="early", stage="L1", by="operational_manager", text="Done.")
        command = said if act == "respond" else Decide(by="iro", outcome="escalate", to="L2")
        assert (await case.act(command)).accepted
        for notice in ("alert", "please_read_record", "response_received"):
            await case.expect_all(notice)
        assert await case.status() == (
            ("L1", "awaiting_iro_decision") if act == "respond" else ("L2", "awaiting_response")
        )


async def test_a_start_that_the_rules_refuse_inside_fails_with_the_reason_and_sends_nothing(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at=RAISED) as case:
        opening = await _opening(case)
        assert opening.start
        wrong = opening.model_copy(update={"start": opening.start.model_copy(update={"by": "social_worker"})})
        with pytest.raises(WorkflowFailureError) as failed:
            await case.world.client.execute_workflow(Escalation.run, wrong, id=case.id, task_queue=TASK_QUEUE)
        assert isinstance(failed.value.cause, ApplicationError)
        assert (failed.value.cause.type, failed.value.cause.non_retryable) == ("StartRefused", True)
        assert "Independent Reviewing Officer" in str(failed.value.cause)
        assert case.world.outbox.sent == []
        assert case.world.register.history(case.reference) == []


async def test_a_history_taken_over_in_mid_stage_keeps_its_dates_and_alerts_nobody_again(
    a_case: Callable[..., Any],
) -> None:
    events, reached = await _begun_elsewhere(a_case)
    async with a_case("southwark", at="2025-06-05 09:00") as case:
        await case.go_on_from(events)
        state = await case.state()
        assert (state.stage, state.due, state.cap) == ("L1", london("2025-06-09 17:00"), london("2025-06-30 17:00"))
        assert case.world.outbox.sent == []
        await case.pass_time(to="2025-06-09 17:02")
        await case.expect_silence("L1", then="L2")
        assert [entry.n for entry in await case.history()] == list(range(1, len(await case.history()) + 1))
        assert (await case.history())[: len(events)][-1].n == events[-1].n
    assert reached["alert", "operational_manager"] == 1


async def test_a_history_taken_over_in_mid_notice_sends_what_is_outstanding_once(a_case: Callable[..., Any]) -> None:
    events, _ = await _begun_elsewhere(a_case)
    raised = next(n for n, entry in enumerate(events) if isinstance(entry, StageEntered))
    async with a_case("southwark", at="2025-06-02 11:00") as case:
        begun = events[: raised + 3]
        assert fold(case.procedure, begun).outstanding
        await case.go_on_from(begun)
        await case.expect_start("L1")
        assert (await case.state()).due == london("2025-06-09 17:00")


async def test_a_deadline_that_passed_while_a_history_was_on_its_way_lapses_once_its_inbox_was_read(
    a_case: Callable[..., Any],
) -> None:
    """Taken over on Wednesday: the next manager's days begin on the day on which they were told."""
    events, _ = await _begun_elsewhere(a_case)
    async with a_case("southwark", at="2025-06-11 10:00") as case:
        await case.go_on_from(events)
        await case.expect_mail(notice="overdue", to=["operational_manager", "iro", "qau_manager"])
        await case.expect_alert("L2")
        assert [entry.event for entry in (await case.history())[len(events) :][:2]] == ["silence_proven", "lapsed"]
        assert (await case.state()).due == london("2025-06-18 17:00")


async def _begun_elsewhere(a_case: Callable[..., Any]) -> tuple[list[HistoryEntry], Counter[tuple[str, str]]]:
    """The history of an escalation raised on 2 June 2025, as its register kept it."""
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        return case.world.register.history(case.reference), Counter(await case.sent())


async def _opening(case: ACase) -> Opening:
    now = await case.world.now()
    return Opening(reference=case.reference, procedure=case.procedure, start=case.command(), raised_at=now)
