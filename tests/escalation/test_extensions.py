"""What does more time do to a deadline, and who may ask for it and grant it?"""

from __future__ import annotations

from datetime import date

import pytest

from escalation import ordering
from escalation.messages import GrantExtension, RefuseExtension, RequestExtension
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, england


@pytest.fixture
def play() -> Play:
    """Southwark at L1, due on Monday 9 November, cap on Monday 30 November 2026."""
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    return play


def grant(play: Play, working_days: int, at: str | None = None, **said: str) -> Outcome:
    return play.act(GrantExtension.model_validate({"by": "iro", "working_days": working_days} | said), at=at)


def ask(play: Play, working_days: int = 3, by: str = "operational_manager") -> Outcome:
    return play.act(RequestExtension(by=by, working_days=working_days))


def code(outcome: Outcome) -> str | None:
    return outcome.rejection.code if outcome.rejection else None


def test_asking_moves_nothing_and_undecided_the_stage_lapses(play: Play) -> None:
    ask(play)
    assert play.due == "2026-11-09 17:00"
    assert play.heard()["extension_requested"] == {"iro"}
    play.pass_time("2026-11-10 00:00")
    assert play.case.visit.stage == "L2"
    assert play.case.visit.extension_asked is None


def test_what_is_granted_counts_from_the_old_due_date(play: Play) -> None:
    ask(play)
    grant(play, 3, at="2026-11-04 10:00")
    assert play.due == "2026-11-12 17:00"
    assert play.heard()["extension_granted"] == {"operational_manager"}


def test_more_time_granted_twice_adds_up(play: Play) -> None:
    grant(play, 3)
    grant(play, 2)
    assert play.due == "2026-11-16 17:00"


def test_more_time_may_be_granted_unasked_up_to_the_instant_of_the_deadline(play: Play) -> None:
    assert code(grant(play, 1, at="2026-11-09 17:00")) is None
    assert play.due == "2026-11-10 17:00"


def test_a_moment_after_the_deadline_it_is_too_late(play: Play) -> None:
    assert code(grant(play, 1, at="2026-11-09 17:00:01")) == "deadline_passed"


def test_after_the_lapse_the_grant_is_for_the_stage_that_now_runs(play: Play) -> None:
    assert code(grant(play, 1, at="2026-11-09 17:01")) is None
    assert (play.case.visit.stage, play.due) == ("L2", "2026-11-17 17:00")


def test_past_the_cap_only_with_a_reason(play: Play) -> None:
    refused = grant(play, 16)
    assert code(refused) == "beyond_cap"
    assert refused.rejection is not None
    assert "At most 15 working days more are left" in refused.rejection.message
    assert code(grant(play, 15)) is None


def test_past_the_cap_with_a_reason_the_cap_passes_without_a_hold_and_the_lapse_then_holds(play: Play) -> None:
    grant(play, 16, reason="A court date")
    assert (play.due, play.events.count("beyond_cap")) == ("2026-12-01 17:00", 1)
    play.pass_time("2026-11-30 18:00")
    assert (play.case.cap_reached, play.case.status) == (True, "awaiting_response")
    play.pass_time("2026-12-02 10:00")
    assert [event for event in play.events if event in {"cap_reached", "lapsed", "held"}] == [
        "cap_reached",
        "lapsed",
        "held",
    ]
    assert play.case.on_hold == "cap_reached"


def test_past_the_cap_a_deadline_that_the_cap_had_cut_short_moves_by_the_days_granted(play: Play) -> None:
    play.respond(at="2026-11-05 10:00")
    play.decide("escalate", to="L4", by="iro", at="2026-11-26 10:00")
    assert play.due == "2026-11-30 17:00"
    grant(play, 1, reason="The Director is back then")
    assert play.due == "2026-12-01 17:00"
    assert play.last("extension_granted").new_due == play.case.due.at  # type: ignore[union-attr]


def test_a_procedure_may_forbid_passing_the_cap_even_with_a_reason() -> None:
    play = Play(
        a_procedure(extension={"beyond_cap": "never"}, cap={"working_days": 6, "starts": "first_alert"}),
        "2026-11-02 10:00",
    )
    play.start()
    refused = grant(play, 2, reason="Please")
    assert code(refused) == "beyond_cap"
    assert refused.rejection is not None
    assert "or give the reason" not in refused.rejection.message


def test_a_procedure_may_limit_the_length() -> None:
    play = Play(a_procedure(extension={"most_working_days": 5}), "2026-11-02 10:00")
    play.start()
    assert code(grant(play, 6)) == "too_long"
    assert code(ask(play, 6, by="manager_1")) == "too_long"


def test_a_procedure_without_further_time_refuses_it() -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start()
    assert code(grant(play, 1)) == code(ask(play, by="social_worker")) == "no_extension"


def test_only_the_addressee_asks_and_only_the_raiser_grants(play: Play) -> None:
    assert code(ask(play, by="head_of_service")) == "not_the_addressee"
    assert code(grant(play, 1, by="operational_manager")) == "not_the_raiser"


def test_a_refusal_ends_the_question_and_moves_nothing(play: Play) -> None:
    ask(play)
    play.act(RefuseExtension(by="iro", reason="The child cannot wait"))
    assert (play.due, play.case.visit.extension_asked) == ("2026-11-09 17:00", None)
    assert code(play.act(RefuseExtension(by="iro"))) == "not_asked"


def test_where_no_deadline_runs_there_is_none_to_move(play: Play) -> None:
    play.respond()
    assert code(grant(play, 1)) == "no_running_deadline"


def test_more_time_beyond_the_calendar_is_refused_with_what_it_covers() -> None:
    calendar = england(2026).model_copy(update={"last": date(2026, 11, 30)})
    play = Play(a_procedure(), "2026-11-02 10:00", calendar)
    play.start()
    refused = grant(play, 30)
    assert code(refused) == "beyond_calendar"
    assert refused.rejection is not None
    assert "2026-11-30" in refused.rejection.message


def test_what_is_granted_moves_the_deadline_in_the_calendars_of_those_who_were_asked(play: Play) -> None:
    play.act(GrantExtension(by="iro", working_days=3), deliver=False)
    granted = next(notice for notice in play.case.outstanding if notice.notice == "extension_granted")
    moved = ordering.order(play.case, granted, "x").deadline
    assert moved
    assert play.case.due
    assert (moved.due, moved.sequence) == (play.case.due.at, 1)
    assert moved.addresses == ("operational_manager@council.example",)
