"""What must an act say that enters a stage: its form, who must answer, how long they have? And what not a lapse?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Bypass, Command, CompleteForm, Decide, GiveNotice
from escalation.procedure import Procedure
from escalation.rules import Outcome
from tests.escalation.driver import Play, a_procedure, advised, kept, refused, tasks

AT = "2026-11-02 10:00"
FORM = [
    {"key": "concern", "label": "Concern"},
    {"key": "aim", "label": "Aim", "stages": ["S2", "S3"]},
    {"key": "sum", "label": "Sum", "kind": "whole_number", "stages": ["S3"]},
    {"key": "plan", "label": "Plan", "kind": "group", "stages": ["S2"], "required": False, "fields": [
        {"key": "goal", "label": "Goal"}, {"key": "step", "label": "Step"},
    ]},
]  # fmt: skip


def ladder(*stages: dict[str, Any], **more: Any) -> Procedure:
    return a_procedure(*(stages or ({}, {}, {})), **{"asks": FORM} | more)


def started(procedure: Procedure | None = None, **said: Any) -> Play:
    play = Play(procedure or ladder(), AT)
    outcome = play.start(**{"concern": "No plan"} | said)
    assert not outcome.rejection, outcome.rejection
    return play


# The form -------------------------------------------------------------------------------------------------------------


def decide(**said: Any) -> Decide:
    return Decide.model_validate({"by": "iro", "outcome": "escalate"} | said)


ACTS: list[Command] = [
    decide(),
    decide(outcome="not_satisfied"),
    decide(to="S2", outcome="go_formal"),
    Bypass(by="iro", to="S2"),
    GiveNotice(by="iro", stage="S2", notice_working_days=2),
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.do} {getattr(act, 'outcome', '')}")
def test_every_act_that_enters_a_stage_says_what_its_form_asks_for(act: Command) -> None:
    play = started(ladder({}, {"notice_period": {"most_working_days": 5}}, {}))
    assert refused(play.act(act)) == ("incomplete", "aim")
    assert (play.case.visit.stage, play.case.fields) == ("S1", {"concern": "No plan"})
    assert refused(play.act(act.model_copy(update={"fields": {"aim": "A plan"}}))) is None
    assert (play.case.visit.stage, play.case.fields) == ("S2", {"concern": "No plan", "aim": "A plan"})
    assert kept(play) == play.case


def test_every_fault_is_said_at_once_and_what_was_said_before_need_not_be_said_again() -> None:
    play = started()
    outcome = play.act(Bypass(by="iro", to="S3", fields={"sum": "much"}))
    assert outcome.rejection
    assert outcome.rejection.message == "“Aim” is needed. “Sum” is a whole number."
    play.act(Bypass(by="iro", to="S2", fields={"aim": "A plan"}))
    assert refused(play.act(Bypass(by="iro", to="S3", fields={"sum": 5}))) is None


def test_what_was_said_of_a_group_stays_where_only_a_part_is_said_anew() -> None:
    play = started()
    play.act(Bypass(by="iro", to="S2", fields={"aim": "x", "plan": {"goal": "School", "step": "Apply"}}))
    assert refused(play.act(CompleteForm(by="iro", fields={"plan": {"step": "Appeal"}}))) is None
    assert play.case.fields["plan"] == {"goal": "School", "step": "Appeal"}
    assert kept(play) == play.case


def test_satisfied_asks_for_no_form_of_the_next_stage() -> None:
    play = started()
    play.respond()
    assert refused(play.decide("satisfied")) is None


def test_the_last_stage_that_does_not_satisfy_asks_for_no_form() -> None:
    play = started(stage="S3", aim="x", sum=1)
    play.respond()
    assert refused(play.decide("not_satisfied")) is None
    assert play.case.on_hold == "final_stage_not_satisfied"


def test_a_lapse_waits_for_no_form_and_leaves_the_raiser_a_draft() -> None:
    """G-A22"""
    forms = [{"title": "Stage form", "stages": ["S2"], "lines": {"Aim": "aim"}}]
    play = started(ladder(forms=forms))
    before = len(play.entries)
    play.pass_time("2026-11-10 10:00")
    assert (play.case.visit.stage, play.heard(since=before)["alert"]) == ("S2", {"manager_2"})
    assert tasks(play, "iro", before) == ["Complete the draft Stage form"]
    play.pass_time("2026-11-17 10:00")
    assert tasks(play, "iro", before)[1:] == ["Complete the draft of what this stage asks for"]


def test_a_lapse_into_a_stage_whose_form_is_complete_leaves_no_draft() -> None:
    play = started(aim="A plan")
    play.pass_time("2026-11-10 10:00")
    assert tasks(play) == []


def test_a_ground_for_another_stage_is_advised_against_on_the_way_up_too() -> None:
    codes = [{"code": 1, "title": "One", "stages": ["S1"]}, {"code": 2, "title": "Two", "stages": ["S2"]}]
    play = started(ladder(asks=[], taxonomies={"ground": {"title": "Grounds", "codes": codes}}))
    assert advised(play.act(Bypass(by="iro", to="S2", fields={"ground": 1}))) == ["ground_for_another_stage"]
    assert advised(play.act(Bypass(by="iro", to="S3", fields={"ground": 9}))) == []
    assert refused(play.act(Bypass(by="iro", to="S3", fields={"ground": 9}))) == ("incomplete", "ground")


# Who must answer ------------------------------------------------------------------------------------------------------


def named(play: Play, addressee: str | None, to: str = "S2") -> Outcome:
    return play.act(Bypass(by="iro", to=to, addressee=addressee))


def test_the_raiser_may_name_who_must_answer_where_the_procedure_lets_them() -> None:
    """SWK-17, SWK-19"""
    play = started(ladder(asks=[], entry={"names_addressee": True}), addressee="clerk")
    assert (play.heard(), play.case.waiting_for) == ({"alert": {"clerk"}}, "clerk")
    assert refused(play.respond(by="manager_1")) == ("not_the_addressee", "by")
    assert refused(named(play, "watcher")) is None
    assert (play.case.waiting_for, play.last("bypassed").addressee) == ("watcher", ["watcher"])
    assert kept(play) == play.case
    play.pass_time("2026-11-10 10:00")
    assert play.case.waiting_for == "manager_3"


@pytest.mark.parametrize("addressee", ["iro", "stranger"])
def test_nobody_answers_their_own_concern_and_nobody_whom_the_file_does_not_know(addressee: str) -> None:
    play = Play(ladder(asks=[], entry={"names_addressee": True}), AT)
    assert refused(play.start(addressee=addressee)) == ("not_the_addressee", "addressee")


def test_elsewhere_only_somebody_of_the_stage_may_be_named() -> None:
    several = {"addressee": ["manager_2", "clerk"]}
    play = started(ladder({}, several, asks=[]))
    assert refused(named(play, "manager_1")) == ("not_the_addressee", "addressee")
    assert refused(named(play, "clerk")) is None
    assert (play.case.addressees(), play.heard()["alert"]) == (["clerk"], {"manager_1", "clerk"})


def test_where_one_of_them_must_be_picked_no_act_goes_on_without() -> None:
    """SWK-47"""
    play = started(ladder({}, {"addressee": ["manager_2", "clerk"], "pick_one": True}, asks=[]))
    outcome = named(play, None)
    assert refused(outcome) == ("who_is_asked", "addressee")
    assert outcome.rejection
    assert outcome.rejection.message == "Say who is asked: Manager 2 or Clerk."
    assert refused(named(play, "clerk")) is None


def test_a_lapse_into_such_a_stage_asks_all_of_them() -> None:
    play = started(ladder({}, {"addressee": ["manager_2", "clerk"], "pick_one": True}, asks=[]))
    play.pass_time("2026-11-10 10:00")
    assert play.case.addressees() == ["manager_2", "clerk"]


# How long they have ---------------------------------------------------------------------------------------------------

SHORTER = {"raiser_may": "shorten", "asked_in": "form.by_when"}


def asking(kind: str) -> dict[str, Any]:
    part = {"key": "by_when", "label": "By when", "kind": kind, "required": False}
    return {"asks": [{"key": "form", "label": "Form", "kind": "group", "fields": [part]}]}


def timed(by_when: Any, at: str = AT, kind: str = "timescale") -> tuple[Play, Outcome]:
    play = Play(ladder({"response": SHORTER}, **asking(kind)), at)
    return play, play.start(form={"by_when": by_when})


@pytest.mark.parametrize(
    ("by_when", "due", "advice"),
    [
        (3, "2026-11-05", []),
        (5, "2026-11-09", []),
        (9, "2026-11-09", ["timescale_shortened"]),
        ("2026-11-04", "2026-11-04", []),
        ("2026-11-08", "2026-11-06", []),  # a Sunday: the Friday before (SWK-A6)
        ("2026-12-01", "2026-11-09", ["timescale_shortened"]),
        (None, "2026-11-09", []),
    ],
)
def test_the_raisers_time_is_given_in_days_or_as_a_date(by_when: Any, due: str, advice: list[str]) -> None:
    play, outcome = timed(by_when)
    assert (refused(outcome), play.due, advised(outcome)) == (None, f"{due} 17:00", advice)


@pytest.mark.parametrize("by_when", [61, "2026-11-02", "2026-10-30", "2030-01-01"])
def test_a_time_out_of_reach_is_refused(by_when: Any) -> None:
    assert refused(timed(by_when)[1]) == ("timescale", "form.by_when")


@pytest.mark.parametrize(
    ("by_when", "kind", "code"),
    [
        (0, "timescale", "incomplete"),
        (-1, "timescale", "incomplete"),
        (True, "timescale", "incomplete"),
        ("soon", "timescale", "incomplete"),
        ("9999-12-31", "timescale", "incomplete"),
        (0, "whole_number", "timescale"),
    ],
)
def test_what_is_no_time_is_refused(by_when: Any, kind: str, code: str) -> None:
    assert refused(timed(by_when, kind=kind)[1]) == (code, "form.by_when")


def test_a_date_over_christmas_counts_only_working_days() -> None:
    play, _ = timed("2026-12-29", "2026-12-22 10:00")
    assert (play.case.visit.working_days, play.due) == (3, "2026-12-29 17:00")


def test_a_time_said_at_one_stage_does_not_bind_the_next() -> None:
    play = Play(ladder({"response": SHORTER}, {"response": SHORTER}, {}, **asking("timescale")), AT)
    play.start(form={"by_when": 2})
    assert play.due == "2026-11-04 17:00"
    play.act(Bypass(by="iro", to="S2"))
    assert play.due == "2026-11-09 17:00"
    outcome = play.act(Bypass(by="iro", to="S3", working_days=2))
    assert (play.due, advised(outcome)) == ("2026-11-09 17:00", ["timescale_fixed"])


def test_an_act_may_give_the_time_itself() -> None:
    play = Play(ladder({}, {"response": {"raiser_may": "set"}}, asks=[]), AT)
    play.start()
    play.act(decide(working_days=8))
    assert (play.due, play.last("advanced").working_days) == ("2026-11-12 17:00", 8)
