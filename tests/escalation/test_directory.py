"""Does a role find the right people on a date, and nobody else?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from escalation.contradictions import Contradictions
from escalation.directory import Directory, Leave, Person, Post, email_address

MONDAY = date(2026, 11, 23)
PEOPLE = {key: Person(name=key.title(), email=f"{key}@council.example") for key in ("ann", "ben", "cat", "dan", "eve")}
AWAY = {"first": MONDAY, "last": date(2026, 11, 27)}


def directory(*posts: Post, leave: tuple[Leave, ...] = ()) -> Directory:
    return Directory(people=PEOPLE, posts=list(posts), leave=list(leave))


def post(person: str, **more: Any) -> Post:
    return Post(role="team_manager", person=person, **more)


def found(directory: Directory, team: str | None = None, on: date = MONDAY, agency: str | None = None) -> list[str]:
    return [person.name.lower() for person in directory.holders("team_manager", team, on, agency)]


def test_everyone_who_holds_the_post_is_found_and_nobody_of_another() -> None:
    other = Post(role="head_of_service", person="eve")
    assert found(directory(post("ann"), other, post("ben"))) == ["ann", "ben"]


def test_a_post_that_nobody_holds_is_empty() -> None:
    assert found(directory()) == []


def test_a_teams_own_people_go_before_those_for_every_team() -> None:
    posts = directory(post("ann"), post("ben", team="North"))
    assert [found(posts, team) for team in ("North", "South", None)] == [["ben"], ["ann"], ["ann"]]


def test_a_post_holds_from_its_first_day_to_its_last() -> None:
    posts = directory(post("ann", last=MONDAY), post("ben", first=MONDAY + timedelta(days=1)))
    assert [found(posts, on=MONDAY + timedelta(days=days)) for days in (0, 1)] == [["ann"], ["ben"]]


def test_a_deputy_hears_nothing_while_the_holder_is_there() -> None:
    assert found(directory(post("ann"), post("ben", kind="deputy"), post("cat", kind="acting"))) == ["ann"]


@pytest.mark.parametrize(
    ("stand_ins", "serving"),
    [
        ([], []),
        ([post("ben", kind="deputy")], ["ben"]),
        ([post("ben", kind="deputy"), post("cat", kind="acting")], ["cat"]),
    ],
)
def test_a_holder_on_leave_is_stood_in_for(stand_ins: list[Post], serving: list[str]) -> None:
    away = directory(post("ann"), *stand_ins, leave=(Leave(person="ann", **AWAY),))
    assert found(away) == serving
    assert found(away, on=AWAY["last"] + timedelta(days=1)) == ["ann"]
    assert found(away, on=AWAY["first"] - timedelta(days=1)) == ["ann"]


def test_an_empty_post_is_filled_by_its_deputy() -> None:
    assert found(directory(post("ann", last=date(2026, 10, 1)), post("ben", kind="deputy"))) == ["ben"]


def test_of_two_holders_the_one_on_leave_is_stood_in_for_and_the_other_stays() -> None:
    posts = directory(post("ann"), post("ben"), post("cat", kind="deputy"), leave=(Leave(person="ann", **AWAY),))
    assert found(posts) == ["ben", "cat"]


def test_who_acts_and_is_on_leave_too_is_passed_over_for_the_deputy() -> None:
    leave = tuple(Leave(person=person, **AWAY) for person in ("ann", "ben"))
    assert found(directory(post("ann"), post("ben", kind="acting"), post("cat", kind="deputy"), leave=leave)) == ["cat"]


def test_a_team_whose_people_are_all_away_falls_to_those_for_every_team() -> None:
    posts = directory(post("ann", team="North"), post("ben"), leave=(Leave(person="ann", **AWAY),))
    assert found(posts, "North") == ["ben"]


def test_an_agency_has_people_of_its_own_before_those_for_every_agency() -> None:
    posts = directory(post("ann", agency="Health"), post("ben"))
    assert [found(posts, agency=agency) for agency in (None, "Health", "Police")] == [["ben"], ["ann"], ["ben"]]


def test_a_person_with_two_posts_of_a_role_is_found_once() -> None:
    assert found(directory(post("ann"), post("ann", last=date(2027, 1, 1)))) == ["ann"]


def served(directory: Directory, away: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    return [(who.name.lower(), kind) for who, kind in directory.serving("team_manager", None, MONDAY, None, away)]


def test_it_is_said_as_what_somebody_serves() -> None:
    posts = (post("ann"), post("ben"), post("cat", kind="deputy"), post("dan", kind="acting"))
    assert served(directory(*posts)) == [("ann", "holder"), ("ben", "holder")]
    assert served(directory(*posts, leave=(Leave(person="ann", **AWAY),))) == [("ben", "holder"), ("dan", "acting")]
    assert served(directory(*posts[2:])) == [("dan", "acting")]


def test_who_is_known_to_be_away_counts_as_on_leave_however_the_address_is_spelt() -> None:
    posts = directory(post("ann"), post("ben", kind="deputy"), post("cat", kind="acting"))
    assert served(posts, frozenset({"Ann@Council.Example"})) == [("cat", "acting")]
    assert served(posts, frozenset({"ann@council.example", "cat@council.example"})) == [("ben", "deputy")]
    assert served(posts, frozenset({"ann", "zoe@council.example"})) == [("ann", "holder")]


def test_who_holds_the_post_that_they_stand_in_for_serves_as_its_holder() -> None:
    posts = directory(post("ann", kind="acting"), post("ann"), post("ben"), leave=(Leave(person="ben", **AWAY),))
    assert served(posts) == [("ann", "holder")]


def test_a_person_is_away_on_the_days_of_their_leave_and_a_stranger_never() -> None:
    posts = directory(leave=(Leave(person="ann", **AWAY),))
    assert [posts.is_away("ANN@council.example", day) for day in (MONDAY, AWAY["last"] + timedelta(days=1))] == [
        True,
        False,
    ]
    assert not posts.is_away("ben@council.example", MONDAY)
    assert not posts.is_away("zoe@council.example", MONDAY)


def test_people_who_are_not_in_the_list_are_told_all_at_once() -> None:
    with pytest.raises(ValidationError) as refusal:
        directory(post("ann"), post("zoe"), leave=(Leave(person="max", **AWAY),))
    cause = refusal.value.errors()[0]["ctx"]["error"]
    assert isinstance(cause, Contradictions)
    assert [path for path, _ in cause.faults] == ["posts.1.person", "leave.0.person"]


def test_dates_that_run_backwards_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"posts\.0\.last.*before `first`"):
        directory(post("ann", first=MONDAY, last=MONDAY - timedelta(days=1)))


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "@council.example", "a@b@c", "ann@council.example\n", "ann@council.example\r\nBcc: x@y.example",
     "ann@council.example,ben@council.example", "Ann <ann@council.example>", "an n@council.example",
     "ann@council..example", "änn@council.example", "ann@council.example\x00", f"ann@{'a' * 260}.example"],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Person(name="Ann", email=address)


@pytest.mark.parametrize("name", ["", "  ", "Ann\nBcc: x@y.example", "Ann\x00", "Ann\u2028Lee", "a" * 201])
def test_a_name_that_is_not_one_line_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Person(name=name, email="ann@council.example")


def test_names_are_not_only_english_ones() -> None:
    assert Person(name="Zoë O'Brien-Nguyễn", email="zoe.o'brien@council.example").name == "Zoë O'Brien-Nguyễn"


@given(st.text() | st.emails())
def test_no_address_taken_could_end_a_header_or_name_two_people(text: str) -> None:
    try:
        address = email_address(text)
    except ValueError:
        return
    assert address.isascii() and address.isprintable() and address.count("@") == 1
    assert not set(address) & set(' ,;:<>()[]"\\')
