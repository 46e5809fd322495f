"""A report as an OpenDocument spreadsheet: title and language, typed cells, named tables, frozen headings.

The parts are written here, since no library that we know of writes all of these, keeps every space and line of a text,
and gives the same bytes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from documents.reports.archive import archive
from documents.reports.cells import NUMERIC
from documents.reports.ods_parts import CONTENT, MANIFEST, META, MIMETYPE, SETTINGS, STYLES, VIEW
from documents.reports.sheets import COVER, HOW, NAMES_WIDE, NOTES, WORDS_WIDE, Sheet, Sheets, sheets
from escalation.tabling import Cell, Tabled
from escalation.working_days import LONDON

SPACES = re.compile(r"\t|^ +| +$| {2,}")
"""What a reader of the format would take for one space, or for none."""


def ods(report: Tabled) -> bytes:
    """The whole file; the same report gives the same bytes."""
    given = sheets(report)
    parts = {
        "content.xml": CONTENT.format(tables="".join(_tables(given)), ranges="".join(map(_range, given.tables))),
        "styles.xml": STYLES,
        "meta.xml": _meta(report),
        "settings.xml": SETTINGS.format(views="".join(map(_view, given.tables))),
        "META-INF/manifest.xml": MANIFEST,
    }
    return archive({"mimetype": MIMETYPE} | parts, stored=("mimetype",))


def _meta(report: Tabled) -> str:
    made = report.made_at.astimezone(LONDON).replace(microsecond=0).isoformat()
    return META.format(
        title=escape(report.title),
        subject=escape(f"{report.subtitle}: {report.period}"),
        creator=escape(report.council),
        made=made,
    )


def _tables(given: Sheets) -> Iterator[str]:
    cover = [_row([_text(given.title, "title")])]
    cover += [_row([_text(name, "name"), _text(said)]) for name, said in given.cover]
    cover += [_row([_text("Sheets", "name"), _text("What each holds")])]
    cover += [_row([_link(name), _text(holds)]) for name, holds in given.listed]
    yield _sheet(COVER, (NAMES_WIDE, WORDS_WIDE), cover)
    yield _sheet(NOTES, (WORDS_WIDE,), [_row([_text(HOW, "title")]), *(_row([_text(note)]) for note in given.notes)])
    for sheet in given.tables:
        yield _sheet(sheet.name, sheet.widths, list(_rows(sheet)))


def _rows(sheet: Sheet) -> Iterator[str]:
    yield from (_row([_text(line, "line" if n else "title")]) for n, line in enumerate(sheet.lines))
    each = zip(sheet.titles, sheet.table.columns, strict=True)
    heads = _row([_text(title, "number-heading" if column.kind in NUMERIC else "heading") for title, column in each])
    yield f"<table:table-header-rows>{heads}</table:table-header-rows>"
    yield from (_row([_cell(cell) for cell in row]) for row in sheet.table.rows)


def _sheet(name: str, widths: tuple[int, ...], rows: list[str]) -> str:
    columns = "".join(f'<table:table-column table:style-name="wide-{width}"/>' for width in widths)
    return f'<table:table table:name={quoteattr(name)} table:style-name="sheet">{columns}{"".join(rows)}</table:table>'


def _row(cells: list[str]) -> str:
    return f'<table:table-row table:style-name="row">{"".join(cells)}</table:table-row>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, date):
        value = f'office:value-type="date" office:date-value="{cell.isoformat()}" table:style-name="day"'
        return f"<table:table-cell {value}><text:p>{cell.day} {cell:%B %Y}</text:p></table:table-cell>"
    value = f'office:value-type="float" office:value="{cell}" table:style-name="number"'
    return f"<table:table-cell {value}><text:p>{cell:,}</text:p></table:table-cell>"


def _text(words: str, style: str = "text") -> str:
    """A string and never a formula, whatever it begins with; each line a paragraph."""
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in words.split("\n"))
    value = f" office:string-value={quoteattr(words)}" if "\t" in words else ""  # not every reader knows the tab below
    return f'<table:table-cell office:value-type="string"{value} table:style-name="{style}">{lines}</table:table-cell>'


def _link(name: str) -> str:
    target = quoteattr(f"#'{name}'.A1")
    said = f'<text:p><text:a xlink:type="simple" xlink:href={target}>{escape(name)}</text:a></text:p>'
    return f'<table:table-cell office:value-type="string" table:style-name="text">{said}</table:table-cell>'


def _spaced(line: str) -> str:
    """With every space and tab kept, which the format would else take for one."""
    said, done = "", 0
    for found in SPACES.finditer(line):
        said += escape(line[done : found.start()])
        said += "<text:tab/>" if found[0] == "\t" else f'<text:s text:c="{len(found[0])}"/>'
        done = found.end()
    return said + escape(line[done:])


def _range(sheet: Sheet) -> str:
    """The table by its name, its headings with it."""
    last, end = chr(ord("A") + len(sheet.titles) - 1), sheet.head + 1 + len(sheet.table.rows)
    address = quoteattr(f"'{sheet.name}'.A{sheet.head + 1}:'{sheet.name}'.{last}{end}")
    return (
        f"<table:database-range table:name={quoteattr(sheet.table.key)} table:target-range-address={address} "
        'table:contains-header="true" table:display-filter-buttons="false"/>'
    )


def _view(sheet: Sheet) -> str:
    return VIEW.format(name=quoteattr(sheet.name), head=sheet.head + 1)
