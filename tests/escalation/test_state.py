"""Where does the escalation stand, as anyone may ask?"""

from __future__ import annotations

from typing import Any

from escalation.history import CaseNote, TaskOpened
from escalation.messages import Bypass, RequestExtension, Withdraw
from escalation.state import State, state_of, view
from escalation.summary import summary_of
from tests.escalation.driver import Play, a_procedure, london


def state(play: Play) -> State:
    return state_of(play.case, play.now)


def started(**said: Any) -> Play:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(**said)
    return play


def test_it_says_stage_turn_and_deadlines_with_londons_offset() -> None:
    play = Play("southwark", "2026-10-20 10:00")
    play.start()
    shown = state(play).model_dump(mode="json")
    assert (shown["stage"], shown["waiting_for"], shown["due"]) == (
        "L1",
        "operational_manager",
        "2026-10-27T17:00:00+00:00",
    )
    assert shown["cap"] == "2026-11-17T17:00:00+00:00"
    summer = Play("southwark", "2026-06-01 10:00")
    summer.start()
    assert state(summer).model_dump(mode="json")["due"] == "2026-06-08T17:00:00+01:00"


def test_open_it_always_says_until_when() -> None:
    play = started(deliver=False)
    assert state(play).until == london("2026-11-02 12:00")  # then operations are alarmed
    play.deliver()
    assert state(play).until == london("2026-11-09 17:00")
    play.respond()
    assert state(play).until == london("2026-11-03 09:00")  # then the raiser is reminded


def test_ended_it_waits_for_nobody_and_shows_how_it_ended() -> None:
    play = started()
    play.decide("satisfied", by="iro")
    shown = state(play)
    assert (shown.waiting_for, shown.until, shown.due, shown.cap, shown.offered) == (None, None, None, None, [])
    assert shown.closed is not None
    assert shown.closed.model_dump() == {"outcome": "resolved", "date_concluded": "2026-11-02"}
    play = started()
    play.act(Withdraw(by="iro", reason="x"))
    assert (state(play).status, state(play).closed) == ("withdrawn", None)


def test_clipped_and_beyond_the_cap_are_said() -> None:
    play = started()
    play.respond()
    play.decide("escalate", by="iro", to="L3", at="2026-11-26 10:00")
    assert state(play).clipped_to_cap
    play.pass_time("2026-12-01 10:00")
    assert (state(play).on_hold, state(play).cap_reached) == ("cap_reached", True)
    play.act(Bypass(by="iro", to="L4"))
    assert (state(play).beyond_cap, state(play).clipped_to_cap) == (True, False)


def test_it_offers_what_the_raiser_can_do_now() -> None:
    play = started(deliver=False)
    assert "record_told" in state(play).offered
    assert "grant_extension" not in state(play).offered
    play.deliver()
    assert {"bypass", "grant_extension"} <= set(state(play).offered)
    assert not {"record_told", "refuse_extension"} & set(state(play).offered)
    play.act(RequestExtension(by="operational_manager", working_days=1))
    assert "refuse_extension" in state(play).offered
    play.act(Bypass(by="iro", to="L4"))
    assert "bypass" not in state(play).offered


def test_a_procedure_that_leaves_out_no_stage_offers_no_bypass() -> None:
    play = Play(a_procedure(entry={"may_bypass": False}), "2026-11-02 10:00")
    play.start()
    assert "bypass" not in state(play).offered


def test_an_entry_is_shown_with_its_details_apart_and_its_instant_in_london() -> None:
    play = Play("southwark", "2026-06-01 10:00")
    play.start(name="A. Reviewer")
    play.respond(text="Friday")
    shown = view(play.last("responded")).model_dump(mode="json")
    assert (shown["event"], shown["by"], shown["at"]) == (
        "responded",
        "operational_manager",
        "2026-06-01T10:00:00+01:00",
    )
    assert shown["details"]["text"] == "Friday"
    assert not {"n", "at", "event", "by"} & set(shown["details"])


def test_starting_files_a_record_and_gives_the_raiser_tasks() -> None:
    entries = started().entries
    assert [entry.heading for entry in entries if isinstance(entry, CaseNote)] == ["IRO - escalation"]
    assert {entry.to for entry in entries if isinstance(entry, TaskOpened)} == {"iro"}


def test_the_register_is_told_the_same() -> None:
    play = started()
    told = summary_of(play.case)
    assert (told.stage, told.status, told.waiting_for, told.n) == (
        "L1",
        "awaiting_response",
        "operational_manager",
        play.case.n,
    )
    play.decide("satisfied", by="iro")
    told = summary_of(play.case)
    assert (told.outcome, told.waiting_for, told.closed_at) == ("resolved", None, play.now)
    play = started()
    play.act(Withdraw(by="iro", reason="x"))
    assert summary_of(play.case).outcome == "withdrawn"
