"""An extract is read as its mapping says: nothing is written unasked, and every fault is told at once."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from cyclopts import App

from config import mappings, procedures
from escalation.errors import InvalidDocument
from starter.importing import mapping as mapped
from starter.importing.commands import import_, lines
from starter.importing.run import Summary
from starter.office import Office

ROOT = Path(__file__).resolve().parents[2]
EXTRACTS = ROOT / "config" / "samples" / "extracts"
SAMPLES = {"mosaic": "mosaic.csv", "liquidlogic": "liquidlogic.csv", "eclipse": "eclipse.jsonl"}
MAPPING = """\
title: For the tests
source: /tests/extract
procedure: southwark
event_id: [step]
dates: ["%d/%m/%Y"]
values: {kinds: {CLA: lac}}
fields:
  raised_by/role: {constant: iro}
  subjects/1/kind: {column: kind, values: kinds}
  subjects/2/kind: {constant: lac}
  subjects/2/identifiers/person_id: sibling
  form_complete: complete
  working_days: days
  category: category
  concern: concern
  requested_action: {constant: Meet.}
  impact_on_child: {constant: It waits.}
"""
HEADER = ["step", "kind", "sibling", "complete", "days", "category", "concern"]
Import = Callable[..., tuple[int, Summary]]


@pytest.fixture
def extract(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: list[str], name: str = "extract.csv") -> Path:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as page:
            csv.writer(page).writerows([HEADER, *rows])
        return tmp_path / name

    return write


@pytest.fixture
def bring_in(office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Import:
    """The command, with its exit code and its summary."""
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")

    importing = App()
    importing.command(import_, name="import")

    def one(file: Path, *more: str, mapping: str | Path = tmp_path / "map.yaml") -> tuple[int, Summary]:
        capsys.readouterr()
        said = ["import", str(file), "--mapping", str(mapping), "--json", *more]
        code = importing(said, result_action="return_value", exit_on_error=False)
        return int(code), Summary.model_validate_json(capsys.readouterr().out)

    return one


def _row(step: str, **changes: str) -> list[str]:
    usual = {"step": step, "kind": "CLA", "complete": "Y", "category": "2", "concern": "Nothing was done."}
    return [(usual | changes).get(column, "") for column in HEADER]


def _counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.started, summary.already_started, summary.draft, summary.refused


@pytest.mark.parametrize("name", SAMPLES)
def test_every_mapping_fits_its_procedure_and_its_sample_would_start(
    name: str, office: Office, bring_in: Import
) -> None:
    code, summary = bring_in(EXTRACTS / SAMPLES[name], mapping=name)
    assert (code, summary.faults, summary.lacking) == (0, [], [])
    assert summary.started == summary.rows > 1
    assert not [row for row in office.register.escalations() if row.reference.startswith(("MO-", "LL-", "EC-"))]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_extract_starts_once(name: str, bring_in: Import, a_worker: None) -> None:
    code, first = bring_in(EXTRACTS / SAMPLES[name], "--apply", mapping=name)
    assert (code, first.started, first.refused, first.quarantine) == (0, first.rows, 0, None)
    _, again = bring_in(EXTRACTS / SAMPLES[name], "--apply", mapping=name)
    assert _counts(again) == (0, first.rows, 0, 0)


def test_a_dry_run_writes_nothing_and_tells_every_fault_by_line_and_column(
    extract: Callable[..., Path], bring_in: Import, office: Office, tmp_path: Path
) -> None:
    file = extract(
        _row("DRY-1"),
        _row("DRY-2", kind="XYZ", complete="perhaps", days="soon"),
        _row("DRY-3", days="99"),
        _row("DRY-4", concern=""),
        _row("", category="2"),
        _row("DRY-1"),
        ["DRY-6", "CLA"],
    )
    code, summary = bring_in(file)
    assert (code, _counts(summary)) == (1, (1, 0, 1, 5))
    assert [(fault.line, fault.where) for fault in summary.faults] == [
        (3, "column kind"),
        (3, "column complete"),
        (3, "column days"),
        (4, "column days"),
        (6, "column step"),
        (7, ""),
        (8, ""),
    ]
    assert [(lack.line, lack.where) for lack in summary.lacking] == [(5, "column concern")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["extract.csv", "map.yaml"]
    assert office.register.find("DRY-1") is None
    assert office.register.drafts.find("DRY-4") is None


def test_what_fails_goes_into_a_file_beside_and_is_imported_from_there_when_mended(
    extract: Callable[..., Path], bring_in: Import, office: Office, a_worker: None
) -> None:
    file = extract(_row("APP-1"), _row("APP-2", days="soon"), _row("APP-3", concern=""))
    code, summary = bring_in(file, "--apply")
    assert (code, _counts(summary)) == (1, (1, 0, 1, 1))
    assert office.register.drafts.find("APP-3")
    assert summary.quarantine
    quarantine = Path(summary.quarantine)
    assert stat.S_IMODE(quarantine.stat().st_mode) == 0o600
    with quarantine.open(encoding="utf-8", newline="") as page:
        (failed,) = csv.DictReader(page)
    assert (failed["step"], failed["quarantine_line"]) == ("APP-2", "3")
    assert "column days" in failed["quarantine_faults"]
    quarantine.write_text(quarantine.read_text(encoding="utf-8").replace(",soon,", ",3,"), encoding="utf-8")
    _, mended = bring_in(quarantine, "--apply")
    assert _counts(mended) == (1, 0, 0, 0)


def test_a_quarantine_is_never_overwritten(extract: Callable[..., Path], bring_in: Import, a_worker: None) -> None:
    file = extract(_row("QUA-1", days="soon"))
    kept = [bring_in(file, "--apply")[1].quarantine for _ in range(2)]
    assert [Path(path or "").name for path in kept] == ["extract.quarantine.csv", "extract.quarantine-2.csv"]


def test_running_it_again_goes_on_with_what_has_not_started(
    extract: Callable[..., Path], bring_in: Import, a_worker: None
) -> None:
    bring_in(extract(_row("RES-1")), "--apply")
    both = extract(_row("RES-1"), _row("RES-2"))
    assert _counts(bring_in(both, "--apply")[1]) == (1, 1, 0, 0)


def test_jsonl_is_read_line_by_line(tmp_path: Path, bring_in: Import) -> None:
    good = dict(zip(HEADER, _row("JSN-1"), strict=True)) | {"complete": True, "days": 3}
    file = tmp_path / "extract.jsonl"
    file.write_text("\n".join([json.dumps(good), "", "{", "[]"]), encoding="utf-8")
    _, summary = bring_in(file)
    assert (summary.rows, summary.started) == (3, 1)
    assert [fault.line for fault in summary.faults] == [3, 4]


def test_a_second_child_is_there_only_where_its_columns_say_so(
    extract: Callable[..., Path], bring_in: Import, office: Office, a_worker: None
) -> None:
    bring_in(extract(_row("SIB-1", sibling="P-2"), _row("SIB-2")), "--apply")
    held = [row.reference for row in office.register.escalations(limit=500) if row.reference.startswith("SIB")]
    assert held == ["SIB-1-1", "SIB-1-2", "SIB-2"]


def test_columns_that_are_not_there_are_told_before_any_row(tmp_path: Path, bring_in: Import) -> None:
    file = tmp_path / "extract.csv"
    file.write_text("step,knd,sibling,complete,days,category\nX-1,CLA,,Y,,2\n", encoding="utf-8")
    with pytest.raises(InvalidDocument) as refused:
        bring_in(file)
    said = [str(fault) for fault in refused.value.faults]
    assert said[0] == f"{file}:1: column kind: is not there; did you mean `knd`?"
    assert said[1].startswith(f"{file}:1: column concern: is not there; there are `category`")
    assert len(said) == 2


def test_every_fault_of_a_mapping_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    faulty = MAPPING.replace("values: kinds}", "values: kind}").replace("%d/%m/%Y", "%d/%m")
    path.write_text(faulty.replace("{constant: Meet.}", "{}"), encoding="utf-8")
    with pytest.raises(InvalidDocument) as refused:
        mapped.load(path)
    assert [(fault.line, fault.where) for fault in refused.value.faults] == [
        (5, "dates.0"),
        (9, "fields.subjects/1/kind"),
        (16, "fields.requested_action"),
    ]


def test_a_mapping_may_name_only_fields_of_the_event_and_its_form(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(f"{MAPPING}  concerm: concern\n  subjects/1/name: x\n", encoding="utf-8")
    with pytest.raises(InvalidDocument) as refused:
        mapped.check(mapped.load(path), procedures.load("southwark"), "map.yaml")
    assert [fault.where for fault in refused.value.faults] == ["fields.concerm", "fields.subjects/1/name"]


def test_a_mapping_that_nobody_knows_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(mappings.UnknownMapping, match="mosaic"):
        mappings.find("mosaik")


def test_the_summary_says_what_would_be_done_and_how_to_do_it() -> None:
    said = list(lines(Summary(applied=False, rows=3, started=2, refused=1)))
    assert said[-2:] == [
        "3 rows: 2 would be started, 0 started before, 0 would be kept as drafts, 1 would be refused.",
        "Nothing was written. `--apply` starts them.",
    ]


def test_dates_and_instants_are_read_as_the_mapping_writes_them() -> None:
    from starter.importing.translating import READERS

    forms = ["%d/%m/%Y"]
    assert READERS["date"]("27/11/2026", forms) == READERS["date"]("2026-11-27 00:00:00", forms) == "2026-11-27"
    assert READERS["instant"]("27/06/2026 09:15", forms) == "2026-06-27T09:15:00+01:00"
    assert READERS["instant"]("2026-11-27T09:15:00Z", []) == "2026-11-27T09:15:00+00:00"
    with pytest.raises(ValueError, match="not a date"):
        READERS["date"]("31/02/2026", forms)
