"""When may the raiser have independent legal advice, who decides on it, and who gives it?"""

from __future__ import annotations

from typing import Any

import pytest

from escalation.messages import Close, DecideLegalAdvice, RequestLegalAdvice
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.state import state_of
from tests.escalation.driver import Play, a_procedure, advised, kept, refused, tasks

AT = "2026-11-02 10:00"
CONSULTED = {"manager_consulted": True}


def started(procedure: str | Procedure, **said: Any) -> Play:
    play = Play(procedure, AT)
    assert not play.start(**said).rejection
    return play


def ask(play: Play, **said: Any) -> Outcome:
    return play.act(RequestLegalAdvice.model_validate({"by": play.procedure.raiser.roles[0]} | said))


def decide(play: Play, by: str | None = "head_of_qau", **said: Any) -> Outcome:
    return play.act(DecideLegalAdvice.model_validate({"by": by} | said))


def offers(play: Play) -> bool:
    return "request_legal_advice" in state_of(play.case, play.now).offered


# When -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["informal", "L1"])
def test_sbc_knows_none_before_level_two(stage: str) -> None:
    """SBC-23, SBC-A6"""
    play = started("sbc", stage=stage)
    assert refused(ask(play, fields=CONSULTED)) == ("too_early", None)
    assert not offers(play)


@pytest.mark.parametrize("stage", ["L2", "L3", "L4"])
def test_sbc_has_it_from_level_two_on_in_consultation_with_the_manager(stage: str) -> None:
    """SBC-24"""
    play = started("sbc", stage=stage)
    assert offers(play)
    for unsaid in ({}, {"manager_consulted": False}, {"manager_consulted": "yes"}):
        assert refused(ask(play, fields=unsaid)) == ("needed_first", "manager_consulted")
    assert refused(ask(play, fields=CONSULTED)) is None


@pytest.mark.parametrize("key", ["oxfordshire", "halton-child-protection"])
def test_where_the_document_has_none_for_the_raiser_there_is_none(key: str) -> None:
    play = started(key)
    assert refused(ask(play)) == ("no_legal_advice", None)
    assert refused(decide(play, play.procedure.raiser.line_manager, necessary=True)) == ("no_legal_advice", None)
    assert not offers(play)


def test_southwark_has_it_at_any_time_while_open() -> None:
    """SWK-31"""
    play = started("southwark", stage="L4")
    assert refused(ask(play)) is None
    play.pass_time("2026-12-15 10:00")
    assert play.case.on_hold
    assert refused(ask(play)) is None
    play.act(Close(by="iro", outcome="unresolved", reason="x"))
    assert refused(ask(play)) == ("closed", None)
    assert refused(decide(play, necessary=True)) == ("closed", None)


def test_all_that_is_needed_first_is_said_at_once() -> None:
    needs = [{"field": "told", "label": "The manager was told"}, {"field": "agreed", "label": "They agreed"}]
    outcome = ask(started(a_procedure(legal_advice={"needs": needs})), fields={"told": None})
    assert outcome.rejection
    assert (outcome.rejection.field, outcome.rejection.message) == (
        "told",
        "Needed first: The manager was told; They agreed.",
    )


@pytest.mark.parametrize("by", ["social_worker", "operational_manager", "head_of_qau"])
def test_only_the_raiser_asks(by: str) -> None:
    assert refused(ask(started("southwark"), by=by)) == ("not_the_raiser", "by")


# What it leads to -----------------------------------------------------------------------------------------------------


def test_southwarks_request_goes_to_the_head_of_qau_and_moves_no_deadline() -> None:
    """SWK-32, SWK-33"""
    play = started("southwark")
    due, before = play.due, len(play.entries)
    ask(play, reason="Section 20")
    sent = play.last("email_sent")
    assert (sent.notice, sent.to, sent.cc) == ("legal_advice_requested", ["head_of_qau"], ["qau_manager"])
    assert [what.split()[0] for what in tasks(play, "head_of_qau", before)] == ["Decide"]
    entry = play.last("legal_advice_requested")
    assert (play.due, entry.provider, entry.reason, entry.fields) == (due, None, "Section 20", {})
    assert kept(play) == play.case


