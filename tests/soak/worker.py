"""The worker of a soak: `python -m tests.soak.worker <shift> <impatient>`, both in seconds; `impatient` may be 0.

It is the real one, at another time of day. Impatient, it lets Temporal miss an attempt that died with a worker after so
many seconds, where it would be two minutes.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.empty_posts import EmptyPostAlarms
from activities.letter import Sender
from activities.monthly import MonthlySummaries
from activities.notices import Notices
from activities.register import RegisterKeeper
from config import procedures
from config.connect import connect
from config.logs import forward_core_logs
from config.settings import Settings, load
from escalation.errors import TwentydaysError
from escalation.local_calendar import LocalCalendar
from register.engine import open_register
from starter.leaving import leave
from starter.rehearsal.shifted import ShiftedRunner, _ShiftedInstance
from starter.rehearsal.world import everyone
from tests.soak.plan import PROCEDURE
from worker import Tools, build_links, build_runner, build_transport, build_worker, domain_of


class Impatient(_ShiftedInstance):
    """Runs a workflow whose activities have less time for each attempt."""

    def __init__(self, inner: WorkflowInstance, shift: timedelta, seconds: float) -> None:
        super().__init__(inner, shift)
        self._attempt = timedelta(seconds=seconds)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = super().activate(act)
        for command in completion.successful.commands:
            if command.HasField("schedule_activity"):
                command.schedule_activity.start_to_close_timeout.FromTimedelta(self._attempt)
        return completion


class ImpatientRunner(ShiftedRunner):
    def __init__(self, inner: WorkflowRunner, shift: timedelta, seconds: float) -> None:
        super().__init__(inner, shift)
        self._seconds = seconds

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return Impatient(self._inner.create_instance(det), self._shift, self._seconds)


def tools(settings: Settings, shift: timedelta) -> Tools:
    def now() -> datetime:
        return datetime.now(UTC) + shift

    register = open_register(settings.register_url)
    people, transport = everyone(procedures.load(PROCEDURE)), build_transport(settings, register)
    sender, days = Sender(settings.mail_from, domain_of(settings.mail_from)), Calendars(LocalCalendar())
    notices = Notices(
        lambda: people,
        transport,
        register,
        mail_from=sender.mail_from,
        message_id_domain=sender.message_id_domain,
        links=build_links(settings),
        now=now,
    )
    bulletins = Bulletins(register, transport, sender, now=now)
    summaries = MonthlySummaries(register, lambda: people, days, bulletins)
    alarms = EmptyPostAlarms(register, lambda: people, days, bulletins)
    return Tools(days, notices, RegisterKeeper(register, now=now), summaries, alarms)


async def run(settings: Settings, shift: timedelta, impatient: float) -> None:
    """Until it is killed."""
    runner = ImpatientRunner(build_runner(), shift, impatient) if impatient else ShiftedRunner(build_runner(), shift)
    client = await connect(settings, patience=timedelta(seconds=30))
    async with build_worker(client, tools(settings, shift).activities, workflow_runner=runner):
        await asyncio.Event().wait()


def main() -> None:
    forward_core_logs("WARN")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(run(load(), timedelta(seconds=float(sys.argv[1])), float(sys.argv[2])))
    except TwentydaysError as error:
        sys.stderr.write(f"{error}\n")
        leave(1)


if __name__ == "__main__":
    main()
