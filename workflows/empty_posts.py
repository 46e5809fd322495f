"""The morning's look ahead for posts that will be empty: `activities.empty_posts` finds them and has them told."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from activities.empty_posts import AlarmOrder, AlarmSent, EmptyPostAlarms
from escalation.working_days import london_date
from workflows.escalation import PATIENT

ONE_ATTEMPT = timedelta(minutes=30)
"""Ten thousand histories are read in it."""
UNTIL_GIVEN_UP = timedelta(hours=20)
"""The next morning looks anew."""


@workflow.defn(name="EmptyPosts")
class EmptyPosts:
    """The workflow type `EmptyPosts`, begun by a schedule from Monday to Friday."""

    @workflow.run
    async def run(self, order: AlarmOrder | None = None) -> AlarmSent:
        """What became of it; on most days there is nothing new."""
        return await workflow.execute_activity_method(
            EmptyPostAlarms.send_empty_posts,
            order or AlarmOrder(on=london_date(workflow.info().start_time)),
            start_to_close_timeout=ONE_ATTEMPT,
            schedule_to_close_timeout=UNTIL_GIVEN_UP,
            retry_policy=PATIENT,
            summary="Look for posts that will be empty while an escalation waits, and tell who can fill them",
        )
