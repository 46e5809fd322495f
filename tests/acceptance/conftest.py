"""How is a scenario played?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from starter.rehearsal.performance import perform
from starter.rehearsal.scenario import read_scenario

Rehearse = Callable[..., Awaitable[dict[str | None, dict[str, Any]]]]


@pytest.fixture
def rehearse() -> Rehearse:
    """The transcripts of a scenario file, as JSON says them, by the names of its variants; None where it has none."""

    async def play(path: Path, own: Path | None = None) -> dict[str | None, dict[str, Any]]:
        scenario = read_scenario(path)
        names = [variant["name"] for variant in scenario.given.variants] or [None]
        played = zip(names, scenario.variants(), strict=True)
        return {name: (await perform(variant, own)).model_dump(mode="json") for name, variant in played}

    return play
