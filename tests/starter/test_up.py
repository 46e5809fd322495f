"""That one command brings everything up, keeps it up, says where it is, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from starter.embedded.ports import is_free
from starter.embedded.temporal_server import binary
from workflows.search_attributes import KEYS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120
"""Seconds: for what hangs. How quick it is, no test says."""
VARIABLES = ("TEMPORAL_ADDRESS", "TWENTYDAYS_TEMPORAL_UI_PORT", "TWENTYDAYS_SMTP_PORT", "TWENTYDAYS_WEB_PORT")


@dataclass
class Up:
    """A stack that was brought up by the command, as a process of its own."""

    told: dict[str, str]
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return Path(self.told["TWENTYDAYS_VAR"])

    @property
    def temporal(self) -> str:
        return self.told["TEMPORAL_ADDRESS"]

    def port(self, variable: str) -> int:
        return int(self.told[variable].rpartition(":")[2])

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port('TWENTYDAYS_WEB_PORT')}"

    def read_until(self, words: str) -> str:
        """Everything said up to and with the line that has these words."""
        out = self.process.stdout
        assert out
        while line := out.readline():
            self.said.append(line)
            if words in line:
                return "".join(self.said)
        raise AssertionError("".join(self.said))


def free_ports() -> dict[str, str]:
    probes = [socket.socket() for _ in VARIABLES]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return dict(zip(VARIABLES, (f"127.0.0.1:{numbers[0]}", *map(str, numbers[1:])), strict=True))


def environment(var: Path, ports: dict[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "TWENTYDAYS_"))}
    return clean | ports | {"TWENTYDAYS_VAR": str(var), "PYTHONPATH": str(ROOT)}


def command(told: dict[str, str], errors: int) -> subprocess.Popen[str]:
    """The command as a process of its own; `errors` says where its complaints go."""
    words = [sys.executable, "-m", "starter.up"]
    return subprocess.Popen(
        words, env=told, cwd=told["TWENTYDAYS_VAR"], text=True, stdout=subprocess.PIPE, stderr=errors
    )


def run(told: dict[str, str]) -> tuple[int, str]:
    """Run the command where it will refuse; its exit code, and what it says."""
    process = command(told, subprocess.PIPE)
    out, err = process.communicate(timeout=PATIENCE)
    assert out == ""
    return process.returncode, err


@contextmanager
def brought_up(var: Path) -> Iterator[Up]:
    """The stack, until the block is left; killed then if it is still up."""
    told = environment(var, free_ports())
    up = Up(told, command(told, subprocess.STDOUT))
    try:
        up.read_until("Twentydays is up")
        up.read_until("--type current_stage")
        yield up
    finally:
        up.process.kill()
        up.process.communicate()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with brought_up(tmp_path_factory.mktemp("up")) as up:
        yield up


def temporal(up: Up, *words: str) -> str:
    """What Temporal's own command says, by the profile that was written."""
    told = {name: value for name, value in up.told.items() if not name.startswith("TEMPORAL_")}
    told["TEMPORAL_CONFIG_FILE"] = str(up.var / "temporal.toml")
    ran = subprocess.run(
        [str(binary()), *words], env=told, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode == 0, f"{words}: {ran.stderr}{ran.stdout}"
    return ran.stdout


def test_the_temporal_command_reads_the_sample_as_soon_as_it_is_said_how_with_the_profile_that_was_written(
    up: Up,
) -> None:
    (query,) = re.findall(r"temporal (workflow query .+)", "".join(up.said))
    asked = temporal(up, *query.split())
    assert "stage" in asked
    assert "southwark" in asked
    patiently(lambda: "escalation/southwark/SWK-2026-0001" in temporal(up, "workflow", "list"))


def test_it_says_where_everything_is_and_it_is_there(up: Up) -> None:
    said = "".join(up.said)
    ui = f"http://127.0.0.1:{up.port('TWENTYDAYS_TEMPORAL_UI_PORT')}/namespaces/default/workflows"
    for place in (f"{up.web}/", f"{up.web}/mail", ui):
        assert place in said
        assert httpx2.get(place, timeout=PATIENCE).status_code == 200
    for place in (up.temporal, f"{up.web}/codec", "register.db", "temporal.toml", "log"):
        assert place in said
    assert (up.var / "register.db").exists()


def test_mail_that_is_sent_is_on_the_mail_page(up: Up) -> None:
    with smtplib.SMTP("127.0.0.1", up.port("TWENTYDAYS_SMTP_PORT")) as client:
        client.sendmail("a@council.example", ["b@council.example"], "Subject: A word to catch\r\n\r\nbody")
    assert "A word to catch" in httpx2.get(f"{up.web}/mail", timeout=PATIENCE).text


async def test_temporal_keeps_closed_escalations_for_ninety_days_and_knows_what_to_find_them_by(up: Up) -> None:
    client = await Client.connect(up.temporal)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta().days == 90
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert {key.name for key in KEYS} <= set(known.custom_attributes)


def test_a_second_one_on_the_same_folder_says_that_it_is_up_already_and_where(up: Up) -> None:
    code, said = run(environment(up.var, free_ports()))
    assert code == 1
    assert f"It is already up on {up.var}: process {up.process.pid}, {up.web}/." in said


def test_every_port_that_is_taken_is_named_before_anything_is_started(up: Up, tmp_path: Path) -> None:
    code, said = run(up.told | {"TWENTYDAYS_VAR": str(tmp_path)})
    assert code == 1
    for variable, line in zip(VARIABLES, said.splitlines(), strict=True):
        assert line.startswith(f"Port {up.port(variable)} is taken by process ")
        assert variable in line
    assert not (tmp_path / "log").exists()


def test_a_child_that_was_killed_is_started_again(up: Up) -> None:
    (mail,) = [pid for pid, words in children(up).items() if "catcher" in words]
    os.kill(mail, signal.SIGKILL)
    assert "mail was ended by SIGKILL; starting it again in 0.2 s" in up.read_until("mail was ended")
    patiently(lambda: not is_free(up.port("TWENTYDAYS_SMTP_PORT")))
    with smtplib.SMTP("127.0.0.1", up.port("TWENTYDAYS_SMTP_PORT")) as client:
        assert client.noop()[0] == 250


@pytest.fixture(scope="module")
def stopped(up: Up) -> tuple[Up, dict[int, str], str]:
    """The stack after it was told to stop, what it was made of, and its last words. Wherever these two tests run."""
    pids = children(up)
    up.process.send_signal(signal.SIGINT)
    return up, pids, up.read_until("Stopped.")


def test_told_to_stop_it_stops_the_worker_first_then_all_else_and_ends_with_0(
    stopped: tuple[Up, dict[int, str], str],
) -> None:
    up, pids, said = stopped
    assert "Stopping: worker, web, mail, temporal" in said
    assert up.process.wait(timeout=PATIENCE) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert all(is_free(up.port(variable)) for variable in VARIABLES)


def test_brought_up_again_it_has_the_same_sample_once_and_killed_it_takes_everything_with_it(
    stopped: tuple[Up, dict[int, str], str],
) -> None:
    up, *_ = stopped
    assert up.process.wait(timeout=PATIENCE) == 0
    with brought_up(up.var) as again:
        counted = temporal(again, "workflow", "count")
        pids = children(again)
        again.process.kill()
    assert counted.split() == ["Total:", "1"]
    assert len(pids) == 4
    patiently(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"TEMPORAL_ADDRESS": "temporal.council.example:7233"}, "runs its own Temporal server on this machine"),
        ({"TEMPORAL_ADDRESS": "127.0.0.1:0"}, "TEMPORAL_ADDRESS is '127.0.0.1:0'"),
        ({"TWENTYDAYS_SMTP_USER": "u", "TWENTYDAYS_SMTP_PASSWORD": "p"}, "`up` catches all mail itself"),
        ({"TWENTYDAYS_WEB_PROT": "8400"}, "TWENTYDAYS_WEB_PROT: is not a setting"),
    ],
)
def test_what_it_cannot_do_is_refused_in_words(told: dict[str, str], said: str, tmp_path: Path) -> None:
    code, words = run(environment(tmp_path, free_ports()) | told)
    assert code == 1
    assert said in words
    assert "Traceback" not in words


def test_a_child_that_keeps_dying_stops_everything_and_its_last_words_are_shown(tmp_path: Path) -> None:
    (tmp_path / "temporal.db").write_bytes(b"this is no database" * 100)
    process = command(environment(tmp_path, free_ports()), subprocess.STDOUT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.count("temporal ended with code 1; starting it again") == 4
    assert "temporal ended with code 1, 5 times in a row. The last lines of" in said
    assert "file is not a database" in said
    assert said.rstrip().endswith(f"All that it keeps is in {tmp_path}.")


def children(up: Up) -> dict[int, str]:
    """The commands of the processes that the stack has started, by their ids."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it has ended since
            continue
        if parent == up.process.pid:
            found[int(folder.name)] = words
    return found


def patiently(true: Callable[[], bool]) -> None:
    """Ask until it is so, until it is plain that it will not be."""
    give_up = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)
