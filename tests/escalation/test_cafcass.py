"""When may the raiser refer to CAFCASS, what comes first, who hears, and what does it do to the ladder?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import ConsiderCafcass as Consider
from escalation.messages import Cover, HoldMeeting, ManagerDisagrees, ReferCafcass, Withdraw
from escalation.procedure import Procedure
from escalation.state import state_of
from escalation.wire import Subject
from tests.escalation.driver import Play, a_procedure, advised, kept, refused, tasks

AT = "2026-11-02 10:00"
CP = Subject(kind="cp")
LETTERS = [
    {"notice": "cafcass_considered", "on": "cafcass_considered", "to": ["line_manager"]},
    {"notice": "cafcass_referral", "on": "cafcass_referred", "to": ["cafcass"]},
]


def with_cafcass(*stages: dict[str, Any], **more: Any) -> Procedure:
    given = {"subjects": ["lac", "cp"], "notices": LETTERS, "cafcass": {"to": "cafcass", "subjects": ["lac"]}}
    return a_procedure(*stages, **given | more)


def started(procedure: str | Procedure | None = None, **said: Any) -> Play:
    play = Play(procedure or with_cafcass(), AT)
    assert not play.start(**said).rejection
    return play


def refer(**said: Any) -> ReferCafcass:
    return ReferCafcass.model_validate({"by": "iro"} | said)


def consider(by: str = "iro", **said: Any) -> Consider:
    return Consider(by=by, **said)


# Considering ----------------------------------------------------------------------------------------------------------


def test_considering_tells_whom_the_procedure_names_and_moves_nothing() -> None:
    play = started()
    due, before = play.due, len(play.entries)
    assert refused(play.act(consider(reason="Drift", fields={"detail": "x"}))) is None
    assert play.heard(since=before) == {"cafcass_considered": {"iro_manager"}}
    assert (play.due, play.case.status, play.case.cafcass_referred) == (due, "awaiting_response", False)
    entry = play.last("cafcass_considered")
    assert (entry.stage, entry.by, entry.reason, entry.fields) == ("S1", "iro", "Drift", {"detail": "x"})
    assert kept(play) == play.case


def test_southwark_tells_the_manager_and_the_director_on_behalf_of_the_head_of_qau() -> None:
    """SWK-28, SWK-29, SWK-A12"""
    play = started("southwark")
    before = len(play.entries)
    play.act(consider())
    sent = [(one.to, one.sent_for) for one in play.of("email_sent") if one.n > before]
    assert sent == [(["qau_manager"], None), (["director_csc", "head_of_service"], "head_of_qau")]
    assert [what.split()[0] for what in tasks(play, "head_of_qau", before)] == ["Inform"]


@pytest.mark.parametrize(("stage", "readers"), [("S1", {"asm_sp"}), ("S3", {"asm_sp", "sm_sp"})])
def test_leicestershire_tells_the_line_manager_and_from_stage_three_the_service_manager(
    stage: str, readers: set[str]
) -> None:
    """LEI-45, LEI-14"""
    play = started("leicestershire", stage=stage)
    before = len(play.entries)
    play.act(consider())
    assert play.heard(since=before) == {"cafcass_considered": readers}


@pytest.mark.parametrize("command", [consider("manager_1"), refer(by="manager_1")])
def test_only_the_raiser_or_who_covers_considers_and_refers(command: Consider | ReferCafcass) -> None:
    play = started()
    assert refused(play.act(command)) == ("not_the_raiser", "by")
    play.act(Cover(absent="iro", cover="iro_manager"))
    assert refused(play.act(command.model_copy(update={"by": "iro_manager"}))) is None
    assert (play.entries[-2].by, play.entries[-2].on_behalf_of) == ("iro_manager", "iro")


@pytest.mark.parametrize("command", [consider(), refer()])
def test_where_the_procedure_knows_no_referral_or_none_for_the_subject_it_is_refused_and_not_offered(
    command: Consider | ReferCafcass,
) -> None:
    nothing, not_for_cp = started(a_procedure()), started(subject=CP)
    assert refused(nothing.act(command)) == ("no_cafcass", None)
    assert refused(not_for_cp.act(command)) == ("cafcass_not_for_this_subject", None)
    for play in (nothing, not_for_cp):
        assert not {"consider_cafcass", "refer_cafcass", "hold_meeting"} & set(state_of(play.case, play.now).offered)
        assert "cafcass" not in {role for roles in play.heard().values() for role in roles}


@pytest.mark.parametrize(
    ("key", "by", "kind", "code"),
    [
        ("leicestershire", "iro", "cp", "cafcass_not_for_this_subject"),  # LEI-30
        ("oxfordshire", "iro", "cp", "cafcass_not_for_this_subject"),  # OXF-A12
        ("sbc", "fciro", "foster_carer", "no_cafcass"),  # SBC-29
        ("halton-child-protection", "cp_irm", "cp", "no_cafcass"),  # HCP-18
    ],
)
def test_these_documents_have_no_referral_for_these_subjects(key: str, by: str, kind: Any, code: str) -> None:
    play = started(key, subject=Subject(kind=kind))
    assert refused(play.act(refer(by=by, fields={"detail": "x"}))) == (code, None)
    assert play.case.cafcass_referred is False


# Beside the ladder ----------------------------------------------------------------------------------------------------


def test_a_referral_while_a_stage_runs_leaves_the_ladder_as_it_is() -> None:
    """SWK-27, OXF-A13: at any time."""
    play = started()
    due, before = play.due, len(play.entries)
    assert refused(play.act(refer(reason="Imminent move"))) is None
    assert play.last("cafcass_referred").leaves_ladder is False
    assert (play.due, play.case.status, play.case.shown_stage) == (due, "awaiting_response", "S1")
    assert play.heard(since=before) == {"cafcass_referral": {"cafcass"}}
    play.pass_time("2026-11-10 10:00")
    assert (play.case.visit.stage, play.case.waiting_for) == ("S2", "manager_2")
    assert kept(play) == play.case


def test_it_is_made_once_beside_the_ladder_and_once_more_when_the_ladder_is_over() -> None:
    play = started()
    play.act(refer())
    assert refused(play.act(refer())) == ("already_referred", None)
    assert "refer_cafcass" not in state_of(play.case, play.now).offered
    play.pass_time("2026-11-17 10:00")
    assert play.case.on_hold == "final_stage_lapsed"
    assert "refer_cafcass" in state_of(play.case, play.now).offered
    assert refused(play.act(refer())) is None
    assert refused(play.act(refer())) == ("already_referred", None)


def test_what_is_over_is_not_referred() -> None:
    play = started()
    play.act(Withdraw(by="iro", reason="x"))
    assert refused(play.act(refer())) == ("closed", None)
    assert refused(play.act(consider())) == ("closed", None)


# Where nothing of the ladder runs any more ---------------------------------------------------------------------------


def left() -> Play:
    play = started(with_cafcass(cap={"working_days": 20, "starts": "first_alert"}))
    play.pass_time("2026-11-17 10:00")
    play.act(refer())
    return play


def test_after_the_last_stage_it_is_with_cafcass_and_the_raiser_is_still_reminded() -> None:
    play = left()
    shown = state_of(play.case, play.now)
    assert (shown.stage, shown.status, shown.waiting_for) == ("CAFCASS", "referred", "cafcass")
    assert (shown.due, shown.on_hold) == (None, None)
    assert not {"consider_cafcass", "refer_cafcass"} & set(shown.offered)
    play.pass_time("2026-11-18 10:00")
    assert play.last("reminded").whom == "raiser"
    assert kept(play) == play.case


def test_the_cap_that_ends_meanwhile_is_recorded_and_puts_nothing_on_hold_again() -> None:
    play = left()
    before = len(play.entries)
    play.pass_time("2026-12-01 10:00")
    written = {entry.event for entry in play.entries[before:]}
    assert "cap_reached" in written and "held" not in written
    assert play.case.status == "referred"


def test_it_ends_by_what_comes_of_it_and_goes_no_further_up() -> None:
    play = left()
    assert refused(play.decide("not_satisfied")) == ("with_cafcass", "outcome")
    assert refused(play.decide("satisfied")) is None
    assert (play.case.status, play.case.left_for_cafcass) == ("closed", False)


def test_an_answer_of_the_last_stage_that_awaits_a_decision_leaves_the_ladder_too() -> None:
    play = started(stage="S2")
    play.respond()
    play.act(refer())
    assert (play.last("cafcass_referred").leaves_ladder, play.case.status) == (True, "referred")


def test_a_referral_during_the_notice_of_the_last_stage_does_not_leave_the_ladder() -> None:
    play = started(with_cafcass({}, {"notice_period": {"most_working_days": 3}}), stage="S2", notice_working_days=2)
    play.act(refer())
    assert (play.case.status, play.last("cafcass_referred").leaves_ladder) == ("notice_period", False)
    play.pass_time("2026-11-05 10:00")
    assert play.case.status == "awaiting_response"


def test_held_at_the_cap_below_the_last_stage_the_raiser_may_still_go_up_from_cafcass() -> None:
    play = started(with_cafcass({}, {}, cap={"working_days": 5, "starts": "first_alert"}))
    play.pass_time("2026-11-10 10:00")
    assert (play.case.visit.stage, play.case.on_hold) == ("S1", "cap_reached")
    play.act(refer())
    assert play.case.shown_stage == "CAFCASS"
    play.decide("escalate", to="S2")
    assert (play.case.shown_stage, play.case.status, play.case.visit.beyond_cap) == ("S2", "awaiting_response", True)


# A manager, and good practice ----------------------------------------------------------------------------------------


def test_a_manager_who_disagrees_is_heard_and_the_raisers_decision_stands() -> None:
    """HLC-26"""
    play = started("halton-looked-after")
    due = play.due
    assert refused(play.act(ManagerDisagrees(by="irm", reason="x"))) == ("who_acts", "by")
    assert refused(play.act(ManagerDisagrees(reason="x"))) == ("who_acts", "by")
    assert refused(play.act(ManagerDisagrees(by="irm_manager", reason="Too early"))) is None
    assert (play.last("manager_disagrees").reason, play.heard()["manager_disagrees"]) == ("Too early", {"irm"})
    assert (play.due, play.case.status) == (due, "awaiting_response")


def test_good_practice_not_followed_is_said_and_blocks_nothing() -> None:
    cafcass = {"to": "cafcass", "subjects": ["lac"], "advised": [{"field": "talked", "label": "a talk"}]}
    for said, codes in [({}, ["talked"]), ({"talked": False}, ["talked"]), ({"talked": True}, [])]:
        outcome = started(with_cafcass(cafcass=cafcass)).act(refer(fields=said))
        assert (refused(outcome), advised(outcome)) == (None, codes)


def test_a_meeting_needs_roles_that_there_are() -> None:
    play = started()
    assert refused(play.act(HoldMeeting(attendees=["manager_1", "nobody"]))) == ("no_such_role", "attendees")
    assert refused(play.act(HoldMeeting(by="iro"))) == ("who_attended", "attendees")
    assert "meeting_held" not in play.events
