"""Is a directory read as spreadsheets save it, with every fault at its line, and written so that it is read again?"""

from __future__ import annotations

import codecs
import csv
import io
import os
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config import directory, documents
from config.directory import spreadsheet, written
from config.settings import SAMPLE_COUNCIL
from escalation.directory import Directory, Leave, Person, Post
from escalation.directory_told import differences
from escalation.errors import Fault, InvalidDocument

HEADER = "role,name,email,team,agency,kind,first,last\n"
GRACE = "team_manager,Grace Obi,grace@council.example"


def read(posts: str, leave: str = "") -> Directory:
    return spreadsheet.read(posts, "people.csv", leave, "leave.csv" if leave else "")


def faults(posts: str, leave: str = "") -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(InvalidDocument) as refusal:
        read(posts, leave)
    return [(fault.file, fault.line, fault.where, fault.message) for fault in refusal.value.faults]


def places(posts: str, leave: str = "") -> list[tuple[int | None, str]]:
    return [(line, where) for _, line, where, _ in faults(posts, leave)]


def test_a_row_is_a_post() -> None:
    rows = (
        f"{GRACE},North,Police,Deputy,2026-11-23,4/1/2027\n",
        "iro , Zoë O'Brien ,Zoe@council.example,,,,,\n",
        "head_of_service,Grace Obi,GRACE@council.example\n",
    )
    found = read(HEADER + "\n".join(rows))
    dates = {"first": date(2026, 11, 23), "last": date(2027, 1, 4)}
    assert found.posts == [
        Post(
            role="team_manager", person="grace@council.example", team="North", agency="Police", kind="deputy", **dates
        ),
        Post(role="iro", person="zoe@council.example"),
        Post(role="head_of_service", person="grace@council.example"),
    ]
    assert found.people["zoe@council.example"] == Person(name="Zoë O'Brien", email="Zoe@council.example")


def test_a_leave_names_a_person_by_address_or_by_name() -> None:
    leave = "Name,Email,First,Last\n,GRACE@council.example,21/12/2026,31/12/2026\ngrace obi,,2027-02-01,2027-02-01\n"
    assert read(f"{HEADER}{GRACE}\n", leave).leave == [
        Leave(person="grace@council.example", first=date(2026, 12, 21), last=date(2026, 12, 31)),
        Leave(person="grace@council.example", first=date(2027, 2, 1), last=date(2027, 2, 1)),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_it_is_taken_as_spreadsheets_save_it(tmp_path: Path, separator: str, ends: str, mark: bytes) -> None:
    text = f"{HEADER}{GRACE},,,,,\n,,,,,,,\n\n".replace(",", separator).replace("\n", ends)
    file = tmp_path / "PEOPLE.CSV"
    file.write_bytes(mark + text.encode())
    assert directory.load(file) == read(f"{HEADER}{GRACE}\n")


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    assert read("EMAIL,Role,name\ngrace@council.example,team_manager,Grace Obi\n") == read(f"{HEADER}{GRACE}\n")


def test_every_fault_is_told_at_once_with_its_line_and_the_way_out() -> None:
    rows = [
        f"{GRACE},,,boss,2026-02-30,",
        "Team Manager,,grace,,,,2027-01-04,2027-01-01",
        '"team_manager","Grace\nObi",grace@council.example,,,,,',
        "iro,Grace Lee,Grace@council.example,,,,,",
        "iro,Zoë,zoe@council.example,,,,,",
        "iro,Zoë,zoe@council.example,,,,,",
        "iro,Zoë,zoe@council.example,,,,,,more",
    ]
    leave = (
        "email,name,first,last\nnobody@council.example,,1/2/27,2027-02-01\n,Zoë,2027-02-01,\n,,2027-02-01,2027-01-01\n"
    )
    assert places(HEADER + "\n".join(rows), leave) == [
        (2, "first"), (2, "kind"),
        (3, "name"), (3, "email"), (3, "last"), (3, "role"),
        (4, "name"),
        (6, "email"),
        (8, ""),
        (9, ""),
        (2, "email"), (2, "first"),
        (3, "last"),
        (4, "email"), (4, "last"),
    ]  # fmt: skip
    said = {(file, line, where): message for file, line, where, message in faults(HEADER + "\n".join(rows), leave)}
    assert said["people.csv", 2, "first"] == "must be a date such as 2027-01-04 or 04/01/2027"
    assert said["people.csv", 3, "name"] == "is needed and is missing"
    assert said["people.csv", 6, "email"] == "is the address of Grace Obi in line 2; give each their own"
    assert said["people.csv", 8, ""] == "says the same as line 7; keep one"
    assert said["leave.csv", 3, "last"] == "is needed and is missing"
    assert said["leave.csv", 4, "email"] == "is needed, or a name"


def test_a_name_that_several_people_have_is_no_way_to_say_who_is_away() -> None:
    two = f"{HEADER}{GRACE}\niro,Grace Obi,g.obi@council.example\n"
    assert [said for *_, said in faults(two, "name,first,last\nGrace Obi,2027-01-04,2027-01-04\n")] == [
        "is the name of several people; give the email"
    ]


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("", "", "is empty; its first line names the columns: role, name, email"),
        ("\n ,,\n", "", "is empty"),
        ("role,name\n", "email", "is needed in the first line"),
        ("role,name,e-mail\n", "e-mail", "did you mean `email`?"),
        ("role,name,email,role\n", "role", "is a column twice"),
        (f'{HEADER}"iro,Zoë\n', "", "look for a quotation mark"),
    ],
)
def test_what_is_no_table_is_told_as_such(text: str, where: str, says: str) -> None:
    assert any(found == where and says in message for _, _, found, message in faults(text))


