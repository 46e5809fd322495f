"""A report as a document: what it is, of when, for whom, by whom, how it was counted, and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from escalation.errors import TwentydaysError
from escalation.figures import Figures
from escalation.procedure import Procedure
from escalation.tabling.notes import notes
from escalation.tabling.table import Table
from escalation.tabling.tables import tables
from escalation.words import at
from escalation.words import on as in_words


class NoSuchTable(TwentydaysError):
    """The report has no table of this name; says which it has."""


@dataclass(frozen=True)
class Tabled:
    """`facts` are its other particulars, each a name and what is said. All of it is given: no clock is read."""

    procedure: str
    report: str
    title: str
    subtitle: str
    council: str
    period: str
    span: str
    made_at: datetime
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]
    version: str = ""

    @property
    def name(self) -> str:
        """For files: southwark-quarterly-2026-04-01-to-2026-06-30, and that it is a committee's, where it is."""
        return f"{self.procedure}-{self.report}-{self.span}{self.version}"

    @property
    def told(self) -> tuple[Table, ...]:
        """The tables to be read; what is data alone stands in the spreadsheets."""
        return tuple(table for table in self.tables if not table.detail)

    @property
    def charted(self) -> tuple[Table, ...]:
        return tuple(table for table in self.tables if table.chart)

    def only(self, keys: tuple[str, ...]) -> Tabled:
        """With these tables alone; all of them where none is named. Raises NoSuchTable."""
        there = {table.key: table for table in self.tables}
        if lost := [key for key in keys if key not in there]:
            known = ", ".join(there)
            raise NoSuchTable(f"This report has no table {' or '.join(lost)}; it has: {known}.")
        named = tuple(replace(there[key], detail=False) for key in keys)
        return replace(self, tables=named) if keys else self


def tabled(procedure: Procedure, figures: Figures, made_at: datetime) -> Tabled:
    """The numbers of a report as a document."""
    return Tabled(
        procedure=procedure.key,
        report=figures.report,
        title=figures.title,
        subtitle=procedure.title,
        council=procedure.council,
        period=when(figures),
        span=_span(figures),
        made_at=made_at,
        facts=tuple(_facts(procedure, figures, made_at)),
        notes=tuple(notes(procedure, figures)),
        tables=tuple(tables(procedure, figures)),
        version="-committee" if figures.committee else "",
    )


def when(figures: Figures) -> str:
    """From Wednesday 1 April 2026 to Tuesday 30 June 2026"""
    if figures.first or figures.last:
        ends = [in_words(day) if day else "" for day in (figures.first, figures.last)]
        return f"From {ends[0] or 'the beginning'} to {ends[1] or 'now'}"
    return f"On {in_words(figures.on)}" if figures.on else "From the beginning to now"


def _span(figures: Figures) -> str:
    if figures.first or figures.last:
        return f"{_named(figures.first, 'beginning')}-to-{_named(figures.last, 'now')}"
    return _named(figures.on, "all")


def _named(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise


def _facts(procedure: Procedure, figures: Figures, made_at: datetime) -> Iterator[tuple[str, str]]:
    yield "Procedure", procedure.title
    if figures.audience:
        yield "For", "; ".join(procedure.role_title(role) for role in figures.audience)
    if figures.by:
        yield "By", procedure.role_title(figures.by)
    if figures.committee:
        yield "Version", "For a committee, with small counts withheld"
    if figures.parts:
        yield "It consists of", "; ".join(figures.parts)
    yield "Made on", at(made_at)
