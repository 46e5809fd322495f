"""What may be changed in a directory, what is it afterwards, and how is it told?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from escalation.directory import Directory, Leave, Person, Post
from escalation.directory_changes import (
    AnyChange,
    Appoint,
    CancelLeave,
    Change,
    EndPost,
    Import,
    RemovePerson,
    SetPerson,
    TakeLeave,
    after,
)  # fmt: skip
from escalation.directory_rules import RefusedChange, apply, faults
from escalation.directory_told import contents, differences, told

TODAY = date(2026, 11, 23)
NEXT_YEAR = date(2027, 1, 4)
A_DAY = timedelta(days=1)
GRACE = Person(name="Grace Obi", email="grace@council.example")
UMAR = Person(name="Umar Ali", email="umar@council.example")
ZOE = Person(name="Zoë Lee", email="zoe@council.example")
BEFORE = Directory(
    people={"grace": GRACE, "umar": UMAR},
    posts=[Post(role="team_manager", person="grace"), Post(role="team_manager", person="umar", kind="deputy")],
    leave=[Leave(person="grace", first=date(2026, 12, 21), last=date(2026, 12, 31))],
)
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(AnyChange)


def serving(directory: Directory, on: date) -> list[str]:
    return [person.name for person in directory.holders("team_manager", None, on)]


def refused(change: AnyChange, directory: Directory = BEFORE, today: date = TODAY) -> list[tuple[str, str]]:
    with pytest.raises(RefusedChange) as refusal:
        apply(directory, change, today)
    return refusal.value.faults


# What it comes to -----------------------------------------------------------------------------------------------------


def test_an_import_is_the_whole_directory_from_then_on() -> None:
    other = Directory(people={"a": GRACE}, posts=[Post(role="iro", person="a")])
    assert apply(BEFORE, Import(directory=other), TODAY) == other


def test_a_post_counts_from_its_first_day() -> None:
    post = Post(role="team_manager", person="umar", first=NEXT_YEAR)
    directory = apply(BEFORE, Appoint(post=post), TODAY)
    assert serving(directory, NEXT_YEAR - A_DAY) == ["Grace Obi"]
    assert serving(directory, NEXT_YEAR) == ["Grace Obi", "Umar Ali"]


def test_a_post_that_ends_counts_to_its_last_day() -> None:
    directory = apply(BEFORE, EndPost(role="team_manager", person="grace", last=TODAY), TODAY)
    assert (serving(directory, TODAY), serving(directory, TODAY + A_DAY)) == (["Grace Obi"], ["Umar Ali"])


def test_a_post_that_would_begin_after_its_last_day_never_does() -> None:
    begun = apply(BEFORE, Appoint(post=Post(role="iro", person="umar", first=NEXT_YEAR)), TODAY)
    assert apply(begun, EndPost(role="iro", person="umar", last=TODAY), TODAY) == BEFORE


@pytest.mark.parametrize("where", [{"team": "North"}, {"agency": "police"}, {"kind": "holder"}, {"role": "iro"}])
def test_only_the_post_that_is_named_ends(where: dict[str, Any]) -> None:
    said: dict[str, Any] = {"role": "team_manager", "person": "umar", "last": TODAY} | where
    assert [field for field, _ in refused(EndPost(**said))] == ["role"]


def test_a_leave_is_stood_in_for() -> None:
    directory = apply(BEFORE, TakeLeave(person="grace", first=TODAY, last=TODAY), TODAY)
    assert (serving(directory, TODAY), serving(directory, TODAY + A_DAY)) == (["Umar Ali"], ["Grace Obi"])


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (21, None, []),
        (1, 31, []),
        (24, None, [(21, 23)]),
        (24, 25, [(21, 23), (26, 31)]),
        (10, 21, [(22, 31)]),
    ],
)
def test_of_a_leave_only_what_is_cancelled_goes(first: int, last: int | None, left: list[tuple[int, int]]) -> None:
    to = date(2026, 12, last) if last else None
    directory = apply(BEFORE, CancelLeave(person="grace", first=date(2026, 12, first), last=to), TODAY)
    assert [(leave.first.day, leave.last.day) for leave in directory.leave] == left


def test_a_person_is_added_renamed_and_taken_out() -> None:
    added = apply(BEFORE, SetPerson(key="zoe", name="Zoë Lee", email="zoe@council.example"), TODAY)
    renamed = apply(added, SetPerson(key="zoe", name="Zoë Ali", email="zoe@council.example"), TODAY)
    assert renamed.people["zoe"].name == "Zoë Ali"
    assert apply(renamed, RemovePerson(key="zoe"), TODAY) == BEFORE


def test_who_is_taken_out_takes_what_they_held_once_with_them() -> None:
    ended = apply(BEFORE, EndPost(role="team_manager", person="grace", last=TODAY), TODAY)
    assert refused(RemovePerson(key="grace"), ended)
    gone = apply(ended, RemovePerson(key="grace"), TODAY + A_DAY)
    assert (set(gone.people), len(gone.posts), gone.leave) == ({"umar"}, 1, [])


# What stands against it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (Appoint(post=Post(role="iro", person="zoe", first=NEXT_YEAR, last=TODAY)), ["post.person", "post.last"]),
        (Appoint(post=Post(role="team_manager", person="grace", last=TODAY)), ["post"]),
        (EndPost(role="team_manager", person="zoe", last=TODAY), ["person"]),
        (TakeLeave(person="zoe", first=NEXT_YEAR, last=TODAY), ["person", "last"]),
        (TakeLeave(person="grace", first=date(2026, 12, 31), last=NEXT_YEAR), ["first"]),
        (CancelLeave(person="grace", first=NEXT_YEAR), ["first"]),
        (CancelLeave(person="umar", first=date(2026, 12, 21)), ["first"]),
        (SetPerson(key="zoe", name="Zoë", email="GRACE@council.example"), ["email"]),
        (RemovePerson(key="zoe"), ["key"]),
        (RemovePerson(key="umar"), ["key"]),
        (Import(directory=Directory(people={"a": GRACE, "b": Person(name="B", email="Grace@council.example")})),
         ["directory.posts", "people.b.email"]),
        (Import(directory=Directory(people={"a": GRACE})), ["directory.posts"]),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_with_every_reason(change: AnyChange, fields: list[str]) -> None:
    assert [field for field, _ in refused(change)] == fields


def test_the_same_post_may_be_held_again_later_and_the_same_days_be_taken_by_another() -> None:
    ended = apply(BEFORE, EndPost(role="team_manager", person="grace", last=TODAY), TODAY)
    again = apply(ended, Appoint(post=Post(role="team_manager", person="grace", first=NEXT_YEAR)), TODAY)
    assert serving(again, NEXT_YEAR) == ["Grace Obi"]
    assert apply(BEFORE, TakeLeave(person="umar", first=date(2026, 12, 21), last=date(2026, 12, 31)), TODAY)


def test_a_reason_not_to_says_the_way_out() -> None:
    ((_, said),) = refused(EndPost(role="iro", person="umar", last=TODAY))
    assert said == "they are in no such post after that day; they are deputy team manager"


DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 1))
KEYS = st.sampled_from(["grace", "umar", "zoe"])
ROLES = st.sampled_from(["team_manager", "iro"])
KINDS = st.sampled_from(["holder", "deputy", "acting"])
POSTS = st.builds(
    Post,
    role=ROLES,
    person=KEYS,
    team=st.sampled_from([None, "North"]),
    agency=st.none(),
    kind=KINDS,
    first=st.none() | DAYS,
    last=st.none() | DAYS,
)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(Appoint, post=POSTS),
    st.builds(EndPost, role=ROLES, person=KEYS, team=st.sampled_from([None, "North"]), agency=st.none(), last=DAYS),
    st.builds(TakeLeave, person=KEYS, first=DAYS, last=DAYS),
    st.builds(CancelLeave, person=KEYS, first=DAYS, last=st.none() | DAYS),
    st.builds(SetPerson, key=KEYS, name=KEYS, email=KEYS.map(lambda key: f"{key}@council.example")),
    st.builds(RemovePerson, key=KEYS),
)


@settings(deadline=None)
@given(st.lists(CHANGES, max_size=12))
def test_no_change_that_is_allowed_makes_a_directory_that_could_not_be_read(changes: list[AnyChange]) -> None:
    directory = BEFORE
    for change in changes:
        assert isinstance(told(change, directory), str)
        if not list(faults(directory, change, TODAY)):
            directory = after(directory, change)
        assert CHANGE.validate_json(change.model_dump_json()) == change
    assert Directory.model_validate_json(directory.model_dump_json()) == directory


@settings(deadline=None)
@given(DAYS, DAYS, DAYS, DAYS)
def test_who_is_on_leave_is_so_on_just_the_days_that_were_taken_and_not_cancelled(
    first: date, last: date, begins: date, ends: date
) -> None:
    directory = BEFORE.model_copy(
        update={"leave": [Leave(person="umar", first=min(first, last), last=max(first, last))]}
    )
    cancelled = after(directory, CancelLeave(person="umar", first=min(begins, ends), last=max(begins, ends)))
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(93)]
    away = {day for day in days if directory.is_away(UMAR.email, day)}
    back = {day for day in days if min(begins, ends) <= day <= max(begins, ends)}
    assert {day for day in days if cancelled.is_away(UMAR.email, day)} == away - back


# How it is told -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Appoint(post=Post(role="team_manager", person="grace", first=NEXT_YEAR)),
         "Grace Obi is Team Manager from Monday 4 January 2027."),
        (Appoint(post=Post(role="team_manager", person="umar", team="North", kind="acting", last=TODAY)),
         "Umar Ali is acting Team Manager of North until Monday 23 November 2026."),
        (EndPost(role="team_manager", person="grace", last=TODAY),
         "Grace Obi is Team Manager until Monday 23 November 2026, and no longer."),
        (TakeLeave(person="umar", first=TODAY, last=NEXT_YEAR),
         "Umar Ali is on leave from Monday 23 November 2026 until Monday 4 January 2027."),
        (CancelLeave(person="umar", first=TODAY, last=TODAY),
         "Umar Ali is not on leave on Monday 23 November 2026 after all."),
        (EndPost(role="team_manager", person="umar", last=TODAY),
         "Umar Ali is deputy Team Manager until Monday 23 November 2026, and no longer."),
        (SetPerson(key="zoe", name=ZOE.name, email=ZOE.email), "Zoë Lee was added, at zoe@council.example."),
        (SetPerson(key="umar", name="U A", email="u@council.example"), "Umar Ali is now U A, at u@council.example."),
        (RemovePerson(key="umar"), "Umar Ali was taken out."),
        (Import(directory=BEFORE), "A directory was imported: 2 people, 2 posts, 1 on leave."),
    ],
)  # fmt: skip
def test_a_change_is_told_in_a_sentence(change: AnyChange, sentence: str) -> None:
    assert told(change, BEFORE, lambda role: role.replace("_", " ").title()) == sentence


def test_an_empty_directory_is_told_too() -> None:
    assert contents(Directory(people={})) == "no people, no posts, no leave"


def test_two_directories_differ_in_what_is_added_ended_and_changed() -> None:
    now = Directory(
        people={
            "g": GRACE.model_copy(update={"name": "Grace Lee"}),
            "z": ZOE,
        },
        posts=[Post(role="team_manager", person="g", last=NEXT_YEAR), Post(role="iro", person="z")],
    )
    found = differences(BEFORE, now)
    assert [(what, says) for what, says in found if what == "added"] == [
        ("added", "Zoë Lee, zoe@council.example"),
        ("added", "Zoë Lee is iro"),
    ]
    assert [says for what, says in found if what == "changed"] == [
        "Grace Obi is called Grace Lee",
        "Grace Lee is team manager until Monday 4 January 2027; it was for good",
    ]
    assert [says for what, says in found if what == "ended"] == [
        "Umar Ali, umar@council.example",
        "Umar Ali was deputy team manager",
        "Grace Obi is on leave from Monday 21 December 2026 until Thursday 31 December 2026",
    ]


def test_a_directory_does_not_differ_from_itself_whatever_its_people_are_called() -> None:
    people = {f"x-{key}": person for key, person in BEFORE.people.items()}
    posts = [post.model_copy(update={"person": f"x-{post.person}"}) for post in BEFORE.posts]
    leave = [each.model_copy(update={"person": f"x-{each.person}"}) for each in BEFORE.leave]
    assert differences(BEFORE, Directory(people=people, posts=posts, leave=leave)) == []
