"""Who hears what? Everyone whom the document names, nobody else, and no notice twice."""

from __future__ import annotations

import pytest

from escalation import notices, ordering
from escalation.messages import Bypass, Withdraw
from escalation.wire import Subject
from tests.escalation.driver import Play, a_procedure

TM, SW, SM, HOS, AD = "team_manager", "social_worker", "service_manager", "head_of_service", "assistant_director"
ASM, SM_SP = "asm_sp", "sm_sp"
"""Of Leicestershire; the Assistant Service Manager hears all that is formal (LEI-13)."""


def at(procedure: str, stage: str, subject: Subject | None = None) -> Play:
    play = Play(procedure, "2026-11-02 10:00")
    play.start(stage=stage, subject=subject)
    return play


def news(play: Play, before: int) -> dict[str, set[str]]:
    """Who has heard of what since, beside the raiser."""
    heard = {notice: roles - {"iro"} for notice, roles in play.heard(since=before).items()}
    return {notice: roles for notice, roles in heard.items() if roles}


# Leicestershire, requirements 1.4 -----------------------------------------------------------------------------------

ON_ENTRY = {
    "PC": {SW, TM},
    "S1": {TM, SW, ASM},
    "S2": {SM, TM, ASM},
    "S3": {HOS, SM, TM, SM_SP, ASM},
    "S4": {AD, HOS, SM, TM, SM_SP, ASM},
}
ON_RESPONSE = {
    "PC": set[str](),
    "S1": {ASM},
    "S2": {TM, SW, ASM},
    "S3": {HOS, SM, TM, SM_SP, ASM},
    "S4": {AD, HOS, SM, TM, SM_SP, ASM},
}
ON_SATISFIED = {
    "PC": set[str](),
    "S1": {TM, ASM},
    "S2": {SM, TM, ASM},
    "S3": {HOS, SM, TM, ASM, SM_SP},
    "S4": {AD, HOS, SM, TM, ASM, SM_SP},
}
STAGES = list(ON_ENTRY)


@pytest.mark.parametrize("stage", STAGES)
def test_leicestershire_tells_these_on_entry_whichever_way_the_stage_was_entered(stage: str) -> None:
    name = "informal_concern" if stage == "PC" else "alert"
    assert at("leicestershire", stage).heard() == {name: ON_ENTRY[stage]}
    if stage != "PC":
        play = at("leicestershire", "PC")
        before = len(play.entries)
        play.act(Bypass(by="iro", to=stage, reason="x"))
        assert news(play, before) == {"alert": ON_ENTRY[stage]}


@pytest.mark.parametrize("stage", STAGES)
def test_leicestershire_tells_these_of_a_response(stage: str) -> None:
    play = at("leicestershire", stage)
    before = len(play.entries)
    play.respond()
    assert play.heard(since=before) == {"response_received": ON_RESPONSE[stage] | {"iro"}}


@pytest.mark.parametrize("stage", STAGES)
def test_leicestershire_tells_these_that_the_raiser_is_satisfied(stage: str) -> None:
    play = at("leicestershire", stage)
    play.respond()
    before = len(play.entries)
    play.decide("satisfied", by="iro")
    assert news(play, before) == ({"satisfied": ON_SATISFIED[stage]} if ON_SATISFIED[stage] else {})


def test_of_two_notices_in_one_those_in_to_come_before_those_in_copy() -> None:
    """Whoever holds two of its roles is written to in the first: the line manager who hears in the raiser's stead."""
    play = at("southwark", "L1")
    play.pass_time("2026-11-09 18:00", mail=False)
    (told,) = notices.called_for(play.case, play.last("lapsed"))
    assert (told.notice, told.to[-1], told.cc) == ("overdue", "iro", ("qau_manager",))
    assert told.reaches == (*told.to, *told.cc)


