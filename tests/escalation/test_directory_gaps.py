"""Which posts will be empty while somebody in them has to answer, told while it can still be mended?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from escalation.directory import Directory, Leave, Person, Post
from escalation.looking_ahead import Gap, gaps
from escalation.messages import Decide
from tests.escalation.driver import Play, a_procedure

RAISED = "2026-11-02 10:00"
"""A Monday; the first stage is due on Monday 9 November, the second on Monday 16 November."""
MONDAY, DUE, NEXT_DUE = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)
A_DAY = timedelta(days=1)
PEOPLE = {key: Person(name=key.title(), email=f"{key}@council.example") for key in ("ann", "ben", "cat")}
ANN, BEN = Post(role="manager_1", person="ann"), Post(role="manager_2", person="ben")


def started(*stages: dict[str, Any], **more: Any) -> Play:
    play = Play(a_procedure(*(stages or ({}, {})), **more), RAISED)
    play.start()
    return play


def found(play: Play, *posts: Post, leave: tuple[Leave, ...] = (), today: date = MONDAY, days: int = 10) -> list[Gap]:
    return gaps([play.case], Directory(people=PEOPLE, posts=list(posts), leave=list(leave)), today, days)


def told(gap: Gap) -> tuple[str, str, date, date, str]:
    return gap.asked, gap.role, gap.first, gap.last, gap.because


def away(person: str, first: date, last: date) -> tuple[Leave, ...]:
    return (Leave(person=person, first=first, last=last),)


def test_where_everybody_serves_there_is_none() -> None:
    assert found(started(), ANN, BEN) == []


def test_a_vacant_post_is_one_until_its_stage_is_due_and_the_next_from_when_it_is_asked() -> None:
    assert [told(gap) for gap in found(started())] == [
        ("now", "manager_1", MONDAY, DUE, "vacant"),
        ("next", "manager_2", DUE, NEXT_DUE, "vacant"),
    ]


def test_leave_that_nobody_stands_in_for_is_one_on_its_working_days() -> None:
    (gap,) = found(started(), ANN, BEN, leave=away("ann", date(2026, 11, 6), date(2026, 11, 20)))
    assert told(gap) == ("now", "manager_1", date(2026, 11, 6), DUE, "away")
    assert (gap.away, gap.reference, gap.stage) == (("Ann",), "CASE-1", "S1")


def test_leave_that_somebody_stands_in_for_is_none() -> None:
    cat = Post(role="manager_1", person="cat", kind="deputy")
    assert found(started(), ANN, BEN, cat, leave=away("ann", MONDAY, NEXT_DUE)) == []


@pytest.mark.parametrize(("first", "last"), [(date(2026, 11, 7), date(2026, 11, 8)), (DUE + A_DAY, NEXT_DUE)])
def test_a_weekend_and_what_is_after_the_deadline_matter_to_nobody(first: date, last: date) -> None:
    assert found(started(), ANN, BEN, leave=away("ann", first, last)) == []


def test_two_leaves_are_two_gaps() -> None:
    leave = (*away("ann", date(2026, 11, 3), date(2026, 11, 3)), *away("ann", date(2026, 11, 5), date(2026, 11, 6)))
    assert [(gap.first.day, gap.last.day) for gap in found(started(), ANN, BEN, leave=leave)] == [(3, 3), (5, 6)]


def test_a_post_that_ends_or_begins_in_between_is_empty_on_the_other_days() -> None:
    ends = ANN.model_copy(update={"last": date(2026, 11, 4)})
    begins = BEN.model_copy(update={"first": date(2026, 11, 11)})
    assert [told(gap)[1:4] for gap in found(started(), ends, begins)] == [
        ("manager_1", date(2026, 11, 5), DUE),
        ("manager_2", DUE, date(2026, 11, 10)),
    ]


@pytest.mark.parametrize(("days", "until"), [(0, MONDAY), (2, date(2026, 11, 4)), (5, DUE)])
def test_nobody_looks_further_than_asked(days: int, until: date) -> None:
    assert max(gap.last for gap in found(started(), days=days)) == until


def test_a_teams_and_an_agencys_own_people_are_looked_for_as_in_the_letters() -> None:
    play = started()
    play.case = play.case.model_copy(update={"team": "North"})
    own = [post.model_copy(update={"team": "North"}) for post in (ANN, BEN)]
    assert found(play, *own) == []
    other = [post.model_copy(update={"team": "South"}) for post in (ANN, BEN)]
    assert [gap.team for gap in found(play, *other)] == ["North", "North"]


def test_a_role_that_only_the_case_or_the_document_knows_is_never_empty() -> None:
    assert [gap.role for gap in found(started({}, {}, contacts=_contacts("manager_1")))] == ["manager_2"]


def _contacts(role: str) -> dict[str, Any]:
    return {role: {"name": "A body", "email": "body@elsewhere.example"}}


def test_where_a_lapse_does_not_go_on_nobody_is_asked_next() -> None:
    assert [gap.role for gap in found(started({"on_lapse": "ask"}, {}))] == ["manager_1"]


def test_while_it_is_the_raisers_turn_or_has_ended_nobody_is_awaited() -> None:
    play = started()
    play.respond()
    assert found(play) == []
    play.act(Decide(by="iro", outcome="satisfied", outcome_text="Done."))
    assert found(play) == []


def test_an_alert_that_nobody_has_taken_yet_is_awaited_as_far_as_is_looked() -> None:
    play = Play(a_procedure({}, {}), RAISED)
    play.start()
    untold = play.case.visit.model_copy(update={"alerted_at": None, "day_zero": None})
    play.case = play.case.model_copy(update={"visits": (untold,)})
    assert [told(gap) for gap in found(play, days=3)] == [("now", "manager_1", MONDAY, date(2026, 11, 5), "vacant")]


def test_the_nearest_comes_first_whichever_case_it_is_of() -> None:
    plays = [started(), started()]
    cases = [play.case.model_copy(update={"reference": f"CASE-{n}"}) for n, play in enumerate(plays, 1)]
    listed = gaps(cases, Directory(people=PEOPLE), MONDAY, 10)
    assert [(gap.first, gap.reference) for gap in listed] == [
        (MONDAY, "CASE-1"),
        (MONDAY, "CASE-2"),
        (DUE, "CASE-1"),
        (DUE, "CASE-2"),
    ]


def test_one_that_has_begun_says_since_when_whenever_it_is_looked_at() -> None:
    tuesday = date(2026, 11, 3)
    leave = away("ann", tuesday, NEXT_DUE)
    for today in (MONDAY, tuesday, date(2026, 11, 5), date(2026, 11, 7)):
        (gap,) = found(started(), ANN, BEN, leave=leave, today=today)
        assert (gap.first, gap.since, gap.due) == (max(tuesday, today), tuesday, DUE)


def test_a_lapse_into_an_empty_post_goes_on_with_the_gap_that_was_ahead() -> None:
    play = started()
    (ahead,) = found(play, ANN)
    play.pass_time("2026-11-10 08:00")
    (begun,) = found(play, ANN, today=date(2026, 11, 10))
    assert (ahead.asked, begun.asked) == ("next", "now")
    assert (begun.role, begun.since, begun.due) == (ahead.role, ahead.since, NEXT_DUE)
    assert begun.since == DUE
