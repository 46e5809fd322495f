"""What does the page show once it was answered, put off, offered, followed, over?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx2
import pytest

from config import directory, procedures
from escalation.messages import AnswerPromise, Close, Follow, RecordPromise, Respond, TellChange
from tests.web.asked_about import AMARA, SAID, asked, asking_served, closed, path_of, promise_of
from tests.web.bench import Bench, Page, browsing, confirmed, press


def test_what_was_answered_before_says_by_whom_and_when_and_asks_nothing(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    bench.act(AnswerPromise(by="iro", name="Amara Okafor", done=True, text="Seen on the file."))
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "Nothing waits for an answer here." in page.text
    assert "It was done, as Amara Okafor (Independent Reviewing Officer) said on Friday 27 November 2026" in page.text
    assert "Seen on the file." in page.text
    assert page.forms == []


def test_what_was_put_off_says_when_it_is_asked_again(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    bench.act(RecordPromise(by="iro", promise=promise_of(bench), done_by=date(2026, 12, 4)))
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "Another date was agreed: Friday 4 December 2026." in page.text
    assert page.forms == []


def test_what_was_not_done_offers_every_stage_at_which_the_procedure_lets_it_start(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    bench.act(AnswerPromise(by="iro", done=False))
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert page.form.buttons == [("act", "begin")]
    for stage in bench.procedure.ladder():
        assert stage.title in page.text
    empty = press(browser, page, "begin")
    assert empty.status_code == 422
    assert "Choose the stage at which it begins." in empty.text


def test_where_the_procedure_of_today_needs_more_the_page_says_what_and_how(
    bench: Bench, entry: int, tmp_path: Path
) -> None:
    own = tmp_path / "procedures"
    own.mkdir()
    asks = "\nasks:\n"
    text = procedures.find("southwark").read_text(encoding="utf-8")
    assert asks in text
    (own / "southwark.yaml").write_text(
        text.replace(asks, f"{asks}  - {{key: placement, label: Where the child lives}}\n"), encoding="utf-8"
    )
    bench.settings = bench.settings.model_copy(update={"procedures": own})
    bench.act(AnswerPromise(by="iro", done=False))
    with asking_served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, path_of(bench, entry), AMARA)
    assert page.forms == []
    assert "It cannot begin on this page" in page.text
    assert "Where the child lives" in page.text
    assert "(fields.placement)" in page.text
    assert f"twentydays follow SWK-2026-0042 --promise {promise_of(bench)} --stage L1 --by iro" in page.text


def test_who_answered_in_the_raisers_stead_is_offered_what_follows_as_the_raisers(bench: Bench, entry: int) -> None:
    line_manager = str(bench.procedure.raiser.line_manager)
    (person,) = directory.load(bench.settings.directory).holders(line_manager, None, bench.now.date())
    asked(bench, "2026-12-07 09:00")
    bench.act(AnswerPromise(by=line_manager, name=person.name, done=False))
    with asking_served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, path_of(bench, entry, line_manager, person.email), person.email)
    assert f"It was not done, as {person.name} (QAU Manager) said on" in page.text
    assert page.form.buttons == [("act", "begin")]


def test_who_was_asked_in_the_raisers_stead_reads_what_the_raiser_said_and_can_do_nothing(
    bench: Bench, entry: int
) -> None:
    line_manager = str(bench.procedure.raiser.line_manager)
    (person,) = directory.load(bench.settings.directory).holders(line_manager, None, bench.now.date())
    asked(bench, "2026-12-07 09:00")
    bench.act(AnswerPromise(by="iro", name="Amara Okafor", done=False))
    path, before = path_of(bench, entry, line_manager, person.email), bench.state
    with asking_served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, path, person.email)
        sent = browser.post(path, data={"act": "begin", "promise": str(promise_of(bench)), "stage": "L1"})
    assert "It was not done, as Amara Okafor (Independent Reviewing Officer) said on" in page.text
    assert page.forms == []
    assert Page(sent.text).forms == []
    assert bench.state == before


def test_once_the_offer_has_ended_it_says_so(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    bench.act(AnswerPromise(by="iro", done=False))
    asked(bench, "2027-02-01 09:00", "offer_ended")
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "The time to begin a linked escalation is over." in page.text
    assert page.forms == []


def test_while_the_matter_is_open_nothing_linked_is_offered(tmp_path: Path) -> None:
    bench = Bench(tmp_path).raised(actions="All of it.")
    bench.act(Respond.model_validate(SAID | {"received_at": bench.now, "done_by": date(2026, 11, 24)}))
    number = asked(bench, "2026-11-24 09:00")
    with asking_served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, path_of(bench, number), AMARA)
        assert "I do not want to escalate" not in page.text
        bench.act(AnswerPromise(by="iro", done=False))
        told = Page(browser.get(path_of(bench, number)).text)
        bench.act(Close(by="iro", outcome="unresolved", reason="Settled."))
        ended = Page(browser.get(path_of(bench, number)).text)
    assert "The matter is still open." in told.text
    assert told.forms == []
    assert "This was said while the matter was open, which went further by itself." in ended.text
    assert "The time to begin" not in ended.text


def test_what_is_followed_already_names_what_follows(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    bench.act(AnswerPromise(by="iro", done=False))
    bench.act(Follow(by="iro", promise=promise_of(bench), reference="SWK-2026-0042-2"))
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "SWK-2026-0042-2 follows it: a linked escalation was begun." in page.text
    assert page.forms == []


def test_what_changed_is_asked_and_once_told_says_by_whom(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    number = asked(bench, "2026-12-14 09:00", "change_asked")
    assert number > entry
    page = confirmed(browser, path_of(bench, number), AMARA)
    assert "What changed for the child?" in page.text
    assert page.form.buttons == [("act", "answer")]
    bench.act(TellChange(by="iro", changed="not_changed", text="Still waiting."))
    page = Page(browser.get(path_of(bench, number)).text)
    assert "Nothing changed, as the Independent Reviewing Officer said on" in page.text
    assert "Still waiting." in page.text
    assert page.forms == []


@pytest.mark.parametrize("number", [1, 2, 999])
def test_a_link_to_an_entry_that_asked_nothing_shows_nothing(
    bench: Bench, entry: int, browser: httpx2.Client, number: int
) -> None:
    assert entry != number
    assert browser.get(path_of(bench, number)).status_code == 503


def test_of_several_promises_each_has_its_own_answer_and_what_was_answered_is_asked_no_more(tmp_path: Path) -> None:
    answers = [{"action": "The meeting.", "text": "It is arranged.", "done_by": date(2026, 11, 27)}]
    bench = closed(Bench(tmp_path), answers=answers)
    number = asked(bench)
    first, second = bench.told.follow_ups.promises
    with asking_served(bench) as address, browsing(address) as browser:
        page = confirmed(browser, path_of(bench, number), AMARA)
        assert {f"done-{first.n}", f"done-{second.n}"} <= set(page.ids)
        assert "The meeting." in page.text
        assert "Answer at least one of them." in press(browser, page, "answer").text
        bench.act(AnswerPromise(by="iro", promise=first.n, done=False))
        page = Page(browser.get(path_of(bench, number)).text)
    assert f"done-{first.n}" not in page.ids
    assert f"done-{second.n}" in page.ids
    assert [form.buttons for form in page.forms] == [[("act", "answer")], [("act", "begin")]]
