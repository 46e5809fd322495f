"""Lives every story once and keeps its history: `python -m tests.replay.record [name ...]`.

Run it when the workflow changes on purpose, before 1.0 is tagged; after that histories are kept and never made anew.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, timedelta
from pathlib import Path

from temporalio.client import WorkflowHistory

from config import procedures
from starter.leaving import leave
from starter.rehearsal.world import world_at
from tests.harness import ACase, london
from tests.replay.stories import RING, STORIES, Story

HISTORIES = Path(__file__).parent / "histories"


async def record(name: str, story: Story) -> None:
    procedure = procedures.load(story.procedure)
    async with world_at(london(story.at), procedure, ring=RING) as world:
        case = ACase(world, procedure, reference=f"REPLAY-{sorted(STORIES).index(name) + 1}")
        await story.tell(case)
        await world.settle()
        lived = world.escalation or world.others[-1]
        history = await world.client.get_workflow_handle(lived).fetch_history()
    _shift(history, world.shift)
    (HISTORIES / f"{name}.json").write_text(history.to_json(), encoding="utf-8")


def _shift(history: WorkflowHistory, shift: timedelta) -> None:
    """The server's own clock stood elsewhere: its events are dated as the workflow saw them."""
    for event in history.events:
        event.event_time.FromDatetime(event.event_time.ToDatetime(tzinfo=UTC) + shift)


async def record_all(names: list[str]) -> None:
    for name in names:
        await record(name, STORIES[name])


if __name__ == "__main__":
    HISTORIES.mkdir(exist_ok=True)
    asyncio.run(record_all(sys.argv[1:] or sorted(STORIES)))
    leave(0)
