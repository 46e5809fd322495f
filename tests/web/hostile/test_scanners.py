"""What machines get that open, follow and press everything: no case data, and no change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import JSON, SAME_SITE, Page, browsing
from tests.web.hostile.attempts import scan
from tests.web.hostile.signed import STATES, SignedPage

State = Callable[[], tuple[Any, ...]]
in_every_state = pytest.mark.parametrize("page", STATES.values(), ids=STATES)


@in_every_state
@pytest.mark.parametrize("headers", [{}, SAME_SITE, {"Origin": "ours"}, JSON])
def test_a_scanner_that_opens_follows_and_submits_everything_changes_nothing_and_sees_nothing(
    page: SignedPage, path: str, address: str, state: State, headers: dict[str, str]
) -> None:
    told = {name: address if value == "ours" else value for name, value in headers.items()}
    shown: list[str] = []
    keep: dict[str, Any] = {"response": [lambda answer: shown.append(answer.read().decode())]}
    how: dict[str, Any] = {
        "headers": told,
        "follow_redirects": True,
        "event_hooks": keep,
        "verify": PLAIN,
        "timeout": 120,
    }
    before = state()
    with httpx2.Client(base_url=address, **how) as scanner:
        scan(scanner, path)
    assert len(shown) > 3
    assert state() == before
    assert not [word for word in page.secrets if word in "".join(shown)]


@in_every_state
def test_a_scanner_inside_a_browser_that_is_confirmed_changes_nothing_either(
    page: SignedPage, path: str, address: str, state: State
) -> None:
    before = state()
    with browsing(address) as browser:
        page.confirmed(browser, path)
        seen = scan(browser, path)
    assert {path, *(path + more for more in page.aside)} <= seen
    assert state() == before


@in_every_state
def test_an_empty_post_says_what_is_missing(page: SignedPage, path: str, address: str, state: State) -> None:
    before = state()
    with browsing(address) as browser:
        answer = browser.post(path)
        assert answer.status_code == 422
        assert Page(answer.text).title.startswith("Error: ")
        assert "Enter the email address to which this link was sent." in answer.text
        page.confirmed(browser, path)
        empty = Page(browser.post(path).text)
        assert empty.title.startswith("Error: ") is bool(page.missing)
        for words in page.missing:
            assert words in empty.text
    assert state() == before


@in_every_state
def test_a_page_that_opens_runs_no_script_and_refreshes_nothing(page: SignedPage, path: str, address: str) -> None:
    with browsing(address) as browser:
        opened = [browser.get(path).text]
        page.confirmed(browser, path)
        opened += [browser.get(path + more).text for more in ("", *page.aside)]
    for each in opened:
        assert not re.search(r"<script|http-equiv|onload|onclick|javascript:", each, re.IGNORECASE)
        assert "?" not in "".join(Page(each).links)
