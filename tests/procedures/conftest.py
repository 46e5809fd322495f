"""A council's procedure on the table: steps as rehearsals have them, played by the rules alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from config import procedures
from escalation.history import CaseNote, EmailSent
from escalation.state import state_of
from escalation.working_days import LONDON
from starter.rehearsal.scenario import Given, Step, overridden
from starter.rehearsal.tabletop import Seen, Tabletop

AT = "2026-06-08 10:00"
"""A Monday without a closed day for weeks. Five working days end on 15 June, ten on 22 June, twenty on 6 July."""


class After:
    """What a step led to, in the words of the tests."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.refused = seen.rejection.code if seen.rejection else None
        self.why = seen.rejection.message if seen.rejection else ""
        self.field = seen.rejection.field if seen.rejection else None
        self.advice = [warning.code for warning in seen.warnings]
        self.said = " ".join(warning.message for warning in seen.warnings)
        self.tasks = seen.tasks
        self.events = [entry.event for entry in seen.entries]

    @property
    def state(self) -> Any:
        assert self.seen.case
        return state_of(self.seen.case, self.seen.at)

    @property
    def due(self) -> str | None:
        return f"{self.state.due.astimezone(LONDON):%Y-%m-%d}" if self.state.due else None

    @property
    def fields(self) -> dict[str, Any]:
        assert self.seen.case
        return self.seen.case.fields

    def sent(self, notice: str) -> tuple[list[str], list[str]]:
        """Those to whom a notice went, and those who had a copy, each once."""
        found = [entry for entry in self.seen.entries if isinstance(entry, EmailSent) and entry.notice == notice]
        to, cc = ([role for entry in found for role in getattr(entry, name)] for name in ("to", "cc"))
        return list(dict.fromkeys(to)), list(dict.fromkeys(cc))

    @property
    def filed(self) -> list[tuple[str, str]]:
        """(where, heading)"""
        return [(entry.where, entry.heading) for entry in self.seen.entries if isinstance(entry, CaseNote)]


class Table:
    """One procedure and what is given of the case."""

    def __init__(self, key: str, **given: Any) -> None:
        own = Given.model_validate(given)
        self.procedure = overridden(procedures.load(key), own)
        self._table = Tabletop(self.procedure, own)
        self._steps = 0

    def do(self, act: str, at: str = AT, **said: Any) -> After:
        self._steps += 1
        when = f"{at.replace(' ', 'T')}:00"
        step = {"id": f"s{self._steps}", "at": _london(when), "do": act} | said
        return After(self._table.step(Step.model_validate(step)))


def _london(text: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).isoformat()


@pytest.fixture
def a_table() -> Callable[..., Table]:
    """`a_table("southwark", subject={"kind": "lac"})`"""
    return Table
