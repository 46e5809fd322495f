"""How is a history told on a terminal, whatever somebody wrote?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escalation.rules.page import Rejection
from escalation.state import EntryView, state_of
from starter.acting import way_out
from starter.awaited import awaited_lines
from starter.telling import LONGEST, history_lines, stands, state_lines
from tests.escalation.driver import Play


def line_of(text: str) -> str:
    entry = EntryView(n=3, at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC), event="noted", details={"text": text})
    (line,) = history_lines([entry])
    return line.partition("noted: ")[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We agree.\n\nMaeve", "We agree. Maeve"),
        ("We agree.\u202e Not.\x1b[2K", "We agree. Not.[2K"),
        ("a" * LONGEST, "a" * LONGEST),
        ("word " * 4_000, f"{'word ' * (LONGEST // 5)}".rstrip() + "… (cut here)"),
    ],
)
def test_what_somebody_wrote_is_one_line_that_turns_nothing_and_ends(text: str, told: str) -> None:
    assert line_of(text) == told


@pytest.mark.parametrize(
    ("event", "said", "told"),
    [
        ("post_covered", {"role": "team_manager", "cover": "service_manager", "person": "Hamish Reid", "why": "vacant"},
         "post covered L1: Hamish Reid (service_manager) for team_manager, as nobody holds it"),
        ("turn_passed", {"to": "qau_manager", "because": "leave"},
         "turn passed L1 to qau_manager, as the raiser is on leave"),
        ("reassigned", {"to": "head_of_service", "reason": "Another\nteam's."},
         "reassigned L1 to head_of_service: Another team's."),
        ("handed_over", {"to": "iro", "to_name": "Milo Hart", "from_name": "Amara Okafor", "reason": "She leaves."},
         "handed over L1 from Amara Okafor to Milo Hart (iro): She leaves."),
        ("out_of_office", {"role": "team_manager", "person": "Grace Ndlovu"},
         "out of office L1: Grace Ndlovu (team_manager) is away"),
    ],
)  # fmt: skip
def test_a_line_about_people_says_who_takes_whose_place(event: str, said: dict[str, str], told: str) -> None:
    at = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    (line,) = history_lines([EntryView(n=3, at=at, event=event, stage="L1", details=said)])
    assert line == f"  23 Nov 2026 10:00  {told}"


@pytest.mark.parametrize(
    ("field", "says"),
    [("outcome_text", "--outcome-text"), ("form", "twentydays act OXF-1 complete_form by=… fields.form=…")],
)
def test_a_refusal_for_what_is_missing_says_how_it_is_given(field: str, says: str) -> None:
    assert says in way_out(Rejection(code="incomplete", message="It is needed.", field=field), "OXF-1")


def test_another_refusal_says_no_more_than_its_reason() -> None:
    assert way_out(Rejection(code="too_late", message="It is too late.", field="to"), "OXF-1") == ""


def test_where_it_stands_is_told_in_the_titles_of_the_procedure_with_the_keys_that_commands_take() -> None:
    play = Play("sbc", "2026-11-02 10:00")
    play.start(stage="L1")
    first, second, *_ = state_lines(state_of(play.case, play.now), play.procedure)
    assert first.endswith("stage L1, awaiting response")
    asked = play.case.addressees()[0]
    assert second.startswith(f"  waiting for {play.procedure.role_title(asked)} ({asked}) until ")
    assert stands("awaiting_iro_decision") == "awaiting a decision"


def test_an_answer_that_does_not_settle_whose_turn_it_is_says_what_is_awaited() -> None:
    """SBC-22"""
    play = Play("sbc", "2026-11-02 10:00")
    play.start(stage="L1")
    play.respond(at="2026-11-03 10:00")
    raiser, title = play.procedure.role_title("fciro"), play.case.stage.title
    (said,) = awaited_lines(state_of(play.case, play.now), play.case, "L1")
    assert said.startswith(f"The answer is kept. {title} waits until it is resolved by ")
    assert said.endswith(f": the {raiser} says when it is.")
    (earlier,) = awaited_lines(state_of(play.case, play.now), play.case, "informal")
    assert earlier == f"The answer is kept. {title} still waits for its own; the {raiser} decides what this changes."


def test_where_an_answer_makes_it_the_raisers_turn_nothing_more_is_said() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.respond(at="2026-11-03 10:00")
    assert list(awaited_lines(state_of(play.case, play.now), play.case, "L1")) == []
