"""Is a report's spreadsheet what public bodies release: a cover, typed cells, named tables, and no formula anywhere?"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import python_calamine
from hypothesis import given, settings

from documents.reports.csv_files import DESCRIPTION, csv_files, csv_of, guarded
from documents.reports.ods import ods
from documents.reports.sheets import COVER, NOTES
from documents.reports.xlsx import CUT, LONGEST, xlsx
from escalation.tabling import Column, Table, Tabled
from tests.documents.reported import HOSTILE, LAST, REPORTS, a_report, any_words, holding, with_words

FORMATS = pytest.mark.parametrize("write", [ods, xlsx], ids=["ods", "xlsx"])
MANY = settings(max_examples=30, deadline=None)
Write = Callable[[Tabled], bytes]
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(made: bytes, sheet: str) -> list[list[Any]]:
    return python_calamine.load_workbook(io.BytesIO(made)).get_sheet_by_name(sheet).to_python()


def part(made: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return ET.fromstring(archive.read(name))


def parts(made: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


# Every report ---------------------------------------------------------------------------------------------------------


@FORMATS
@pytest.mark.parametrize(("key", "name"), REPORTS)
def test_it_opens_with_a_cover_and_notes_then_has_one_table_a_sheet(write: Write, key: str, name: str) -> None:
    report = a_report(key, name)
    made = write(report)
    names = python_calamine.load_workbook(io.BytesIO(made)).sheet_names
    assert names == [COVER, NOTES, *(table.key[:31] for table in report.tables)]
    cover = read(made, COVER)
    assert [cover[0][0], cover[1][1], cover[2][1]] == [report.title, report.council, report.period]
    assert [row[0] for row in cover[-len(names[1:]) :]] == names[1:]
    assert {note for (note,) in read(made, NOTES)} >= set(report.notes)


@FORMATS
@pytest.mark.parametrize(("key", "name"), REPORTS)
def test_every_cell_is_what_the_report_says_and_none_is_blank(write: Write, key: str, name: str) -> None:
    report = a_report(key, name)
    made = write(report)
    for table in report.tables:
        rows = read(made, table.key[:31])
        head = 2 + len(table.notes)
        assert rows[0][0] == table.title
        assert rows[head] == [column.title for column in table.columns]
        assert [tuple(row) for row in rows[head + 1 :]] == list(table.rows)
        assert [row for row in rows[head:] if "" in row] == []


@FORMATS
def test_the_same_report_is_the_same_bytes(write: Write) -> None:
    assert write(a_report()) == write(a_report()) != write(a_report(seed=6))


def test_an_ods_says_its_title_and_language_names_its_tables_and_merges_nothing() -> None:
    report = a_report()
    made = ods(report)
    meta = "".join(part(made, "meta.xml").itertext())
    assert report.title in meta
    assert "en-GB" in meta
    content = part(made, "content.xml")
    named = {each.get(f"{TABLE}name") for each in content.iter(f"{TABLE}database-range")}
    assert named == {table.key for table in report.tables}
    spans = [key for each in content.iter() for key in each.attrib if "spanned" in key]
    assert spans == []
    assert [each for each in content.iter() if f"{TABLE}formula" in each.attrib] == []
    assert len(list(content.iter(f"{TABLE}table-header-rows"))) == len(report.tables)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        listed = archive.read("META-INF/manifest.xml").decode()
        assert [name for name in archive.namelist()[1:-1] if f'"{name}"' not in listed] == []


def test_an_xlsx_says_its_title_and_language_names_its_tables_and_merges_nothing() -> None:
    report = a_report()
    found = parts(xlsx(report))
    assert report.title in "".join(found["docProps/core.xml"].itertext())
    assert "en-GB" in "".join(found["docProps/custom.xml"].itertext())
    named = [page.get("name") for name, page in found.items() if name.startswith("xl/tables/")]
    assert named == [table.key for table in report.tables]
    pages = [page for name, page in found.items() if name.startswith("xl/worksheets/")]
    assert [each for page in pages for each in page.iter(f"{SHEET}mergeCell")] == []
    assert [each for page in pages for each in page.iter(f"{SHEET}f")] == []
    frozen = [each.get("state") for page in pages for each in page.iter(f"{SHEET}pane")]
    assert frozen == ["frozen"] * len(report.tables)


@FORMATS
def test_a_withheld_number_stands_among_numbers_in_words(write: Write) -> None:
    columns = (Column("team", "Team"), Column("disputes", "Disputes", "count"))
    table = Table.of("by_team", "By team", columns, [("north", 12), ("south", "fewer than 5"), ("east", None)])
    rows = read(write(holding(table)), "by_team")[-3:]
    assert rows == [["north", 12], ["south", "fewer than 5"], ["east", "not known"]]


@FORMATS
def test_titles_that_are_alike_and_names_that_are_long_stand_apart(write: Write) -> None:
    columns = (Column("a", "Disputes"), Column("b", "disputes", "count"))
    long = "by_a_name_that_is_longer_than_any_sheet_may_have"
    tables = [Table.of(key, key, columns, [("x", 1)]) for key in (f"{long}_1", f"{long}_2", "cover")]
    made = write(holding(*tables))
    names = python_calamine.load_workbook(io.BytesIO(made)).sheet_names
    assert len({name.lower() for name in names}) == 5
    assert read(made, names[2])[2] == ["Disputes", "disputes 2"]


# Whatever people wrote ------------------------------------------------------------------------------------------------


@FORMATS
@MANY
@given(words=any_words)
def test_whatever_is_written_reads_as_it_was_and_is_no_formula(write: Write, words: list[str]) -> None:
    table = with_words(*words)
    made = write(holding(table))
    rows = read(made, "words")[-len(words) :]
    assert [row[0] for row in rows] == [row[0] for row in table.rows]
    assert [row[1:] for row in rows] == [[n, LAST + timedelta(days=n)] for n in range(1, len(words) + 1)]
    for page in parts(made).values():
        assert [each for each in page.iter() if each.tag == f"{SHEET}f" or f"{TABLE}formula" in each.attrib] == []


@FORMATS
def test_what_is_meant_as_a_formula_stays_text(write: Write) -> None:
    table = with_words(*HOSTILE)
    rows = read(write(holding(table)), "words")[-len(HOSTILE) :]
    assert [row[0] for row in rows] == [row[0] for row in table.rows]


def test_what_a_cell_of_excel_cannot_hold_is_cut_and_says_where_all_of_it_is() -> None:
    table = with_words("🦖" * LONGEST)
    said = read(xlsx(holding(table)), "words")[-1][0]
    assert str(said).endswith(CUT)
    assert len(str(said).encode("utf-16-le")) // 2 <= LONGEST
    assert str(table.rows[0][0]) in csv_of(table).decode("utf-8-sig")


# CSV ------------------------------------------------------------------------------------------------------------------


def rows_of(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("key", "name"), REPORTS)
def test_each_table_is_a_file_with_its_columns_described(key: str, name: str) -> None:
    report = a_report(key, name)
    files = csv_files(report)
    described = json.loads(files[DESCRIPTION])
    assert [each["url"] for each in described["tables"]] == [file for file in files if file != DESCRIPTION]
    for table, each in zip(report.tables, described["tables"], strict=True):
        rows = rows_of(files[each["url"]])
        assert rows[0] == [column["titles"] for column in each["tableSchema"]["columns"]]
        assert len(rows) == len(table.rows) + 1
        for n, column in enumerate(each["tableSchema"]["columns"]):
            typed(column, [row[n] for row in rows[1:]])
    assert (described["dc:title"], described["dc:creator"]) == (report.title, report.council)


def typed(column: dict[str, object], cells: list[str]) -> None:
    """Every cell is of the type that is said of its column, or one of the words that are said to stand for none."""
    kinds: dict[str, Callable[[str], object]]
    kinds = {"integer": int, "number": float, "date": date.fromisoformat, "string": str}
    read_as = kinds[str(column["datatype"])]
    words = column.get("null", [])
    assert isinstance(words, list)
    for cell in cells:
        assert cell in words or read_as(cell) is not None


def test_a_csv_is_what_a_spreadsheet_expects() -> None:
    made = csv_of(with_words("a"))
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.endswith(b"\r\n")
    assert b"\n" not in made.replace(b"\r\n", b"")


@MANY
@given(words=any_words)
def test_nothing_is_lost_in_a_csv_and_nothing_begins_as_a_formula(words: list[str]) -> None:
    table = with_words(*words)
    cells = [row[0] for row in rows_of(csv_of(table))[1:]]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r\n＝＋－＠")] == []
    assert [unguarded(cell) for cell in cells] == [row[0] for row in table.rows]


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


@pytest.mark.parametrize("text", ["plain", "'quoted'", "a=b", "1-2"])
def test_what_no_spreadsheet_calculates_stands_as_it_is(text: str) -> None:
    assert guarded(text) == text
