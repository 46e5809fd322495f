"""Who sees the page on which a raiser says whether it was done, and what stands in its link?"""

from __future__ import annotations

import httpx2
import pytest

from config import directory
from escalation.messages import Cover
from tests.web.asked_about import AMARA, PROMISED, asked, path_of
from tests.web.bench import MAEVE, Bench, Page, confirmed, london, press


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
