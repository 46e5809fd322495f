"""What a command works with: settings, and what they lead to, opened only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from activities.people import People
from config import calendars, procedures
from config.directory import File
from config.settings import Settings
from escalation.case import Case
from escalation.delivery import EmailStatus, deliveries
from escalation.errors import TwentydaysError
from escalation.fold import fold
from escalation.history import HistoryEntry
from escalation.procedure import Procedure
from escalation.state import EntryView, State, state_of, view
from register.engine import open_register
from register.rows import EscalationRow
from register.store import Register

if TYPE_CHECKING:
    from temporalio.client import Client

    from activities.calendar import Calendars


class UnknownReference(TwentydaysError):
    """The register holds no such escalation."""


@dataclass
class Office:
    """One command's view of the installation.

    What needs Temporal's SDK is imported with the first use: commands that only read start in half the time without.
    """

    settings: Settings

    @cached_property
    def register(self) -> Register:
        return open_register(self.settings.register_url)

    def close(self) -> None:
        """What lives longer than a command closes what it has opened."""
        if "register" in self.__dict__:
            self.register.close()

    @cached_property
    def calendars(self) -> Calendars:
        from activities.calendar import Calendars  # noqa: PLC0415

        return Calendars(calendars.load(self.settings.local_calendar))

    @cached_property
    def people(self) -> People:
        """The directory that counts."""
        return People(self.register, File(self.settings.directory).now)

    async def temporal(self) -> Client:
        from config.connect import connect  # noqa: PLC0415

        return await connect(self.settings)

    def procedure(self, key: str) -> Procedure:
        return procedures.load(key, self.settings.procedures)

    def row(self, reference: str) -> EscalationRow:
        row = self.register.find(reference.upper())
        if row is None:
            raise UnknownReference(
                f"The register holds no escalation {reference}. `twentydays list` shows those it holds."
            )
        return row

    @cached_property
    def _began_under(self) -> dict[tuple[str, str], Procedure | None]:
        return {}

    def began_under(self, row: EscalationRow) -> Procedure | None:
        """The procedure that it began under: there as soon as it was asked for."""
        key = (row.procedure, row.procedure_version)
        if key not in self._began_under:
            self._began_under[key] = self.register.procedure(*key)
        return self._began_under[key]

    def title(self, row: EscalationRow, role: str) -> str:
        """What a role is called by that procedure."""
        procedure = self.began_under(row)
        return procedure.role_title(role) if procedure else role

    def written(self, reference: str) -> tuple[Procedure, list[HistoryEntry]]:
        """The procedure that it began under, and its history, as the register holds them."""
        row = self.row(reference)
        procedure = self.register.procedure(row.procedure, row.procedure_version)
        entries = self.register.history(row.reference)
        if procedure is None or not entries:
            raise UnknownReference(f"The escalation {reference} has been asked for, and no worker has begun it yet.")
        return procedure, entries

    def case(self, reference: str) -> Case:
        """The case as the register holds it: also after Temporal has forgotten it."""
        return fold(*self.written(reference))

    def state(self, reference: str) -> State:
        return state_of(self.case(reference), datetime.now(UTC))

    def history(self, reference: str) -> list[EntryView]:
        return [view(entry) for entry in self.register.history(reference.upper())]

    def emails(self, reference: str) -> list[EmailStatus]:
        """What became of each email that its history called for."""
        return deliveries(self.case(reference).procedure, self.register.history(reference.upper()))