@pytest.mark.parametrize(("stage", "following"), [("S1", "S2"), ("S2", "S3"), ("S3", "S4")])
def test_a_lapse_in_leicestershire_tells_raiser_line_manager_and_the_next_stage(stage: str, following: str) -> None:
    """LEI-13, LEI-14: all through the formal process, and from stage three on."""
    play = at("leicestershire", stage)
    before = len(play.entries)
    play.pass_time("2026-11-09 18:00")
    informed = {ASM, SM_SP} if stage == "S3" else {ASM}
    assert play.heard(since=before) == {"overdue": {"iro", *informed}, "alert": ON_ENTRY[following]}


def test_a_lapse_of_positive_challenge_tells_the_raiser_alone() -> None:
    play = at("leicestershire", "PC")
    before = len(play.entries)
    play.pass_time("2026-11-09 18:00")
    assert play.heard(since=before) == {"overdue": {"iro"}}


def test_the_hold_after_stage_four_tells_raiser_line_manager_and_service_manager_once() -> None:
    play = at("leicestershire", "S4")
    before = len(play.entries)
    play.pass_time("2026-11-09 18:00")
    assert play.heard(since=before) == {"held": {"iro", ASM, SM_SP}}


@pytest.mark.parametrize(
    ("stage", "readers"),
    [("PC", {"iro"}), ("S1", {"iro", ASM}), ("S3", {"iro", ASM, SM_SP}), ("S4", {"iro", ASM, SM_SP})],
)
def test_a_late_answer_in_leicestershire_is_told_to_these(stage: str, readers: set[str]) -> None:
    play = at("leicestershire", stage)
    play.pass_time("2026-11-11 10:00")
    before = len(play.entries)
    play.respond(stage)
    assert play.heard(since=before) == {"late_response": readers}


# Southwark, requirements 1.1 ----------------------------------------------------------------------------------------

LADDER = {
    "L1": "operational_manager",
    "L2": "head_of_service",
    "L3": "assistant_director",
    "L4": "director_csc",
}
QAU = {"head_of_qau", "qau_manager"}


@pytest.mark.parametrize("level", list(LADDER))
def test_every_alert_of_southwark_is_copied_to_qau_management(level: str) -> None:
    heard = at("southwark", level).heard()
    assert heard["alert"] == {LADDER[level]} | QAU
    assert heard["please_read_record"] == {"social_worker", LADDER[level]}


@pytest.mark.parametrize(("guardian", "proceedings"), [(False, False), (True, False), (False, True), (True, True)])
def test_the_guardian_and_legal_hear_of_issue_and_resolution_where_there_is_cause(
    guardian: bool, proceedings: bool
) -> None:
    readers = ({"guardian"} if guardian else set()) | ({"southwark_legal"} if proceedings else set())
    subject = Subject(kind="lac", has_guardian=guardian, in_proceedings=proceedings)
    play = at("southwark", "L1", subject)
    assert play.heard().get("representation_issued", set()) == readers
    play.decide("satisfied", by="iro")
    assert play.heard().get("representation_resolved", set()) == readers


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_at_a_lapse_southwark_advises_the_raiser_the_addressee_and_the_qau_manager(level: str) -> None:
    play = at("southwark", level)
    before = len(play.entries)
    play.pass_time("2026-11-09 18:00")
    assert play.heard(since=before)["overdue"] == {"iro", LADDER[level], "qau_manager"}


def test_at_the_conclusion_the_social_worker_and_every_manager_asked_read_the_record() -> None:
    play = at("southwark", "L1")
    play.pass_time("2026-11-10 10:00")
    play.respond()
    before = len(play.entries)
    play.decide("satisfied", by="iro")
    assert news(play, before) == {"please_read_record": {"social_worker", LADDER["L1"], LADDER["L2"]}}


def test_the_email_goes_first_and_is_then_recorded_as_a_case_note() -> None:
    play = at("southwark", "L1")
    note = play.of("case_note")[0]
    assert note.heading == "IRO - escalation"
    assert play.of("email_sent")[0].n < note.n


