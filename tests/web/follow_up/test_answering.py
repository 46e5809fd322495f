"""What is wrong with an answer, told all at once, and what nobody can say yet?"""

from __future__ import annotations

import httpx2

from tests.web.asked_about import AMARA, asked, path_of, promise_of
from tests.web.bench import Bench, Page, confirmed, press


def test_every_fault_of_an_answer_is_told_at_once(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    n, before = promise_of(bench), bench.state
    page = confirmed(browser, path_of(bench, entry), AMARA)
    form = page.form.fields | {"act": "answer"}

    def told(**filled: str) -> str:
        answer = browser.post(page.form.action, data=form | {k.replace("_", "-"): v for k, v in filled.items()})
        assert answer.status_code == 422
        return Page(answer.text).text

    assert "Say whether it was done." in told()
    assert "Say which date was agreed." in told(**{f"done_{n}": "put_off"})
    assert "must be today or later" in told(**{f"done_{n}": "put_off", f"when_{n}": "1/11/2026"})
    both = told(**{f"done_{n}": "yes", f"when_{n}": "1/12/2026", f"text_{n}": "x" * 2001})
    assert "Leave the date out" in both
    assert "may have 2000 characters" in both
    assert "Choose one of the answers." in told(**{f"done_{n}": "perhaps"})
    assert bench.state == before


def test_every_fault_of_what_changed_is_told_at_once(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    number = asked(bench, "2026-12-14 09:00", "change_asked")
    page, before = confirmed(browser, path_of(bench, number), AMARA), bench.state
    assert "Choose what changed." in press(browser, page, "answer").text
    for when, words in (
        ("14/12/2026", "must be after today"),
        ("x", "must be a real date"),
        ("1/1/2030", "or earlier"),
    ):
        answer = press(browser, page, "answer", changed="too_early", when=when)
        assert (answer.status_code, words in answer.text) == (422, True)
    assert "Leave the date out" in press(browser, page, "answer", changed="changed", when="1/1/2027").text
    assert bench.state == before
    assert entry


def test_without_temporal_it_says_that_it_may_be_sent_again(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    page = confirmed(browser, path_of(bench, entry), AMARA)
    answer = browser.post(
        page.form.action, data=page.form.fields | {"act": "answer", f"done-{promise_of(bench)}": "no"}
    )
    assert answer.status_code == 503
    assert "We cannot say whether this was recorded" in answer.text
