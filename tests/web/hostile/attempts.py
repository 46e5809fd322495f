"""What is tried on pages behind our links: tokens that are none of ours, and a scanner that presses everything."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from activities.links import Links, signing_keys
from config.keys import KeyRing
from tests.web.bench import MAEVE, Bench, Page
from tests.web.hostile.watched import FORM


def foreign(bench: Bench) -> list[str]:
    """Forged, truncated, foreign, for another reference: none of them is ours."""
    token = bench.path().removeprefix("/reply/")
    said, _, signed = token.rpartition(".")
    stranger = KeyRing.generate()
    others = Links(signing_keys(stranger.active, stranger.keys), "")
    confirming = signing_keys(bench.ring.active, bench.ring.keys, "reply-confirmed.v1")
    elsewhere = Links([*bench.ring.keys.values()], "").link("SWK-2026-0042", 2, "operational_manager", MAEVE)
    other = Links(confirming, "").link("SWK-2026-0042", 2, "operational_manager", MAEVE)
    return [
        token[:-1],
        token[1:],
        f"{said}.{signed[:20]}",
        f"{said}x.{signed}",
        said,
        "x",
        "SWK-2026-0042",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "a" * 5000,
        "%F0%9F%98%80",
        *(link.removeprefix("/reply/") for link in (elsewhere, other)),
        others.link("SWK-2026-0042", 2, "operational_manager", MAEVE).removeprefix("/reply/"),
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
