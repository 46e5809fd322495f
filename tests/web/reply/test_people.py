"""Who may answer through a link that was sent to somebody as cover?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from activities.links import Claims, digest_of
from escalation.directory import Directory, Leave, Person, Post
from escalation.history import EmailSent, HistoryEntry
from escalation.messages import Delivery
from escalation.working_days import LONDON
from tests.escalation.driver import Play, a_procedure
from web.reply.people import covers, may_answer

AT = datetime(2026, 11, 2, 10, 0, tzinfo=LONDON)
TODAY = date(2026, 11, 3)
PEOPLE = {key: Person(name=key.title(), email=f"{key}@council.example") for key in ("ann", "ben", "cat")}
BEN = digest_of("ben@council.example")
CLAIMS = Claims(reference="CASE-1", visit=2, role="manager_1", address=BEN)
COVER = Post(role="manager_2", person="ben")


def sent(role: str = "manager_1", person: str = "ben", cover: str | None = "manager_2") -> HistoryEntry:
    said = {"role": role, "person": person.title(), "address": f"{person}@Council.Example", "cover": cover}
    delivery = Delivery.model_validate(said | {"accepted_at": AT, "message_id": "<1@council.example>"})
    return EmailSent(n=4, at=AT, entry=2, notice="alert", part="addressee", to=[role], delivered=[delivery])


def let_in(*posts: Post, history: tuple[HistoryEntry, ...] = (), leave: Any = ()) -> set[str]:
    play = Play(a_procedure({}, {}), "2026-11-02 10:00")
    play.start()
    directory = Directory(people=PEOPLE, posts=list(posts), leave=list(leave))
    found = may_answer(directory, CLAIMS, play.case, TODAY, covers(history, CLAIMS))
    return {person.name for person in found.values()}


def test_who_was_asked_as_cover_may_answer_while_they_hold_the_post_by_which_they_were_asked() -> None:
    assert let_in(COVER, history=(sent(),)) == {"Ben"}
    ended = COVER.model_copy(update={"last": date(2026, 11, 2)})
    assert let_in(ended, history=(sent(),)) == set()


def test_their_own_stand_ins_and_those_of_the_role_may_not_through_their_link() -> None:
    deputies = [Post(role=role, person="cat", kind="deputy") for role in ("manager_1", "manager_2")]
    leave = [Leave(person="ben", first=TODAY, last=TODAY)]
    assert let_in(COVER, *deputies, history=(sent(),), leave=leave) == {"Ben"}


@pytest.mark.parametrize("other", [sent(cover=None), sent(role="manager_3"), sent(person="ann")])
def test_whoever_holds_that_post_without_having_been_asked_may_not(other: HistoryEntry) -> None:
    assert let_in(COVER, history=(other,)) == set()
    assert let_in(COVER) == set()


def test_once_the_role_is_theirs_they_answer_as_its_holder() -> None:
    deputy = Post(role="manager_1", person="cat", kind="deputy")
    assert let_in(Post(role="manager_1", person="ben"), deputy, history=(sent(),)) == {"Ben", "Cat"}
