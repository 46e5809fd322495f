"""How a workflow tells the register what happened, and asks it which answers were received."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from escalation.messages import Inbox, InboxQuery
from escalation.record import RecordedBatch
from escalation.summary import RecordBatch
from register.errors import ConflictingHistory
from register.store import Register


class RegisterKeeper:
    """Activities on the register. A database that is down or locked raises, and is asked again."""

    def __init__(self, register: Register, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._register = register
        self._now = now

    @activity.defn
    def record_entries(self, batch: RecordBatch) -> int:
        """Keep the entries; the number of the last one now held. A retry is harmless."""
        try:
            return self._register.record(batch.escalation, batch.entries, batch.summary)
        except ConflictingHistory as error:
            raise ApplicationError(
                str(error), type="ConflictingHistory"
            ) from error  # until somebody mends the register

    @activity.defn
    def keep_recording(self, batch: RecordedBatch) -> int:
        """Keep entries of a recording that stands alone; the number of the last one now held. A retry is harmless."""
        try:
            return self._register.recordings.keep(batch.record, batch.entries, batch.summary)
        except ConflictingHistory as error:
            raise ApplicationError(str(error), type="ConflictingHistory") from error

    @activity.defn
    def read_inbox(self, query: InboxQuery) -> Inbox:
        """All answers received by an instant. `read_at` is before the reading: nothing later is vouched for."""
        read_at = self._now()
        return Inbox(answers=self._register.answers(query.escalation, query.received_by), read_at=read_at)
