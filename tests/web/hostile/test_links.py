"""What do links that are none open, and cookies that are none?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from itsdangerous import TimestampSigner

from tests.serving import PLAIN
from tests.web.bench import SAME_SITE, Bench, Page, browsing
from tests.web.hostile.attempts import foreign
from tests.web.hostile.signed import Nobody, SignedPage

State = Callable[[], tuple[Any, ...]]


def test_every_token_that_is_not_ours_gets_the_same_page_which_says_nothing(
    page: SignedPage, bench: Bench, path: str, machine: httpx2.Client, state: State
) -> None:
    before = state()
    tokens = foreign(bench, page, path)
    answers = {machine.get(page.prefix + token).text for token in tokens}
    assert len(answers) == 1
    (told,) = answers
    assert "We do not know this link" in told
    assert not [word for word in (*page.secrets, "Southwark", bench.reference) if word in told]
    for token in tokens:
        assert machine.get(page.prefix + token).status_code == 404
        assert machine.post(page.prefix + token, json={"response_id": "r", "text": "x"}).status_code == 404
        for aside in page.aside:
            answer = machine.post(page.prefix + token + aside, data={"act": "ask"}, headers=SAME_SITE)
            assert answer.status_code == 404
    assert state() == before


def test_a_genuine_token_for_a_role_that_it_is_not_for_opens_nothing(
    page: SignedPage, bench: Bench, entry: int, machine: httpx2.Client
) -> None:
    link = page.path(bench, entry, "head_of_service", "carol.whitfield@council.example")
    answer = machine.get(link)
    assert answer.status_code == 410
    assert not [word for word in page.secrets if word in answer.text]


def test_a_token_that_is_replayed_with_another_cookie_shows_nothing(page: SignedPage, path: str, address: str) -> None:
    with browsing(address) as browser:
        page.confirmed(browser, path)
        (cookie,) = browser.cookies.jar
    for value in (str(cookie.value)[:-1], str(cookie.value) + "A", "x", "", "W10.aaaa.bbbb"):
        answer = httpx2.get(address + path, cookies={cookie.name: value}, verify=PLAIN, timeout=120)
        assert not [word for word in page.secrets if word in answer.text]


def test_a_confirmation_is_for_one_kind_of_page_and_out_of_reach_of_scripts(
    page: SignedPage, bench: Bench, path: str, temporal: Nobody
) -> None:
    bench.settings = bench.settings.model_copy(update={"public_url": "https://disputes.council.example"})
    with page.served(bench, temporal) as address, browsing(address) as browser:
        page.confirmed(browser, path)
        (cookie,) = browser.cookies.jar
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert (cookie.path, cookie.get_nonstandard_attr("SameSite")) == (page.prefix, "lax")
    assert cookie.expires
    assert 1700 < cookie.expires - datetime.now(UTC).timestamp() <= 1800


def test_a_confirmation_that_a_browser_keeps_for_longer_opens_nothing(
    page: SignedPage, path: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with browsing(address) as browser:
        with monkeypatch.context() as half_an_hour_ago:
            now = TimestampSigner.get_timestamp
            half_an_hour_ago.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) - 1805)
            page.confirmed(browser, path)
        answer = browser.get(path)
        assert browser.cookies.jar
    assert ("act", "confirm") in Page(answer.text).form.buttons
    assert not [word for word in page.secrets if word in answer.text]
