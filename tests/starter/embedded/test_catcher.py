"""That the catcher keeps what it accepted, and what it says of it."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from starter.embedded.catcher import Catcher, keep

ROOT = Path(__file__).resolve().parents[3]
MESSAGE = b"From: iro@council.example\r\nTo: manager@council.example\r\nSubject: Alert\r\n\r\n.\r\nbody\r\n"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def catcher(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The catcher as its own process, taking mail."""
    told = {"TWENTYDAYS_VAR": str(tmp_path), "TWENTYDAYS_SMTP_PORT": str(port), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "starter.embedded.catcher"], env=os.environ | told, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "Taking mail" in process.stderr.readline()
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


def kept(var: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((var / "mail").glob("*.eml"))]


def test_a_message_is_kept_as_it_was_sent_with_its_envelope_in_front(
    catcher: subprocess.Popen[str], tmp_path: Path, port: int
) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("bounces@council.example", ["manager@council.example", "zoe@council.example"], MESSAGE)
    (content,) = kept(tmp_path)
    assert content.endswith(MESSAGE)
    email = message_from_bytes(content, policy=policy.default)
    assert email["X-Envelope-From"] == "bounces@council.example"
    assert email.get_all("X-Envelope-To") == ["manager@council.example", "zoe@council.example"]
    assert email["Subject"] == "Alert"


def test_killing_the_catcher_right_after_250_loses_nothing(
    catcher: subprocess.Popen[str], tmp_path: Path, port: int
) -> None:
    client = smtplib.SMTP("127.0.0.1", port)
    for number in range(20):
        client.sendmail("a@council.example", ["b@council.example"], MESSAGE + b"%d" % number)
    catcher.kill()
    catcher.wait()
    client.close()
    assert sorted(content.splitlines()[-1] for content in kept(tmp_path)) == sorted(b"%d" % n for n in range(20))


def test_a_message_and_its_name_are_on_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, list[str]]] = []
    really = os.fsync

    def noted(handle: int) -> None:
        there = [path.name for path in tmp_path.iterdir()]
        synced.append((Path(f"/proc/self/fd/{handle}").readlink().name, there))
        really(handle)

    monkeypatch.setattr(os, "fsync", noted)
    name = keep(tmp_path, "a@council.example", ["b@council.example"], MESSAGE)
    assert synced == [(f".{name}.draft", [f".{name}.draft"]), (tmp_path.name, [name])]


async def test_what_cannot_be_kept_is_put_off_and_not_accepted(tmp_path: Path) -> None:
    catcher = Catcher(tmp_path / "mail")
    (tmp_path / "mail").rmdir()
    envelope = Envelope()
    envelope.original_content = MESSAGE
    answer = await catcher.handle_DATA(SMTP(catcher), Session(asyncio.get_running_loop()), envelope)
    assert answer.startswith("452 4.3.1")


def test_nobody_can_write_a_line_into_the_envelope(catcher: subprocess.Popen[str], tmp_path: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        for command in (b"MAIL FROM:<a@council.example\rX-Injected: 1>", b"MAIL FROM:<a@council.example>"):
            client.send(command + b"\r\n")
            client.getreply()
        for command in (b"RCPT TO:<b@council.example\rX-Injected: 1>", b"RCPT TO:<b@council.example>"):
            client.send(command + b"\r\n")
            client.getreply()
        client.data(MESSAGE)
    (content,) = kept(tmp_path)
    assert "X-Injected" not in message_from_bytes(content, policy=policy.default)


def test_an_address_with_a_line_in_it_is_kept_on_one_line(tmp_path: Path) -> None:
    name = keep(tmp_path, "a\r\nX-Injected: 1", ["b\rX-Injected: 2", "c\x85X-Injected: 3"], MESSAGE)
    email = message_from_bytes((tmp_path / name).read_bytes(), policy=policy.default)
    assert "X-Injected" not in email
    assert email["X-Envelope-From"] == "a??X-Injected: 1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_without_complaint(catcher: subprocess.Popen[str], number: signal.Signals) -> None:
    catcher.send_signal(number)
    assert catcher.wait(timeout=120) == 0


def test_it_takes_mail_of_this_machine_alone(catcher: subprocess.Popen[str], port: int) -> None:
    listening = Path("/proc/net/tcp").read_text().upper()
    assert f"0100007F:{port:04X}" in listening
    assert f"00000000:{port:04X}" not in listening
