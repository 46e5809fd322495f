"""What begins by itself at a time of the calendar: the schedules of an installation, spelled once."""

from __future__ import annotations

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

from workflows.monthly import MonthlySummary
from workflows.names import MONTHLY_SUMMARY, TASK_QUEUE

NINE = 9
DAYS = ScheduleRange(1, 10)
"""The first working day is among them, whatever closes at Easter or New Year; the others make up for it."""


def monthly_summary() -> Schedule:
    """At 9am in London on the days on which the summary may be due. One that still waits for mail goes first."""
    return Schedule(
        action=ScheduleActionStartWorkflow(MonthlySummary.run, id=MONTHLY_SUMMARY, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(NINE)], day_of_month=[DAYS])],
            time_zone_name="Europe/London",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


async def keep_schedules(client: Client) -> None:
    """Make them, or bring those that are there to what this release says; whether they are paused stays as it is."""
    try:
        await client.create_schedule(MONTHLY_SUMMARY, monthly_summary())
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(MONTHLY_SUMMARY).update(_as_it_is_now)


def _as_it_is_now(before: ScheduleUpdateInput) -> ScheduleUpdate:
    schedule = monthly_summary()
    schedule.state = before.description.schedule.state
    return ScheduleUpdate(schedule=schedule)
