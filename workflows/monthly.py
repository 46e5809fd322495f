"""The month's summary for directors, from its day until everybody has it: `activities.monthly` makes and sends it."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from activities.monthly import MonthlySummaries, SummaryOrder, SummarySent
from escalation.working_days import london_date
from workflows.escalation import PATIENT

ONE_ATTEMPT = timedelta(minutes=30)
"""The numbers of ten thousand disputes are read and counted in it."""
UNTIL_GIVEN_UP = timedelta(days=20)
"""With mail down for so long, the next month's is sent instead."""


@workflow.defn(name="MonthlySummary")
class MonthlySummary:
    """The workflow type `MonthlySummary`, begun by a schedule each morning on which it may be due, or by a person."""

    @workflow.run
    async def run(self, order: SummaryOrder | None = None) -> SummarySent:
        """What became of it on this day; on most days nothing is due."""
        return await workflow.execute_activity_method(
            MonthlySummaries.send_monthly_summary,
            order or SummaryOrder(on=london_date(workflow.info().start_time)),
            start_to_close_timeout=ONE_ATTEMPT,
            schedule_to_close_timeout=UNTIL_GIVEN_UP,
            retry_policy=PATIENT,
            summary="Send the month's numbers to whoever of the directors has not had them",
        )
