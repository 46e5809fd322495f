"""Which sheets does a report's spreadsheet have? A cover, notes, then one table a sheet, as public bodies have them."""

from __future__ import annotations

from dataclasses import dataclass

from documents.reports.cells import say
from escalation.tabling import Table, Tabled

COVER, NOTES = "Cover", "Notes"
LONGEST_NAME = 31
"""Of a sheet, in every spreadsheet program."""
LEAST_WIDE, MOST_WIDE = 11, 60
NAMES_WIDE, WORDS_WIDE = 34, 80
"""Characters: columns of tables, and those of the cover and the notes."""
HOW = "How the counts are made"
TOLD = "Where a number is not shown, its cell says so in words; no cell is blank, and nothing is told by colour alone."


@dataclass(frozen=True)
class Sheet:
    """One table with its lines above it. `name` is the sheet's, `titles` head the columns, each once."""

    name: str
    lines: tuple[str, ...]
    titles: tuple[str, ...]
    table: Table

    @property
    def widths(self) -> tuple[int, ...]:
        """Characters that each column needs, within bounds; a heading may wrap between its words."""
        return tuple(self._width(n, title) for n, title in enumerate(self.titles))

    def _width(self, place: int, title: str) -> int:
        lines = (line for row in self.table.rows for line in say(row[place]).split("\n"))
        longest = max(map(len, (*title.split(), *lines)), default=0)
        return min(max(LEAST_WIDE, longest + 2), MOST_WIDE)

    @property
    def head(self) -> int:
        """The row of the column titles, from 0."""
        return len(self.lines)


@dataclass(frozen=True)
class Sheets:
    """`cover`: each a name and what is said; then the sheets by name, each with what it holds."""

    title: str
    cover: tuple[tuple[str, str], ...]
    listed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[Sheet, ...]


def sheets(report: Tabled) -> Sheets:
    """Every table, those that are data alone too: a spreadsheet is for working with."""
    names = _names(report.tables)
    tables = tuple(_sheet(table, name) for table, name in zip(report.tables, names, strict=True))
    return Sheets(
        title=report.title,
        cover=(("Council", report.council), ("Period", report.period), *report.facts),
        listed=((NOTES, HOW), *((sheet.name, sheet.table.title) for sheet in tables)),
        notes=(*report.notes, TOLD),
        tables=tables,
    )


def _sheet(table: Table, name: str) -> Sheet:
    lines = (table.title, "This sheet holds one table.", *table.notes)
    return Sheet(name, lines, _each_once([column.title.replace("\n", " ") for column in table.columns]), table)


def _names(tables: tuple[Table, ...]) -> tuple[str, ...]:
    return _each_once([COVER, NOTES, *(table.key for table in tables)], LONGEST_NAME)[2:]


def _each_once(names: list[str], longest: int = 255) -> tuple[str, ...]:
    """As they are, shortened where they must be; a name that was there before, in whatever case, gets a number."""
    given: list[str] = []
    for name in names:
        before = {each.lower() for each in given}
        wanted, n = name[:longest], 1
        while wanted.lower() in before:
            n += 1
            wanted = f"{name[: longest - len(str(n)) - 1]} {n}"
        given.append(wanted)
    return tuple(given)
