"""An escalation that was closed with a promise, the question whether it was kept, and a browser on its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.web.asked_about import asked, asking_served, closed
from tests.web.bench import Bench, browsing


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return closed(Bench(tmp_path))


@pytest.fixture
def entry(bench: Bench) -> int:
    return asked(bench)


@pytest.fixture
def browser(bench: Bench) -> Iterator[httpx2.Client]:
    with asking_served(bench) as address, browsing(address) as browser:
        yield browser
