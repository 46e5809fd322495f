"""Is a council's local calendar read, and refused where it says two things of a day?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config import calendars
from escalation.errors import InvalidDocument

EXAMPLE = Path(calendars.__file__).parent / "example.yaml"


def test_without_a_file_the_local_calendar_is_empty() -> None:
    local = calendars.load(None)
    assert (local.closed, local.open) == ({}, {})


def test_the_example_is_valid_and_named_after_its_file() -> None:
    local = calendars.load(EXAMPLE)
    assert date(2026, 12, 29) in local.closed
    assert local.name == "example.yaml"


def test_a_name_that_the_file_gives_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "days.yaml"
    file.write_text("name: Closure days\nclosed: {2026-12-29: shut}\n", encoding="utf-8")
    assert calendars.load(file).name == "Closure days"


def test_a_weekend_cannot_be_opened(tmp_path: Path) -> None:
    file = tmp_path / "days.yaml"
    file.write_text("open:\n  2026-12-26: open\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match="Saturday"):
        calendars.load(file)


def test_days_that_cannot_be_are_told_each_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "days.yaml"
    file.write_text("closed:\n  2026-12-28: shut\nopen:\n  2026-12-28: open\n  2026-12-26: open\n", encoding="utf-8")
    with pytest.raises(InvalidDocument) as refusal:
        calendars.load(file)
    told = {fault.line: fault.message for fault in refusal.value.faults}
    assert "keep one" in told[4] and "Saturday" in told[5]
