"""The reply pages with one escalation behind them, a machine that asks for them, and a listener to every log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import Bench, served
from tests.web.hostile.watched import EverythingLogged


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).raised()


@pytest.fixture
def address(bench: Bench) -> Iterator[str]:
    with served(bench) as address:
        yield address


@pytest.fixture
def machine(address: str) -> Iterator[httpx2.Client]:
    """A client that says nothing of itself, and keeps no cookies from one request to the next unless told."""
    with httpx2.Client(base_url=address, timeout=30, verify=PLAIN) as client:
        yield client


@pytest.fixture(autouse=True)
def logged(bench: Bench) -> Iterator[EverythingLogged]:
    """No test of this folder may leave a token, or any part of one that opens something, in any log."""
    handler, root = EverythingLogged(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    said = "\n".join(handler.said)
    token = bench.path().removeprefix("/reply/")
    assert handler.said
    for part in (token, *token.split("."), "/reply/"):
        assert part not in said
