"""A report for a terminal: aligned, wrapped to its width, the same words as everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from documents.reports.cells import NUMERIC, say
from escalation.tabling import Table, Tabled

NARROWEST, WIDEST, APART = 40, 140, 2


def text(report: Tabled, wide: int) -> str:
    """For a terminal of so many columns, ending in a newline."""
    out = StringIO()
    console = Console(file=out, width=min(max(wide, NARROWEST), WIDEST), color_system=None, highlight=False)
    for part in _parts(report, console.width):
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _parts(report: Tabled, wide: int) -> Iterator[Text | Grid]:
    yield Text(f"{report.title}: {report.council}")
    yield Text(report.period)
    yield from (Text(f"{name}: {said}") for name, said in report.facts)
    for table in report.told:
        yield Text(f"\n{table.title}")
        yield from (Text(note) for note in table.notes)
        yield _grid(table, wide) if _needs(table) <= wide else Text("\n\n".join(_each(table)))
    yield Text("\nHow the counts are made")
    yield from (Text(f"- {note}") for note in report.notes)


def _needs(table: Table) -> int:
    """The least width at which no word of it is broken."""
    return sum(least + APART for least, _ in _wanted(table))


def _wanted(table: Table) -> list[tuple[int, int]]:
    """Of each column its longest word, and its longest cell; a number stands on one line, and so does its title."""
    return [_wants(table, n) for n in range(len(table.columns))]


def _wants(table: Table, n: int) -> tuple[int, int]:
    column = table.columns[n]
    cells = [column.title, *(say(row[n]) for row in table.rows)]
    longest = max(cell_len(cell) for cell in cells)
    words = (cell_len(word) for cell in cells for word in cell.split())
    return (longest if column.kind in NUMERIC else max(words, default=0)), longest


def _widths(table: Table, wide: int) -> list[int]:
    """As even as their words allow: what is left when each has its longest word goes to those that would have more."""
    wanted, room = _wanted(table), wide - APART * len(table.columns)
    even = next(cap for cap in range(wide, -1, -1) if not cap or sum(_given(*one, cap) for one in wanted) <= room)
    return [_given(*one, even) for one in wanted]


def _given(least: int, longest: int, cap: int) -> int:
    return max(least, min(longest, cap))


def _each(table: Table) -> Iterator[str]:
    """Row after row, for a terminal that is too narrow for columns."""
    titles = [column.title for column in table.columns]
    for row in table.rows:
        yield "\n".join(f"{title}: {say(cell)}" for title, cell in zip(titles, row, strict=True))


def _grid(table: Table, wide: int) -> Grid:
    """Rich would take from the widest column also where that breaks a reference in two: the widths are ours."""
    grid = Grid(box=None, pad_edge=False, padding=(0, APART, 0, 0), header_style="", show_edge=False)
    for column, width in zip(table.columns, _widths(table, wide), strict=True):
        number = column.kind in NUMERIC
        justify: Literal["right", "left"] = "right" if number else "left"
        grid.add_column(Text(column.title), justify=justify, overflow="fold", no_wrap=number, width=width)
    for row in table.rows:
        grid.add_row(*(Text(say(cell)) for cell in row))
    return grid
