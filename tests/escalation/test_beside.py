"""What do the acts beside the ladder do, and do they leave every deadline alone?"""

from __future__ import annotations

from datetime import date

import pytest

from escalation.messages import Close, Command, Cover, Note, RecordTold, SetAction
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, london


@pytest.fixture
def play() -> Play:
    """Leicestershire at S1, due on Monday 9 November 2026."""
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start(stage="S1")
    return play


def code(outcome: Outcome) -> str | None:
    return outcome.rejection.code if outcome.rejection else None


@pytest.mark.parametrize(
    "command",
    [
        SetAction(by="iro", text="Life story work", action_due=date(2026, 11, 4)),
        Note(by="team_manager", text="Seen"),
        Cover(absent="iro", cover="asm_sp"),
    ],
)
def test_no_act_beside_the_ladder_moves_the_deadline(play: Play, command: Command) -> None:
    before = play.due
    assert code(play.act(command)) is None
    assert (play.due, play.case.visit.stage) == (before, "S1")


def test_a_remedial_action_keeps_its_own_date(play: Play) -> None:
    play.act(SetAction(by="iro", text="Life story work", action_due=date(2027, 1, 31)))
    assert play.last("action_set").action_due == date(2027, 1, 31)


def test_who_covers_acts_on_behalf_of_the_raiser_and_the_history_says_so(play: Play) -> None:
    play.respond()
    assert code(play.decide("not_satisfied", by="asm_sp")) == "not_the_raiser"
    play.act(Cover(absent="iro", cover="asm_sp"))
    assert play.case.waiting_for == "asm_sp"
    assert code(play.decide("not_satisfied", by="asm_sp")) is None
    decided = play.last("decided")
    assert (decided.by, decided.on_behalf_of) == ("asm_sp", "iro")


def test_covered_the_raiser_may_still_act(play: Play) -> None:
    play.act(Cover(absent="iro", cover="asm_sp"))
    play.respond()
    assert code(play.decide("not_satisfied", by="iro")) is None
    assert play.last("decided").on_behalf_of is None


def test_another_raiser_who_covers_acts_on_behalf_of_the_absent_one(play: Play) -> None:
    play.act(Cover(absent="iro", cover="independent_conference_chair"))
    play.respond()
    play.decide("not_satisfied", by="independent_conference_chair")
    assert play.last("decided").on_behalf_of == "iro"


def test_the_raiser_comes_back_by_covering_for_nobody(play: Play) -> None:
    play.act(Cover(absent="iro", cover="asm_sp"))
    play.act(Cover(absent="iro", cover="iro"))
    assert play.case.raiser == "iro"
    assert code(play.decide("satisfied", by="asm_sp")) == "not_the_raiser"
    play.decide("satisfied", by="iro")
    assert play.last("decided").on_behalf_of is None


def test_only_whom_the_procedure_names_covers_and_only_for_a_raiser(play: Play) -> None:
    refused = play.act(Cover(absent="iro", cover="team_manager"))
    assert code(refused) == "may_not_cover"
    assert code(play.act(Cover(absent="team_manager", cover="asm_sp"))) == "not_the_raiser"


def test_who_is_asked_to_answer_does_not_decide_who_covers(play: Play) -> None:
    outcome = play.act(Cover(by="team_manager", absent="iro", cover="asm_sp"))
    assert outcome.rejection and (outcome.rejection.code, outcome.rejection.field) == ("may_not_cover", "by")


def test_where_no_cover_is_named_the_line_manager_covers() -> None:
    play = Play(a_procedure(), "2026-11-02 10:00")
    play.start()
    assert code(play.act(Cover(absent="iro", cover="iro_manager"))) is None


def test_notices_to_the_raiser_reach_who_covers(play: Play) -> None:
    play.act(Cover(absent="iro", cover="asm_sp"))
    before = len(play.entries)
    play.respond()
    assert play.heard(since=before)["response_received"] == {"asm_sp"}


def test_a_closed_escalation_takes_no_note(play: Play) -> None:
    play.act(Close(by="iro", outcome="unresolved", reason="x"))
    assert code(play.act(Note(by="iro", text="One more thing"))) == "closed"


# Told by hand -------------------------------------------------------------------------------------------------------


def untold(at: str = "2026-11-02 10:00") -> Play:
    play = Play("southwark", at)
    play.start(deliver=False)
    return play


def told(play: Play, when: str, by: str | None = "iro") -> Outcome:
    return play.act(RecordTold(by=by, told_at=london(when), how="By telephone"), deliver=False)


def test_an_alert_given_by_hand_starts_the_clock_on_the_date_on_which_it_was_given() -> None:
    play = untold()
    play.pass_time("2026-11-05 10:00", mail=False)
    assert code(told(play, "2026-11-04 15:00")) is None
    assert (play.due, play.case.waiting_for) == ("2026-11-11 17:00", "operational_manager")
    assert play.case.cap_at == london("2026-12-02 17:00")


def test_given_early_after_a_lapse_it_counts_from_the_lapsed_due_date_as_an_email_would() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-09 17:00")
    play.pass_time("2026-11-10 08:30", mail=False)
    assert play.case.visit.stage == "L2"
    told(play, "2026-11-10 08:30")
    assert (play.case.visit.day_zero, play.due) == (date(2026, 11, 9), "2026-11-16 17:00")


def test_told_long_ago_the_stage_lapses_from_the_day_on_which_it_was_told() -> None:
    play = untold()
    play.pass_time("2026-11-20 10:00", mail=False)
    told(play, "2026-11-03 10:00")
    play.pass_time("2026-11-20 10:05", mail=False)
    assert play.last("lapsed").due == london("2026-11-10 17:00")


@pytest.mark.parametrize("when", ["2026-11-02 09:59", "2026-11-02 11:00"])
def test_nobody_was_told_before_the_stage_began_or_after_now(when: str) -> None:
    assert code(told(untold(), when)) == "told_when"


def test_who_told_is_said_and_what_has_reached_its_addressee_is_not_told_again() -> None:
    play = untold()
    assert code(told(play, "2026-11-02 10:00", by=None)) == "who_acts"
    told(play, "2026-11-02 10:00")
    assert code(told(play, "2026-11-02 10:00")) == "already_alerted"


def test_the_email_that_follows_a_conversation_does_not_start_the_clock_again() -> None:
    play = untold()
    told(play, "2026-11-02 10:00")
    play.pass_time("2026-11-05 10:00")
    assert play.case.visit.day_zero == date(2026, 11, 2)
