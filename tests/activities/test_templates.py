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
from activities.view import Facts, View, view
from config import procedures
from escalation.directory import Directory, Person
from escalation.messages import Saying, SendNotice, StageClock
from escalation.wire import Known

GOLDEN = Path(__file__).with_name("golden")
DAY = date(2025, 12, 22)
FACTS = {
    "answered": False,
    "asked": ["team_manager"],
    "because": "lapsed",
    "by": "team_manager",
    "called": "seen_by_a_manager",
    "cap": "2026-01-22T17:00:00+00:00",
    "cap_reached": True,
    "date_concluded": "2026-01-05",
    "decided_by": "team_manager",
    "due": "2025-12-31T17:00:00+00:00",
    "event": "closed",
    "grounds": [1, 3],
    "leaves_ladder": True,
    "necessary": True,
    "new_due": "2026-01-05T17:00:00+00:00",
    "notice": "alert",
    "old_due": "2025-12-31T17:00:00+00:00",
    "outcome": "resolved",
    "part": "addressee",
    "process": None,
    "reason": "final_stage_lapsed",
    "received_at": "2025-12-30T15:40:00+00:00",
    "roles": ["team_manager"],
    "status": "awaiting_iro_decision",
    "stops_on": "response",
    "theme": ["Drift or delay"],
    "then": "advance",
    "timed": True,
    "title": "Seen by a manager",
    "waiting_since": "2025-12-22T10:30:00+00:00",
    "working_days": 3,
    "working_days_late": 2,
}
COPIED = ["alert", "complaint_escalated", "complaint_received", "informal_concern", "notice_given", "reassigned"]
ASKS = {*COPIED, "reminder"}
OUTSIDE = {
    "cafcass_referral": "cafcass",
    "family_informed": "foster_carer",
    "guardian_informed": "guardian",
    "representation_issued": "guardian",
    "representation_resolved": "guardian",
}
CONTACTS = {
    "cafcass": Known(name="CAFCASS Legal", email="legal@cafcass.example"),
    "foster_carer": Known(name="Jo Marsh", email="jo.marsh@home.example"),
    "guardian": Known(name="Ada Quinn", email="ada.quinn@guardians.example"),
}
TO_THE_RAISER = {
    "decision_reminder", "extension_requested", "held", "late_response", "overdue", "response_received",
    "significant_change",
}  # fmt: skip
TO_OPERATIONS = {"alert_not_accepted", "delivery_failed"}
Say = Callable[..., Rendered]


@pytest.fixture
def see(order: Callable[..., SendNotice], directory: Directory) -> Callable[..., View]:
    def made(notice: str, role: str | None = None, facts: dict[str, Any] = FACTS, **more: Any) -> View:
        reader = role or _reader(notice)
        reaches = {"to": (reader,), "cc": (), "reaches": (reader,)} if reader != "qau_manager" else {}
        answering = ("team_manager",) if notice in ASKS else ()
        of_notice = {key: more.pop(key) for key in ("channel", "says", "sent_for") if key in more} | reaches
        to_send = order({"contacts": CONTACTS} | more, notice=notice, answering=answering, facts=facts, **of_notice)
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
    return "operations" if notice in TO_OPERATIONS else OUTSIDE.get(notice, "team_manager")


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
        assert words(said.html).read == said.text.split(), notice


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


# What the procedure has its alert repeat ------------------------------------------------------------------------------

AGREED = [
    Saying(label="Agreed actions", texts=["Visit the child\nthis week", "Answer by: <b>never</b>"]),
    Saying(label="Agreed timescale", texts=["3 working days"]),
]


@pytest.mark.parametrize("role", ["team_manager", "qau_manager"])
@pytest.mark.parametrize("notice", ["alert", "informal_concern"])
def test_what_was_agreed_is_repeated_to_the_addressee_and_in_copies(
    see: Callable[..., View], notice: str, role: str
) -> None:
    said = rendering.render(notice, see(notice, role, says=AGREED))
    assert "Agreed actions:\n1. Visit the child this week\n2. Answer by: <b>never</b>\n" in said.text
    assert "Agreed timescale:\n3 working days\n" in said.text
    assert "&lt;b&gt;never&lt;/b&gt;" in said.html
    assert words(said.html).read == said.text.split()
    assert "which has it repeat what was agreed" in said.text
    assert "tells nothing of the concern" not in said.text


@pytest.mark.parametrize("notice", sorted({*rendering.notices()} - {"alert", "informal_concern"}))
def test_no_other_notice_repeats_what_a_person_typed(see: Callable[..., View], notice: str) -> None:
    said = rendering.render(notice, see(notice, says=AGREED))
    assert "Visit the child" not in said.subject + said.text + said.html


