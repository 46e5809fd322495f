"""Which escalations do these tests put on paper? One closed case of each procedure, and a long one."""

from __future__ import annotations

from typing import Any

from escalation.filing import case_file
from escalation.filing.case_file import Link
from escalation.filing.document import Document
from escalation.history import HistoryEntry
from escalation.messages import Bypass, CompleteForm, ConsiderCafcass, GrantExtension, ReferCafcass, RequestExtension
from register.canonical import canonical, digest
from tests.escalation.driver import Play

RAISED = "2026-11-02 10:00"
ANSWERED = "2026-11-04 11:30"
CLOSED = "2026-11-06 09:15"

STAGES: dict[str, list[str]] = {
    "southwark": ["L1"],
    "leicestershire": ["S1"],
    "sbc": ["informal", "L1"],
    "oxfordshire": ["S2"],
    "halton-child-protection": ["S1"],
    "halton-looked-after": ["S2"],
}
"""Where the case of each procedure that these tests fill in begins: one for each kind of form."""
CASES = [(key, stage) for key, stages in STAGES.items() for stage in stages]

FULLY: dict[str, dict[str, Any]] = {
    "southwark": {"requested_action": ["Hold a planning meeting", "Name a date"], "category": 3, "sub_item": "b"},
    "leicestershire": {"child_voice": "I want to see my brother.", "ground": None},
    "sbc": {"carer": "FH-12", "children_placed": "C-7", "issue": 2, "other_text": "Training"},
    "oxfordshire": {
        "concern": "- No visit since August\n- Nobody answers the telephone",
        "form": {"expected_outcome": ["Visits resume weekly", "A named worker"], "timeframe_working_days": 5},
        "social_worker_or_team_manager": "Sam Field",
    },
    "halton-child-protection": {"concern": "The plan has not moved.", "requested_action": "Call a core group"},
    "halton-looked-after": {"concern": "No school place.", "ground": 1},
}


def closed(key: str, stage: str) -> Play:
    """Raised, answered and satisfied at one stage, with everything filled in."""
    play = Play(key, RAISED)
    said = {name: value for name, value in FULLY[key].items() if value is not None}
    started = play.start(stage=stage, name="Ada Reviewer", **said)
    assert started.rejection is None, started.rejection
    play.respond(text="The meeting is on Tuesday.", name="Carol Boss", at=ANSWERED)
    done = play.decide("satisfied", outcome_text="The meeting was held.", at=CLOSED)
    assert done.rejection is None, done.rejection
    return play


def long() -> Play:
    """Four lapses over Easter, more time, a referral to CAFCASS, a late answer, a close."""
    play = Play("southwark", "2026-03-24 10:00")
    play.start(name="Ada Reviewer", **FULLY["southwark"])
    play.act(RequestExtension(by="operational_manager", working_days=2, reason="Leave"), at="2026-03-26 10:00")
    play.act(GrantExtension(by="iro", working_days=2, reason="As asked"))
    play.act(ConsiderCafcass(by="iro", reason="A year has passed"), at="2026-04-10 10:00")
    play.act(ReferCafcass(by="iro", reason="Nothing moves"), at="2026-04-21 10:00")
    play.pass_time("2026-05-10 10:00")
    play.respond("L4", text="It is arranged.\n\nThe minutes follow.", at="2026-05-11 10:00")
    play.decide("satisfied", outcome_text="The minutes are on the file.", at="2026-05-12 10:00")
    return play


def through_stages() -> Play:
    """Oxfordshire from the conversation to Stage 3, with the outcomes changed on the way (OXF-18)."""
    play = Play("oxfordshire", RAISED)
    play.start(stage="S1", name="Ada Reviewer")
    play.act(Bypass(by="iro", to="S2", reason="It cannot wait"), at="2026-11-03 10:00")
    play.respond(text="Not before spring.", at="2026-11-04 10:00")
    play.decide("not_satisfied", at="2026-11-05 10:00")
    outcomes = {"form": {"expected_outcome": "Visits resume and are recorded", "timeframe_working_days": 5}}
    play.act(CompleteForm(by="iro", fields=outcomes), at="2026-11-06 10:00")
    return play


def chain_of(entries: list[HistoryEntry]) -> list[Link]:
    """As the register chains them."""
    links: list[Link] = []
    previous = digest("escalation/x/CASE-1")
    for entry in entries:
        previous = digest(previous + canonical(entry))
        links.append(Link(entry.n, previous))
    return links


def file_of(play: Play, upto: int | None = None) -> Document:
    return case_file.case_file(play.procedure, play.entries[:upto], chain_of(play.entries)[:upto])
