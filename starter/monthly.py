"""The command `summary`: the month's numbers for directors, printed, or sent to whoever has not had them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.monthly import SummaryOrder, SummarySent, make
from config.settings import load
from escalation.monthly_told import lines, sections
from escalation.months import Month, UnclearMonth
from escalation.working_days import london_date
from starter.escalations import PATIENCE, NoOutcomeYet
from starter.office import Office
from workflows import TASK_QUEUE
from workflows.monthly import MonthlySummary
from workflows.names import MONTHLY_SUMMARY

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
DONE, REFUSED = 0, 1


def summary(
    *, month: str | None = None, send: Annotated[bool, Parameter(negative="")] = False, json: AsJson = False
) -> int:
    """The month's numbers for directors, under each procedure, beside those of the month before.

    They are sent by themselves at 9am on the first working day of the month after, to the directors of the directory.

    Parameters
    ----------
    month: str
        The month, as 2026-10; last month where not given.
    send: bool
        Send them now to whoever of the directors has not had them.
    json: bool
        Print the numbers, or what was sent, as JSON.
    """
    office, now = Office(load()), datetime.now(UTC)
    this = Month.of(london_date(now))
    wanted = Month.read(month) if month else this.before
    if wanted > this:
        raise UnclearMonth(f"{wanted.title} has not begun: there is nothing to count yet.")
    if send:
        if wanted == this:
            raise UnclearMonth(f"{wanted.title} is not over: its numbers are sent once it is.")
        return _tell(asyncio.run(_send(office, wanted, now)), json=json)
    made = make(office.register, office.calendars, wanted, now)
    if json:
        print(made.model_dump_json(indent=1))
    else:
        print("\n".join(lines(sections(made))) or f"Nothing was raised, closed or open in {wanted.title}.")
    return DONE


async def _send(office: Office, month: Month, now: datetime) -> SummarySent:
    """By the same workflow as the schedule's: it goes on trying when this command has ended."""
    client = await office.temporal()
    try:
        handle = await client.start_workflow(
            MonthlySummary.run,
            SummaryOrder(on=london_date(now), month=str(month)),
            id=f"{MONTHLY_SUMMARY}/{month}",
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await asyncio.wait_for(handle.result(), PATIENCE.total_seconds())
    except (TimeoutError, RPCError) as error:
        raise NoOutcomeYet(
            f"The summary of {month.title} is not yet with everybody; it is tried on. `twentydays mail status` says "
            "whether mail waits. Sending it again is harmless."
        ) from error


def _tell(sent: SummarySent, *, json: bool) -> int:
    if json:
        print(sent.model_dump_json(indent=1))
    elif sent.why_not:
        print(sent.why_not)
    else:
        refused = f"; refused for good: {sent.refused}" if sent.refused else ""
        have = "director has" if sent.sent == 1 else "directors have"
        print(f"{Month.read(sent.month).title}: {sent.sent} {have} it{refused}.")
    return REFUSED if sent.why_not or sent.refused else DONE
