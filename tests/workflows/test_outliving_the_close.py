"""What is closed lives on while a promise or what changed is still to be asked, and ends with the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from escalation.messages import AnswerPromise, Decide, Follow, HandOver, TellChange
from starter import escalations
from tests.harness import ACase, london

REMEMBERING = [{}, {"max_cached_workflows": 0}]
"""A worker that forgets is one that was killed between any two tasks: it knows nothing but the history."""
anyhow = pytest.mark.parametrize("worker", REMEMBERING, ids=["remembering", "forgetting"])


async def closed_with_a_promise(case: ACase, **said: Any) -> int:
    """Answered on Wednesday 4 June 2025 with a promise for Friday 20 June, and closed; the number of the promise."""
    await case.start(name="Amara Ndiaye")
    await case.pass_time(to="2025-06-04 11:00")
    await case.respond(done_by=date(2025, 6, 20))
    await case.decide("satisfied", **said)
    await case.expect_start("L1")
    await case.expect_mail(notice="response_received", to="iro")
    await case.expect_closed("operational_manager")
    return (await case.entries("promised"))[0].n


async def is_running(case: ACase) -> bool:
    await case.world.settle()
    return case.id not in case.world.ended


@anyhow
async def test_months_pass_the_question_is_put_and_the_answer_ends_it(
    a_case: Callable[..., Any], worker: dict[str, int]
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00", **worker) as case:
        promise = await closed_with_a_promise(case, what_changed="too_early", ask_again_on=date(2025, 9, 1))
        assert await is_running(case)
        state = await case.state()
        assert (state.status, state.waiting_for, state.until) == ("closed", None, london("2025-06-20 09:00"))
        await case.pass_time(to="2025-06-20 09:30")
        await case.expect_mail(notice="was_it_done", to="iro")
        assert (await case.act(AnswerPromise(by="iro", promise=promise, done=True))).accepted
        assert await is_running(case)
        await case.pass_time(to="2025-09-01 09:30")
        await case.expect_mail(notice="what_changed", to="iro")
        assert (await case.act(TellChange(by="iro", changed="changed", text="At school again."))).accepted
        assert not await is_running(case)
        assert [entry.event for entry in (await case.history())[-2:]] == ["change_told", "task_done"]


@anyhow
async def test_an_unanswered_question_is_chased_and_passed_to_the_line_manager(
    a_case: Callable[..., Any], worker: dict[str, int]
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00", **worker) as case:
        await closed_with_a_promise(case)
        await case.pass_time(to="2025-06-27 09:30")
        for _ in ("20 June", "23 June", "25 June", "27 June: passed on"):
            await case.expect_mail(notice="was_it_done", to="iro")
        await case.expect_mail(notice="was_it_done", to="qau_manager")
        answered = AnswerPromise(by="qau_manager", done=True)
        assert (await case.act(answered)).accepted
        assert not await is_running(case)


@anyhow
async def test_what_was_not_done_offers_a_linked_escalation_until_it_is_begun_or_the_time_is_over(
    a_case: Callable[..., Any], worker: dict[str, int]
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00", **worker) as case:
        promise = await closed_with_a_promise(case)
        await case.pass_time(to="2025-06-20 09:30")
        await case.expect_mail(notice="was_it_done", to="iro")
        receipt = await case.act(AnswerPromise(by="iro", done=False))
        assert "follow" in receipt.state.offered
        assert await is_running(case)
        following = Follow(by="iro", promise=promise, reference="CASE-1-2", at_stage="L3")
        assert (await case.act(following)).accepted
        assert not await is_running(case)


async def test_an_offer_that_nobody_takes_ends_by_itself(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await closed_with_a_promise(case)
        assert (await case.act(AnswerPromise(by="iro", done=False))).accepted
        await case.pass_time(to="2025-07-02 09:30")  # twenty working days after Wednesday 4 June
        assert (await case.history())[-1].event == "offer_ended"
        assert not await is_running(case)


async def test_what_is_closed_is_acted_on_by_its_questions_alone(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await closed_with_a_promise(case)
        refused = await case.act(Decide(by="iro", outcome="escalate", to="L3"))
        assert refused.rejection
        assert refused.rejection.code == "closed"
        assert (await case.act(HandOver(by="qau_manager", to_name="Sam Okafor"))).accepted
        await case.expect_mail(notice="handed_over", to="iro")
        assert await is_running(case)


async def test_a_close_with_nothing_to_follow_ends_as_it_always_did(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        await case.respond()
        await case.expect_mail(notice="response_received", to="iro")
        receipt = await case.decide("satisfied")
        await case.expect_closed("operational_manager")
        assert [warning.code for warning in receipt.warnings] == ["what_changed_not_said"]
        assert not await is_running(case)
        with pytest.raises(escalations.NotFound):
            await case.act(TellChange(by="iro", changed="changed"))


async def test_whoever_looks_into_temporal_sees_whose_answer_it_waits_for(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        promise = await closed_with_a_promise(case)
        handle = case.world.client.get_workflow_handle(case.id)
        assert f"promise {promise} is due Friday 20 June 2025" in await _details(handle)
        await case.pass_time(to="2025-06-20 09:30")
        await case.expect_mail(notice="was_it_done", to="iro")
        assert f"the raiser is asked whether promise {promise} was kept" in await _details(handle)


async def _details(handle: Any) -> str:
    """What the page of the workflow says of it now."""
    return str(await handle.query("__temporal_workflow_metadata"))
