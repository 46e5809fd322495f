"""Does each part of a condition hold when it should, and only then; and whom does each part of a person mean?"""

from __future__ import annotations

from typing import Any, get_args

import pytest

from escalation.history import HistoryEntry
from escalation.messages import Close, Command, ConsiderCafcass, Cover, Reassign, RecordEvent
from escalation.schema import EVENTS
from escalation.wire import Subject
from tests.escalation.driver import Play, a_procedure, tasks

AT = "2026-11-02 10:00"
RECORDINGS = [
    {
        "do": "seen",
        "event": "was_seen",
        "title": "Seen",
        "fields": [{"key": "how", "label": "How", "required": False}],
    }
]
TRACKS: dict[str, Any] = {"tracks": ["care", "agency"]}


def played(when: dict[str, Any], on: str = "raised", *stages: dict[str, Any], **more: Any) -> Play:
    listed = [{"on": on, "to": "clerk", "what": "x", "when": when}]
    given = {"tasks": listed, "recordings": RECORDINGS, "subjects": ["lac", "cp"]} | more
    return Play(a_procedure(*(stages or ({}, {}, {})), **given), AT)


def called(play: Play, since: int = 0) -> int:
    return len(tasks(play, "clerk", since))


@pytest.mark.parametrize(
    ("when", "said", "holds"),
    [
        ({"subject": ["cp"]}, {"subject": Subject(kind="cp")}, True),
        ({"subject": ["cp", "lac"]}, {}, True),
        ({"subject": ["cp"]}, {}, False),
        ({"flag": "has_guardian"}, {"subject": Subject(kind="lac", has_guardian=True)}, True),
        ({"flag": "has_guardian"}, {}, False),
        ({"unless": "has_guardian"}, {"subject": Subject(kind="lac", has_guardian=True)}, False),
        ({"unless": "has_guardian"}, {}, True),
        ({"flag": "urgent"}, {"urgent": True}, True),
        ({"flag": "urgent"}, {"urgent": "yes"}, False),
        ({"flag": "form.urgent"}, {"form": {"urgent": True}}, True),
        ({"unless": "form.urgent"}, {"form": {"urgent": True}}, False),
        ({"given": {"ground": [1]}}, {"ground": 1}, True),
        ({"given": {"ground": [1]}}, {"ground": "1"}, True),
        ({"given": {"ground": [1, 2]}}, {"ground": [3, "2"]}, True),
        ({"given": {"ground": [1]}}, {"ground": 11}, False),
        ({"given": {"ground": [1]}}, {}, False),
        ({"given": {"ground": []}}, {"ground": 7}, True),
        ({"given": {"ground": []}}, {"ground": ""}, False),
        ({"given": {"ground": [1], "kind": ["a"]}}, {"ground": 1}, False),
        ({"given": {"ground": [1], "kind": ["a"]}}, {"ground": 1, "kind": "a"}, True),
        ({"given": {"form.kind": ["a"]}}, {"form": {"kind": "a"}}, True),
        ({"stages": ["S2"]}, {"stage": "S2"}, True),
        ({"stages": ["S2", "S3"]}, {}, False),
        ({"started_here": True}, {"stage": "S2"}, True),
        ({"started_here": False}, {"stage": "S2"}, False),
        ({"stages": ["S1"], "flag": "urgent"}, {"urgent": True}, True),
        ({"stages": ["S2"], "flag": "urgent"}, {"urgent": True}, False),
    ],
)
def test_what_the_start_says_decides(when: dict[str, Any], said: dict[str, Any], holds: bool) -> None:
    play = played(when)
    assert not play.start(**said).rejection
    assert called(play) == holds


@pytest.mark.parametrize(("track", "holds"), [("care", True), ("agency", False), (None, True)])
def test_a_condition_on_the_ladder_holds_on_that_ladder_alone(track: str | None, holds: bool) -> None:
    both: tuple[dict[str, Any], ...] = ({"track": "care"}, {"key": "S1", "track": "agency"})
    play = played({"track": ["care"]}, "raised", *both, **TRACKS)
    play.start(track=track)
    assert called(play) == holds


# How a stage was entered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "by_lapse", "by_decision"),
    [({"because": "lapsed"}, True, False), ({"because": "decided"}, False, True), ({}, True, True)],
)
def test_how_a_stage_was_entered_decides(when: dict[str, Any], by_lapse: bool, by_decision: bool) -> None:
    only = when | {"started_here": False}
    lapsed, decided = played(only, "entered"), played(only, "entered")
    for play in (lapsed, decided):
        play.start()
    lapsed.pass_time("2026-11-10 10:00")
    decided.respond()
    decided.decide("not_satisfied")
    assert (called(lapsed), called(decided)) == (by_lapse, by_decision)


def test_where_it_started_it_started_also_for_what_happens_there_later() -> None:
    play = played({"started_here": True}, "responded")
    play.start()
    play.respond()
    assert called(play) == 1
    play.decide("not_satisfied")
    play.respond()
    assert called(play) == 1