# Who reads outside the council ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("notice", OUTSIDE)
def test_who_reads_outside_the_council_is_told_no_theme_ground_or_stage(say: Say, notice: str) -> None:
    said = say(notice)
    assert "SWK-2025-0042" in said.text
    assert not [word for word in ("Drift or delay", "Grounds", "Stage") if word in said.subject + said.text + said.html]


def test_cafcass_is_told_whom_to_turn_to_and_that_the_details_come_another_way(say: Say) -> None:
    said = say("cafcass_referral").text
    for expected in (
        "Dear CAFCASS Legal,",
        "Our reference: SWK-2025-0042",
        "Council: Southwark",
        "Referred by: Sam Okafor (Independent Reviewing Officer)",
        "Email: iro@council.example",
        "sends you the details by the usual secure way",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"event": "raised"}, "a resolution is being sought."),
        ({"event": "advanced", "because": "lapsed"}, "It is now with a more senior manager"),
        ({"event": "responded", "received_at": "2025-12-30T15:40:00+00:00"}, "There is an answer"),
        ({"event": "held"}, "is not settled yet"),
        ({"event": "closed", "outcome": "resolved"}, "has been resolved"),
        ({"event": "closed", "outcome": "unresolved"}, "no longer takes forward"),
        ({"event": "withdrawn"}, "no longer takes forward"),
    ],
)
def test_a_family_is_told_how_it_goes(say: Say, facts: dict[str, Any], expected: str) -> None:
    said = say("family_informed", facts=facts).text
    assert expected in said
    ended = facts["event"] in {"closed", "withdrawn"}
    assert ("will keep you informed" in said) is not ended


def test_people_who_cannot_open_the_case_record_are_not_sent_there(see: Callable[..., View]) -> None:
    seen = see("alert", channel="secure_email")
    linked = replace(seen, link="https://council.example/reply/abc")
    assert "you hear from Sam Okafor" in rendering.render("alert", seen).text
    assert "is on the page that the link opens." in rendering.render("alert", linked).text
    assert "asked for, is in the case record" not in rendering.render("alert", seen).text


# Routes beside the ladder ---------------------------------------------------------------------------------------------


def test_only_who_decides_on_legal_advice_is_asked_to(say: Say) -> None:
    to_decide = say("legal_advice_requested", facts={"decided_by": "team_manager"}).text
    to_know = say("legal_advice_requested", facts={"decided_by": "head_of_qau"}).text
    nobody_decides = say("legal_advice_requested", facts={}).text
    assert "Please decide whether it is necessary." in to_decide
    assert "The Head of QAU decides whether it is necessary." in to_know
    assert not [said for said in (to_know, nobody_decides) if "Please decide" in said]


@pytest.mark.parametrize(
    ("necessary", "expected"), [(True, "advice is necessary:"), (False, "advice is not necessary:"), (None, "whether")]
)
def test_a_decision_on_legal_advice_says_what_it_is(say: Say, necessary: bool | None, expected: str) -> None:
    assert expected in say("legal_advice_decided", facts={"necessary": necessary, "by": "head_of_qau"}).text


def test_a_complaint_with_a_time_is_investigated_and_one_without_is_talked_over(say: Say) -> None:
    timed = say("complaint_received", clock=StageClock(working_days=10))
    assert timed.subject == "SWK-2025-0042: feedback on a complaint due Thursday 8 January 2026 at 5pm"
    assert "Please arrange for it to be investigated" in timed.text
    assert "If that does not resolve it, it can be taken to the Service Manager." in timed.text
    untimed = say("complaint_received", clock=StageClock(working_days=None), next_addressee=None).text
    assert "Please discuss it with whoever raised it." in untimed
    assert not [word for word in ("investigated", "Answer by", "can be taken to") if word in untimed]


def test_a_link_of_a_complaint_is_for_who_is_asked(see: Callable[..., View]) -> None:
    link = "https://council.example/reply/abc"
    for notice in ("complaint_received", "complaint_escalated"):
        said = rendering.render(notice, replace(see(notice), link=link))
        assert link in said.text
        assert f'href="{link}"' in said.html


def test_who_is_handed_a_concern_keeps_the_date_of_who_had_it(say: Say) -> None:
    said = say("reassigned").text
    assert "Answer by: Wednesday 31 December 2025 at 5pm" in said
    assert "handing on gives no more time" in said
    assert "A concern that you have raised was handed on" in say("reassigned", "iro").text


