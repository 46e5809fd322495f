"""The steps of an answer that tests of other things take: filled in and shown to be checked, and sent."""

from __future__ import annotations

import httpx2

from tests.web.bench import Bench, Page, press


def checked(browser: httpx2.Client, page: Page) -> Page:
    return Page(press(browser, page, "answer", kind_1="done", detail_1="the minutes").text)


def answer_sent(browser: httpx2.Client, page: Page, bench: Bench) -> httpx2.Response:
    return press(browser, checked(browser, page), "send")
