"""What hostile clients get: a clear refusal, no case data, no change."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import SAME_SITE, Bench, browsing, paces
from tests.web.hostile.attempts import FORM
from tests.web.hostile.signed import STATES, Nobody, SignedPage
from tests.web.hostile.watched import EverythingLogged

State = Callable[[], tuple[Any, ...]]


@pytest.mark.parametrize("page", STATES.values(), ids=STATES)
def test_the_log_of_an_answer_that_was_received_tells_the_reference_and_no_token(
    page: SignedPage, path: str, address: str, logged: EverythingLogged
) -> None:
    status, line = page.outcome
    with browsing(address) as browser:
        filled = page.filled(browser, page.confirmed(browser, path))
        answer = browser.post(path, data=filled)
    assert answer.status_code == status, answer.text
    assert any(line in said for said in logged.said)


def test_what_another_sites_page_sends_is_refused_and_changes_nothing(
    page: SignedPage, path: str, address: str, state: State
) -> None:
    host = urlsplit(address).netloc
    before = state()
    with browsing(address) as browser:
        data = page.filled(browser, page.confirmed(browser, path))
        cookies = dict(browser.cookies.items())
    tricks: list[dict[str, str]] = [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": address},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Origin": f"http://{host}.attacker.example"},
        {"Origin": "https://attacker.example", "X-Forwarded-Host": "attacker.example"},
        {"X-Forwarded-Host": host},
        {},
    ]
    for headers in tricks:
        answer = httpx2.post(address + path, data=data, headers=headers, cookies=cookies, timeout=120)
        assert answer.status_code == 403, headers
        assert not [word for word in page.secrets if word in answer.text]
    cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://attacker.example"}
    body = {"response_id": "r", "text": "x", "email": page.reader}
    assert httpx2.post(address + path, json=body, headers=cross, timeout=120).status_code == 403
    assert state() == before
    own = httpx2.post(address + path, data=data, headers={"Origin": address}, cookies=cookies, timeout=120)
    assert own.status_code == page.outcome[0]
    assert state() != before


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example"])
def test_nothing_is_served_under_another_name(path: str, machine: httpx2.Client, host: str) -> None:
    assert machine.get(path, headers={"Host": host}).status_code == 400


def test_headers_of_a_proxy_are_not_believed(path: str, machine: httpx2.Client) -> None:
    tricks = {
        "X-Forwarded-Host": "attacker.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "host=attacker.example",
        "X-Original-URL": "/mail",
        "X-HTTP-Method-Override": "POST",
    }
    plain, tricked = machine.get(path), machine.get(path, headers=tricks)
    assert tricked.text == plain.text
    assert "attacker" not in str(tricked.headers)


def test_a_line_break_in_what_is_sent_makes_no_header(page: SignedPage, path: str, machine: httpx2.Client) -> None:
    for broken in (f"{path}%0d%0aSet-Cookie:%20a=b", f"{page.prefix}x%0d%0aLocation:%20https://attacker.example"):
        answer = machine.get(broken)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
    email = f"{page.reader}\r\nSet-Cookie: a=b"
    answer = machine.post(path, data={"act": "confirm", "email": email}, headers=SAME_SITE)
    assert "a=b" not in str(answer.headers)


def test_ten_megabytes_are_refused_before_they_are_read(path: str, address: str, state: State) -> None:
    before = state()
    at = urlsplit(address)
    head = f"POST {path} HTTP/1.1\r\nHost: {at.netloc}\r\nSec-Fetch-Site: same-origin\r\n"
    head += "Content-Length: 10485760\r\n"
    with socket.create_connection((str(at.hostname), int(at.port or 0)), timeout=120) as raw:
        raw.sendall(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\ntext=".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")
    assert state() == before


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        ("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET {path} HTTP/1.1\r\nHost: {host}\r\nX: a\x00b\r\n\r\n", 400),
        ("GET {path}\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n", 400),
        ("GET http://attacker.example{path} HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n", 400),
        ("TRACE {path} HTTP/1.1\r\nHost: {host}\r\nCookie: a=b\r\nConnection: close\r\n\r\n", 405),
        ("PUT {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", 405),
    ],
)
def test_what_no_browser_sends_is_refused_and_not_sent_back(
    page: SignedPage, path: str, address: str, state: State, said: str, status: int
) -> None:
    before, at = state(), urlsplit(address)
    with socket.create_connection((str(at.hostname), int(at.port or 0)), timeout=120) as raw:
        raw.sendall(said.format(path=path, host=at.netloc).encode("latin-1"))
        raw.shutdown(socket.SHUT_WR)
        answer = raw.makefile("rb").read().decode("latin-1")
    assert answer.startswith(f"HTTP/1.1 {status} "), answer
    assert not [word for word in (*page.secrets, path, "a=b") if word in answer]
    assert state() == before


def test_ten_megabytes_whose_length_is_not_told_are_refused_too(path: str, machine: httpx2.Client) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * 65536

    answer = machine.post(path, content=parts(), headers=SAME_SITE | FORM)
    assert answer.status_code == 413
    assert "256 kilobytes" in answer.text


JSON = "application/json"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"act=send", "text/plain", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe=1", FORM["Content-Type"], 400),
        (b"&".join(b"a%d=1" % n for n in range(2000)), FORM["Content-Type"], 400),
        (b"{", JSON, 422),
        (b"[" * 100_000, JSON, 422),
        (b"null", JSON, 422),
        (b'{"do": {"a": 1}}', JSON, 422),
        (b'{"response_id": "\\ud800", "text": "x"}', JSON, 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(
    page: SignedPage, path: str, machine: httpx2.Client, state: State, content: bytes, kind: str, status: int
) -> None:
    before = state()
    answer = machine.post(path, content=content, headers={"Content-Type": kind, "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == (415 if kind == JSON and not page.takes_json else status)
    assert "Traceback" not in answer.text
    assert state() == before


@pytest.mark.parametrize("page", STATES.values(), ids=STATES)
def test_fields_that_no_form_of_ours_holds_are_told_to_a_person_and_change_nothing(
    page: SignedPage, path: str, address: str, state: State
) -> None:
    before = state()
    with browsing(address) as browser:
        filled = page.filled(browser, page.confirmed(browser, path))
        for value in ("\x00\ufffe\ud800", "x" * 200_000, "1e999", "\u0663"):
            for name in filled:
                data = dict.fromkeys(filled, "") | {"act": "nothing of ours", name: value}
                answer = browser.post(path, content=urlencode(data, errors="surrogatepass"), headers=FORM)
                assert answer.status_code in {200, 422}, (name, answer.text)
    assert state() == before


def test_too_many_are_told_when_to_come_again(page: SignedPage, bench: Bench, path: str, temporal: Nobody) -> None:
    with (
        page.served(bench, temporal, paces(opening=3, sending=2)) as address,
        httpx2.Client(base_url=address, verify=PLAIN, timeout=120) as machine,
    ):
        assert [machine.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
        forwarded = machine.get(path, headers={"X-Forwarded-For": "10.9.8.7"})
        assert forwarded.status_code == 429
        assert 0 < int(forwarded.headers["retry-after"]) <= 61
        guesses = [
            machine.post(path, data={"act": "confirm", "email": f"{n}@council.example"}, headers=SAME_SITE)
            for n in range(3)
        ]
        assert [guess.status_code for guess in guesses] == [422, 422, 429]


def test_guesses_of_tokens_are_counted_too(page: SignedPage, bench: Bench, temporal: Nobody) -> None:
    with (
        page.served(bench, temporal, paces(opening=3)) as address,
        httpx2.Client(base_url=address, verify=PLAIN, timeout=120) as machine,
    ):
        assert [machine.get(f"{page.prefix}{n}").status_code for n in range(4)] == [404, 404, 404, 429]


def test_every_answer_is_kept_from_caches_referrers_and_search(
    page: SignedPage, path: str, machine: httpx2.Client
) -> None:
    for each in (path, f"{page.prefix}x", *(path + more for more in page.aside)):
        headers = machine.get(each).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "noindex" in headers["x-robots-tag"]
