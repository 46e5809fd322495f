"""What machines get that open, follow and press everything: no case data, and no change."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import JSON, SAME_SITE, Bench, Page, browsing, confirmed
from tests.web.hostile.attempts import scan
from tests.web.hostile.watched import SECRETS


@pytest.mark.parametrize("headers", [{}, SAME_SITE, {"Origin": "ours"}, JSON])
def test_a_scanner_that_opens_follows_and_submits_everything_changes_nothing_and_sees_nothing(
    bench: Bench, address: str, headers: dict[str, str]
) -> None:
    told = {name: address if value == "ours" else value for name, value in headers.items()}
    shown: list[str] = []
    keep: dict[str, Any] = {"response": [lambda answer: shown.append(answer.read().decode())]}
    how: dict[str, Any] = {"headers": told, "follow_redirects": True, "event_hooks": keep, "verify": PLAIN}
    before = bench.state
    with httpx2.Client(base_url=address, **how) as scanner:
        scan(scanner, bench.path())
    assert len(shown) > 3
    assert bench.state == before
    assert not [word for word in SECRETS if word in "".join(shown)]


def test_a_scanner_inside_a_browser_that_is_confirmed_changes_nothing_either(bench: Bench, address: str) -> None:
    before = bench.state
    with browsing(address) as browser:
        confirmed(browser, bench.path())
        seen = scan(browser, bench.path())
    assert {bench.path(), f"{bench.path()}/more-time", f"{bench.path()}/somebody-else"} <= seen
    assert bench.state == before


def test_an_empty_post_says_what_is_missing(bench: Bench, address: str) -> None:
    before = bench.state
    with browsing(address) as browser:
        answer = browser.post(bench.path())
        assert answer.status_code == 422
        assert Page(answer.text).title.startswith("Error: ")
        assert "Enter the email address to which this link was sent." in answer.text
        confirmed(browser, bench.path())
        empty = Page(browser.post(bench.path()).text)
        assert empty.title.startswith("Error: ")
        assert "Answer at least one of the requested actions" in empty.text
        assert "This page was not complete." in empty.text
    assert bench.state == before


def test_a_page_that_opens_runs_no_script_and_refreshes_nothing(bench: Bench, address: str) -> None:
    with browsing(address) as browser:
        pages = [browser.get(bench.path()).text]
        confirmed(browser, bench.path())
        pages += [browser.get(bench.path() + more).text for more in ("", "/more-time", "/somebody-else")]
    for page in pages:
        assert not re.search(r"<script|http-equiv|onload|onclick|javascript:", page, re.IGNORECASE)
        assert "?" not in "".join(Page(page).links)
