"""Something recorded outside every escalation: this shell notifies, keeps and ends; `escalation.record` decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError

from activities.notices import Notices
from activities.register import RegisterKeeper
from escalation import record, recordings
from escalation.history import HistoryEntry
from escalation.messages import NoticeOutcome, NoticeToSend
from escalation.overtaking import failed
from escalation.record import RecordedBatch, RecordOpening
from escalation.state import EntryView, view
from workflows.escalation import ONE_MAIL_ATTEMPT, ONE_REGISTER_ATTEMPT, PATIENT
from workflows.names import RECORD
from workflows.search_attributes import PROCEDURE, REFERENCE, TEAM


@workflow.defn(name=RECORD)
class Record:
    """The workflow type `Record`. It ends when everybody was written to and the register has its whole history."""

    @workflow.init
    def __init__(self, opening: RecordOpening) -> None:
        self.opening = opening
        self.started_at = workflow.now()
        self.entries: list[HistoryEntry] = []
        self.kept = 0
        self.keeper: asyncio.Task[None] | None = None
        self.sending: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, opening: RecordOpening) -> int:
        """The number of its entries."""
        self._ensure_allowed(opening)
        workflow.upsert_search_attributes(_attributes(opening))
        self._write(record.begin(opening, self.started_at))
        while under_way := self._under_way():
            await workflow.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            self._tidy()
        return len(self.entries)

    @workflow.query(description="Everything that has happened, in order.")
    def history(self, *_: Any) -> list[EntryView]:
        return [view(entry) for entry in self.entries]

    def _ensure_allowed(self, opening: RecordOpening) -> None:
        """Ruled at the edge before; whatever starts this workflow otherwise is ruled here."""
        said = opening.command
        if refused := recordings.check(opening.procedure, opening.recording, said.by, said.fields):
            raise ApplicationError(refused.message, type="RecordRefused", non_retryable=True)

    def _write(self, entries: Sequence[HistoryEntry]) -> None:
        """Add to the history, and send what that calls for."""
        self.entries += entries
        for entry in entries:
            for notice in record.called_for(self.opening, entry):
                self.sending.append(asyncio.create_task(self._send(notice)))
        self._show()

    def _under_way(self) -> list[asyncio.Task[None]]:
        """What is being sent, and the register's following of what it has not yet."""
        if self.keeper is None and self.kept < len(self.entries):
            self.keeper = asyncio.create_task(self._keep())
        return [*self.sending, *([self.keeper] if self.keeper else [])]

    def _tidy(self) -> None:
        """Leave what is done; a fault of ours in it stops this run until a release mends it, and loses nothing."""
        for task in self._under_way():
            if task.done():
                task.result()
        self.sending = [task for task in self.sending if not task.done()]
        self.keeper = None if self.keeper and self.keeper.done() else self.keeper
        self._show()

    async def _send(self, notice: NoticeToSend) -> None:
        """One notice, tried for as long as it takes."""
        try:
            outcome = await self._try_to_send(notice)
        except ActivityError as error:
            outcome = failed(notice, str(error.cause or error))
        self._write(record.take(notice, outcome, len(self.entries) + 1, workflow.now()))

    async def _try_to_send(self, notice: NoticeToSend) -> NoticeOutcome:
        title = self.opening.procedure.role_title
        return await workflow.execute_activity_method(
            Notices.send_notice,
            record.order(self.opening, notice, workflow.info().workflow_id),
            activity_id="-".join(str(part) for part in (notice.entry, notice.notice, notice.sent_for) if part),
            start_to_close_timeout=ONE_MAIL_ATTEMPT,
            retry_policy=PATIENT,
            summary=f"Email {notice.notice.replace('_', ' ')} to {', '.join(title(role) for role in notice.reaches)}",
        )

    async def _keep(self) -> None:
        """The register follows the history, in order, one batch at a time."""
        summary = record.summary_of(self.opening, self.started_at)
        while self.kept < len(self.entries):
            new = self.entries[self.kept :]
            await workflow.execute_activity_method(
                RegisterKeeper.keep_recording,
                RecordedBatch(record=workflow.info().workflow_id, entries=new, summary=summary),
                start_to_close_timeout=ONE_REGISTER_ATTEMPT,
                retry_policy=PATIENT,
                summary=f"Keep entries {new[0].n} to {new[-1].n}",
            )
            self.kept += len(new)

    def _show(self) -> None:
        """For whoever looks into Temporal."""
        workflow.set_current_details(record.story(self.opening, len(self.sending)))


def _attributes(opening: RecordOpening) -> list[SearchAttributeUpdate[Any]]:
    """Pseudonymous, as those of an escalation."""
    values = ((PROCEDURE, opening.procedure.key), (REFERENCE, opening.reference), (TEAM, opening.team))
    return [key.value_set(value) for key, value in values if value]
