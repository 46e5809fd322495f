"""Does a report still look, byte for byte, as it did? To accept what has changed on purpose, after having looked at it:

.venv/bin/python -m tests.documents.test_golden
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from documents.reports.bars import svg_files
from documents.reports.csv_files import csv_files
from documents.reports.ods import ods
from documents.reports.page import page
from documents.reports.text import text
from escalation.tabling import Bars, Column, Table, Tabled
from tests.documents.reported import holding

GOLDEN = Path(__file__).parent / "golden" / "report"


def report() -> Tabled:
    """One table of each kind: counts, series with a number withheld, and cases with what people wrote."""
    teams = Column("team", "Team")
    disputes = Table.of(
        "by_theme",
        "Disputes by theme",
        (Column("theme", "Theme"), Column("code", "Code", blank="no code"), Column("disputes", "Disputes", "count")),
        [("Drift or delay in care planning", "2", 12), ("Placement", "5", 7), ("Other", None, "fewer than 5")],
        chart=Bars("theme", ("disputes",)),
    )
    answers = Table.of(
        "answers_by_team",
        "Answers by team",
        (teams, Column("in_time", "In time", "count"), Column("late", "Late", "count")),
        [("North", 8, 2), ("South", 1204, 0)],
        ("Late: the time for an answer ran out without one.",),
        chart=Bars("team", ("in_time", "late")),
    )
    cases = Table.of(
        "cases",
        "Case by case",
        (
            Column("reference", "Reference"),
            Column("closed_on", "Closed on", "date", blank="open"),
            Column("said", "Said"),
        ),
        [("SWK-1", date(2026, 5, 6), '=HYPERLINK("x")'), ("SWK-2", None, "One line\n  & <another>")],
    )
    return holding(disputes, answers, cases)


def made() -> dict[str, str]:
    """What each form is now, by the name of its file."""
    one = report()
    with zipfile.ZipFile(io.BytesIO(ods(one))) as archive:
        sheets = {f"ods-{name}": archive.read(name).decode() for name in ("content.xml", "meta.xml", "settings.xml")}
    files = {**csv_files(one), **svg_files(one)}
    plain = {name: content.decode() for name, content in files.items()}
    return {"page.html": page(one), "terminal.txt": text(one, 80)} | plain | sheets


@pytest.mark.parametrize("name", made())
def test_a_report_is_written_as_it_was(name: str) -> None:
    assert made()[name] == (GOLDEN / name).read_bytes().decode()


def test_no_golden_file_is_left_of_a_form_that_is_gone() -> None:
    assert {file.name for file in GOLDEN.iterdir()} == set(made())


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, content in made().items():
        (GOLDEN / name).write_bytes(content.encode())
