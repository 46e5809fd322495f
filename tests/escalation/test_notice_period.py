"""May a matter still be settled in a notice period, and what follows when it is not? (HLC-15, HAL-A13)"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Bypass, GiveNotice, GrantExtension, Reassign, RecordTold, RequestExtension
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.state import State, state_of
from tests.escalation.driver import Play, a_procedure, kept, london, refused, tasks

AT = "2026-11-02 10:00"
MONTH = {"working_days": 20, "starts": "first_alert"}


def with_notice(**more: Any) -> Procedure:
    """Three stages, the second of which may be given notice of, at most five working days."""
    stage = {"response": {"raiser_may": "shorten"}, "notice_period": {"most_working_days": 5}}
    return a_procedure({}, stage, {}, **{"cap": MONTH} | more)


def noticed(days: int = 3, procedure: Procedure | None = None, **said: Any) -> Play:
    """Notice of S2 given at the start, on a Monday."""
    play = Play(procedure or with_notice(), AT)
    assert not play.start(stage="S2", notice_working_days=days, **said).rejection
    return play


def give(play: Play, **said: Any) -> Outcome:
    given = {"by": "iro", "stage": "S2", "notice_working_days": 3, "reason": "x"}
    return play.act(GiveNotice.model_validate(given | said))


def state(play: Play) -> State:
    return state_of(play.case, play.now)


# While it runs --------------------------------------------------------------------------------------------------------


def test_the_stages_addressee_has_notice_and_nobody_has_an_alert() -> None:
    play = noticed()
    assert play.heard() == {"notice_given": {"manager_2"}}
    shown = state(play)
    assert (shown.stage, shown.status, shown.waiting_for) == ("S2", "notice_period", "manager_2")
    assert (shown.due, shown.timers) == (None, {"S2_notice": london("2026-11-05 17:00")})
    assert play.last("notice_given").working_days == 3
    assert kept(play) == play.case


def test_it_counts_within_the_total_time_from_its_sending() -> None:
    play = noticed()
    assert play.case.cap_at == london("2026-11-30 17:00")
    play.pass_time("2026-11-06 10:00")
    assert play.case.cap_at == london("2026-11-30 17:00")


def test_until_a_mail_server_takes_the_notice_its_time_does_not_run() -> None:
    play = Play(with_notice(), AT)
    play.start(stage="S2", notice_working_days=1, deliver=False)
    play.pass_time("2026-11-05 10:00", mail=False)
    assert (state(play).waiting_for, state(play).timers) == ("operations", {})
    play.act(RecordTold(by="iro", told_at=play.now, how="By telephone"), deliver=False)
    assert state(play).timers == {"S2_notice": london("2026-11-06 17:00")}


def test_settled_within_it_nobody_is_ever_alerted() -> None:
    play = noticed()
    play.respond(at="2026-11-03 10:00")
    assert play.case.status == "awaiting_iro_decision"
    play.decide("satisfied", at="2026-11-04 10:00")
    play.pass_time("2026-11-20 10:00")
    assert play.case.status == "closed"
    assert "alert" not in play.heard()


# When it ends ---------------------------------------------------------------------------------------------------------


def test_at_its_end_the_stage_begins_with_all_its_days_counted_from_that_date() -> None:
    play = noticed()
    before = len(play.entries)
    play.pass_time("2026-11-06 10:00")
    assert play.heard(since=before) == {"alert": {"manager_2"}}
    assert (play.due, play.case.status, state(play).timers) == ("2026-11-12 17:00", "awaiting_response", {})
    assert [ended.because for ended in play.of("notice_ended")] == ["lapsed"]
    assert {"lapsed", "advanced"}.isdisjoint(play.events)
    play.pass_time("2026-11-13 10:00")
    assert (play.case.visit.stage, play.due) == ("S3", "2026-11-19 17:00")
    assert kept(play) == play.case


def test_the_raisers_own_time_and_addressee_are_kept_for_the_stage() -> None:
    play = noticed(procedure=with_notice(entry={"names_addressee": True}), working_days=2, addressee="clerk")
    assert play.heard() == {"notice_given": {"clerk"}}
    play.pass_time("2026-11-06 10:00")
    assert (play.heard()["alert"], play.due) == ({"clerk"}, "2026-11-09 17:00")


def test_who_it_was_handed_on_to_has_the_alert_too() -> None:
    play = noticed()
    play.act(Reassign(by="manager_2", to="clerk"))
    play.pass_time("2026-11-06 10:00")
    assert play.heard()["alert"] == {"clerk", "manager_2"}


def test_a_stage_of_which_notice_was_given_is_entered_once_and_by_an_act() -> None:
    listed = [
        {"on": "entered", "to": "clerk", "what": "entered"},
        {"on": "entered", "to": "clerk", "what": "lapsed", "when": {"because": "lapsed"}},
        {"on": "entered", "to": "clerk", "what": "here", "when": {"started_here": True}},
        {"on": "notice_given", "to": "clerk", "what": "notice"},
    ]
    play = noticed(procedure=with_notice(tasks=listed))
    assert tasks(play, "clerk") == ["notice"]
    play.pass_time("2026-11-06 10:00")
    assert tasks(play, "clerk") == ["notice", "entered", "here"]


@pytest.mark.parametrize(("outcome", "status"), [("not_satisfied", "S2"), ("escalate", "S3")])
def test_an_answer_within_it_is_judged_as_any_other(outcome: str, status: str) -> None:
    play = noticed()
    play.respond(at="2026-11-03 10:00")
    assert refused(play.decide(outcome, at="2026-11-04 10:00")) is None
    assert (play.case.visit.stage, play.case.visit.notice_period, play.case.status) == (
        status,
        False,
        "awaiting_response",
    )
    assert play.heard()["alert"] == {f"manager_{status[1]}"}


@pytest.mark.parametrize("to", ["S2", "S3"])
def test_the_raiser_may_cut_it_short_and_nobody_goes_down(to: str) -> None:
    play = noticed()
    assert refused(play.act(Bypass(by="iro", to="S1", reason="x"))) == ("not_upwards", "to")
    assert refused(play.act(Bypass(by="iro", to=to, reason="x"))) is None
    assert (play.case.visit.stage, play.case.status) == (to, "awaiting_response")
    assert refused(play.act(Bypass(by="iro", to=to, reason="x"))) == ("not_upwards", "to")


def test_no_more_time_is_asked_or_given_in_it() -> None:
    play = noticed()
    assert refused(play.act(RequestExtension(by="manager_2", working_days=2))) == ("no_running_deadline", None)
    assert refused(play.act(GrantExtension(by="iro", working_days=2))) == ("no_running_deadline", None)


def test_at_the_cap_it_holds_and_alerts_nobody() -> None:
    play = noticed(5, with_notice(cap={"working_days": 5, "starts": "first_alert"}))
    play.pass_time("2026-11-10 10:00")
    assert (play.case.on_hold, play.case.status) == ("cap_reached", "unresolved_hold")
    assert "alert" not in play.heard()
    assert refused(play.decide("escalate")) is None


# Giving it from a stage -----------------------------------------------------------------------------------------------


def test_notice_of_a_later_stage_leaves_the_one_that_runs() -> None:
    play = Play(with_notice(), AT)
    play.start()
    before = len(play.entries)
    assert refused(give(play, at=None)) is None
    assert (play.case.status, play.heard(since=before)) == ("notice_period", {"notice_given": {"manager_2"}})
    play.pass_time("2026-11-06 10:00")
    assert (play.case.visit.stage, play.due) == ("S2", "2026-11-12 17:00")
    assert kept(play) == play.case


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"notice_working_days": 6}, ("notice_too_long", "notice_working_days")),
        ({"stage": "S3"}, ("no_notice_period", "stage")),
        ({"stage": "S1"}, ("not_upwards", "to")),
        ({"stage": "S9"}, ("no_such_stage", "to")),
        ({"by": "manager_1"}, ("not_the_raiser", "by")),
    ],
)
def test_notice_that_the_procedure_does_not_know_is_refused(said: dict[str, Any], refusal: tuple[str, str]) -> None:
    play = Play(with_notice(), AT)
    play.start()
    assert refused(give(play, **said)) == refusal
    assert (play.case.visit.stage, play.case.status) == ("S1", "awaiting_response")


def test_it_is_given_once_and_only_where_stages_may_be_left() -> None:
    assert refused(give(noticed())) == ("notice_runs", "stage")
    strict = Play(with_notice(entry={"may_bypass": False}), AT)
    strict.start()
    assert refused(give(strict)) == ("each_stage_followed", "to")
    strict.respond()
    assert refused(give(strict)) is None


@pytest.mark.parametrize(("stage", "code"), [("S1", "no_notice_period"), ("S2", "notice_too_long")])
def test_at_the_start_too_it_must_fit(stage: str, code: str) -> None:
    outcome = Play(with_notice(), AT).start(stage=stage, notice_working_days=6)
    assert outcome.rejection
    assert (outcome.rejection.code, outcome.entries) == (code, ())


def test_it_is_offered_while_a_stage_with_one_lies_ahead() -> None:
    play = Play(with_notice(), AT)
    play.start()
    assert "notice" in state(play).offered
    give(play)
    assert "notice" not in state(play).offered
    play.pass_time("2026-11-06 10:00")
    assert "notice" not in state(play).offered


def test_haltons_form_is_asked_for_when_notice_is_given_and_not_again_at_its_end() -> None:
    play = Play("halton-looked-after", AT)
    assert refused(play.start(stage="S2", notice_working_days=3, alert=None)) == ("incomplete", "alert")
    play.start(stage="S2", ground=5, notice_working_days=3)
    play.pass_time("2026-11-06 10:00")
    assert (play.case.status, tasks(play)) == ("awaiting_response", [])
    assert [note.heading for note in play.of("case_note")] == ["dedicated form", "dedicated form"]
