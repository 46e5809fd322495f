"""Each page behind our links with an escalation behind it, a machine that asks for it, and a listener to every log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import Bench
from tests.web.hostile.signed import PAGES, Nobody, SignedPage
from tests.web.hostile.watched import EverythingLogged


@pytest.fixture(params=list(PAGES.values()), ids=list(PAGES))
def page(request: pytest.FixtureRequest) -> SignedPage:
    found: SignedPage = request.param
    return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def entry(page: SignedPage, bench: Bench) -> int:
    """The entry of the history that the link names."""
    return page.begun(bench)


@pytest.fixture
def path(page: SignedPage, bench: Bench, entry: int) -> str:
    """Where the link leads that a person was sent."""
    return page.path(bench, entry)


@pytest.fixture
def temporal() -> Nobody:
    return Nobody()


@pytest.fixture
def state(bench: Bench, path: str, temporal: Nobody) -> Callable[[], tuple[Any, ...]]:
    """All that a request could change: what is kept, and what was to be done by a workflow."""
    assert path
    return lambda: (*bench.state, temporal.called)


@pytest.fixture
def address(page: SignedPage, bench: Bench, path: str, temporal: Nobody) -> Iterator[str]:
    assert path
    with page.served(bench, temporal) as address:
        yield address


@pytest.fixture
def machine(address: str) -> Iterator[httpx2.Client]:
    """A client that says nothing of itself, and keeps no cookies from one request to the next unless told."""
    with httpx2.Client(base_url=address, timeout=120, verify=PLAIN) as client:
        yield client


@pytest.fixture(autouse=True)
def logged(page: SignedPage, path: str) -> Iterator[EverythingLogged]:
    """No test of this folder may leave a token in any log, nor any part of one that opens something, nor a name."""
    handler, root = EverythingLogged(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    said = "\n".join(handler.said)
    token = path.removeprefix(page.prefix)
    assert handler.said
    for part in (token, *token.split("."), page.prefix, *page.secrets):
        assert part not in said
