"""The words of every notice. `GOLDEN=write pytest tests/activities/test_templates.py` writes the golden files anew."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from activities import rendering
from activities.recipients import holders, recipients
from activities.rendering import Rendered
from activities.view import View, view
from escalation.directory import Directory, Person
from escalation.messages import SendNotice, StageClock

GOLDEN = Path(__file__).with_name("golden")
DAY = date(2025, 12, 22)
FACTS = {
    "because": "lapsed",
    "by": "team_manager",
    "cap": "2026-01-22T17:00:00+00:00",
    "cap_reached": True,
    "date_concluded": "2026-01-05",
    "due": "2025-12-31T17:00:00+00:00",
    "grounds": [1, 3],
    "new_due": "2026-01-05T17:00:00+00:00",
    "notice": "alert",
    "old_due": "2025-12-31T17:00:00+00:00",
    "outcome": "resolved",
    "part": "addressee",
    "reason": "final_stage_lapsed",
    "received_at": "2025-12-30T15:40:00+00:00",
    "roles": ["team_manager"],
    "theme": ["Drift or delay"],
    "then": "advance",
    "waiting_since": "2025-12-22T10:30:00+00:00",
    "working_days": 3,
    "working_days_late": 2,
}
ASKS = {"alert", "informal_concern", "reminder"}
TO_THE_RAISER = {"response_received", "late_response", "overdue", "decision_reminder", "extension_requested", "held"}
TO_OPERATIONS = {"alert_not_accepted", "delivery_failed"}
Say = Callable[..., Rendered]


@pytest.fixture
def see(order: Callable[..., SendNotice], directory: Directory) -> Callable[..., View]:
    def made(notice: str, role: str | None = None, facts: dict[str, Any] = FACTS, **more: Any) -> View:
        reader = role or _reader(notice)
        reaches = {"to": (reader,), "cc": (), "reaches": (reader,)} if reader != "qau_manager" else {}
        answering = ("team_manager",) if notice in ASKS else ()
        to_send = order(more, notice=notice, answering=answering, facts=facts, **reaches)
        found = holders(to_send, directory, DAY)
        written_to = next(each for each in recipients(to_send, found) if each.role == reader)
        return view(to_send, found, written_to, DAY)

    return made


@pytest.fixture
def say(see: Callable[..., View]) -> Say:
    return lambda notice, *args, **more: rendering.render(notice, see(notice, *args, **more))


def _reader(notice: str) -> str:
    if notice in TO_THE_RAISER:
        return "iro"
    return "operations" if notice in TO_OPERATIONS else "team_manager"


class _Words(HTMLParser):
    """What a person reads of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"title", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"title", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.read += data.split()


def words(html: str) -> _Words:
    parser = _Words()
    parser.feed(html)
    return parser


def compare(path: Path, said: str) -> None:
    if os.environ.get("GOLDEN") == "write":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8"), f"{path.name} differs; if that is meant, run with GOLDEN=write"


@pytest.mark.parametrize("notice", rendering.notices())
def test_every_notice_says_what_its_golden_file_says(say: Say, notice: str) -> None:
    said = say(notice)
    compare(GOLDEN / f"{notice}.txt", f"Subject: {said.subject}\n\n{said.text}")
    compare(GOLDEN / f"{notice}.html", said.html)


@pytest.mark.parametrize("notice", ["alert", "informal_concern"])
def test_every_copy_says_what_its_golden_file_says(say: Say, notice: str) -> None:
    compare(GOLDEN / f"{notice}-copy.txt", say(notice, "qau_manager").text)


def test_no_golden_file_is_left_over() -> None:
    known = {*rendering.notices(), "alert-copy", "informal_concern-copy"}
    assert {path.stem for path in GOLDEN.iterdir()} == known


@pytest.mark.parametrize("role", ["team_manager", "iro", "operations", "qau_manager"])
@pytest.mark.parametrize("notice", rendering.notices())
def test_html_and_text_say_the_same_to_everyone(say: Say, notice: str, role: str) -> None:
    for facts in (FACTS, {}):
        said = say(notice, role, facts)
        assert words(said.html).read == said.text.split()


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
    assert ("html", {"lang": "en"}) in tags
    assert f"<title>{said.subject}</title>" in said.html
    assert all(attributes.get("role") == "presentation" for tag, attributes in tags if tag == "table")
    assert "width=device-width" in said.html
    assert not [tag for tag, _ in tags if tag in {"img", "script", "link", "style"}]
    assert not [size for size in re.findall(r"font-size: (\d+)px", said.html) if 1 < int(size) < 16]


