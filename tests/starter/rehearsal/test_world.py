"""Does a world tell of an escalation that has ended what the workflow itself would?"""

from __future__ import annotations

from config import procedures
from escalation.messages import Withdraw
from starter import escalations
from starter.rehearsal.world import world_at
from tests.harness import ACase, london


async def test_what_has_ended_is_told_by_the_register_as_the_workflow_tells_it() -> None:
    procedure = procedures.load("southwark")
    async with world_at(london("2025-12-22 10:00"), procedure) as world:
        case = ACase(world, procedure)
        await case.start()
        assert world.ended == set()
        assert (await case.act(Withdraw(by="iro", reason="It was settled by telephone."))).accepted
        assert world.ended == {case.id}
        assert await case.state() == await escalations.current_stage(world.client, case.id)
        assert await case.history() == await escalations.history(world.client, case.id)
        assert (await case.state()).status == "withdrawn"
