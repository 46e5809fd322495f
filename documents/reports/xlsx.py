"""A report as a spreadsheet for Excel: typed cells, named tables, and no text that is ever read as a formula."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from documents.reports.cells import NUMERIC, say
from documents.reports.sheets import COVER, HOW, NAMES_WIDE, NOTES, WORDS_WIDE, Sheet, Sheets, sheets
from escalation.tabling import Cell, Tabled

LONGEST = 32_767
"""UTF-16 units that a cell of Excel holds."""
CUT = " … (cut here: a cell of Excel holds no more; the CSV has all of it)"
LINE, TITLE_LINE, MOST_LINES, INDENTED = 15, 22, 27, 2
"""Points: Excel makes a row with wrapped text as high as it must be, other programs do not. And characters."""
A4 = 9
"""The number of the paper in the format."""
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LANGUAGE = "en-GB"
NUMBER = {"align": "right", "indent": 1}
"""Away from what begins at the left of the next column: 0 beside 14 May is not 014 May."""


class Formats(NamedTuple):
    """How cells look."""

    title: Format
    name: Format
    heading: Format
    number_heading: Format
    line: Format
    text: Format
    whole: Format
    number: Format
    day: Format


def xlsx(report: Tabled) -> bytes:
    """The whole file; the same report gives the same bytes."""
    out, given = BytesIO(), sheets(report)
    with Workbook(out, PLAIN) as book:
        _describe(book, report)
        formats = _formats(book)
        _cover(book.add_worksheet(COVER), given, formats)
        _notes(book.add_worksheet(NOTES), given, formats)
        for sheet in given.tables:
            _table(book.add_worksheet(sheet.name), sheet, formats)
    return out.getvalue()


def _describe(book: Workbook, report: Tabled) -> None:
    made = report.made_at.astimezone(UTC).replace(tzinfo=None)  # the format knows UTC alone, and no offset
    said = {"title": report.title, "subject": f"{report.subtitle}: {report.period}", "author": report.council}
    book.set_properties(said | {"created": made, "comments": "Made by Twentydays from the register."})
    book.set_custom_property("Language", LANGUAGE)  # the format's own properties have no place for it


def _formats(book: Workbook) -> Formats:
    def one(**look: Any) -> Format:
        return book.add_format({"font_name": "Arial", "font_size": 11, "valign": "top", **look})

    return Formats(
        title=one(bold=True, font_size=16),
        name=one(bold=True, text_wrap=True),
        heading=one(bold=True, text_wrap=True, bottom=1),
        number_heading=one(bold=True, text_wrap=True, bottom=1, **NUMBER),
        line=one(),
        text=one(text_wrap=True),
        whole=one(num_format="#,##0", **NUMBER),
        number=one(num_format="0.0", **NUMBER),
        day=one(num_format="d mmmm yyyy", align="left"),
    )


def _cover(sheet: Worksheet, given: Sheets, formats: Formats) -> None:
    widths = (NAMES_WIDE, WORDS_WIDE)
    _lay_out(sheet, widths, formats)
    sheet.write_string(0, 0, given.title, formats.title)
    rows = [*given.cover, ("Sheets", "What each holds")]
    for n, (name, said) in enumerate(rows, 1):
        sheet.write_string(n, 0, name, formats.name)
        _write(sheet, n, 1, said, formats)
        _heighten(sheet, n, (name, said), widths)
    for n, (name, holds) in enumerate(given.listed, len(rows) + 1):
        sheet.write_url(n, 0, f"internal:'{name}'!A1", formats.text, string=name)
        _write(sheet, n, 1, holds, formats)
        _heighten(sheet, n, (name, holds), widths)


def _notes(sheet: Worksheet, given: Sheets, formats: Formats) -> None:
    _lay_out(sheet, (WORDS_WIDE,), formats)
    sheet.write_string(0, 0, HOW, formats.title)
    for n, note in enumerate(given.notes, 1):
        _write(sheet, n, 0, note, formats)
        _heighten(sheet, n, (note,), (WORDS_WIDE,))


def _table(sheet: Worksheet, given: Sheet, formats: Formats) -> None:
    """The lines above stand in one cell each, unwrapped, so that they make no column wide and no row high."""
    _lay_out(sheet, given.widths, formats)
    for n, line in enumerate(given.lines):
        sheet.write_string(n, 0, _fitting(line), formats.line if n else formats.title)
    for r, row in enumerate(given.table.rows, given.head + 1):
        for c, cell in enumerate(row):
            _write(sheet, r, c, cell, formats)
        _heighten(sheet, r, row, given.widths)
    headed = [
        {"header": title, "header_format": formats.number_heading if column.kind in NUMERIC else formats.heading}
        for title, column in zip(given.titles, given.table.columns, strict=True)
    ]
    look = {"name": given.table.key, "columns": headed, "style": None, "autofilter": False}
    sheet.add_table(given.head, 0, given.head + max(len(given.table.rows), 1), len(given.titles) - 1, look)
    _heighten(sheet, given.head, given.titles, tuple(wide - INDENTED for wide in given.widths))
    sheet.freeze_panes(given.head + 1, 1)
    sheet.repeat_rows(given.head)


def _lay_out(sheet: Worksheet, widths: tuple[int, ...], formats: Formats) -> None:
    for n, wide in enumerate(widths):
        sheet.set_column(n, n, wide, formats.text)
    sheet.set_row(0, TITLE_LINE)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _heighten(sheet: Worksheet, row: int, cells: tuple[Cell, ...], widths: tuple[int, ...]) -> None:
    """As high as its longest cell needs, wrapped."""
    lines = max(_lines(say(cell), wide) for cell, wide in zip(cells, widths, strict=True))
    if lines > 1:
        sheet.set_row(row, LINE * min(lines, MOST_LINES))


def _lines(text: str, wide: int) -> int:
    return sum(max(1, ceil(len(line) / (wide * 1.1))) for line in text.split("\n"))


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, formats: Formats) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, _fitting(cell), formats.text)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, _midnight(cell), formats.day)
    else:
        whole = isinstance(cell, int) or cell.is_integer()
        sheet.write_number(row, column, cell, formats.whole if whole else formats.number)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the format knows no offset


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
