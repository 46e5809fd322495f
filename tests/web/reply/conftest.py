"""One escalation of Southwark's, the reply pages over it, and a browser on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.web.bench import Bench, browsing, served


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).raised()


@pytest.fixture
def browser(bench: Bench) -> Iterator[httpx2.Client]:
    with served(bench) as address, browsing(address) as browser:
        yield browser
