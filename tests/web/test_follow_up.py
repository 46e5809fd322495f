"""The page on which a raiser says whether it was done and what changed: who sees it, its states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest

from config import directory, procedures
from escalation.messages import AnswerPromise, Cover, Follow, RecordPromise, Respond, TellChange
from tests.serving import PLAIN
from tests.web.asked_about import AMARA, PROMISED, SAID, asked, asking_served, closed, path_of
from tests.web.bench import JSON, MAEVE, SAME_SITE, Bench, Page, browsing, confirmed, london, paces, press
from tests.web.hostile.attempts import foreign, scan


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return closed(Bench(tmp_path))


@pytest.fixture
def entry(bench: Bench) -> int:
    return asked(bench)


@pytest.fixture
def browser(bench: Bench) -> Iterator[httpx2.Client]:
    with asking_served(bench) as address, browsing(address) as browser:
        yield browser


def promise_of(bench: Bench) -> int:
    return bench.told.follow_ups.promises[0].n


# Who sees it ----------------------------------------------------------------------------------------------------------


def test_until_the_address_is_confirmed_nothing_that_was_promised_is_shown(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    answer = browser.get(path_of(bench, entry))
    assert (answer.status_code, "minutes" in answer.text, "27 November" in answer.text) == (200, False, False)
    assert "You are asked whether what was promised was done" in answer.text
    refused = press(browser, Page(answer.text), "confirm", email=MAEVE)
    assert refused.status_code == 422
    assert "This link was not sent to that address." in refused.text
    assert "minutes" not in refused.text


def test_it_says_what_was_promised_by_whom_and_for_when(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    page = confirmed(browser, path_of(bench, entry), AMARA)
    assert "The Operational Manager promised this by Friday 27 November 2026" in page.text
    assert PROMISED in page.text
    assert page.form.buttons == [("act", "answer")]
    assert not [name for name in page.form.fields if name.startswith("done-")]


@pytest.mark.parametrize(("role", "address"), [("iro", MAEVE), ("operational_manager", MAEVE), ("dcs", AMARA)])
def test_a_link_of_whoever_is_not_the_raiser_opens_nothing(
    bench: Bench, entry: int, browser: httpx2.Client, role: str, address: str
) -> None:
    answer = browser.get(path_of(bench, entry, role, address))
    assert answer.status_code == 410
    assert "is not yours now" in answer.text
    assert "minutes" not in answer.text


def test_who_left_the_post_can_answer_no_more(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    bench.people(("{role: iro, person: amara}", "{role: iro, person: grace}"))
    assert browser.get(path_of(bench, entry)).status_code == 410


def test_whoever_covers_and_the_line_manager_once_the_turn_has_passed_may_answer(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    line_manager = str(bench.procedure.raiser.line_manager)
    (person,) = directory.load(bench.settings.directory).holders(line_manager, None, bench.now.date())
    path = path_of(bench, entry, line_manager, person.email)
    assert browser.get(path).status_code == 410
    asked(bench, "2026-12-07 09:00")
    assert bench.told.follow_ups.passed_to == line_manager
    assert "promised this" in confirmed(browser, path, person.email).text


def test_a_cover_of_the_raiser_answers_through_the_raisers_link(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    cover = str(bench.procedure.raiser.line_manager)
    bench.act(Cover(by=cover, absent="iro", cover=cover))
    (person,) = directory.load(bench.settings.directory).holders(cover, None, bench.now.date())
    assert "promised this" in confirmed(browser, path_of(bench, entry), person.email).text


# Its states -----------------------------------------------------------------------------------------------------------


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
    assert "The matter is still open." in told.text
    assert told.forms == []


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


# What changes nothing -------------------------------------------------------------------------------------------------


def test_every_fault_of_an_answer_is_told_at_once(bench: Bench, entry: int, browser: httpx2.Client) -> None:
    n, before = promise_of(bench), bench.state
    page = confirmed(browser, path_of(bench, entry), AMARA)
    form = page.form.fields | {"act": "answer"}

    def told(**filled: str) -> str:
        answer = browser.post(page.form.action, data=form | {k.replace("_", "-"): v for k, v in filled.items()})
        assert answer.status_code == 422
        return Page(answer.text).text

    assert "Say whether it was done." in told()
    assert "Say which date was agreed." in told(**{f"done_{n}": "put-off".replace("-", "_")})
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


@pytest.mark.parametrize("state", ["asked", "offered", "what changed"])
@pytest.mark.parametrize("headers", [{}, SAME_SITE, JSON])
def test_a_scanner_that_submits_every_form_changes_nothing_and_sees_nothing(
    bench: Bench, entry: int, state: str, headers: dict[str, str]
) -> None:
    path = _in_state(bench, entry, state)
    before = bench.state
    with (
        asking_served(bench) as address,
        httpx2.Client(base_url=address, headers=headers, follow_redirects=True, verify=PLAIN) as scanner,
    ):
        scan(scanner, path)
        assert "minutes" not in scanner.get(path).text
    assert bench.state == before


@pytest.mark.parametrize("state", ["asked", "offered", "what changed"])
def test_a_scanner_inside_a_browser_that_is_confirmed_sends_nothing_to_anybody(
    bench: Bench, entry: int, state: str
) -> None:
    path, called = _in_state(bench, entry, state), []

    async def client() -> httpx2.Client:
        called.append(path)
        raise TimeoutError

    with asking_served(bench, client=client) as address, browsing(address) as browser:  # type: ignore[arg-type]
        confirmed(browser, path, AMARA)
        assert path in scan(browser, path)
    assert called == []


def _in_state(bench: Bench, entry: int, state: str) -> str:
    if state == "offered":
        bench.act(AnswerPromise(by="iro", done=False))
    return path_of(bench, asked(bench, "2026-12-14 09:00", "change_asked") if state == "what changed" else entry)


def test_foreign_tokens_other_sites_and_other_bodies_are_refused_in_words(
    bench: Bench, entry: int, browser: httpx2.Client
) -> None:
    path, before = path_of(bench, entry), bench.state
    for token in (*foreign(bench), bench.path().removeprefix("/reply/")):
        assert browser.get(f"/follow-up/{token}").status_code == 404
    assert browser.get(path.replace("/follow-up/", "/reply/")).status_code == 404
    page = confirmed(browser, path, AMARA)
    form = page.form.fields | {"act": "answer", f"done-{promise_of(bench)}": "yes"}
    assert browser.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.post(path, content=b"x" * 300_000).status_code == 413
    assert browser.post(path, json=form).status_code == 415
    headers = browser.get(path).headers
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
    assert bench.state == before


def test_too_many_are_asked_to_wait(bench: Bench, entry: int) -> None:
    with asking_served(bench, how_often=paces(opening=3)) as address, browsing(address) as browser:
        assert [browser.get("/follow-up/x").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert entry


def test_nothing_but_reference_entry_and_reader_stands_in_a_link_and_reminders_carry_the_same(
    bench: Bench, entry: int
) -> None:
    assert AMARA not in path_of(bench, entry)
    assert bench.links.read_recording(path_of(bench, entry).removeprefix("/follow-up/")) is None
    first = [each.facts["asked_in"] for each in bench.told.outstanding if each.notice == "was_it_done"]
    asked(bench, "2026-12-01 09:00")
    every = [each.facts["asked_in"] for each in bench.told.outstanding if each.notice == "was_it_done"]
    assert len(every) > len(first) == 1
    assert [each["was_it_done"] for each in every] == [entry] * len(every)
    assert bench.now == london("2026-12-01 09:00")
