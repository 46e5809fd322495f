"""What happens when a manager is silent, and when time alone passes?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from escalation import rules
from escalation.messages import Respond, SilenceProven
from escalation.working_days import london_date
from tests.escalation.driver import EXAMPLES, Play, a_procedure, england, london


def southwark(at: str = "2025-03-25 10:00", **said: Any) -> Play:
    play = Play("southwark", at)
    play.start(**said)
    return play


def leicestershire(at: str, **said: Any) -> Play:
    play = Play("leicestershire", at)
    play.start(**said)
    return play


def test_four_silent_managers_reach_the_cap_on_day_twenty_over_easter() -> None:
    play, dues = southwark(), []
    for day in ("2025-04-02", "2025-04-09", "2025-04-16", "2025-04-25"):
        dues.append(play.due)
        play.pass_time(f"{day} 00:30")
    assert dues == ["2025-04-01 17:00", "2025-04-08 17:00", "2025-04-15 17:00", "2025-04-24 17:00"]
    assert [entry.stage for entry in play.of("advanced")] == ["L2", "L3", "L4"]
    assert (play.case.on_hold, play.case.cap_reached) == ("final_stage_lapsed", True)


def test_lapse_and_cap_at_one_instant_are_told_once_the_lapse_first() -> None:
    play = southwark()
    play.pass_time("2025-04-25 00:30")
    order = [event for event in play.events if event in {"lapsed", "cap_reached", "held"}]
    assert order == ["lapsed"] * 4 + ["cap_reached", "held"]
    told = [sent for sent in play.of("email_sent") if sent.at > london("2025-04-24 17:00") and sent.notice != "alert"]
    assert [(sent.notice, set(sent.to)) for sent in told] == [("held", {"iro", "qau_manager", "director_csc"})]


@EXAMPLES
@given(st.dates(date(2012, 1, 1), date(2027, 12, 1)), st.sampled_from(["17:00", "24:00"]), st.integers(0, 23))
def test_a_chain_of_four_lapses_ends_exactly_on_day_twenty(day: date, end_of_day: str, hour: int) -> None:
    play = Play(a_procedure({}, {}, {}, {}, end_of_day=end_of_day), london(f"{day} {hour:02}:10"))
    play.start()
    play.pass_time(play.now + timedelta(days=60))
    twentieth = england(day.year).after(day, 20)
    fourth = play.of("lapsed")[3].due - (timedelta(days=1) if end_of_day == "24:00" else timedelta(0))
    assert london_date(fourth) == twentieth


def test_the_lapse_fires_sixty_seconds_after_the_deadline() -> None:
    play = southwark()
    play.pass_time("2025-04-01 17:00:59")
    assert "lapsed" not in play.events
    play.pass_time("2025-04-01 17:01:00")
    assert play.last("lapsed").at == london("2025-04-01 17:01:00")


def test_silence_is_proven_and_not_assumed() -> None:
    play = southwark()
    play.skip("2025-04-01 17:01")
    outcome = rules.elapse(play.case, play.now)
    assert outcome.entries == ()
    assert rules.silence_needs_proof(outcome.case, play.now) == london("2025-04-01 17:00")


def test_an_inbox_read_before_the_deadline_proves_nothing() -> None:
    play = southwark()
    play.skip("2025-04-01 17:01")
    proof = SilenceProven(visit=play.case.visit.n, read_at=london("2025-04-01 16:59"))
    assert play.take(proof).entries == ()


def test_proof_for_a_stage_already_left_lapses_nothing() -> None:
    play = southwark()
    left = play.case.visit.n
    play.pass_time("2025-04-02 09:00")
    assert play.take(SilenceProven(visit=left, read_at=play.now)).entries == ()


def test_an_answer_found_in_the_inbox_in_time_keeps_the_stage() -> None:
    play = southwark()
    play.inbox.append(
        Respond(response_id="a", stage="L1", by="operational_manager", received_at=london("2025-04-01 16:59"))
    )
    play.pass_time("2025-04-03 09:00")
    assert "lapsed" not in play.events
    assert play.case.status == "awaiting_iro_decision"


def test_after_weeks_of_downtime_stages_lapse_one_at_a_time_each_with_its_full_days() -> None:
    play = southwark()
    play.skip("2025-04-10 11:00")
    play.run()
    assert [entry.stage for entry in play.of("advanced")] == ["L2"]
    assert play.case.visit.day_zero == date(2025, 4, 10)
    assert play.due == "2025-04-17 17:00"


def test_downtime_past_the_cap_ends_in_a_hold_for_the_raiser_not_in_the_next_stage() -> None:
    play = southwark()
    play.skip("2025-06-02 10:00")
    play.run()
    assert (play.case.visit.stage, play.case.on_hold, play.case.cap_reached) == ("L1", "cap_reached", True)
    assert play.case.waiting_for == "iro"


# What a procedure does about a lapse --------------------------------------------------------------------------------


def test_positive_challenge_lapses_to_the_raiser_and_never_advances() -> None:
    play = leicestershire("2025-03-31 09:00")
    play.pass_time("2025-05-31 12:00")
    assert (play.case.visit.stage, play.case.status) == ("PC", "awaiting_iro_decision")
    assert [lapsed.then for lapsed in play.of("lapsed")] == ["ask"]
    assert "Decide whether to access Formal Escalation" in {task.what for task in play.of("task_opened")}


def test_positive_challenge_is_outside_the_cap() -> None:
    play = leicestershire("2025-03-31 09:00")
    play.pass_time("2025-04-08 10:00")
    assert play.case.cap_at is None
    play.decide("go_formal", to="S1", by="iro")
    assert (play.due, play.case.cap_at) == ("2025-04-15 17:00", london("2025-05-09 17:00"))


def test_an_informal_stage_may_advance_by_itself_and_stays_outside_the_cap() -> None:
    procedure = a_procedure({"formal": False}, {}, cap={"working_days": 20, "starts": "formal"})
    play = Play(procedure, "2026-11-02 10:00")
    play.start()
    assert play.case.cap_at is None
    play.pass_time("2026-11-10 00:00")
    assert (play.case.visit.stage, play.case.cap_at) == ("S2", london("2026-12-07 17:00"))


def test_a_stage_that_holds_on_its_lapse_waits_for_the_raiser() -> None:
    play = Play(a_procedure({"on_lapse": "hold"}, {}), "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-12 10:00")
    assert (play.case.visit.stage, play.case.status) == ("S1", "unresolved_hold")
    assert play.heard()["held"] == {"iro", "iro_manager"}


def test_where_only_a_resolution_stops_the_clock_an_answer_is_recorded_and_the_stage_lapses() -> None:
    play = Play(a_procedure({"response": {"stops_on": "resolution"}}, {}), "2026-11-02 10:00")
    play.start()
    play.respond(at="2026-11-04 10:00")
    assert (play.case.status, play.due) == ("awaiting_response", "2026-11-09 17:00")
    play.pass_time("2026-11-10 00:00")
    assert play.case.visit.stage == "S2"


def test_an_answer_before_the_alert_does_not_strand_a_stage_that_only_a_resolution_stops() -> None:
    play = Play(a_procedure({"response": {"stops_on": "resolution"}}, {}), "2026-11-02 10:00")
    play.start(deliver=False)
    play.act(Respond(response_id="a", stage="S1", by="manager_1"), deliver=False)
    play.deliver()
    assert play.due == "2026-11-09 17:00"


def test_a_stage_without_a_clock_never_lapses_and_the_raiser_is_reminded_of_it() -> None:
    play = Play(a_procedure({"response": {"working_days": None}}, {}), "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-20 10:00")
    assert play.case.status == "awaiting_response"
    assert [f"{entry.whom} {entry.at:%d %H:%M}" for entry in play.of("reminded")] == [
        "raiser 03 09:00",
        "raiser 05 09:00",
        "raiser 12 09:00",
        "raiser 19 09:00",
    ]