# Of every procedure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("procedure", ["southwark", "leicestershire"])
def test_nobody_gets_one_notice_of_one_entry_twice(procedure: str) -> None:
    play = at(procedure, "L1" if procedure == "southwark" else "S1")
    play.respond(at="2026-11-04 10:00")
    play.decide("not_satisfied", by="iro")
    play.pass_time("2026-12-20 10:00")
    told = [(sent.entry, sent.notice, one.role) for sent in play.of("email_sent") for one in sent.delivered]
    assert len(told) == len(set(told))


def test_only_an_addressees_copy_carries_a_way_to_answer() -> None:
    play = Play("leicestershire", "2026-11-02 10:00")
    play.start(stage="S3", deliver=False)
    for notice in play.case.outstanding:
        assert notice.answering == (("head_of_service",) if notice.asks else ())
    alert = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    assert (alert.reaches, alert.to[0]) == (("head_of_service",), "head_of_service")


def test_a_late_answer_is_told_under_the_stage_that_it_answers() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start()
    play.pass_time("2026-11-10 10:00")
    play.respond("L1")
    (told,) = notices.called_for(play.case, play.last("late_response"))
    order = ordering.order(play.case, told, "x")
    titles = {stage.key: stage.title for stage in play.case.procedure.stages}
    assert (play.case.visit.stage, order.stage_title, order.next_stage_title) == ("L2", titles["L1"], titles["L2"])


def test_copies_wait_for_the_addressees_alert_to_state_the_same_date() -> None:
    play = Play("southwark", "2026-11-02 23:50")
    play.start(deliver=False)
    parts = [notice.part for notice in notices.sendable(play.case) if notice.notice == "alert"]
    assert parts == ["addressee"]
    play.settle(next(notice for notice in play.case.outstanding if notice.part == "addressee"))
    copies = next(notice for notice in notices.sendable(play.case) if notice.part == "copies")
    assert ordering.order(play.case, copies, "x").day_zero == play.case.visit.day_zero


def test_a_copy_is_left_out_where_its_reader_already_knows() -> None:
    stage = {"copy_to": ["quality"], "copies": [{"to": ["watcher"], "when": {"unless": "watcher_already_aware"}}]}
    play = Play(a_procedure(stage), "2026-11-02 10:00")
    play.start(watcher_already_aware=True)
    assert play.heard()["alert"] == {"manager_1", "quality"}
    play = Play(a_procedure(stage), "2026-11-02 10:00")
    play.start(watcher_already_aware=False)
    assert play.heard()["alert"] == {"manager_1", "quality", "watcher"}


def test_a_notice_carries_no_words_of_people() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(concern="SECRET", deliver=False)
    play.respond(text="SECRET", answers=[{"text": "SECRET"}])
    play.decide("escalate", by="iro", to="L3", reason="SECRET", outcome_text="SECRET")
    for sent in play.of("email_sent"):
        assert "SECRET" not in sent.model_dump_json()
    play = Play("southwark", "2026-11-02 10:00")
    play.start(concern="SECRET", deliver=False)
    for notice in play.case.outstanding:
        assert "SECRET" not in ordering.order(play.case, notice, "x").model_dump_json()


def test_what_could_not_be_told_is_told_to_quality_assurance_once_and_never_about_itself() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    play.deliver(refuse=["operational_manager", "qau_manager", "iro", "operations"])
    assert all(failed.notice == "delivery_failed" for failed in play.of("email_failed")[-1:])
    assert not play.case.outstanding


def test_withdrawing_tells_whoever_still_waits_for_the_alert_nothing_more() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(deliver=False)
    play.act(Withdraw(by="iro", reason="x"))
    assert "alert" not in play.heard()
    assert {entry.why for entry in play.of("email_not_sent")} == {"The escalation was closed before it went out."}