def test_a_late_answer_is_about_the_stage_that_it_belongs_to() -> None:
    play = played({"stages": ["S1"], "state": "late"}, "late_response")
    play.start()
    play.pass_time("2026-11-10 10:00")
    play.respond("S1")
    assert called(play) == 1


@pytest.mark.parametrize(("state", "answered", "holds"), [
    ("late", "2026-11-03 10:00", False), ("late", "2026-11-10 10:00", True),
    ("in_time", "2026-11-03 10:00", True), ("in_time", "2026-11-10 10:00", False),
])  # fmt: skip
def test_whether_an_answer_was_in_time_decides(state: str, answered: str, holds: bool) -> None:
    play = played({"state": state}, "responded", tasks=[
        {"on": ["responded", "late_response"], "to": "clerk", "what": "x", "when": {"state": state}}
    ])  # fmt: skip
    play.start()
    play.respond("S1", at=answered)
    assert called(play) == holds


@pytest.mark.parametrize(
    ("outcome", "listed", "holds"),
    [("unresolved", ["unresolved"], True), ("resolved", ["unresolved", "no_longer_applicable"], False)],
)
def test_how_it_ended_decides(outcome: str, listed: list[str], holds: bool) -> None:
    play = played({"outcome": listed}, "closed")
    play.start()
    if outcome == "resolved":
        play.decide("satisfied")
    else:
        play.act(Close(by="iro", outcome="unresolved", reason="x"))
    assert called(play) == holds


# What an act says counts before what the form says -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "when", "holds"),
    [
        ({"urgent": False}, {"flag": "urgent"}, False),
        ({"urgent": False}, {"unless": "urgent"}, True),
        ({}, {"flag": "urgent"}, True),
        ({"kind": "b"}, {"given": {"kind": ["a"]}}, False),
        ({"kind": "b"}, {"given": {"kind": ["b"]}}, True),
        ({}, {"given": {"kind": ["a"]}}, True),
    ],
)
@pytest.mark.parametrize("act", ["consider_cafcass", "recording"])
def test_what_the_act_says_counts_before_the_form(
    act: str, said: dict[str, Any], when: dict[str, Any], holds: bool
) -> None:
    cafcass = {"to": "cafcass", "subjects": ["lac"]}
    play = played(when, "cafcass_considered" if act == "consider_cafcass" else "was_seen", cafcass=cafcass)
    play.start(urgent=True, kind="a")
    command: Command = ConsiderCafcass(by="iro", fields=said)
    if act == "recording":
        command = RecordEvent(by="clerk", what="seen", fields=said)
    assert not play.act(command).rejection
    assert called(play) == holds


# Who has which part ---------------------------------------------------------------------------------------------------


def told(part: str, on: str, *acts: Command, at: str = AT) -> set[str]:
    letters = [{"notice": "recorded", "on": on, "to": [part]}]
    play = Play(a_procedure({}, {}, {}, notices=letters, recordings=RECORDINGS), AT)
    play.start()
    play.pass_time(at)
    for act in acts:
        assert not play.act(act).rejection
    if on == "responded":
        play.respond()
    elif on == "was_seen":
        play.act(RecordEvent(by="watcher", what="seen"))
    return play.heard().get("recorded", set())


COVER = Cover(absent="iro", cover="iro_manager")
HANDED_ON = Reassign(by="manager_1", to="clerk")
LAPSED, LAST = "2026-11-10 10:00", "2026-11-18 10:00"


@pytest.mark.parametrize(
    ("part", "on", "acts", "at", "readers"),
    [
        ("raiser", "was_seen", [], AT, {"iro"}),
        ("raiser", "was_seen", [COVER], AT, {"iro_manager"}),
        ("line_manager", "was_seen", [COVER], AT, {"iro_manager"}),
        ("addressee", "was_seen", [], AT, {"manager_1"}),
        ("addressee", "was_seen", [HANDED_ON], AT, {"manager_1", "clerk"}),
        ("addressee", "was_seen", [], LAPSED, {"manager_2"}),
        ("next_addressee", "was_seen", [], AT, {"manager_2"}),
        ("next_addressee", "was_seen", [], LAST, set()),
        ("asked", "was_seen", [], AT, {"manager_1"}),
        ("asked", "was_seen", [], LAPSED, {"manager_1", "manager_2"}),
        ("responder", "responded", [], AT, {"manager_1"}),
        ("responder", "was_seen", [], AT, set()),
        ("quality", "was_seen", [], AT, {"quality"}),
    ],
)
def test_each_part_is_who_has_it_when_it_happens(
    part: str, on: str, acts: list[Command], at: str, readers: set[str]
) -> None:
    assert told(part, on, *acts, at=at) == readers


def test_every_event_that_a_duty_may_hang_on_is_one_that_a_history_can_hold() -> None:
    """A word that no entry is called by would promise what never happens."""
    entries = get_args(get_args(HistoryEntry)[0])
    called = {kind.model_fields["event"].default for kind in entries}
    assert EVENTS - called == {"entered", "alerted", "satisfied", "not_satisfied"}
