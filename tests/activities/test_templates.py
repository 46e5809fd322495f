"""The form of every notice. `GOLDEN=write pytest tests/activities/test_templates.py` writes the golden files anew."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from activities import rendering
from activities import view as seen
from activities.facts import Facts
from activities.view import View
from config import procedures
from tests.activities.said import COPIED, FACTS, Say, words

GOLDEN = Path(__file__).with_name("golden")
LINK = "https://twentydays.example/reply/abc"


def compare(path: Path, said: str) -> None:
    if os.environ.get("GOLDEN") == "write":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8"), f"{path.name} differs; if that is meant, run with GOLDEN=write"


@pytest.mark.parametrize("notice", rendering.notices())
def test_every_notice_says_what_its_golden_file_says(say: Say, notice: str) -> None:
    said = say(notice)
    compare(GOLDEN / f"{notice}.txt", f"Subject: {said.subject}\n\n{said.text}")
    compare(GOLDEN / f"{notice}.html", said.html)


@pytest.mark.parametrize("notice", COPIED)
def test_every_copy_says_what_its_golden_file_says(say: Say, notice: str) -> None:
    compare(GOLDEN / f"{notice}-copy.txt", say(notice, "qau_manager").text)


def test_no_golden_file_is_left_over() -> None:
    known = {*rendering.notices(), *(f"{notice}-copy" for notice in COPIED)}
    assert {path.stem for path in GOLDEN.iterdir()} == known


@pytest.mark.parametrize("role", ["team_manager", "iro", "operations", "qau_manager"])
@pytest.mark.parametrize("notice", rendering.notices())
def test_html_and_text_say_the_same_to_everyone(say: Say, notice: str, role: str) -> None:
    for facts in (FACTS, {}):
        said = say(notice, role, facts)
        assert words(said.html).read == ["Southwark", *said.text.split()], notice


@pytest.mark.parametrize("facts", [{}, {"due": "tomorrowish", "by": 7, "reason": "Her name is Ann", "grounds": [{}]}])
@pytest.mark.parametrize("notice", rendering.notices())
def test_a_fact_that_is_missing_or_not_understood_leaves_its_sentence_out(
    say: Say, notice: str, facts: dict[str, Any]
) -> None:
    said = say(notice, facts=facts, clock=None, stage_title=None, next_stage_title=None, next_addressee=None)
    assert not re.search(r"None|Ann|tomorrowish|  |\n\n\n| \.|\{", said.subject + said.text)


@pytest.mark.parametrize("notice", rendering.notices())
def test_no_free_text_reaches_a_letter(say: Say, notice: str) -> None:
    texts = dict.fromkeys(["text", "reason", "how", "outcome_text", "answers", "fields", "outcome"], "Ann is at risk")
    said = say(notice, facts=FACTS | texts | {"grounds": ["Ann\nis at risk"], "theme": ["x" * 201]})
    assert "at risk" not in said.subject + said.text + said.html


@pytest.mark.parametrize("notice", rendering.notices())
def test_every_page_works_for_a_screen_reader_and_a_small_screen(say: Say, notice: str) -> None:
    said = say(notice)
    tags = words(said.html).tags
    assert dict(tags)["html"]["lang"] == "en"
    assert f"<title>{said.subject}</title>" in said.html
    assert all(attributes.get("role") == "presentation" for tag, attributes in tags if tag == "table")
    assert "width=device-width" in said.html
    assert not [tag for tag, _ in tags if tag in {"img", "script", "link", "iframe", "form", "button"}]
    assert not [size for size in re.findall(r"font-size: (\d+)px", said.html) if 1 < int(size) < 16]


@pytest.mark.parametrize("notice", rendering.notices())
def test_a_page_stands_by_itself_and_fetches_nothing(see: Callable[..., View], notice: str) -> None:
    """All that a page needs is inline: what stands in its head is for Outlook, and for the dark."""
    html = rendering.render(notice, replace(see(notice), link=LINK)).html
    fetched = re.findall(r"https?://[^\s\"<]+|url\(|src=|@import|@font-face", html.replace(LINK, ""))
    assert fetched == []
    style = re.findall(r"<style>(.*?)</style>", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL), re.DOTALL)
    assert [text.strip().partition(" {")[0] for text in style] == ["@media (prefers-color-scheme: dark)"]


@pytest.mark.parametrize("notice", rendering.notices())
def test_outlook_gets_a_table_as_wide_as_the_text(say: Say, notice: str) -> None:
    """It knows no max-width; every cell names its font, since none is handed down into a table."""
    html = say(notice).html
    assert html.count("<!--[if mso]>") == html.count("<![endif]-->") == 3
    assert 'width="580"' in html
    outside = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    text = [cell for cell in re.findall(r"<td([^>]*)>(?!\s*<)", outside) if "font-family" not in cell]
    assert text == []


@pytest.mark.parametrize("notice", rendering.notices())
def test_what_is_previewed_is_the_first_thing_that_it_says(say: Say, notice: str) -> None:
    said = say(notice)
    shown = re.search(r'<div style="display: none[^>]*>(.*?)</div>', said.html, re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]) == said.text.split("\n\n")[1]


@pytest.mark.parametrize("notice", rendering.notices())
def test_a_link_is_spelled_out_in_text_and_html(see: Callable[..., View], notice: str) -> None:
    said = rendering.render(notice, replace(see(notice), link=LINK))
    shown = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', said.html)
    assert all(address == words == LINK for address, words in shown)
    assert said.text.count(LINK) == len(shown)


def test_an_unknown_notice_is_answered_with_the_known_ones(see: Callable[..., View]) -> None:
    with pytest.raises(rendering.UnknownNotice, match="alert, alert_not_accepted"):
        rendering.render("alarm", see("alert"))


def test_the_variables_are_documented() -> None:
    readme = (rendering.TEMPLATES / "README.md").read_text(encoding="utf-8")
    names = [*seen.View.__dataclass_fields__, *seen.Reader.__dataclass_fields__, *seen.Clock.__dataclass_fields__]
    names += Facts.model_fields
    assert [name for name in names if f"`{name}`" not in readme] == []


# The procedures of the house ------------------------------------------------------------------------------------------


def test_letters_can_say_every_title_of_every_procedure() -> None:
    for procedure in procedures.all_procedures().values():
        titles = [code.title for taxonomy in procedure.taxonomies.values() for code in taxonomy.codes]
        titles += [recording.title for recording in procedure.recordings]
        assert [title for title in titles if Facts(title=title).title != title] == []


def test_every_notice_of_every_procedure_has_its_words() -> None:
    for procedure in procedures.all_procedures().values():
        named = re.findall(r'"notice":"(\w+)"', procedure.model_dump_json())
        assert {*named} <= {*rendering.notices()}
