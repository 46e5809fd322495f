"""The reports of a procedure from the command line: their names, their periods, their numbers."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.history import Closed, HistoryEntry, Lapsed, Raised, Recorded, Responded
from escalation.summary import Summary
from escalation.wire import Subject
from register.engine import open_register
from starter.__main__ import _run
from starter.report_numbers import Dates, dates
from tests.empty_register import empty_register
from tests.escalation.driver import a_procedure, shipped

PROCEDURE = "southwark"
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs `twentydays report` on a register with one dispute closed in May 2026 and one open."""
    url = empty_register(tmp_path)
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", url)
    kept = open_register(url)
    answered = Responded(at=_at(12), stage="L1", visit=1, response_id="r", received_at=_at(12))
    ended = Closed(at=_at(15), stage="L1", outcome="resolved", date_concluded=date(2026, 5, 15))
    histories: dict[str, list[HistoryEntry]] = {"SWK-1": [answered, ended], "SWK-2": [_lapsed(12), _audit(13)]}
    for reference, rest in histories.items():
        told = [_raised(reference), *rest]
        entries = [entry.model_copy(update={"n": n}) for n, entry in enumerate(told, 1)]
        kept.record(f"escalation/{PROCEDURE}/{reference}", entries, _summary(reference, entries))
    kept.close()

    def one(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _run(["report", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


def _at(day: int) -> datetime:
    return datetime(2026, 5, day, 12, tzinfo=UTC)


def _raised(reference: str) -> Raised:
    fields = {"category": 2, "sub_item": "a"}
    return Raised(at=_at(11), stage="L1", by="iro", reference=reference, subject=Subject(kind="lac"), fields=fields)


def _lapsed(day: int) -> Lapsed:
    return Lapsed(at=_at(day), stage="L1", due=_at(day), then="advance")


def _audit(day: int) -> Recorded:
    what = "missed_escalation_audit"
    return Recorded(at=_at(day), what=what, called=what)


def _summary(reference: str, entries: list[HistoryEntry]) -> Summary:
    end = entries[-1].at if isinstance(entries[-1], Closed) else None
    return Summary(
        reference=reference,
        procedure=PROCEDURE,
        procedure_version="v",
        subject_kind="lac",
        raised_at=_at(11),
        stage="L1",
        status="closed" if end else "awaiting_response",
        closed_at=end,
        n=len(entries),
    )


def test_without_a_name_it_tells_which_reports_there_are(say: Say) -> None:
    code, out, _ = say(PROCEDURE)
    assert code == 0
    assert {line.split()[0] for line in out.splitlines()} == set(shipped(PROCEDURE).reports)
    assert "quarterly, for Children's Social Care DMT" in out


def test_the_numbers_of_a_quarter_as_json(say: Say) -> None:
    code, out, _ = say(PROCEDURE, "quarterly", "--from", "2026-04-01", "--to", "2026-06-30", "--json")
    said = json.loads(out)
    assert (code, said["disputes"], said["open"], said["by_category"]) == (0, 1, 1, {"2": 1})
    assert (said["audience"], said["by"]) == (["csc_dmt"], "head_of_qau")
    assert (said["in_time"], said["lapsed"]) == ({"L1": 1}, {})


def test_the_numbers_in_words_name_the_codes(say: Say) -> None:
    _, out, _ = say(PROCEDURE, "quarterly", "--from", "2026-04-01", "--to", "2026-06-30")
    assert "From Wednesday 1 April 2026 to Tuesday 30 June 2026" in out
    assert "By: Head of QAU" in out
    lines = out.splitlines()
    rows = [re.split("  +", line) for line in lines]
    assert ["Drift or delay in care planning", "2", "1"] in rows
    assert ["Operational Manager", "L1", "1"] in rows
    assert max(map(len, lines)) <= 100


def test_what_is_open_on_a_date_is_listed(say: Say) -> None:
    lists = [
        json.loads(say(PROCEDURE, "outstanding", "--on", f"2026-05-{day}", "--json")[1])["lists"] for day in (11, 15)
    ]
    assert lists == [["SWK-1", "SWK-2"], ["SWK-2"]]


def test_recordings_are_counted_and_what_they_are_about_is_named(say: Say) -> None:
    _, out, _ = say(PROCEDURE, "audits", "--from", "2026-05-13", "--to", "2026-05-13", "--json")
    said = json.loads(out)
    assert said["missed_escalation_audit"] == 1
    assert said["recorded_about"] == {"missed_escalation_audit": ["SWK-2"]}
    assert "SWK-2" in say(PROCEDURE, "audits", "--from", "2026-05-13", "--to", "2026-05-13")[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere", "quarterly"], "There is no procedure `nowhere`"),
        ([PROCEDURE, "weekly"], "no report `weekly`; there are: quarterly"),
        ([PROCEDURE, "quarterly", "--from", "2026-07-01", "--to", "2026-06-30"], "ends before it begins"),
        ([PROCEDURE, "quarterly", "--from", "2026-07-01", "--on", "2026-07-30"], "not both"),
        ([PROCEDURE, "quarterly", "--json", "--as", "pdf"], "as json and as pdf at once"),
        ([PROCEDURE, "quarterly", "--as", "ods", "--output", "x.pdf"], "as ods and as pdf at once"),
        ([PROCEDURE, "quarterly", "--output", "x.docx"], "x.docx does not say in which form"),
        ([PROCEDURE, "quarterly", "--output", "nowhere/x.ods"], "There is no folder nowhere"),
        ([PROCEDURE, "quarterly", "--as", "csv", "--output", "nowhere"], "There is no folder nowhere"),
        ([PROCEDURE, "outstanding", "--output", "x.csv"], "Say which with --table (there are: outstanding, in_all"),
        ([PROCEDURE, "quarterly", "--table", "by_weather"], "no table by_weather; it has: in_all"),
    ],
)
def test_wrong_input_is_told_with_the_way_out(say: Say, arguments: list[str], why: str) -> None:
    code, out, err = say(*arguments)
    assert (code, out) == (2, "")
    assert why in err


MAY = ("--from", "2026-05-01", "--to", "2026-05-31")
NAMED = f"{PROCEDURE}-quarterly-2026-05-01-to-2026-05-31"
BEGINS = {"html": b"<!doctype html>", "pdf": b"%PDF", "ods": b"PK", "xlsx": b"PK"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the command runs."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("form", BEGINS)
def test_a_form_that_is_not_printed_becomes_a_file_named_after_the_report(say: Say, here: Path, form: str) -> None:
    code, out, _ = say(PROCEDURE, "quarterly", *MAY, "--as", form)
    assert (code, out) == (0, f"Written: {NAMED}.{form}\n")
    assert [each.name for each in here.iterdir()] == [f"{NAMED}.{form}"]
    assert (here / f"{NAMED}.{form}").read_bytes().startswith(BEGINS[form])


@pytest.mark.parametrize("form", BEGINS)
def test_the_ending_of_a_file_says_the_form(say: Say, here: Path, form: str) -> None:
    assert say(PROCEDURE, "quarterly", *MAY, "-o", f"one.{form.upper()}")[0] == 0
    assert (here / f"one.{form.upper()}").read_bytes().startswith(BEGINS[form])


@pytest.mark.parametrize(("form", "there"), [("csv", "csv-metadata.json"), ("svg", "by_category.svg")])
def test_a_form_of_several_files_is_an_archive_or_fills_a_folder(say: Say, here: Path, form: str, there: str) -> None:
    assert say(PROCEDURE, "quarterly", *MAY, "--as", form)[1] == f"Written: {NAMED}-{form}.zip\n"
    with zipfile.ZipFile(here / f"{NAMED}-{form}.zip") as archive:
        names = archive.namelist()
    assert {there, f"by_category.{form}"} <= set(names)
    (here / "folder").mkdir()
    assert say(PROCEDURE, "quarterly", *MAY, "--as", form, "--output", "folder")[0] == 0
    assert sorted(each.name for each in (here / "folder").iterdir()) == sorted(names)


@pytest.mark.parametrize("form", ["csv", "svg"])
def test_one_table_alone_is_one_file(say: Say, here: Path, form: str) -> None:
    code, out, _ = say(PROCEDURE, "quarterly", *MAY, "--table", "by_category", "--output", f"themes.{form}")
    assert (code, out) == (0, f"Written: themes.{form}\n")
    assert "Drift or delay in care planning" in (here / f"themes.{form}").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["one.txt", "one.json"])
def test_what_is_printed_may_be_kept_too(say: Say, here: Path, name: str) -> None:
    assert say(PROCEDURE, "quarterly", *MAY, "--output", name)[1] == f"Written: {name}\n"
    printed = say(PROCEDURE, "quarterly", *MAY, *(["--json"] if name.endswith("json") else []))[1]
    without_the_minute = re.compile("Made on: .*")
    kept = (here / name).read_text(encoding="utf-8")
    assert without_the_minute.sub("", kept) == without_the_minute.sub("", printed)


def test_nothing_is_written_over_unless_it_is_said(say: Say, here: Path) -> None:
    (here / "one.ods").write_text("mine", encoding="utf-8")
    code, out, err = say(PROCEDURE, "quarterly", *MAY, "--output", "one.ods")
    assert (code, out) == (2, "")
    assert "Already there: one.ods. Give --force to write over it" in err
    assert (here / "one.ods").read_text(encoding="utf-8") == "mine"
    assert say(PROCEDURE, "quarterly", *MAY, "--output", "one.ods", "--force")[0] == 0
    assert [each.name for each in here.iterdir()] == ["one.ods"]
    assert (here / "one.ods").read_bytes().startswith(b"PK")


def test_without_the_optional_part_a_pdf_is_refused_with_the_way_to_it(
    say: Say, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.pdf.find_spec", lambda _name: None)
    code, _, err = say(PROCEDURE, "quarterly", *MAY, "--as", "pdf")
    assert code == 2
    assert "pip install 'twentydays[pdf]'" in err
    assert list(here.iterdir()) == []


def test_without_dates_it_is_the_newest_period_that_is_over_and_today_for_what_is_open(say: Say) -> None:
    over = json.loads(say(PROCEDURE, "annual", "--json")[1])
    assert (over["first"][4:], over["last"][4:]) == ("-04-01", "-03-31")
    open_now = json.loads(say(PROCEDURE, "outstanding", "--json")[1])
    assert (open_now["first"], open_now["last"]) == (None, None)
    assert open_now["on"] is not None


def test_one_end_of_a_period_is_enough() -> None:
    procedure = a_procedure(reports={"one": {"title": "A report", "period": "year", "open_at": ["S1"]}})
    since: Any = date(2026, 4, 1)
    assert dates(procedure, "one", Dates(first=since), _at(12)) == (since, None, None)


def test_a_committees_version_withholds_small_counts_and_every_reference(say: Say) -> None:
    dates = ("--from", "2026-04-01", "--to", "2026-06-30", "--json")
    code, out, _ = say(PROCEDURE, "quarterly", *dates, "--committee")
    said = json.loads(out)
    assert (code, said["committee"], said["disputes"], said["individual"]) == (0, True, "fewer than 5", [])
    assert "SWK-" not in out
    printed = say(PROCEDURE, "quarterly", *dates[:-1], "--committee")[1]
    assert "fewer than 5" in printed
    assert "single disputes are not listed" in " ".join(printed.split())


def test_a_report_whose_readers_are_outsiders_is_a_committees_unless_it_is_asked_for_whole(say: Say) -> None:
    asked = ("oxfordshire", "annual", "--json")
    assert [json.loads(say(*asked, *more)[1])["committee"] for more in ((), ("--no-committee",))] == [True, False]
