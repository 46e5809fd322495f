"""What becomes of a concern whose raiser hands over?"""

from __future__ import annotations

import pytest

from escalation.messages import Close, Cover, HandOver
from escalation.summary import summary_of
from tests.escalation.driver import Play, a_procedure, kept, refused


def raised() -> Play:
    play = Play(
        a_procedure({}, {}, raiser={"roles": ["iro"], "may_also_raise": ["clerk"], "line_manager": "iro_manager"}),
        "2026-11-05 10:00",
    )
    play.start(name="Amara Ndiaye")
    return play


def hand_over(**said: object) -> HandOver:
    return HandOver.model_validate({"by": "iro_manager", "to_name": "Sam Okafor", "hand_over": "h-1"} | said)


def test_another_has_it_from_now_on() -> None:
    play = raised()
    due = play.due
    assert refused(play.act(hand_over(reason="Has left"))) is None
    entry = play.last("handed_over")
    assert (entry.from_name, entry.to_name, entry.to, entry.hand_over) == ("Amara Ndiaye", "Sam Okafor", "iro", "h-1")
    assert (play.case.raised_by_name, play.due) == ("Sam Okafor", due)
    assert summary_of(play.case).raised_by_name == "Sam Okafor"
    assert play.heard()["handed_over"] == {"iro"}
    assert kept(play) == play.case


def test_whoever_covered_for_the_old_raiser_covers_no_more() -> None:
    play = raised()
    play.act(Cover(by="iro_manager", absent="iro", cover="iro_manager"))
    play.act(hand_over())
    assert play.case.raiser == "iro"


def test_the_new_raisers_turn_begins_when_they_get_it() -> None:
    play = raised()
    play.respond(at="2026-11-06 10:00")
    play.pass_time("2026-11-16 10:00")
    assert play.case.passed_to == "iro_manager"
    play.act(hand_over())
    assert (play.case.passed_to, play.case.reminders) == (None, 0)


def test_what_operations_were_told_is_not_said_again() -> None:
    play = Play(a_procedure({}, {}), "2026-11-05 10:00")
    play.start(deliver=False, name="Amara Ndiaye")
    play.pass_time("2026-11-06 10:00", mail=False)
    play.act(hand_over(), deliver=False)
    play.pass_time("2026-11-06 10:05", mail=False)
    assert [told.count for told in play.of("alert_not_accepted")] == [1, 2]


def test_it_may_go_to_another_role_that_raises() -> None:
    play = raised()
    play.act(hand_over(to="clerk"))
    assert (play.case.raised_by, play.case.raiser) == ("clerk", "clerk")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"by": "manager_1"}, ("may_not_hand_over", "by")),
        ({"by": None}, ("may_not_hand_over", "by")),
        ({"to": "manager_2"}, ("not_a_raiser", "to")),
        ({"to_name": "Amara Ndiaye"}, ("has_it_already", "to_name")),
        ({"to_name": " amara ndiaye"}, ("has_it_already", "to_name")),
    ],
)
def test_what_is_refused(said: dict[str, object], why: tuple[str, str]) -> None:
    play = raised()
    assert refused(play.act(hand_over(**said))) == why
    assert play.case.raised_by_name == "Amara Ndiaye"


def test_what_is_closed_is_not_handed_over() -> None:
    play = raised()
    play.act(Close(by="iro", outcome="unresolved", reason="Moved"))
    assert refused(play.act(hand_over())) == ("closed", None)
