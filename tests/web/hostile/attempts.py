"""What is tried on pages behind our links: tokens that are none of ours, and a scanner that presses everything."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from activities.links import Links, signing_keys
from config.keys import KeyRing
from tests.web.bench import Bench, Page
from tests.web.hostile.signed import PAGES, SignedPage

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def foreign(bench: Bench, page: SignedPage, path: str) -> list[str]:
    """Forged, truncated, of another page, for another reference: none of them is this page's."""
    token = path.removeprefix(page.prefix)
    said, _, signed = token.rpartition(".")
    entry, stranger = bench.entries[-1].n, KeyRing.generate()
    confirming = signing_keys(bench.ring.active, bench.ring.keys, "reply-confirmed.v1")
    keys = (signing_keys(stranger.active, stranger.keys), [*bench.ring.keys.values()], confirming)
    forged = [page.making(Links(each, ""))(bench.reference, entry, page.role, page.reader) for each in keys]
    elsewhere = [
        other.path(bench, entry, page.role, page.reader).removeprefix(other.prefix)
        for other in PAGES.values()
        if other.prefix != page.prefix
    ]
    return [
        token[:-1],
        token[1:],
        f"{said}.{signed[:20]}",
        f"{said}x.{signed}",
        said,
        "x",
        bench.reference,
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "a" * 5000,
        "%F0%9F%98%80",
        *(link.removeprefix(page.prefix) for link in forged),
        *elsewhere,
    ]


def scan(client: httpx2.Client, start: str) -> set[str]:
    """Open and follow everything, and send every form as it stands with each of its buttons, and with none."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for method in ("HEAD", "GET", "OPTIONS"):
            answer = client.request(method, path)
        page = Page(client.get(path).text)
        found = [page, *(Page(answer.text) for answer in _sent_as_it_stands(client, page))]
        found += [Page(answer.text) for again in found[1:] for answer in _sent_as_it_stands(client, again)]
        assert answer.status_code in {200, 405, 410}
        waiting += [urlsplit(link).path for each in found for link in each.links if link.startswith("/")]
        waiting += [form.action for each in found for form in each.forms]
    return seen


def _sent_as_it_stands(client: httpx2.Client, page: Page) -> list[httpx2.Response]:
    """As a form, with and without its buttons, and as a script would; and empty."""
    answers = []
    for form in page.forms:
        for button in [*form.buttons, None]:
            data = form.fields | (dict([button]) if button else {})
            answers.append(client.post(form.action, data=data))
            answers.append(client.post(form.action, json=data))
        answers.append(client.post(form.action))
        answers.append(client.post(form.action, headers=FORM))
    return answers
