"""What programs read and send behind the link in an email, and how each fault is told to them."""

from __future__ import annotations

from datetime import date

import httpx2
import pytest

from tests.web.bench import ACTIONS, CONCERN, JSON, MAEVE, VERA, Bench, served


def test_a_program_gets_the_same_as_json(bench: Bench, browser: httpx2.Client) -> None:
    before = browser.get(bench.path(), headers=JSON, timeout=120).json()
    assert set(before) == {"reference", "council", "asks", "ways"}
    seen = browser.post(bench.path(), json={"do": "confirm", "email": MAEVE}, headers=JSON, timeout=120).json()
    assert seen["due"] == "2026-11-30T17:00:00+00:00"
    assert seen["actions"] == ACTIONS
    assert set(seen["ways"]) == {"respond", "note", "reassign", "request_extension"}
    assert browser.get(bench.path(), headers=JSON, timeout=120).json()["concern"] == CONCERN
    answers = [
        {"action": 1, "kind": "done", "detail": "the minutes"},
        {"action": 2, "kind": "will_be_done", "date": "2026-12-01"},
    ]
    body = {"do": "respond", "response_id": seen["response_id"], "answers": answers}
    sent = browser.post(bench.path(), json=body, headers=JSON, timeout=120)
    assert (sent.status_code, sent.json()["result"], sent.json()["in_time"]) == (202, "received", True)
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert [a.text for a in answer.answers] == ["Done, see the minutes", "Will be done by Tuesday 1 December 2026."]


def test_a_program_without_cookies_confirms_in_the_same_body(bench: Bench, browser: httpx2.Client) -> None:
    body = {"response_id": "mine-1", "text": "Yes.", "email": VERA}
    assert browser.post(bench.path(), json=body, headers=JSON, timeout=120).status_code == 202
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert (answer.response_id, answer.name) == ("mine-1", "Vera Kowalska")
    refused = browser.post(bench.path(), json=body | {"email": "x@council.example"}, headers=JSON, timeout=120)
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_confirmed"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/response_id"]),
        (
            {"response_id": "r1", "answers": [{"action": "1", "kind": "no"}], "x": 1},
            ["/answers/0/action", "/answers/0/kind", "/x"],
        ),
        ({"response_id": "r1", "received_at": "2020-01-01T00:00:00Z", "text": "x"}, ["/received_at"]),
        ({"response_id": "r1"}, ["/answers"]),
        ({"response_id": "r1", "answers": [{"action": 3, "kind": "done", "detail": "x"}]}, ["/answers/0/action"]),
        ({"response_id": "r1", "answers": [{"action": 2, "kind": "will_be_done"}]}, ["/answers/0/date"]),
        ({"response_id": "r" * 101, "text": "x"}, ["/response_id"]),
        ({"do": "decide"}, ["/do"]),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_every_fault_where_it_stands(
    bench: Bench, browser: httpx2.Client, body: dict[str, object], pointers: list[str]
) -> None:
    browser.post(bench.path(), json={"do": "confirm", "email": MAEVE}, headers=JSON, timeout=120)
    answer = browser.post(bench.path(), json=body, headers=JSON, timeout=120)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == pointers
    assert bench.inbox() == []


def test_a_program_may_promise_too(bench: Bench) -> None:
    said = {"response_id": "r1", "text": "It is arranged.", "email": MAEVE}
    with served(bench) as address, httpx2.Client(base_url=address, headers=JSON, timeout=120) as program:
        wrong = program.post(bench.path(), json=said | {"done_by": "2026-11-01"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/done_by")
        assert program.post(bench.path(), json=said | {"done_by": "2026-12-11"}).status_code == 202
    (answer,) = bench.register.answers(bench.escalation, bench.now)
    assert answer.done_by == date(2026, 12, 11)