def test_notice_of_a_stage_says_until_when_there_is_time_and_that_no_alert_need_follow(say: Say) -> None:
    said = say("notice_given", clock=StageClock(working_days=3, cap_working_days=20, starts_cap=True))
    assert said.subject == "SWK-2025-0042: notice until Monday 29 December 2025 at 5pm (Stage 1: Team Manager)"
    assert "If it is settled by then, no alert follows." in said.text


def test_a_notice_sent_for_somebody_says_for_whom(say: Say) -> None:
    assert "on behalf of the Head of QAU" in say("cafcass_considered", sent_for="head_of_qau").text
    assert "on behalf of" not in say("cafcass_considered").text


def test_a_referral_beside_the_ladder_leaves_its_dates_alone(say: Say) -> None:
    beside = say("cafcass_referred", facts={"leaves_ladder": False}).text
    assert "its stages and dates stay as they are" in beside
    assert "No stage of this procedure runs any more" in say("cafcass_referred").text


def test_an_alert_after_its_notice_does_not_speak_of_a_stage_before(say: Say) -> None:
    said = say("alert", facts={"event": "notice_ended", "because": "lapsed"}).text
    assert "The notice of it has ended" in said
    assert "the stage before" not in said


RESOLUTION = FACTS | {"stops_on": "resolution", "answered": True}


@pytest.mark.parametrize("notice", ["alert", "informal_concern", "reminder", "reassigned"])
def test_where_only_a_resolution_ends_the_time_no_answer_is_said_to(say: Say, notice: str) -> None:
    said = say(notice, facts=RESOLUTION)
    assert "To be resolved by: Wednesday 31 December 2025 at 5pm" in said.text
    assert "If it is not resolved by then, whatever has been answered, the matter" in said.text
    assert "to be resolved by Wednesday 31 December 2025 at 5pm" in said.subject
    assert not [
        words for words in ("Answer by", "no answer by then", "answer due") if words in said.text + said.subject
    ]


def test_a_time_that_ended_without_a_resolution_is_not_said_to_have_ended_in_silence(say: Say) -> None:
    said = say("overdue", facts=RESOLUTION)
    assert "The matter was not resolved at" in said.text
    assert "no answer" not in said.subject + said.text
    unanswered = say("overdue", facts=RESOLUTION | {"answered": False}).text
    assert "5pm, and there is no answer." in unanswered
    held = say("held", facts=RESOLUTION, next_stage_title=None).text
    assert "The matter was not resolved in time at the last stage" in held
    assert "because it was not resolved in time" in say("alert", facts=RESOLUTION).text


def test_a_stage_that_holds_and_is_not_the_last_can_be_taken_further(say: Say) -> None:
    said = say("held", "iro").text
    assert "it can be taken to Stage 2: Service Manager" in said
    assert "last stage" not in said
    assert "last stage" not in say("alert", facts=FACTS | {"then": "hold"}).text


def test_a_reminder_at_a_stage_without_a_time_says_whose_turn_it_is(say: Say) -> None:
    facts = {"status": "awaiting_response", "answered": False, "asked": ["team_manager", "service_manager"]}
    said = say("decision_reminder", facts=facts)
    assert "There is no answer yet from the Team Manager or Service Manager." in said.text
    assert "No time is set for this stage; only you can take it on." in said.text
    assert said.subject == "SWK-2025-0042: still open (Stage 1: Team Manager)"
    assert "decision" not in said.subject + said.text
    last = say("decision_reminder", facts=facts, next_stage_title=None, next_addressee=None).text
    assert "only you can close it." in last
    assert "referred to CAFCASS" in say("decision_reminder", facts={"status": "referred"}).text


def test_who_raised_it_in_the_raisers_stead_is_named_with_the_raiser(say: Say) -> None:
    """Both names on the email (HLC-19)."""
    both = "Zoë Fraser-Ng (QAU Manager), on behalf of Sam Okafor (Independent Reviewing Officer)"
    for name in ("Zoë Fraser-Ng", None):
        said = say("alert", raised_through="qau_manager", raised_through_name=name).text
        assert f"a concern raised by {both}." in said
        assert f"Raised by: {both}" in said


def test_an_answer_where_no_time_runs_is_not_said_to_be_in_time(say: Say) -> None:
    assert "which is in time" in say("response_received").text
    assert "which is in time" not in say("response_received", facts=FACTS | {"timed": False}).text


def test_what_stands_alone_was_recorded_and_not_raised(say: Say) -> None:
    said = say("good_practice", stage_title=None).text
    assert "Recorded by: Sam Okafor (Independent Reviewing Officer)" in said


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
