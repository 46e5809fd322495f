"""Does docs/directory.md say what its commands print, and does it name every change that there is?"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from escalation.directory_changes import AnyChange
from starter.__main__ import _run
from tests.empty_register import empty_register
from tests.house.console import missing, sessions

PAGE = (Path(__file__).parents[2] / "docs" / "directory.md").read_text(encoding="utf-8")


def test_the_commands_do_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    empty_register(tmp_path)
    for name, text in re.findall(r"^```csv (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        Path(name).write_text(text, encoding="utf-8")
    capsys.readouterr()
    commands = [said for session in sessions(PAGE) for said in session]
    assert len(commands) >= 10
    for said in commands:
        code = _run(shlex.split(said.command)[1:])
        printed = capsys.readouterr()
        assert code == 0, f"{said.command}\n{printed.out}{printed.err}"
        assert missing(said, printed.out) == [], f"{said.command}\n{printed.out}"


def test_every_change_that_a_program_can_make_is_named() -> None:
    kinds = {kind.model_fields["do"].default for kind in get_args(get_args(AnyChange)[0])}
    (row,) = re.findall(r"^\| `POST /api/directory/changes` .*$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) - {"directory"} == kinds
