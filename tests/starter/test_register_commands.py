"""That the register is prepared and proven from the command line."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escalation.history import HistoryEntry, Noted, Raised
from escalation.summary import Summary
from escalation.wire import Subject
from register.engine import open_register
from starter.__main__ import DONE, NO_ANSWER, REFUSED, WRONG_INPUT, _run

AT = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", f"sqlite:///{tmp_path}/register.db")
    return tmp_path / "register.db"


def register(word: str) -> int:
    """The exit code of `twentydays register` and this word."""
    return _run(["register", word])


def keep_something(database: Path) -> None:
    subject = Subject(kind="lac")
    entries: list[HistoryEntry] = [
        Raised(n=1, at=AT, stage="L1", by="iro", reference="SWK-1", subject=subject),
        Noted(n=2, at=AT, stage="L1", by="iro", text="Telephoned."),
    ]
    summary = Summary(
        reference="SWK-1",
        procedure="southwark",
        procedure_version="1",
        subject_kind="lac",
        raised_at=AT,
        stage="L1",
        status="awaiting_response",
        n=2,
    )
    kept = open_register(f"sqlite:///{database}")
    kept.record("escalation/southwark/SWK-1", entries, summary)
    kept.close()


def test_a_register_is_prepared_however_often_it_is_asked_for(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert register("verify") == WRONG_INPUT
    assert "twentydays register upgrade" in capsys.readouterr().err
    assert [register("upgrade") for _ in range(2)] == [DONE, DONE]
    assert register("verify") == DONE
    assert database.exists()


def test_a_changed_entry_is_named_and_a_whole_history_is_not(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register("upgrade")
    keep_something(database)
    assert register("verify") == DONE
    with sqlite3.connect(database) as connection:
        for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {trigger}")
        connection.execute("update entries set body = replace(body, 'Telephoned', 'Wrote') where n = 2")
    connection.close()
    capsys.readouterr()
    assert register("verify") == REFUSED
    assert capsys.readouterr().out.startswith("SWK-1: entry 2 was changed")


def test_a_register_that_cannot_be_reached_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", "postgresql://twentydays@127.0.0.1:1/twentydays")
    assert register("upgrade") == NO_ANSWER


def test_what_reports_are_made_from_can_be_made_again(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register("upgrade")
    keep_something(database)
    with sqlite3.connect(database) as connection:
        connection.execute("delete from disputes")
    capsys.readouterr()
    assert register("rebuild") == DONE
    assert capsys.readouterr().out == "Made again from its history: 1 dispute.\n"
    with sqlite3.connect(database) as connection:
        assert connection.execute("select reference from disputes").fetchall() == [("SWK-1",)]
