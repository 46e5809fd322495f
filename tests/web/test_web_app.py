"""What the application says to everybody, and to whom it says nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from web.__main__ import NotLoopback, check_host

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", ["/", "/mail", "/nowhere", "/static/site.css", "/health/live"])
def test_every_answer_refuses_what_a_browser_might_leak(browser: httpx2.Client, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_process_says_that_it_lives(browser: httpx2.Client) -> None:
    assert browser.get("/health/live").json() == {"status": "live"}


def test_the_index_leads_to_the_mail_and_to_temporals_pages(browser: httpx2.Client) -> None:
    text = browser.get("/").text
    assert 'href="/mail"' in text
    assert 'href="http://127.0.0.1:18999/"' in text


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example", ""])
def test_nothing_is_served_under_another_name(browser: httpx2.Client, host: str) -> None:
    assert browser.get("/mail", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8400", "[::1]:8400"])
def test_this_machine_may_go_by_any_of_its_names(browser: httpx2.Client, host: str) -> None:
    assert browser.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "intranet.council.example", ""])
def test_it_refuses_to_be_served_to_other_machines(host: str) -> None:
    with pytest.raises(NotLoopback, match=r"TWENTYDAYS_WEB_HOST.*no sign-in yet"):
        check_host(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_it_may_be_served_on_this_machine(host: str) -> None:
    check_host(host)


def test_the_command_refuses_another_host_in_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "web"], env=told(tmp_path, "0.0.0.0", 1), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("TWENTYDAYS_WEB_HOST is '0.0.0.0'")
    assert "Traceback" not in ended.stderr


def test_the_command_serves_until_it_is_told_to_stop_and_logs_no_path(tmp_path: Path, free_port: int) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "web"], env=told(tmp_path, "127.0.0.1", free_port), stderr=subprocess.PIPE, text=True
    )
    assert serving.stderr
    said = ""
    while "running on" not in said:
        line = serving.stderr.readline()
        assert line, said
        said += line
    assert httpx2.get(f"http://127.0.0.1:{free_port}/secret-of-a-link", timeout=120).status_code == 404
    serving.send_signal(signal.SIGTERM)
    _, rest = serving.communicate(timeout=120)
    assert serving.returncode == 0
    assert "secret-of-a-link" not in said + rest


def told(var: Path, host: str, port: int) -> dict[str, str]:
    ours = {"TWENTYDAYS_VAR": str(var), "TWENTYDAYS_WEB_HOST": host, "TWENTYDAYS_WEB_PORT": str(port)}
    return os.environ | ours | {"PYTHONPATH": str(ROOT)}
