"""What does each test need to run? Marked by the fixtures it uses, so that `pytest -m nothing` needs nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakSet

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event

from tests import harness

NEEDS = {
    "a_case": "time_skipping",
    "rehearse": "time_skipping",
    "server": "development_server",
    "up": "development_server",
    "postgresql": "postgresql",
    "prepared": "postgresql",
    "mail_server": "smtp",
    "new_mail_server": "smtp",
    "catcher": "smtp",
}
"""The fixture that brings something up, and the marker of whatever uses it."""
FIRST = (
    "tests/soak/test_soak.py::test_nothing_is_lost",
    "tests/web/reply/test_outcome.py::test_with_worker_and_temporal_killed",
    "tests/web/test_api_schema.py",
    "tests/house/test_readme.py::test_the_commands",
)
"""What takes longest, and partly waits for real clocks: begun last, it would be waited for by all other processes."""
ADDRESSES = {"tests/config/test_connect.py": "development_server"}
"""Where a fixture called `address` is a server's; elsewhere it is that of a page."""
UNTIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
"""How long an example may take, no property says: the machine may be busy."""
OPENED: WeakSet[Engine] = WeakSet()
"""Registers that hold files, or connections, since a file of tests began; what is used again opens again."""
settings.register_profile("the same for everybody", derandomize=True, **UNTIMED)
settings.register_profile("drawn anew", derandomize=False, **UNTIMED)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    for item in items:
        for marker in sorted(_needs(item)) or ["nothing"]:
            item.add_marker(marker)


def _needs(item: pytest.Item) -> set[str]:
    """By its fixtures, and by a parameter that is a fixture's name: one of two databases, say."""
    names = set(getattr(item, "fixturenames", ()))
    params = getattr(getattr(item, "callspec", None), "params", {})
    names |= {value for value in params.values() if isinstance(value, str)}
    found = {NEEDS[name] for name in names if name in NEEDS}
    place = item.nodeid.partition("::")[0]
    return found | ({ADDRESSES[place]} if "address" in names and place in ADDRESSES else set())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-workflow-cache", action="store_true", help="replay workflows at each task: finds nondeterminism"
    )
    parser.addoption(
        "--every-request", action="store_true", help="send the API every request that is generated, not one of a kind"
    )
    parser.addoption(
        "--fresh-examples", action="store_true", help="draw new examples for the properties, not the same each time"
    )


def pytest_configure(config: pytest.Config) -> None:
    """A change fails for what it changed, not for what chance has found; the search goes on in `make soak`."""
    settings.load_profile("drawn anew" if config.getoption("--fresh-examples") else "the same for everybody")


@event.listens_for(Engine, "engine_connect")
def _opened(connection: Connection) -> None:
    OPENED.add(connection.engine)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """A command leaves its register open to the end of its process: here a thousand share one, and its 1,024 files."""
    if nextitem is None or nextitem.path != item.path:
        while OPENED:
            OPENED.pop().dispose()


@pytest.fixture
def a_case(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`async with a_case("southwark", at="2025-12-22 10:00") as case`; see tests/harness.py."""
    if request.config.getoption("--no-workflow-cache"):
        return partial(harness.a_case, max_cached_workflows=0)
    return harness.a_case
