"""What can be asked of the register, and told to it: each call is one short transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, select

from escalation.case import Status
from escalation.history import HistoryEntry
from escalation.messages import Delivery, Failure, Respond
from escalation.procedure import Procedure
from escalation.summary import Summary
from register import acts, chain, claims, inbox, ledger
from register.came_back import CameBackRows
from register.cases import Cases
from register.current import require_current
from register.digests import Digests
from register.disputes import Disputes, forget_version
from register.drafts import Drafts
from register.errors import unavailable
from register.hand_overs import HandOvers
from register.mail import Mail
from register.people import People
from register.recordings import Recordings
from register.reports import Reports
from register.rows import ActRow, EscalationRow, InboxRow, LedgerRow
from register.statements import insert_new
from register.tables import entries, escalations, procedures
from register.tokens import Tokens

ENDED: tuple[Status, ...] = ("closed", "withdrawn")


class Register:
    """Histories, summaries, inbox, delivery ledger and procedures. Safe to share between threads.

    Every call may raise RegisterUnavailable (try again) or, on the first use, SchemaNotCurrent (upgrade first).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._current = False
        self.drafts = Drafts(self._read, self._write)
        self.recordings = Recordings(self._read, self._write)
        self.cases = Cases(self._read)
        self.disputes = Disputes(self._read, self._write)
        self.reports = Reports(self._read, self._write)
        self.people = People(self._read, self._write)
        self.mail = Mail(self._read, self._write)
        self.came_back = CameBackRows(self._read, self._write)
        self.hand_overs = HandOvers(self._read, self._write)
        self.digests = Digests(self._write)
        self.tokens = Tokens(self._read, self._write)

    def close(self) -> None:
        self._engine.dispose()

    def check(self) -> None:
        """Whether the register can be read now, for health checks. Raises as every call does."""
        with self._read() as connection:
            connection.execute(select(1))

    # Histories and where each escalation stands -----------------------------------------------------------------------

    def record(self, escalation: str, entries: Sequence[HistoryEntry], summary: Summary) -> int:
        """Keep entries and summary together; the number of the last entry now held.

        What is already held and says the same is skipped, so that a retry is harmless, and an older summary never
        replaces a newer one. Raises ConflictingHistory at a gap, or where a held number says something else.
        """
        with self._write() as connection:
            return chain.append(connection, escalation, entries, summary)

    def history(self, reference: str) -> list[HistoryEntry]:
        """Every entry in order; empty where the reference is not known."""
        query = (
            select(entries.c.body)
            .join_from(entries, escalations)
            .where(escalations.c.reference == reference)
            .order_by(entries.c.n)
        )
        with self._read() as connection:
            return [chain.ENTRY.validate_json(body) for body in connection.scalars(query)]

    def hashes(self, reference: str) -> list[tuple[int, str]]:
        """Number and hash of each entry, in order: what a copy of the history is compared by."""
        with self._read() as connection:
            return chain.hashes(connection, reference)

    def find(self, reference: str) -> EscalationRow | None:
        with self._read() as connection:
            query = select(escalations).where(escalations.c.reference == reference)
            row = connection.execute(query).mappings().first()
        return EscalationRow.model_validate(dict(row)) if row else None

    def escalations(
        self,
        *,
        open_only: bool = False,
        with_follow_ups: bool = False,
        procedure: str | None = None,
        status: Status | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> list[EscalationRow]:
        """In the order of references; `after` is the last reference of the page before.

        `with_follow_ups`: those alone with something that outlives the close, open or not.
        """
        query = select(escalations).order_by(escalations.c.reference).limit(limit)
        if open_only:
            query = query.where(escalations.c.status.not_in(ENDED))
        if with_follow_ups:
            query = query.where(escalations.c.follow_up_on.is_not(None))
        if procedure is not None:
            query = query.where(escalations.c.procedure == procedure)
        if status is not None:
            query = query.where(escalations.c.status == status)
        if after is not None:
            query = query.where(escalations.c.reference > after)
        with self._read() as connection:
            return [EscalationRow.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def claim_reference(
        self, reference: str, escalation: str, start_digest: str, summary: Summary
    ) -> Literal["new", "same", "different"]:
        """Take a reference for an escalation about to start, whose row then shows `summary` with `n` of 0.

        "same": it was taken with the same start data before, so that starting again is harmless. "different": it
        belongs to something else.
        """
        return self.claim_references({escalation: summary.model_copy(update={"reference": reference})}, start_digest)

    def claim_references(self, claimed: Mapping[str, Summary], start_digest: str) -> claims.Claim:
        """As `claim_reference`, for escalations that start together, by their ids: all of them, or none."""
        with self._write() as connection:
            return claims.take(connection, claimed, start_digest)

    def verify(self, reference: str | None = None) -> list[str]:
        """Compute every chain anew: the first broken entry of each history, as sentences; empty where all is well.

        Given a reference, of that escalation alone; else of every recording and of the directory too.
        """
        with self._read() as connection:
            found = chain.verify(connection, reference)
        return found if reference else [*found, *self.recordings.verify(), *self.people.verify()]

    # Answers received -------------------------------------------------------------------------------------------------

    def put_in_inbox(self, escalation: str, answer: Respond) -> Literal["new", "same"]:
        """Keep an answer as received, for good once this returns. The first `received_at` of a response id stands.

        Raises ValueError without `received_at`, and ConflictingAnswer where the id is used for another answer.
        """
        with self._write() as connection:
            return inbox.put(connection, escalation, answer)

    def answers(self, escalation: str, received_by: datetime) -> list[Respond]:
        """All answers to an escalation received at or before an instant, oldest first, applied or not."""
        with self._read() as connection:
            return inbox.received(connection, escalation, received_by)

    def answer(self, response_id: str) -> InboxRow | None:
        with self._read() as connection:
            return inbox.find(connection, response_id)

    def unanswered_inbox(self) -> list[InboxRow]:
        """Answers of which the escalation has not yet said what it made of them, oldest first."""
        with self._read() as connection:
            return inbox.not_applied(connection)

    def mark_handed_over(self, response_id: str, at: datetime) -> None:
        """Temporal has taken the answer. The first instant stands."""
        with self._write() as connection:
            inbox.mark_handed_over(connection, response_id, at)

    def mark_applied(self, response_id: str, outcome: str, at: datetime) -> None:
        """The escalation has said what it made of the answer. The first outcome stands."""
        with self._write() as connection:
            inbox.mark_applied(connection, response_id, outcome, at)

    # The delivery ledger ----------------------------------------------------------------------------------------------

    def ledger(self, escalation: str, entry: int, notice: str) -> list[LedgerRow]:
        """Every message of a notice that was accepted or refused for good, acceptances first."""
        with self._read() as connection:
            return ledger.rows(connection, escalation, entry, notice)

    def accepted(self, escalation: str, entry: int, notice: str) -> list[LedgerRow]:
        """Those that a mail server accepted, oldest first."""
        return [row for row in self.ledger(escalation, entry, notice) if row.status == "accepted"]

    def note_accepted(self, escalation: str, entry: int, notice: str, delivery: Delivery) -> None:
        """To be called right after the mail server accepted. The first acceptance of a message stands."""
        with self._write() as connection:
            ledger.note_accepted(connection, escalation, entry, notice, delivery)

    def note_refused(self, escalation: str, entry: int, notice: str, failure: Failure, *, day_zero: str = "") -> None:
        """A refusal for good. An acceptance of the same message stands. Raises ValueError without an address."""
        with self._write() as connection:
            ledger.note_refused(connection, escalation, entry, notice, failure, day_zero)

    # Procedures by version --------------------------------------------------------------------------------------------

    def keep_procedure(self, procedure: Procedure) -> None:
        body = procedure.model_dump_json()  # not canonical: forms and codes keep the document's order
        values = {"key": procedure.key, "version": procedure.version, "body": body}
        with self._write() as connection:
            if insert_new(connection, procedures, values):
                forget_version(connection, procedure.key, procedure.version)

    def procedure(self, key: str, version: str) -> Procedure | None:
        query = select(procedures.c.body).where(procedures.c.key == key, procedures.c.version == version)
        with self._read() as connection:
            body = connection.scalar(query)
        return Procedure.stored(body) if body else None

    # The API ----------------------------------------------------------------------------------------------------------

    def ask(self, escalation: str, act_id: str, digest: str, at: datetime) -> ActRow:
        """Keep an act that is asked for under this id, or find it as it was first asked for: compare the digests."""
        with self._write() as connection:
            return acts.ask(connection, escalation, act_id, digest, at)

    def keep_receipt(self, escalation: str, act_id: str, receipt: str) -> None:
        """What came of an act that was asked for. The first receipt stands."""
        with self._write() as connection:
            acts.answer(connection, escalation, act_id, receipt)

    # Transactions -----------------------------------------------------------------------------------------------------

    def _read(self) -> AbstractContextManager[Connection]:
        return self._transaction(self._engine)

    def _write(self) -> AbstractContextManager[Connection]:
        return self._transaction(self._writing)

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with unavailable(engine):
            if not self._current:
                require_current(engine)
                self._current = True
            with engine.begin() as connection:
                yield connection
