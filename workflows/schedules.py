"""What begins by itself at a time of the calendar: the schedules of an installation, spelled once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.empty_posts import EmptyPosts
from workflows.monthly import MonthlySummary
from workflows.names import EMPTY_POSTS, MONTHLY_SUMMARY, TASK_QUEUE

NINE = [ScheduleRange(9)]
DAYS = ScheduleRange(1, 10)
"""The first working day is among them, whatever closes at Easter or New Year; the others make up for it."""
MONDAY_TO_FRIDAY = ScheduleRange(1, 5)


def monthly_summary() -> Schedule:
    """At 9am in London on the days on which the summary may be due."""
    return _at(ScheduleCalendarSpec(hour=NINE, day_of_month=[DAYS]), MonthlySummary.run, MONTHLY_SUMMARY)


def empty_posts() -> Schedule:
    """At 9am in London from Monday to Friday; on a closed day nothing comes of it."""
    return _at(ScheduleCalendarSpec(hour=NINE, day_of_week=[MONDAY_TO_FRIDAY]), EmptyPosts.run, EMPTY_POSTS)


SCHEDULES: dict[str, Callable[[], Schedule]] = {MONTHLY_SUMMARY: monthly_summary, EMPTY_POSTS: empty_posts}


def _at(times: ScheduleCalendarSpec, run: Any, name: str) -> Schedule:
    """One that still waits for mail goes first."""
    return Schedule(
        action=ScheduleActionStartWorkflow(run, id=name, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(calendars=[times], time_zone_name="Europe/London"),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


async def keep_schedules(client: Client) -> None:
    """Make them, or bring those that are there to what this release says; whether they are paused stays as it is."""
    for name, made in SCHEDULES.items():
        try:
            await client.create_schedule(name, made())
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(name).update(_brought_to(made()))


def _brought_to(schedule: Schedule) -> Callable[[ScheduleUpdateInput], ScheduleUpdate]:
    def update(before: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = before.description.schedule.state
        return ScheduleUpdate(schedule=schedule)

    return update
