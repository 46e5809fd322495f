"""What hostile clients get: a clear refusal, no case data, no change."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.serving import PLAIN
from tests.web.bench import MAEVE, SAME_SITE, Bench, Page, browsing, confirmed, paces, press, served
from tests.web.hostile.attempts import foreign
from tests.web.hostile.watched import FORM, SECRETS, EverythingLogged


def test_the_log_of_an_answer_that_was_received_tells_the_reference_and_no_token(
    bench: Bench, address: str, logged: EverythingLogged
) -> None:
    with browsing(address) as browser:
        page = confirmed(browser, bench.path())
        press(browser, Page(press(browser, page, "answer", text="Yes.").text), "send")
    assert any("An answer to SWK-2026-0042 was received: received" in line for line in logged.said)


# Tokens that are none -----------------------------------------------------------------------------------------------


def test_every_token_that_is_not_ours_gets_the_same_page_which_says_nothing(
    bench: Bench, machine: httpx2.Client
) -> None:
    before = bench.state
    answers = {machine.get(f"/reply/{token}").text for token in foreign(bench)}
    assert len(answers) == 1
    (page,) = answers
    assert "We do not know this link" in page
    assert not [word for word in (*SECRETS, "Southwark", "SWK-2026-0042") if word in page]
    for token in foreign(bench):
        assert machine.get(f"/reply/{token}").status_code == 404
        assert machine.post(f"/reply/{token}", json={"response_id": "r", "text": "x"}).status_code == 404
        assert machine.post(f"/reply/{token}/more-time", data={"act": "ask"}, headers=SAME_SITE).status_code == 404
    assert bench.state == before


def test_a_genuine_token_for_a_role_that_was_not_asked_at_that_stage_opens_nothing(
    bench: Bench, machine: httpx2.Client
) -> None:
    answer = machine.get(bench.path("head_of_service", "carol.whitfield@council.example"))
    assert answer.status_code == 410
    assert not [word for word in SECRETS if word in answer.text]


def test_a_token_that_is_replayed_with_another_cookie_shows_nothing(bench: Bench, address: str) -> None:
    with browsing(address) as browser:
        confirmed(browser, bench.path())
        (cookie,) = browser.cookies.jar
    for value in (str(cookie.value)[:-1], str(cookie.value) + "A", "x", "", "W10.aaaa.bbbb"):
        answer = httpx2.get(address + bench.path(), cookies={cookie.name: value})
        assert not [word for word in SECRETS if word in answer.text]


# Requests that are none ---------------------------------------------------------------------------------------------


def test_what_another_sites_page_sends_is_refused_and_changes_nothing(bench: Bench, address: str) -> None:
    host = urlsplit(address).netloc
    with browsing(address) as browser:
        page = confirmed(browser, bench.path())
        check = Page(press(browser, page, "answer", text="Yes.").text)
        cookies = dict(browser.cookies.items())
    before = bench.state
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
        data = check.form.fields | {"act": "send"}
        answer = httpx2.post(address + bench.path(), data=data, headers=headers, cookies=cookies)
        assert answer.status_code == 403, headers
        assert not [word for word in SECRETS if word in answer.text]
    cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://attacker.example"}
    body = {"response_id": "r", "text": "x", "email": MAEVE}
    assert httpx2.post(address + bench.path(), json=body, headers=cross).status_code == 403
    assert bench.state == before
    own = httpx2.post(
        address + bench.path(), data=check.form.fields | {"act": "send"}, headers={"Origin": address}, cookies=cookies
    )
    assert own.status_code == 202


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example"])
def test_nothing_is_served_under_another_name(bench: Bench, machine: httpx2.Client, host: str) -> None:
    assert machine.get(bench.path(), headers={"Host": host}).status_code == 400


def test_headers_of_a_proxy_are_not_believed(bench: Bench, machine: httpx2.Client) -> None:
    tricks = {
        "X-Forwarded-Host": "attacker.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "host=attacker.example",
        "X-Original-URL": "/mail",
        "X-HTTP-Method-Override": "POST",
    }
    plain, tricked = machine.get(bench.path()), machine.get(bench.path(), headers=tricks)
    assert tricked.text == plain.text
    assert "attacker" not in str(tricked.headers)


def test_a_line_break_in_what_is_sent_makes_no_header(bench: Bench, machine: httpx2.Client) -> None:
    for path in (f"{bench.path()}%0d%0aSet-Cookie:%20a=b", "/reply/x%0d%0aLocation:%20https://attacker.example"):
        answer = machine.get(path)
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers
    answer = machine.post(
        bench.path(), data={"act": "confirm", "email": f"{MAEVE}\r\nSet-Cookie: a=b"}, headers=SAME_SITE
    )
    assert "a=b" not in str(answer.headers)


def test_ten_megabytes_are_refused_before_they_are_read(bench: Bench, address: str) -> None:
    before = bench.state
    at = urlsplit(address)
    head = f"POST {bench.path()} HTTP/1.1\r\nHost: {at.netloc}\r\nSec-Fetch-Site: same-origin\r\n"
    head += "Content-Length: 10485760\r\n"
    with socket.create_connection((str(at.hostname), int(at.port or 0)), timeout=10) as raw:
        raw.sendall(f"{head}Content-Type: {FORM['Content-Type']}\r\n\r\ntext=".encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")
    assert bench.state == before


def test_ten_megabytes_whose_length_is_not_told_are_refused_too(bench: Bench, machine: httpx2.Client) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(160):
            yield b"x" * 65536

    answer = machine.post(bench.path(), content=parts(), headers=SAME_SITE | FORM)
    assert answer.status_code == 413
    assert "256 kilobytes" in answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"act=send", "text/plain", 415),
        (b"x", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe=1", FORM["Content-Type"], 400),
        (b"&".join(b"a%d=1" % n for n in range(2000)), FORM["Content-Type"], 400),
        (b"{", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"do": {"a": 1}}', "application/json", 422),
        (b'{"response_id": "\\ud800", "text": "x"}', "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(
    bench: Bench, machine: httpx2.Client, content: bytes, kind: str, status: int
) -> None:
    before = bench.state
    answer = machine.post(
        bench.path(), content=content, headers={"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert bench.state == before


def test_too_many_are_told_when_to_come_again(bench: Bench) -> None:
    with (
        served(bench, how_often=paces(opening=3, sending=2)) as address,
        httpx2.Client(base_url=address, verify=PLAIN) as machine,
    ):
        assert [machine.get(bench.path()).status_code for _ in range(4)] == [200, 200, 200, 429]
        forwarded = machine.get(bench.path(), headers={"X-Forwarded-For": "10.9.8.7"})
        assert forwarded.status_code == 429
        assert 0 < int(forwarded.headers["retry-after"]) <= 61
        guesses = [
            machine.post(bench.path(), json={"do": "confirm", "email": f"{n}@council.example"}).status_code
            for n in range(3)
        ]
        assert guesses == [403, 403, 429]


def test_guesses_of_tokens_are_counted_too(bench: Bench) -> None:
    with served(bench, how_often=paces(opening=3)) as address, httpx2.Client(base_url=address, verify=PLAIN) as machine:
        assert [machine.get(f"/reply/{n}").status_code for n in range(4)] == [404, 404, 404, 429]


def test_every_answer_is_kept_from_caches_referrers_and_search(bench: Bench, machine: httpx2.Client) -> None:
    for path in (bench.path(), "/reply/x", f"{bench.path()}/more-time"):
        headers = machine.get(path).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "noindex" in headers["x-robots-tag"]
