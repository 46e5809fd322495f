"""The command that tells a procedure in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import procedures
from starter.__main__ import _run
from starter.telling_procedures import rulings_listed


def test_a_procedure_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["tell", "sbc"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# SBC: Local Dispute Resolution Process")
    assert "](" not in printed


def test_an_unknown_procedure_is_told_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["tell", "southwarck"]) == 2
    assert "did you mean `southwark`?" in capsys.readouterr().err


def test_a_page_is_written_for_each_and_links_the_rulings_beside_it(tmp_path: Path) -> None:
    (tmp_path / "rulings.md").write_text("## Every council\n\n| G-A8 | A stage. |\n", encoding="utf-8")
    assert _run(["tell", "sbc", "--into", str(tmp_path / "pages")]) == 0
    assert "[G-A8](../rulings.md#every-council)" in (tmp_path / "pages" / "sbc.md").read_text(encoding="utf-8")
    assert _run(["tell", "--into", str(tmp_path / "pages")]) == 0
    assert {file.stem for file in (tmp_path / "pages").iterdir()} == set(procedures.files())


def test_without_a_page_of_rulings_nothing_is_linked(tmp_path: Path) -> None:
    assert rulings_listed(tmp_path / "rulings.md") == {}
