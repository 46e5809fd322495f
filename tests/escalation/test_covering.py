"""Who is asked where a post is empty, its holder is away, or the concern is their own?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from escalation import notices, ordering
from escalation.covering import Asked, asked
from escalation.directory import Directory, Leave, Person, Post
from escalation.messages import Cover, Delivery, NoticeOutcome, Reassign, SendNotice
from tests.escalation.driver import Play, a_procedure

ON = date(2026, 11, 5)
ROLES = ("iro", "iro_manager", "quality", "manager_1", "manager_2", "manager_3")


def person(key: str) -> Person:
    return Person(name=key.replace("_", " ").title(), email=f"{key}@council.example")


def directory(*posts: Post, without: tuple[str, ...] = (), leave: tuple[str, ...] = ()) -> Directory:
    """One holder for each role, `sam` in no post; `posts` come on top."""
    held = [Post(role=role, person=role) for role in ROLES if role not in without]
    people = {key: person(key) for key in (*ROLES, "sam", "dora")}
    return Directory(
        people=people,
        posts=[*held, *posts],
        leave=[Leave(person=who, first=date(2026, 11, 2), last=date(2026, 11, 13)) for who in leave],
    )


def alert(play: Play, **more: Any) -> SendNotice:
    """The order of the addressee's alert that is outstanding."""
    notice = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    return ordering.order(play.case, notice, "escalation/ours/CASE-1").model_copy(update=more)


def started(**said: Any) -> Play:
    play = Play(a_procedure({}, {}, {}), "2026-11-05 10:00")
    play.start(deliver=False, **said)
    return play


def who(found: Asked) -> tuple[list[str], str | None, str | None]:
    return [each.name for each in found.people], found.cover, found.why


def test_the_holder_is_asked() -> None:
    assert who(asked(alert(started()), "manager_1", directory(), ON))[:2] == (["Manager 1"], None)


def test_the_deputy_stands_in_for_a_holder_on_leave() -> None:
    people = directory(Post(role="manager_1", person="dora", kind="deputy"), leave=("manager_1",))
    assert who(asked(alert(started()), "manager_1", people, ON))[:2] == (["Dora"], None)


@pytest.mark.parametrize("gone", [{"without": ("manager_1",)}, {"leave": ("manager_1",)}])
def test_an_empty_post_is_covered_by_the_role_above(gone: dict[str, tuple[str, ...]]) -> None:
    found = asked(alert(started()), "manager_1", directory(**gone), ON)
    assert who(found) == (["Manager 2"], "manager_2", "vacant")


def test_the_next_above_covers_where_that_one_is_empty_too() -> None:
    found = asked(alert(started()), "manager_1", directory(without=("manager_1", "manager_2")), ON)
    assert who(found) == (["Manager 3"], "manager_3", "vacant")


def test_nobody_at_all_is_said_to_be_nobody() -> None:
    found = asked(alert(started()), "manager_1", directory(without=("manager_1", "manager_2", "manager_3")), ON)
    assert who(found) == ([], None, "vacant")


def test_above_the_last_stage_there_is_nobody() -> None:
    play = started(stage="S3")
    assert who(asked(alert(play), "manager_3", directory(without=("manager_3",)), ON)) == ([], None, "vacant")


def test_nobody_is_asked_to_answer_their_own_concern() -> None:
    people = directory(Post(role="manager_1", person="sam"), without=("manager_1",))
    found = asked(alert(started(name="Sam")), "manager_1", people, ON)
    assert who(found) == (["Manager 2"], "manager_2", "conflict")


def test_what_is_handed_on_to_the_raisers_own_role_does_not_reach_who_raised_it() -> None:
    """While somebody covers for the raiser, their role can be named; the concern stays theirs."""
    play = started(name="Sam")
    play.act(Cover(by="iro_manager", absent="iro", cover="iro_manager"))
    play.act(Reassign(by="manager_1", to="iro"), deliver=False)
    handed_on = next(notice for notice in play.case.outstanding if notice.notice == "reassigned")
    order = ordering.order(play.case, handed_on, "escalation/ours/CASE-1")
    people = directory(Post(role="iro", person="sam"), without=("iro",))
    assert who(asked(order, "iro", people, ON)) == (["Manager 2"], "manager_2", "conflict")


def test_a_colleague_in_the_same_post_is_asked_in_the_raisers_stead() -> None:
    people = directory(Post(role="manager_1", person="sam"))
    assert who(asked(alert(started(name="sam")), "manager_1", people, ON))[0] == ["Manager 1"]


