"""The command `check`: what it prints of a procedure, each fault at once, and its exit codes."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from activities.calendar import Calendars
from config import procedures
from escalation.errors import InvalidDocument
from escalation.local_calendar import LocalCalendar
from escalation.proof.dates import Dates
from starter.__main__ import DONE, REFUSED, WRONG_INPUT, _run
from starter.checking import examined, lines

ROOT = Path(__file__).parents[2]
SOUTHWARK = (procedures.SHIPPED / "southwark.yaml").read_text(encoding="utf-8")


@pytest.fixture
def one_month() -> Dates:
    return Dates(Calendars(LocalCalendar()).covering(2026, 2028), date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Southwark's procedure as a file of the council's own; nothing else is set."""
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("TWENTYDAYS_PROCEDURES", str(tmp_path))
    file = tmp_path / "southwark.yaml"
    file.write_text(SOUTHWARK, encoding="utf-8")
    return file


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def test_a_sound_procedure_is_told_with_its_longest_path_and_christmas(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["check", "southwark", "--from-year", "2026"]) == DONE
    said = capsys.readouterr().out
    assert "on each of 3,652 start dates (Thursday 1 January 2026 to Monday 31 December 2035)" in said
    assert "no deadline lies beyond the total of 20 working days" in said
    assert "at most 33 calendar days, from Thursday 2 April 2026 to Tuesday 5 May 2026" in said
    assert "Christmas makes it up to 5 days longer than usual: 33 calendar days" in said
    assert "no fault found" in said


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    shown = re.search(r"^\$ \.venv/bin/twentydays (check .*)\n((?:.*\n)*?)```", page, re.MULTILINE)
    assert shown
    assert _run(shown[1].split()) == DONE
    assert capsys.readouterr().out.rstrip() == shown[2].rstrip()


def test_it_prints_json_for_programs(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", str(written), "--from-year", "2026", "--json"]) == DONE
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["procedure"], found["faults"], found["file"]) == ("southwark", [], str(written))
    ladder = found["ladders"][0]
    assert (ladder["start_dates"], ladder["cap_working_days"], ladder["longest"]["working_days"]) == (3652, 20, 20)
    assert ladder["longest"]["longest"] == {"calendar_days": 33, "start": "2026-04-02", "end": "2026-05-05"}
    assert [stage["stage"] for stage in ladder["silence"]["stages"]] == ["L1", "L2", "L3", "L4"]


def test_every_fault_is_told_at_once_with_its_place_in_the_file(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(
        written,
        ("cap: {working_days: 20", "cap: {working_days: 4"),
        ("notice: overdue, on: lapsed", "notice: carrier_pigeon, on: lapsed"),
        ("when: {flag: has_guardian}", "when: {flag: has_godparent}"),
    )
    assert _run(["check", "southwark"]) == REFUSED
    said = capsys.readouterr().out
    assert "the 5 working days here are more than the total of 4" in said
    assert "there are no texts for the notice `carrier_pigeon`" in said
    assert "`has_godparent` is neither a fact of the subject nor asked" in said
    assert said.count(f"FAULT {written}:") >= 3
    assert "on each of" not in said


@pytest.mark.parametrize("named", ["nowhere", "nowhere.yaml"])
def test_what_is_not_there_is_wrong_input(named: str, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", named]) == WRONG_INPUT
    assert "there is no" in capsys.readouterr().err.lower()


def test_a_procedure_that_fails_does_not_load(written: Path) -> None:
    change(written, ("cap: {working_days: 20", "cap: {working_days: 4"))
    with pytest.raises(InvalidDocument) as refused:
        procedures.load("southwark", written.parent)
    fault = refused.value.faults[0]
    assert fault.where == "stages.0.response.working_days"
    assert fault.line and "response" in written.read_text(encoding="utf-8").splitlines()[fault.line - 1]


def test_an_example_that_does_not_hold_is_a_fault(written: Path, one_month: Dates) -> None:
    beside = written.parent / "examples" / "southwark.yaml"
    beside.parent.mkdir()
    step = '{at: "2026-12-01 10:00", do: start, stage: L1, category: 2, then: {stage: L1, due: 2026-12-09}}'
    beside.write_text(
        f"- {{title: One day too many, source: [SWK-24], given: {{subject: {{kind: lac}}}}, steps: [{step}]}}\n",
        encoding="utf-8",
    )
    checked = examined(written, one_month)
    assert checked.examples == 1
    assert [fault.file for fault in checked.faults] == [str(beside)]
    assert "One day too many, step 1" in checked.faults[0].message
    beside.write_text("- {title: No steps, source: [SWK-24], steps: []}\n", encoding="utf-8")
    assert [fault.file for fault in examined(written, one_month).faults] == [str(beside)]
    beside.write_text(
        '- {title: A word too many, source: [SWK-24], steps: [{at: "2026-12-01", do: 3}]}\n', encoding="utf-8"
    )
    assert "0.steps.0.do" in {fault.where for fault in examined(written, one_month).faults}


@pytest.mark.parametrize("key", sorted(procedures.files()))
def test_every_shipped_procedure_is_proved_and_its_examples_hold(key: str, one_month: Dates) -> None:
    checked = examined(procedures.files()[key], one_month)
    assert [str(fault) for fault in checked.faults] == []
    assert checked.examples
    assert all(ladder.paths for ladder in checked.ladders)
    assert "  no fault found" in list(lines(checked, one_month))
