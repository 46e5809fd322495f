"""A report as a tagged PDF: headings, charts with their words, tables whose headings repeat on each page."""

from __future__ import annotations

from datetime import date
from typing import Any

from documents.pdf import pdf
from documents.reports.bars import BarChart, bar_chart
from documents.reports.cells import NUMERIC, say
from escalation.tabling import Cell, Table, Tabled

WIDEST, TALLEST, TALLEST_ACROSS = 80.0, 215.0, 125.0
"""Millimetres of A4, upright and across, that a chart may take: its letters are as large as those beside it."""
SHORT, NARROW, MANY, ACROSS = 15, 3, 5, 6
"""Tables of so many rows stay on one page, and of so many columns beside their chart.

Of more, letters are smaller; and of more still, the paper lies across."""
WHOLE, WIDE, HEADING = 16, 40, 11
"""Characters of a column that is never wrapped, of one that is as wide as any, and of a heading's line."""
MOST_WORDS, MOST_BESIDE = 2500, 700
"""Characters of a table that surely stay on a page with a heading: of its width, and beside a chart."""


def printed(report: Tabled) -> bytes:
    """The same report gives the same bytes. Raises NoPdf where the optional part is missing."""
    return pdf("report", document(report))


def document(report: Tabled) -> dict[str, Any]:
    """What the template is given."""
    across = any(len(table.columns) > ACROSS for table in report.told)
    return {
        "across": across,
        "title": report.title,
        "council": report.council,
        "period": report.period,
        "footer": f"{report.council}: {report.title}, {report.period[:1].lower()}{report.period[1:]}",
        "facts": [list(fact) for fact in report.facts],
        "tables": [_table(table, across=across) for table in report.told],
        "notes_heading": "How the counts are made",
        "notes": list(report.notes),
    }


def _table(table: Table, *, across: bool) -> dict[str, Any]:
    return {
        "title": table.title,
        "notes": list(table.notes),
        "chart": _chart(bar_chart(table, headed=False), TALLEST_ACROSS if across else TALLEST) if table.chart else None,
        "short": _fits(table, MOST_WORDS) and len(table.columns) <= MANY,
        "many": len(table.columns) > MANY,
        "beside": _fits(table, MOST_BESIDE) and len(table.columns) <= (MANY if across else NARROW),
        "columns": _columns(table),
        "rows": [[_say(table, cell) for cell in row] for row in table.rows],
    }


def _fits(table: Table, most: int) -> bool:
    return len(table.rows) <= SHORT and sum(len(say(cell)) for row in table.rows for cell in row) <= most


def _say(table: Table, cell: Cell) -> str:
    """Where there are many columns, a month by its first letters."""
    return f"{cell.day} {cell:%b %Y}" if isinstance(cell, date) and len(table.columns) > MANY else say(cell)


def _columns(table: Table) -> list[dict[str, Any]]:
    """Where each of them would stand whole, the first takes what is left."""
    found = [_column(table, n) for n in range(len(table.columns))]
    return found if any("share" in each for each in found) else [found[0] | {"share": 1}, *found[1:]]


def _column(table: Table, place: int) -> dict[str, Any]:
    """`characters` of a column that stands whole; else its `share` of what is left."""
    column = table.columns[place]
    lines = [line for row in table.rows for line in _say(table, row[place]).split("\n")]
    longest = max(min(len(column.title), HEADING), *map(len, (*column.title.split(), *lines)))
    size = {"characters": longest} if longest <= WHOLE else {"share": min(longest, WIDE)}
    return {"title": column.title, "number": column.kind in NUMERIC} | size


def _chart(chart: BarChart, tallest: float) -> dict[str, Any]:
    millimetres = min(WIDEST, tallest * chart.width / chart.height)
    tall = millimetres * chart.height / chart.width > tallest / 2
    return {"svg": chart.svg, "told": chart.told, "millimetres": millimetres, "tall": tall}