def test_where_nobody_knows_who_raised_it_nobody_in_that_role_is_asked() -> None:
    people = directory(Post(role="manager_1", person="iro"), without=("manager_1",))
    assert who(asked(alert(started()), "manager_1", people, ON)) == (["Manager 2"], "manager_2", "conflict")


def test_neither_is_who_raised_it_asked_as_cover() -> None:
    people = directory(Post(role="manager_2", person="sam"), without=("manager_1", "manager_2"))
    found = asked(alert(started(name="Sam")), "manager_1", people, ON)
    assert who(found) == (["Manager 3"], "manager_3", "vacant")


def test_who_let_a_stage_lapse_is_not_cover_at_the_next() -> None:
    """Dora stood in at S1 and was silent; at S2 she would stand in again."""
    play = started()
    settle(play, [("manager_1", "dora@council.example")])
    play.pass_time("2026-11-12 17:01", mail=False)
    order = alert(play)
    assert order.silent == ("dora@council.example",)
    people = directory(Post(role="manager_2", person="dora", kind="deputy"), without=("manager_2",))
    assert who(asked(order, "manager_2", people, ON)) == (["Manager 3"], "manager_3", "silent")


def test_who_holds_both_posts_is_asked_again() -> None:
    """The post is theirs: to leave them out would leave out the stage."""
    order = alert(started(), silent=("manager_1@council.example",))
    assert who(asked(order, "manager_1", directory(), ON))[0] == ["Manager 1"]


def test_whoever_no_mail_reaches_is_covered() -> None:
    found = asked(alert(started()), "manager_1", directory(), ON, ["Manager_1@council.example"])
    assert who(found) == (["Manager 2"], "manager_2", "refused")


def test_a_reminder_tries_again_whom_no_mail_reached_where_there_is_nobody_else() -> None:
    people, gone = directory(without=("manager_2", "manager_3")), ("manager_1@council.example",)
    order = alert(started(), unreachable=gone)
    assert who(asked(order, "manager_1", people, ON)) == ([], None, "refused")
    reminder = order.model_copy(update={"notice": order.notice.model_copy(update={"part": "all"})})
    assert who(asked(reminder, "manager_1", people, ON)) == (["Manager 1"], None, "refused")
    assert who(asked(reminder, "manager_1", people, ON, gone)) == ([], None, "refused")


def test_somebody_whom_only_the_case_knows_goes_before_the_directory() -> None:
    play = started(contacts={"manager_1": {"name": "Pat Doe", "email": "pat@agency.example"}})
    assert who(asked(alert(play), "manager_1", directory(), ON))[0] == ["Pat Doe"]


def test_quality_assurance_operations_and_the_raiser_hear_of_cover() -> None:
    play = started()
    settle(play, [("manager_1", "manager_2@council.example")], cover="manager_2", cover_because="vacant")
    covered = play.last("post_covered")
    assert (covered.role, covered.cover, covered.why) == ("manager_1", "manager_2", "vacant")
    play.deliver()
    assert play.heard()["post_covered"] == {"quality", "operations", "iro"}
    assert (play.case.waiting_for, play.due) == ("manager_1", "2026-11-12 17:00")


def settle(play: Play, people: list[tuple[str, str]], **more: Any) -> None:
    """A mail server takes the alert for these roles at these addresses."""
    notice = next(notice for notice in notices.sendable(play.case) if notice.part == "addressee")
    sent = [
        Delivery(
            role=role, person=address, address=address, accepted_at=play.now, message_id="<1@x>", day_zero=ON, **more
        )
        for role, address in people
    ]
    play.take(NoticeOutcome(entry=notice.entry, notice=notice.notice, part=notice.part, delivered=sent))


def test_several_who_cover_together_are_told_of_in_one_entry() -> None:
    play = Play(a_procedure({}, {}), "2026-11-05 10:00")
    play.start(deliver=False)
    alert = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    sent = [
        Delivery(
            role="manager_1",
            person=name,
            address=f"{name}@council.example",
            accepted_at=play.now,
            message_id=f"<{name}@x>",
            cover="manager_2",
            cover_because="vacant",
        )
        for name in ("sam", "dora")
    ]
    play.take(NoticeOutcome(entry=alert.entry, notice=alert.notice, part=alert.part, delivered=sent))
    assert [covered.person for covered in play.of("post_covered")] == ["sam, dora"]