def test_leicestershire_tells_line_manager_and_service_manager() -> None:
    """LEI-43, LEI-44"""
    play = started("leicestershire", stage="S1")
    before = len(play.entries)
    assert refused(ask(play)) == ("needed_first", "manager_consulted")
    ask(play, fields=CONSULTED)
    assert play.heard(since=before) == {"legal_advice_requested": {"sm_sp", "asm_sp"}}


# Who decides ----------------------------------------------------------------------------------------------------------


def test_the_head_of_qau_appoints_a_provider_and_the_raiser_hears() -> None:
    play = started("southwark")
    ask(play)
    due, before = play.due, len(play.entries)
    assert refused(decide(play, necessary=True, provider="Counsel & Co")) is None
    entry = play.last("legal_advice_decided")
    assert (entry.necessary, entry.provider, entry.by) == (True, "Counsel & Co", "head_of_qau")
    assert (play.heard(since=before), play.due) == ({"legal_advice_decided": {"iro", "qau_manager"}}, due)
    assert kept(play) == play.case


def test_that_it_is_not_necessary_needs_a_reason_which_the_history_keeps() -> None:
    """SWK-A13"""
    play = started("southwark")
    ask(play)
    assert refused(decide(play, necessary=False)) == ("reason_needed", "reason")
    assert refused(decide(play, necessary=False, reason="Duty lawyer answered")) is None
    assert play.last("legal_advice_decided").reason == "Duty lawyer answered"


def test_that_it_is_necessary_needs_a_name() -> None:
    """SWK-32"""
    play = started("southwark")
    ask(play)
    assert refused(decide(play, necessary=True)) == ("who_is_appointed", "provider")


@pytest.mark.parametrize("by", ["iro", "qau_manager", None])
def test_nobody_else_decides(by: str | None) -> None:
    play = started("southwark")
    ask(play)
    assert refused(decide(play, by, necessary=True)) == ("not_theirs_to_decide", "by")


def test_where_nobody_is_named_to_decide_the_raiser_alone_does() -> None:
    play = started("leicestershire", stage="S1")
    assert refused(decide(play, "asm_sp", necessary=True)) == ("nobody_decides", None)


# Who gives it, HLC-28, HLC-29 -----------------------------------------------------------------------------------------

FIRM, OTHER = "Weightmans Solicitors", "Other & Co"
TALKED = {"discussed_with_divisional_manager": True}


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ({}, FIRM),
        ({"firm": OTHER}, OTHER),
        ({"conflict_of_interest": True, "firm": OTHER, "fields": TALKED | {"firm_on_nwlc_panel": True}}, OTHER),
    ],
)
def test_the_firm_that_is_asked_stands_in_the_history(said: dict[str, Any], provider: str) -> None:
    play = started("halton-looked-after")
    outcome = ask(play, **{"fields": TALKED} | said)
    assert (refused(outcome), advised(outcome)) == (None, [])
    assert play.last("legal_advice_requested").provider == provider
    assert kept(play) == play.case


@pytest.mark.parametrize(
    ("firm", "fields", "refusal"),
    [
        (None, {"firm_on_nwlc_panel": True}, ("another_firm", "firm")),
        (FIRM, {"firm_on_nwlc_panel": True}, ("another_firm", "firm")),
        (OTHER, {}, ("not_on_the_panel", "firm_on_nwlc_panel")),
        (OTHER, {"firm_on_nwlc_panel": False}, ("not_on_the_panel", "firm_on_nwlc_panel")),
    ],
)
def test_in_a_conflict_of_interest_it_is_another_firm_of_the_panel(
    firm: str | None, fields: dict[str, Any], refusal: tuple[str, str]
) -> None:
    play = started("halton-looked-after")
    assert refused(ask(play, conflict_of_interest=True, firm=firm, fields=fields)) == refusal
    assert "legal_advice_requested" not in play.events


def test_a_conflict_of_interest_stands_in_the_history_with_what_was_said() -> None:
    play = started("southwark")
    ask(play, conflict_of_interest=True, firm=OTHER)
    assert play.last("legal_advice_requested").fields == {"conflict_of_interest": True}
    assert play.last("legal_advice_requested").provider == OTHER


def test_that_it_was_not_talked_over_first_is_only_advised() -> None:
    """HLC-27"""
    outcome = ask(started("halton-looked-after"))
    assert (refused(outcome), advised(outcome)) == (None, ["discussed_with_divisional_manager"])
