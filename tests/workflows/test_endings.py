"""Every way in which an escalation can end or come to rest, with and without a worker that remembers workflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from escalation.messages import Close, Withdraw

REMEMBERING = [{}, {"max_cached_workflows": 0}]
"""A worker that forgets replays the whole history at each task: what is not deterministic then fails."""
anyhow = pytest.mark.parametrize("worker", REMEMBERING, ids=["remembering", "forgetting"])


@anyhow
async def test_a_satisfied_raiser_closes_it_as_resolved(a_case: Callable[..., Any], worker: dict[str, int]) -> None:
    async with a_case("southwark", at="2025-05-02 14:00", **worker) as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-05-07 11:00")
        await case.respond()
        await case.expect_mail(notice="response_received", to="iro")
        assert await case.status() == ("L1", "awaiting_iro_decision")
        await case.pass_time(to="2025-05-07 16:00")
        await case.decide("satisfied")
        await case.expect_closed("operational_manager")
        closed = (await case.state()).closed
        assert (closed.outcome, closed.date_concluded) == ("resolved", "2025-05-07")


async def test_it_can_be_closed_as_unresolved(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-05-02 14:00") as case:
        await case.start(stage="L4")
        await case.expect_start("L4")
        receipt = await case.act(Close(by="iro", outcome="unresolved", reason="Goes to court."))
        assert receipt.accepted
        await case.expect_closed("director_csc")
        await case.expect_mail(notice="closed", to=["director_csc", "head_of_qau", "qau_manager"])
        assert (await case.state()).closed.outcome == "unresolved"


async def test_it_can_be_closed_as_no_longer_applicable(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-05-02 14:00") as case:
        await case.start()
        await case.expect_start("L1")
        receipt = await case.act(Close(by="iro", outcome="no_longer_applicable", reason="The child has moved."))
        assert receipt.accepted
        await case.expect_closed("operational_manager")
        await case.expect_mail(notice="closed", to=["operational_manager", "head_of_qau", "qau_manager"])
        assert (await case.state()).closed.outcome == "no_longer_applicable"


@anyhow
async def test_it_can_be_withdrawn(a_case: Callable[..., Any], worker: dict[str, int]) -> None:
    async with a_case("southwark", at="2025-05-02 14:00", **worker) as case:
        await case.start()
        await case.expect_start("L1")
        assert (await case.act(Withdraw(by="iro", reason="Raised in error."))).accepted
        await case.expect_mail(notice="withdrawn", to=["operational_manager", "head_of_qau", "qau_manager"])
        assert await case.status() == ("L1", "withdrawn")


@anyhow
async def test_the_last_stage_in_silence_is_held_for_the_raiser(
    a_case: Callable[..., Any], worker: dict[str, int]
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00", **worker) as case:
        await case.start(stage="L4")
        await case.expect_start("L4")
        state = await case.pass_time(to="2025-06-09 17:02")
        await case.expect_silence("L4")
        await case.expect_mail(notice="held", to=["iro", "qau_manager", "director_csc"])
        assert (state.status, state.on_hold, state.cap_reached) == ("unresolved_hold", "final_stage_lapsed", False)
        assert state.waiting_for == "iro"
        await case.pass_time(to="2025-06-10 09:01")
        await case.expect_mail(notice="decision_reminder", to="iro")


async def test_at_the_cap_it_is_held_and_the_addressee_is_told(a_case: Callable[..., Any]) -> None:
    """Twenty working days from 2 June 2025 end on 30 June; the raiser takes long to decide at L1."""
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        await case.respond()
        await case.expect_mail(notice="response_received", to="iro")
        await case.pass_time(to="2025-06-27 10:00")
        for _ in ("3 June", "5 June", "12 June", "19 June", "26 June"):
            await case.expect_mail(notice="decision_reminder", to="iro")
        await case.expect_mail(notice="turn_passed", to=["qau_manager", "iro"])
        for _ in ("12 June", "19 June", "26 June"):
            await case.expect_mail(notice="decision_reminder", to="qau_manager")
        await case.decide("not_satisfied")
        await case.expect_alert("L2")
        state = await case.state()
        assert (state.due, state.clipped_to_cap) == (state.cap, True)
        state = await case.pass_time(to="2025-06-30 17:02")
        await case.expect_mail(notice="held", to=["iro", "qau_manager", "head_of_service"])
        assert (state.status, state.on_hold, state.cap_reached) == ("unresolved_hold", "cap_reached", True)
        assert (await case.entries("lapsed"))[-1].details["then"] == "hold"


async def test_a_lapse_that_asks_leaves_the_stage_to_the_raiser(a_case: Callable[..., Any]) -> None:
    async with a_case("leicestershire", at="2025-03-31 09:00") as case:
        await case.start(stage="PC", channel="email")
        await case.expect_alert("PC")
        await case.pass_time(to="2025-04-07 17:02")
        await case.expect_mail(notice="overdue", to="iro")
        assert await case.status() == ("PC", "awaiting_iro_decision")
        assert "Decide whether to access Formal Escalation" in [
            task.details["what"] for task in await case.entries("task_opened")
        ]


async def test_a_closed_escalation_refuses_every_further_act_and_writes_nothing(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-05-02 14:00") as case:
        await case.start()
        await case.expect_start("L1")
        assert (await case.act(Withdraw(by="iro", reason="Raised in error."))).accepted
        await case.expect_mail(notice="withdrawn", to=["operational_manager", "head_of_qau", "qau_manager"])
        before = await case.history()
        with pytest.raises(Exception, match="No open escalation"):
            await case.act(Withdraw(by="iro", reason="Again."))
        assert await case.history() == before
        assert [entry.n for entry in case.world.register.history(case.reference)] == [entry.n for entry in before]
