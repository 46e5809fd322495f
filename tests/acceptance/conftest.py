"""How is a scenario played?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from starter.rehearsal.performance import perform
from starter.rehearsal.scenario import read_scenario


@pytest.fixture
def rehearse() -> Callable[[Path], Awaitable[dict[str, Any]]]:
    """The transcript of a scenario file, as JSON says it."""

    async def play(path: Path) -> dict[str, Any]:
        return (await perform(read_scenario(path))).model_dump(mode="json")

    return play
