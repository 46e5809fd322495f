"""A report as a tagged PDF: headings, charts with their words, tables whose headings repeat on each page."""

from __future__ import annotations

from typing import Any

from documents.pdf import pdf
from documents.reports.bars import BarChart, bar_chart
from documents.reports.cells import NUMERIC, say
from escalation.tabling import Column, Table, Tabled

WIDEST, TALLEST = 80.0, 215.0
"""Millimetres of A4 that a chart may take, so that its letters are as large as those beside it."""
SHORT, NARROW = 15, 3
"""Tables of so many rows stay on one page, and of so many columns beside their chart."""
MOST_WORDS, MOST_BESIDE = 2500, 1200
"""Characters of a table that surely stay on a page: of its width, and beside a chart."""


def printed(report: Tabled) -> bytes:
    """The same report gives the same bytes. Raises NoPdf where the optional part is missing."""
    return pdf("report", document(report))


def document(report: Tabled) -> dict[str, Any]:
    """What the template is given."""
    return {
        "title": report.title,
        "council": report.council,
        "period": report.period,
        "footer": f"{report.council}: {report.title}, {report.period[:1].lower()}{report.period[1:]}",
        "facts": [list(fact) for fact in report.facts],
        "tables": [_table(table) for table in report.told],
        "notes_heading": "How the counts are made",
        "notes": list(report.notes),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "notes": list(table.notes),
        "chart": _chart(bar_chart(table, headed=False)) if table.chart else None,
        "short": _fits(table, MOST_WORDS),
        "beside": _fits(table, MOST_BESIDE) and len(table.columns) <= NARROW,
        "columns": [_column(column) for column in table.columns],
        "rows": [[say(cell) for cell in row] for row in table.rows],
    }


def _fits(table: Table, most: int) -> bool:
    return len(table.rows) <= SHORT and sum(len(say(cell)) for row in table.rows for cell in row) <= most


def _column(column: Column) -> dict[str, Any]:
    number = column.kind in NUMERIC
    return {"title": column.title, "number": number, "wide": column.kind == "text" and column.key != "code"}


def _chart(chart: BarChart) -> dict[str, Any]:
    return {"svg": chart.svg, "told": chart.told, "millimetres": min(WIDEST, TALLEST * chart.width / chart.height)}
