"""A small installation for a short soak."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.soak.plan import Soak
from tests.soak.stack import Stack, running

SHORT = Soak(
    escalations=20, kills=2, catcher_kills=0, server_kills=0, lead=15, spread=6, impatient=6, patience=600, seed=1
)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Stack]:
    """Temporal's development server and a mail catcher, at a quarter of a minute before everything lapses."""
    async with running(tmp_path, SHORT) as stack:
        yield stack
