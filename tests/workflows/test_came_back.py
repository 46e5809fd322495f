"""What comes back to the mailbox reaches the escalation, whatever it is, and wedges nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from escalation.messages import CameBack
from tests.harness import ACase

SOUTHWARK = "southwark"
RAISED = "2025-06-02 10:00"
ADDRESS = "operational_manager@rehearsal.example"


async def comes_back(case: ACase, **said: Any) -> None:
    entry = (await case.entries("email_sent"))[0].details["entry"]
    usual = {"mail_id": "m-1", "kind": "bounce", "received_at": await case.world.now(), "entry": entry}
    about = {"notice": "alert", "role": "operational_manager", "address": ADDRESS, "text": "550 No such mailbox"}
    handle = case.world.client.get_workflow_handle(case.id)
    await handle.signal("mail_came_back", CameBack.model_validate(usual | about | said))
    await case.world.settle()


async def test_a_bounced_alert_stops_the_clock_and_whoever_stands_above_is_asked(a_case: Callable[..., Any]) -> None:
    async with a_case(SOUTHWARK, at=RAISED) as case:
        await case.start()
        before = (await case.state()).due
        await case.pass_time(to="2025-06-03 11:00")
        await comes_back(case)
        (covered,) = await case.entries("post_covered")
        assert (covered.details["role"], covered.details["cover"]) == ("operational_manager", "head_of_service")
        after = await case.state()
        assert after.waiting_for == "operational_manager"
        assert before and after.due and after.due > before
        await case.expect_start()
        await case.expect_mail(notice="alert", to="operational_manager")
        for notice in ("delivery_failed", "post_covered", "please_read_record"):
            await case.expect_all(notice)


async def test_told_twice_it_counts_once(a_case: Callable[..., Any]) -> None:
    async with a_case(SOUTHWARK, at=RAISED) as case:
        await case.start()
        for _ in range(2):
            await comes_back(case, kind="reply", text="I will see to it.")
        assert len(await case.entries("reply_received")) == 1
        assert (await case.state()).status == "awaiting_response"
        await case.expect_start()
        await case.expect_mail(notice="reply_received", to="iro")


@pytest.mark.parametrize("payloads", [[], [{}], ["text"], [{"kind": "fax"}], [1, 2]])
async def test_what_cannot_be_read_is_recorded_and_changes_nothing(
    a_case: Callable[..., Any], payloads: list[Any]
) -> None:
    async with a_case(SOUTHWARK, at=RAISED) as case:
        await case.start()
        before = await case.state()
        await case.world.client.get_workflow_handle(case.id).signal("mail_came_back", args=payloads)
        await case.world.settle()
        (refused,) = await case.entries("refused")
        assert (refused.details["do"], refused.details["code"]) == ("mail_came_back", "unreadable")
        assert (await case.state()).due == before.due
        await case.expect_start()
