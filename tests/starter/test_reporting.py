"""The reports of a procedure from the command line: their names, their periods, their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.history import Closed, HistoryEntry, Lapsed, Raised, Recorded, Responded
from escalation.summary import Summary
from escalation.wire import Subject
from register.engine import open_register, upgrade
from starter.__main__ import _run
from starter.reporting import _dates
from tests.escalation.driver import a_procedure, shipped

PROCEDURE = "southwark"
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs `twentydays report` on a register with one dispute closed in May 2026 and one open."""
    url = f"sqlite:///{tmp_path}/register.db"
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", url)
    upgrade(url)
    kept = open_register(url)
    answered = Responded(at=_at(12), stage="L1", visit=1, response_id="r", received_at=_at(12))
    ended = Closed(at=_at(15), stage="L1", outcome="resolved", date_concluded=date(2026, 5, 15))
    for reference, rest in (("SWK-1", [answered, ended]), ("SWK-2", [_lapsed(12), _audit(13)])):
        entries = [entry.model_copy(update={"n": n}) for n, entry in enumerate([_raised(reference), *rest], 1)]
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
    assert "     1  Drift or delay in care planning (2)" in lines
    assert "     1  Operational Manager (L1)" in lines
    assert any(line.startswith("     1  Drift/delay in legal planning") and line.endswith("(2.1)") for line in lines)


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
    assert ": SWK-2" in say(PROCEDURE, "audits", "--from", "2026-05-13", "--to", "2026-05-13")[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere", "quarterly"], "There is no procedure `nowhere`"),
        ([PROCEDURE, "weekly"], "no report `weekly`; there are: quarterly"),
        ([PROCEDURE, "quarterly", "--from", "2026-07-01", "--to", "2026-06-30"], "ends before it begins"),
        ([PROCEDURE, "quarterly", "--from", "2026-07-01", "--on", "2026-07-30"], "not both"),
    ],
)
def test_wrong_input_is_told_with_the_way_out(say: Say, arguments: list[str], why: str) -> None:
    code, out, err = say(*arguments)
    assert (code, out) == (2, "")
    assert why in err


def test_without_dates_it_is_the_newest_period_that_is_over_and_today_for_what_is_open(say: Say) -> None:
    over = json.loads(say(PROCEDURE, "annual", "--json")[1])
    assert (over["first"][4:], over["last"][4:]) == ("-04-01", "-03-31")
    open_now = json.loads(say(PROCEDURE, "outstanding", "--json")[1])
    assert (open_now["first"], open_now["last"]) == (None, None)
    assert open_now["on"] is not None


def test_one_end_of_a_period_is_enough() -> None:
    procedure = a_procedure(reports={"one": {"title": "A report", "period": "year", "open_at": ["S1"]}})
    since: Any = date(2026, 4, 1)
    assert _dates(procedure, "one", since, None, None) == (since, None, None)
