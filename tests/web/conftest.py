"""The pages as they are served, on a port of their own, over a folder of emails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from config.codec import KeyRing
from config.settings import Settings
from tests.serving import PLAIN, serving
from web.app import create_app


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, temporal_ui_port=18999)


@pytest.fixture
def folder(settings: Settings) -> Path:
    settings.mail_folder.mkdir()
    return settings.mail_folder


@pytest.fixture
def address(settings: Settings, ring: KeyRing) -> Iterator[str]:
    """Where the pages answer."""
    with serving(create_app(settings, ring)) as address:
        yield address


@pytest.fixture
def browser(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, verify=PLAIN, timeout=120) as client:
        yield client


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
