"""What a meeting decides, case by case, and which actions are carried from report to report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from escalation.figures import Action, AgendaItem, Figures
from escalation.past import Made, Past
from escalation.reporting import figures
from tests.escalation.driver import shipped

LEICESTERSHIRE, OXFORDSHIRE = shipped("leicestershire"), shipped("oxfordshire")
JUNE, JULY = date(2026, 6, 9), date(2026, 7, 7)


def at_stage(reference: str, stage: str) -> Past:
    return Past(reference=reference, stage=stage, reached=(stage,), raised_on=date(2026, 5, 5))


def made(what: str, on: date, reference: str | None = None, **fields: Any) -> Made:
    return Made(what=what, at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC), reference=reference, fields=fields)


def decision(on: date, reference: str | None, said: str = "action agreed", **fields: Any) -> Made:
    there = {"sm_sp": True, "adm": False, "assistant_director": True}
    fields = {"held_on": on.isoformat(), "decision": said, "attended": there} | fields
    return made("challenge_meeting_decision", on, reference, **fields)


def agenda(on: date, *recordings: Made) -> dict[str | None, AgendaItem]:
    cases = [at_stage("LEI-1", "S3"), at_stage("LEI-2", "S2"), at_stage("LEI-3", "S4")]
    said = figures(LEICESTERSHIRE, "monthly_challenge_agenda", cases, recordings, on=on)
    return {item.reference: item for item in said.agenda}


def test_the_agenda_has_what_is_at_its_stages_and_what_was_referred_to_it() -> None:
    found = agenda(JUNE, made("refer_to_challenge_meeting", JUNE, "LEI-2", reason="At once"))
    assert {key: item.because for key, item in found.items()} == {
        "LEI-1": ["at_stage"], "LEI-2": ["referred"], "LEI-3": ["at_stage"],
    }  # fmt: skip
    assert found["LEI-2"].stage == "S2"


def test_a_matter_of_no_dispute_can_be_referred_and_decided() -> None:
    found = agenda(JUNE, made("refer_to_challenge_meeting", JUNE), decision(JUNE, None))[None]
    assert (found.open, found.because, len(found.decided)) == (False, ["referred"], 1)


def test_what_is_decided_stands_at_its_case_with_who_was_there() -> None:
    found = agenda(JUNE, decision(JUNE, "LEI-1", text="Minutes by Friday"))["LEI-1"]
    assert [(one.held_on, one.decision, one.text) for one in found.decided] == [
        (JUNE, "action agreed", "Minutes by Friday")
    ]
    assert found.decided[0].attended == ["Service Manager, Safeguarding and Performance", "Assistant Director"]
    assert found.decided_last_time == []


def test_the_next_agenda_says_what_was_decided_last_time() -> None:
    both = decision(date(2026, 5, 12), "LEI-1", "to the assistant director"), decision(JUNE, "LEI-1")
    found = agenda(JULY, *both)["LEI-1"]
    assert [one.held_on for one in found.decided_last_time] == [JUNE]
    assert found.decided == []


def test_what_was_decided_of_a_case_closed_since_is_still_shown_on_its_date() -> None:
    found = agenda(JUNE, decision(JUNE, "LEI-9"))["LEI-9"]
    assert (found.because, found.open, len(found.decided)) == (["decided"], False, 1)
    assert "LEI-9" not in agenda(JULY, decision(JUNE, "LEI-9"))


def test_a_decision_written_down_later_counts_on_the_date_of_its_meeting() -> None:
    late = decision(JULY, "LEI-1", held_on=JUNE.isoformat())
    assert [one.held_on for one in agenda(JULY, late)["LEI-1"].decided_last_time] == [JUNE]


# The action log -------------------------------------------------------------------------------------------------------


def log(*recordings: Made, first: date = date(2026, 4, 1), last: date = date(2026, 9, 30)) -> list[Action]:
    said: Figures = figures(OXFORDSHIRE, "six_monthly", [], recordings, first, last)
    return said.actions


OPENED = made("log_action", date(2025, 11, 3), text="Train the teams", owner="Service Manager", arises_from="annual")
REVIEWED = made("review_action", date(2026, 5, 4), text="train  the Teams", progress="Two of four")
DONE = made("review_action", date(2026, 6, 1), text="Train the teams", progress="All four", done=True)


def test_an_action_is_carried_with_every_review_until_it_is_done() -> None:
    (action,) = log(OPENED, REVIEWED, DONE)
    assert (action.logged_on, action.owner, action.arises_from) == (date(2025, 11, 3), "Service Manager", "annual")
    assert [(one.progress, one.done) for one in action.reviews] == [("Two of four", False), ("All four", True)]
    assert action.done


def test_what_was_done_is_told_once_and_then_left_out() -> None:
    after = {"first": date(2026, 10, 1), "last": date(2027, 3, 31)}
    assert log(OPENED, DONE, **after) == []
    assert [action.done for action in log(OPENED, REVIEWED, **after)] == [False]


def test_a_report_of_a_past_period_knows_no_later_review() -> None:
    before = {"first": date(2025, 10, 1), "last": date(2026, 3, 31)}
    assert [action.reviews for action in log(OPENED, REVIEWED, DONE, **before)] == [[]]
    assert log(OPENED, first=date(2025, 4, 1), last=date(2025, 9, 30)) == []
