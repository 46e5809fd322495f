"""Do the README, and the page on a procedure more, say what is so?"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.console import GAP, Said, missing, sessions

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
A_PROCEDURE_MORE = (ROOT / "docs" / "adding-a-procedure.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
DEMO = re.search(r"^DEMO := (\S+)", MAKEFILE, re.MULTILINE)
PORTS = ("TWENTYDAYS_TEMPORAL_UI_PORT", "TWENTYDAYS_SMTP_PORT", "TWENTYDAYS_WEB_PORT")
PATIENCE = 240
"""Seconds: for what hangs. How quick it is, no test says."""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return found


def environment(**more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("TWENTYDAYS_", "TEMPORAL_"))}
    return ours | {"COLUMNS": "120"} | more


@pytest.fixture(scope="module")
def rehearse(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `make demo` prints."""
    assert DEMO
    given = environment(TWENTYDAYS_VAR=str(tmp_path_factory.mktemp("var")))
    played = subprocess.run(
        [BIN / "twentydays", "rehearse", DEMO[1]],
        check=False,
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert played.returncode == 0, played.stderr
    return played.stdout


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Everything on this machine, on ports of its own: its folder, and the environment of whoever uses it."""
    temporal, *others = free_ports(1 + len(PORTS))
    var = tmp_path_factory.mktemp("up") / "var"
    given = environment(TWENTYDAYS_VAR=str(var), TEMPORAL_ADDRESS=f"127.0.0.1:{temporal}")
    given |= {name: str(port) for name, port in zip(PORTS, others, strict=True)}
    with subprocess.Popen(
        [BIN / "twentydays", "up"], cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as stack:
        assert stack.stdout
        said = []
        for line in stack.stdout:
            said.append(line)
            if "Try next" in line:
                break
        assert stack.poll() is None, "".join(said)
        yield var, given
        stack.send_signal(signal.SIGTERM)
        stack.stdout.read()
        assert stack.wait(PATIENCE) == 0


def test_the_page_is_short() -> None:
    assert len(PAGE.splitlines()) < 150


def test_the_picture_has_at_most_nine_boxes() -> None:
    picture = PAGE.partition("```mermaid\n")[2].partition("```")[0]
    arrows = re.findall(r"^ *(\w+)\S* .*?--\S+ (?:.*\| ?)?(\w+)", picture.replace("<br>", ""), re.MULTILINE)
    assert 3 <= len(set(re.findall(r"(\w+)\[", picture))) <= 9
    assert arrows


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *sorted(str(f.relative_to(ROOT)) for f in ROOT.glob("docs/**/*.md"))]
)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    lost = [target for target in targets if not ((ROOT / page).parent / target).exists() and "<" not in target]
    assert lost == []


def test_the_rule_for_a_silent_manager_is_one_step_from_the_page() -> None:
    row = re.search(r"\*\*what happens when a manager is silent\*\* \| \[[^]]+\]\(([^)]+)\)", PAGE)
    assert row
    rule = (ROOT / row[1]).read_text(encoding="utf-8")
    assert rule.startswith('"""What happens when a manager is silent')
    assert "def _lapse(" in rule


def test_every_make_target_that_a_page_names_is_there() -> None:
    pages = PAGE + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\$ |^    )make ([a-z]+)", pages, re.MULTILINE))
    there = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
    assert named
    assert named <= there


def test_the_demo_prints_what_the_page_shows(rehearse: str) -> None:
    said = next(each for session in sessions(PAGE) for each in session if each.command == "make demo")
    assert sum(line != GAP for line in said.output) > 10
    # Dates count here: time is the scenario's own.
    lines = rehearse.splitlines()
    assert [line for line in said.output if line != GAP and line not in lines] == []
    assert missing(said, rehearse) == []


def test_the_demo_closes_an_escalation_that_went_up_four_stages(rehearse: str) -> None:
    assert [stage for stage in ("L1", "L2", "L3", "L4") if f"lapsed {stage}:" not in rehearse] == []
    assert rehearse.rstrip().endswith("=> L4, closed")


@pytest.mark.parametrize(("page", "fewest"), [(PAGE, 8), (A_PROCEDURE_MORE, 5)], ids=["README", "adding-a-procedure"])
def test_the_commands_do_what_the_page_shows(up: tuple[Path, dict[str, str]], page: str, fewest: int) -> None:
    var, given = up
    commands = [said for session in sessions(page) for said in session if not said.command.startswith("make")]
    assert len(commands) >= fewest
    for said in commands:
        done = run(said, var, given)
        assert done.returncode == 0, f"{said.command}\n{done.stdout}{done.stderr}"
        assert missing(said, done.stdout) == [], f"{said.command}\n{done.stdout}"


def run(said: Said, var: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command as the page writes it, with this installation's folders and port."""
    here = said.command.replace("127.0.0.1:8400", f"127.0.0.1:{given['TWENTYDAYS_WEB_PORT']}")
    words = shlex.split(here.replace(".venv/bin", str(BIN)).replace("var/", f"{var}/"))
    settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    if any(name.startswith("TEMPORAL_") for name in settings):
        given = {name: value for name, value in given.items() if not name.startswith("TEMPORAL_")}
    return subprocess.run(
        words[len(settings) :],
        check=False,
        cwd=ROOT,
        env=given | settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_line_that_was_not_printed_is_missed() -> None:
    said = Said("x", ("one", GAP, "three"))
    assert missing(said, "one\ntwo\nthree\n") == []
    assert missing(said, "one\ntwo\n") == ["three"]
    assert missing(Said("x", ("one", "three")), "one\ntwo\nthree\n") == ["three"]
    assert missing(Said("x", ("one",)), "one\ntwo\n") != []