def test_what_is_not_written_in_utf8_says_how_to_save_it(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(f"{HEADER}iro,Zoë,zoe@council.example\n".encode("cp1252"))
    with pytest.raises(InvalidDocument, match="save it as “CSV UTF-8”"):
        directory.load(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="cannot be read: No such file"):
        directory.load(tmp_path / "people.csv")


def test_leave_goes_with_a_csv_alone(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="goes with a CSV"):
        directory.load(SAMPLE_COUNCIL, tmp_path / "leave.csv")


def test_of_yaml_too_every_fault_is_told_at_once_whatever_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(
        "people:\n  a: {name: A, email: not-an-address}\n  b: {name: '', email: b@x.example}\n"
        "  c: {name: C, email: c@x.example}\n  d: {name: D, email: C@x.example}\n"
        "posts:\n  - {role: Iro, person: zz}\n  - {role: iro, person: a, first: 2026-12-01, last: 2026-11-01}\n"
        "leave:\n  - {person: [a], first: 2026-12-01, last: soon}\n  - none\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidDocument) as refusal:
        directory.load(file)
    assert [(fault.line, fault.where) for fault in refusal.value.faults] == [
        (2, "people.a.email"),
        (3, "people.b.name"),
        (5, "people.d.email"),
        (7, "posts.0.role"),
        (7, "posts.0.person"),
        (8, "posts.1.last"),
        (10, "leave.0.person"),
        (10, "leave.0.last"),
        (11, "leave.1"),
    ]


def test_of_yaml_too_one_address_under_two_names_is_a_fault_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("people:\n  a: {name: A, email: x@council.example}\n  b: {name: B, email: X@council.example}\n")
    with pytest.raises(InvalidDocument) as refusal:
        directory.load(file)
    assert [(fault.line, fault.where) for fault in refusal.value.faults] == [(3, "people.b.email")]


# Whatever stands in it ------------------------------------------------------------------------------------------------

CELLS = st.text(max_size=12) | st.sampled_from(
    ["iro", "Zoë", "zoe@council.example", "holder", "2027-01-04", "31/12/2026", "31/2/2026", "٣/٤/2027", '"', "=1+1"]
)


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


@settings(deadline=None)
@given(st.text() | st.lists(st.lists(CELLS, max_size=10), max_size=6).map(_csv), st.text(max_size=60))
@example(HEADER + '"', "")
@example(HEADER + "a" * 200_000, "")
@example(HEADER + "\x00,\x00,\x00", "\x00")
def test_any_text_is_read_or_refused_in_words(posts: str, leave: str) -> None:
    for text in (posts, HEADER + posts):
        refused: list[Fault] = []
        try:
            found = read(text, leave)
            assert Directory.model_validate_json(found.model_dump_json()) == found
        except InvalidDocument as refusal:
            refused = refusal.faults
        assert all(fault.message and fault.line for fault in refused)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
ADDRESSES = st.from_regex(r"[a-z0-9.'+-]{1,12}@[a-z]{1,8}\.example", fullmatch=True)
ROLES = st.sampled_from(["iro", "team_manager"])
KINDS: st.SearchStrategy[Literal["holder", "deputy", "acting"]] = st.sampled_from(["holder", "deputy", "acting"])
DAYS = st.none() | st.dates(date(1900, 1, 1))


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    people = draw(st.dictionaries(ADDRESSES, NAMES, min_size=1, max_size=4))
    keys = st.sampled_from(sorted(people))
    posts = set()
    for key in people:  # whoever has no post is in no CSV
        first, last = sorted([draw(DAYS), draw(DAYS)], key=lambda day: day or date.min)
        where = {"team": draw(st.none() | NAMES), "agency": draw(st.none() | NAMES)}
        posts.add(Post(role=draw(ROLES), person=key, kind=draw(KINDS), first=first, last=last, **where))
    leave = {
        Leave(person=draw(keys), first=min(days), last=max(days))
        for days in draw(st.lists(st.tuples(st.dates(date(1900, 1, 1)), st.dates(date(1900, 1, 1))), max_size=3))
    }
    named = {key: Person(name=name, email=key) for key, name in people.items()}
    return Directory(people=named, posts=list(posts), leave=list(leave))


@settings(deadline=None, max_examples=40)
@given(directories())
def test_what_is_written_is_read_as_it_was(whole: Directory) -> None:
    again = read(written.as_csv(whole), written.leave_as_csv(whole))
    assert differences(whole, again) == []
    assert (set(again.posts), set(again.leave), again.people) == (set(whole.posts), set(whole.leave), whole.people)
    assert documents.load_text(written.as_yaml(whole), Directory) == whole


# The file that counts until something is imported ---------------------------------------------------------------------


def test_a_file_is_read_again_when_it_has_changed_and_what_was_read_stands_while_it_has_faults(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"{HEADER}{GRACE}\n", encoding="utf-8")
    file = directory.File(path)
    assert file.now() is file.now()
    first = file.now()
    path.write_text("broken", encoding="utf-8")
    assert file.now() == first
    path.unlink()
    assert file.now() == first
    path.write_text(f"{HEADER}iro,Zoë,zoe@council.example\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert [post.role for post in file.now().posts] == ["iro"]


def test_a_file_that_could_never_be_read_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        directory.File(tmp_path / "people.yaml").now()
