"""The command line: exit codes, JSON for programs, words for people, help for everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from starter.__main__ import COMMANDS as LISTED
from starter.__main__ import WITHOUT_TEMPORAL, _app

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["start", "respond", "decide", "act", "show", "explain", "list", "rehearse", "up", "worker"]
Run = Callable[..., Any]


@pytest.mark.usefixtures("a_worker")
def test_an_escalation_lives_from_the_command_line(run: Run, event: Run, reaches: Run) -> None:
    path = str(event("CLI-1"))
    started = run("start", path, "--json")
    assert (started.code, started.json["result"]) == (0, "started")
    reaches("CLI-1", "awaiting_response", waiting_for="operational_manager")

    shown = run("show", "cli-1", "--json").json
    assert (shown["state"]["stage"], shown["state"]["waiting_for"]) == ("L1", "operational_manager")
    assert [entry["n"] for entry in shown["history"]] == list(range(1, len(shown["history"]) + 1))
    assert run("explain", "CLI-1", "--json").json["binds"] == "L1"
    assert "day 0" in run("explain", "CLI-1").out
    assert "CLI-1" in [row["reference"] for row in run("list", "--json").json]
    assert "CLI-1" in run("list").out

    assert run("respond", "CLI-1", "--by", "operational_manager", "--text", "Done.", "--response-id", "r-1").code == 0
    stranger = run("decide", "CLI-1", "satisfied", "--by", "head_of_service")
    assert (stranger.code, "Refused: " in stranger.out) == (1, True)
    satisfied = run("decide", "CLI-1", "satisfied", "--by", "iro", "--outcome-text", "Agreed.", "--json")
    assert (satisfied.code, satisfied.json["state"]["status"]) == (0, "closed")
    reaches("CLI-1", "closed")
    again = run("start", path)
    assert (again.code, "nothing new was started" in again.out) == (0, True)
    assert "CLI-1" not in [row["reference"] for row in run("list", "--json").json]
    assert "CLI-1" in [row["reference"] for row in run("list", "--all", "--json").json]
    assert run("show", "CLI-1").code == 0


@pytest.mark.usefixtures("a_worker")
def test_any_act_goes_by_its_name_and_a_refused_one_exits_with_1(run: Run, event: Run, reaches: Run) -> None:
    assert run("start", str(event("CLI-2"))).code == 0
    reaches("CLI-2", "awaiting_response", waiting_for="operational_manager")
    assert run("act", "CLI-2", "note", "by=iro", "text=Rang twice.").code == 0
    refused = run("act", "CLI-2", "bypass", "by=iro", "to=L1", "--json")
    assert (refused.code, refused.json["accepted"], refused.json["rejection"]["code"]) == (1, False, "not_upwards")


def test_other_data_under_a_reference_exits_with_1(run: Run, event: Run) -> None:
    assert run("start", str(event("CLI-3"))).code == 0
    other = run("start", str(event("CLI-3", concern="Something else.")))
    assert (other.code, "belongs to another" in other.out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start", "no-such-file.json"], "no-such-file.json"),
        (["show", "NOBODY-1"], "holds no escalation NOBODY-1"),
        (["explain", "NOBODY-1"], "holds no escalation NOBODY-1"),
        (["act", "NOBODY-1", "dance"], "is no act; there are"),
        (["act", "NOBODY-1", "note", "by=iro"], "text: is needed and is missing"),
        (["rehearse", "no-such-file.json"], "no-such-file.json"),
    ],
)
def test_wrong_input_exits_with_2_and_says_why(run: Run, arguments: list[str], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, said in ran.err, ran.out) == (2, True, "")


def test_every_fault_of_an_event_is_told_at_once(run: Run, event: Run) -> None:
    ran = run("start", str(event("CLI-4", subjects=[], working_days=0, stage="?")))
    assert ran.code == 2
    assert all(place in ran.err for place in ("data.subjects", "data.working_days", "data.stage"))


def test_where_temporal_does_not_answer_it_exits_with_3(run: Run, event: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    ran = run("start", str(event("CLI-5")))
    assert (ran.code, "does not answer at 127.0.0.1:1" in ran.err) == (3, True)


def test_a_rehearsal_prints_json_with_one_entry_a_step(run: Run) -> None:
    scenario = ROOT / "tests/acceptance/scenarios/SWK-S02.json"
    ran = run("rehearse", str(scenario), "--json")
    assert (ran.code, [step["id"] for step in ran.json["steps"]]) == (0, ["s1", "s2", "s3"])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert f"twentydays {command}" in ran.out
    assert command in run("--help").out


@pytest.mark.parametrize("command", LISTED)
def test_a_command_s_own_help_begins_as_its_line_in_the_list(command: str) -> None:
    own = " ".join(_app([command])[command].help.split())
    assert own.startswith(LISTED[command][1].removesuffix("."))


def test_the_list_of_commands_imports_none_of_them() -> None:
    assert imported("from starter.__main__ import _run; _run(['--help'])") == {"starter.__main__", "starter.leaving"}


def test_commands_that_never_connect_do_without_temporal_s_sdk_where_they_only_read() -> None:
    places = {LISTED[command][0].partition(":")[0] for command in WITHOUT_TEMPORAL - {"check"}}
    found = imported("; ".join(f"import {place}" for place in sorted(places)), of="")
    assert "register.store" in found
    assert [module for module in found if module.split(".")[0] in {"temporalio", "fastapi", "alembic"}] == []


def test_whoever_has_read_enough_is_told_of_no_fault() -> None:
    """As in `twentydays tell southwark | head`."""
    command = [sys.executable, "-m", "starter", "tell", "southwark"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout
        assert ran.stderr
        ran.stdout.close()
        assert ran.stderr.read() == ""


@pytest.mark.parametrize("command", ["start", "act", "mail", "hand-over", "doctor"])
def test_commands_that_connect_do_without_what_letters_are_made_with(command: str) -> None:
    found = imported(f"import {LISTED[command][0].partition(':')[0]}", of="")
    assert "temporalio" in found
    assert [module for module in found if module.split(".")[0] in {"icalendar", "jinja2", "holidays", "fastapi"}] == []


def imported(code: str, of: str = "starter.") -> set[str]:
    """Modules that a process of its own has imported after running this, by how their names begin."""
    code = f"import sys; {code}; print('', *sorted(sys.modules), file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return {module for module in ran.stderr.split() if module.startswith(of)}


def test_the_help_says_what_the_exit_codes_mean(run: Run) -> None:
    assert "0 done, 1 refused by the rules, 2 wrong input, 3 something needed does not answer" in run("--help").out


def test_the_exit_code_reaches_whoever_called_the_process(variables: dict[str, str]) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "starter", "show", "NOBODY-1"],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stdout) == (2, "")
    assert "NOBODY-1" in process.stderr