def test_an_alert_says_who_by_when_why_what_next_and_how(say: Say) -> None:
    said = say("alert").text
    for expected in (
        "Who must answer: Priya Shah (Team Manager)",
        "Answer by: Wednesday 31 December 2025 at 5pm",
        "5 working days after Monday 22 December 2025",
        "Thursday 22 January 2026 at 5pm, which is 20 working days after Monday 22 December 2025",
        "the matter goes on to Stage 2: Service Manager, where it is for the Service Manager to answer",
        "Reply to this email: your answer goes to Sam Okafor (Independent Reviewing Officer), who records it.",
    ):
        assert expected in said


def test_only_who_is_asked_is_told_how_to_answer(say: Say) -> None:
    copy = say("alert", "qau_manager").text
    assert "Nothing is asked of you." in copy
    assert "How to answer" not in copy
    assert "Answer by: Wednesday 31 December 2025 at 5pm" in copy


def test_a_link_for_answering_is_shown_when_there_is_one(see: Callable[..., View]) -> None:
    link = "https://council.example/reply/abc"
    said = rendering.render("alert", replace(see("alert"), link=link))
    assert link in said.text
    assert f'href="{link}"' in said.html


def test_at_the_last_stage_the_raiser_decides_what_follows_silence(say: Say) -> None:
    said = say("alert", next_stage_title=None, next_addressee=None).text
    assert "this is the last stage: the matter stays open, and Sam Okafor" in said


def test_a_stage_without_a_clock_states_no_date(say: Say) -> None:
    said = say("alert", clock=StageClock(working_days=None))
    assert "No time is set for this stage; please answer as soon as you can." in said.text
    assert "Answer by" not in said.text


def test_a_subject_starts_as_the_council_wants(see: Callable[..., View]) -> None:
    said = rendering.render("alert", see("alert"), "Resolution and Escalation Alert")
    assert said.subject.startswith("Resolution and Escalation Alert: SWK-2025-0042: ")


def test_names_cannot_break_out_of_the_page(see: Callable[..., View]) -> None:
    seen = see("alert")
    said = rendering.render("alert", replace(seen, raiser="<script>alert(1)</script>"))
    assert "<script>" not in said.html
    assert "&lt;script&gt;" in said.html


def test_a_raiser_who_cannot_be_found_gets_no_replies(order: Callable[..., SendNotice], directory: Directory) -> None:
    to_send = order()
    found = holders(to_send, directory, DAY) | {"iro": []}
    said = rendering.render("alert", view(to_send, found, recipients(to_send, found)[0], DAY)).text
    assert "Reply to this email" not in said
    assert "Give your answer to the Independent Reviewing Officer" in said


def test_a_role_that_many_hold_is_not_named_person_by_person(
    order: Callable[..., SendNotice], directory: Directory
) -> None:
    to_send = order()
    crowd = [Person(name=f"Person {n}", email=f"p{n}@council.example") for n in range(4)]
    found = holders(to_send, directory, DAY) | {"team_manager": crowd}
    seen = view(to_send, found, recipients(to_send, found)[0], DAY)
    assert seen.must_answer == "the Team Manager"


def test_an_unknown_notice_is_answered_with_the_known_ones(see: Callable[..., View]) -> None:
    with pytest.raises(rendering.UnknownNotice, match="alert, alert_not_accepted"):
        rendering.render("alarm", see("alert"))


def test_the_variables_are_documented() -> None:
    readme = (rendering.TEMPLATES / "README.md").read_text(encoding="utf-8")
    from activities import view as seen

    names = [*seen.View.__dataclass_fields__, *seen.Reader.__dataclass_fields__, *seen.Clock.__dataclass_fields__]
    names += seen.Facts.model_fields
    assert [name for name in names if f"`{name}`" not in readme] == []
