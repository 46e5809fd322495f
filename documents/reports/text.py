"""A report for a terminal: aligned, wrapped to its width, the same words as everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

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
        yield _grid(table) if _needs(table) <= wide else Text("\n\n".join(_each(table)))
    yield Text("\nHow the counts are made")
    yield from (Text(f"- {note}") for note in report.notes)


def _needs(table: Table) -> int:
    """The least width at which no word of it is broken."""
    cells = [[column.title, *(say(row[n]) for row in table.rows)] for n, column in enumerate(table.columns)]
    return sum(max((cell_len(word) for cell in column for word in cell.split()), default=0) + APART for column in cells)


def _each(table: Table) -> Iterator[str]:
    """Row after row, for a terminal that is too narrow for columns."""
    titles = [column.title for column in table.columns]
    for row in table.rows:
        yield "\n".join(f"{title}: {say(cell)}" for title, cell in zip(titles, row, strict=True))


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, APART, 0, 0), header_style="", show_edge=False)
    for column in table.columns:
        number = column.kind in NUMERIC
        grid.add_column(Text(column.title), justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in table.rows:
        grid.add_row(*(Text(say(cell)) for cell in row))
    return grid
