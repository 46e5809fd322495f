"""A report as CSV: one file for each table, and beside them a description of their columns (CSV on the Web)."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import Any

from escalation.tabling import Cell, Column, Table, Tabled

DESCRIPTION = "csv-metadata.json"
"""The name under which readers of CSV on the Web look for it."""
FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""How a text begins that a spreadsheet would calculate: plain or full-width signs, with or without apostrophes."""
GUARD = "'"
GUARDED = (
    "A text that begins with =, +, -, @, a tab or the end of a line has an apostrophe before it, so that no "
    "spreadsheet reads it as a formula."
)
DATATYPES = {"text": "string", "count": "integer", "number": "number", "date": "date"}


def csv_files(report: Tabled) -> dict[str, bytes]:
    """Every file by its name: UTF-8 with a byte order mark, lines ending as spreadsheets expect them."""
    files = {f"{table.key}.csv": csv_of(table) for table in report.tables}
    described = json.dumps(description(report), ensure_ascii=False, indent=1)
    return files | {DESCRIPTION: f"{described}\n".encode()}


def csv_of(table: Table) -> bytes:
    """One table, its column titles first."""
    out = StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow([guarded(column.title) for column in table.columns])
    write.writerows([_written(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """Taking the first apostrophe away again gives what was written."""
    return f"{GUARD}{text}" if FORMULA.match(text) else text


def _written(cell: Cell) -> str | int | float:
    if isinstance(cell, str):
        return guarded(cell)
    return cell if isinstance(cell, int | float) else cell.isoformat()


def description(report: Tabled) -> dict[str, Any]:
    """Title, period, how the counts are made, and each column with its type."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "dc:title": report.title,
        "dc:creator": report.council,
        "dc:temporal": report.period,
        "dc:created": report.made_at.isoformat(),
        "dc:language": "en-GB",
        "dc:description": [*(f"{name}: {said}" for name, said in report.facts), *report.notes, GUARDED],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tables": [_described(table) for table in report.tables],
    }


def _described(table: Table) -> dict[str, Any]:
    columns = [_column(column, table, n) for n, column in enumerate(table.columns)]
    said: dict[str, Any] = {"url": f"{table.key}.csv", "dc:title": table.title}
    return said | ({"dc:description": list(table.notes)} if table.notes else {}) | {"tableSchema": {"columns": columns}}


def _column(column: Column, table: Table, place: int) -> dict[str, Any]:
    """Words that stand where a number or a date is withheld or unknown are what the standard calls null."""
    said: dict[str, Any] = {"name": column.key, "titles": guarded(column.title), "datatype": DATATYPES[column.kind]}
    if column.description:
        said["dc:description"] = column.description
    words = {guarded(cell) for row in table.rows if isinstance(cell := row[place], str)}
    return said | ({"null": sorted(words)} if words and column.kind != "text" else {})
