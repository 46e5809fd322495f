"""Several escalations of one raiser, reminded on one morning: one email, and each history says that it went out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalation.messages import Decide, Respond
from escalation.working_days import LONDON
from starter.rehearsal.world import World
from tests.escalation.driver import a_procedure
from tests.harness import ACase, london

PROCEDURE = a_procedure(digest=["decision_reminder"], reminders={"raiser_after": [1], "pass_turn_after": None})
REFERENCES = ("CASE-1", "CASE-2", "CASE-3")
MINE = "iro@"


def escalation(reference: str) -> str:
    return f"escalation/ours/{reference}"


async def answered(case: ACase) -> None:
    """Three matters, each answered on Tuesday 24 November 2026, so that each waits for its raiser."""
    for reference in REFERENCES:
        assert await case.world.open_case(case.command(), reference)
    await case.world.pass_time(london("2026-11-24 10:00"))
    for reference in REFERENCES:
        answer = Respond(response_id=f"r-{reference}", stage="S1", by="manager_1", text="Done.")
        assert (await case.world.act(answer, escalation(reference))).accepted


def reminders(world: World) -> list[tuple[str, str]]:
    sent = [mail for mail in world.outbox.sent if mail["X-Twentydays-Notice"] in {"digest", "decision_reminder"}]
    return [(str(mail["X-Twentydays-Notice"]), mail["To"].addresses[0].username) for mail in sent]


async def told(world: World, reference: str, event: str) -> list[str]:
    """When the history says what became of a reminder."""
    history = await world.history(escalation(reference))
    found = [entry for entry in history if entry.event == event and entry.details["notice"] == "decision_reminder"]
    return [f"{entry.at.astimezone(LONDON):%d %H:%M}" for entry in found]


async def test_reminders_of_one_morning_are_one_email_and_what_was_decided_is_not_in_it(
    a_case: Callable[..., Any],
) -> None:
    async with a_case(PROCEDURE, at="2026-11-23 10:00") as case:
        world = case.world
        await answered(case)
        await world.pass_time(london("2026-11-25 09:10"))
        assert reminders(world) == []
        decided = Decide(by="iro", outcome="satisfied", outcome_text="As agreed.")
        assert (await world.act(decided, escalation("CASE-2"))).accepted
        await world.pass_time(london("2026-11-25 09:29"))
        assert reminders(world) == []
        await world.pass_time(london("2026-11-25 09:32"))
        assert reminders(world) == [("digest", "iro")]
        body = world.outbox.sent[-1].get_body(("plain",)).get_content()
        assert [reference in body for reference in REFERENCES] == [True, False, True]
        assert [await told(world, reference, "email_sent") for reference in REFERENCES] == [
            ["25 09:30"],
            [],
            ["25 09:30"],
        ]
        assert await told(world, "CASE-2", "email_not_sent") == ["25 09:10"]
        case.expected |= set(range(len(world.outbox.sent)))  # the harness knows of one escalation's emails only
