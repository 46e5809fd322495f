"""Does a faulty document get every fault at once, at its line and column, in words a person can act on?"""

from __future__ import annotations

import string
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, model_validator

from config.documents import load, load_text
from config.pages import Page
from escalation.contradictions import Contradictions
from escalation.errors import Fault, InvalidDocument
from escalation.procedure import Strict


class Rung(Strict):
    title: str
    working_days: Annotated[int, Field(ge=1, le=60)] = 5
    formal: bool = True
    on: list[Literal["raised", "lapsed"]] | Literal["raised", "lapsed"] = "raised"


class Ladder(Strict):
    key: str
    end_of_day: str = "17:00"
    rungs: list[Rung] = []
    closed: dict[date, str] = {}

    @model_validator(mode="after")
    def _two_rungs_of_a_title(self) -> Ladder:
        titles = [rung.title for rung in self.rungs]
        faults = [(f"rungs.{n}.title", "stands twice") for n, title in enumerate(titles) if title in titles[:n]]
        if faults:
            raise Contradictions(faults)
        return self


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(InvalidDocument) as refusal:
        load_text(text, Ladder, "ladder.yaml")
    assert all(fault.file == "ladder.yaml" for fault in refusal.value.faults)
    return refusal.value.faults


def placed(text: str) -> list[tuple[int | None, int | None, str]]:
    return [(fault.line, fault.column, fault.where) for fault in faults_of(text)]


def test_a_valid_document_is_read_as_its_writer_means_it() -> None:
    text = "key: no\nend_of_day: 17:00\nrungs:\n  - title: '010'\n    working_days: 010\nclosed:\n  2026-12-29: shut\n"
    ladder = load_text(text, Ladder)
    assert (ladder.key, ladder.end_of_day, ladder.closed) == ("no", "17:00", {date(2026, 12, 29): "shut"})
    assert (ladder.rungs[0].title, ladder.rungs[0].working_days) == ("010", 10)


def test_every_fault_is_told_at_once_with_its_place() -> None:
    text = (
        "key: 5\n"
        "rungs:\n"
        "  - title: first\n"
        "    workng_days: 3\n"
        "    formal: yes\n"
        "  - working_days: 61\n"
        "    on: [raised, lapse]\n"
    )
    assert placed(text) == [
        (1, 6, "key"),
        (4, 5, "rungs.0.workng_days"),
        (5, 13, "rungs.0.formal"),
        (6, 5, "rungs.1.title"),
        (6, 19, "rungs.1.working_days"),
        (7, 18, "rungs.1.on.1"),
    ]


def test_an_unknown_key_is_told_with_the_nearest_known_one() -> None:
    [fault] = faults_of("key: x\nrungs:\n  - title: first\n    workng_days: 3\n")
    assert "did you mean `working_days`?" in fault.message


def test_an_unknown_key_near_to_nothing_is_told_with_all_that_there_are() -> None:
    [fault] = faults_of("key: x\nzzz: 3\n")
    assert "`closed`, `end_of_day`, `key`, `rungs`" in fault.message


def test_a_document_that_contradicts_itself_is_told_so_at_each_place() -> None:
    text = "key: x\nrungs:\n  - title: first\n  - title: first\n  - title: second\n  - title: first\n"
    assert placed(text) == [(4, 12, "rungs.1.title"), (6, 12, "rungs.3.title")]


def test_keys_that_stand_twice_are_refused_each_at_its_second_place() -> None:
    text = "key: x\nkey: y\nrungs:\n  - title: a\n    title: b\n"
    assert placed(text) == [(2, 1, "key"), (5, 5, "rungs.0.title")]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "nothing is written"),
        ("# only a comment\n", 1, "nothing is written"),
        ("key: [\n", 2, "not YAML"),
        ("key: x\n\trungs: []\n", 2, "not YAML"),
        ("key: x\nend_of_day: \a\n", 2, "no YAML file may hold"),
        ("--- a\n--- b\n", 2, "single document"),
        ("key: x\nclosed: {2026-02-30: shut}\n", 2, "no such date"),
        ("key: !secret x\n", 1, "tags"),
        ("%YAML 1.1\n---\nkey: x\nend_of_day: 17:00\n", 1, "YAML 1.2"),
        ("key: x\nrungs: &a [*a]\n", 2, "holds itself"),
        ("? [a]\n: x\n", 1, "a key must be one word"),
        ("- key\n", 1, "a set of keys, each with its value"),
    ],
)
def test_what_is_no_document_is_refused_in_words(text: str, line: int, says: str) -> None:
    [fault] = [fault for fault in faults_of(text) if says in fault.message]
    assert fault.line == line


def test_aliases_are_read_but_cannot_blow_a_page_up() -> None:
    assert Page("a: &five {days: 5}\nb: *five\n").value == {"a": {"days": 5}, "b": {"days": 5}}
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    assert any("by its aliases" in fault.message for fault in faults_of(bomb))


def test_a_page_nested_without_end_is_refused() -> None:
    assert "nested too deeply" in faults_of("[" * 600)[0].message


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"key: caf\xe9\n")
    for file, says in ((tmp_path / "none.yaml", "No such file"), (tmp_path, "directory"), (latin, "UTF-8")):
        with pytest.raises(InvalidDocument) as refusal:
            load(file, Ladder)
        assert str(file) in str(refusal.value) and says in str(refusal.value)


def test_a_fault_never_repeats_what_is_written() -> None:
    assert "Shaun" not in str(
        faults_of("key: x\nrungs:\n  - {title: a, formal: Shaun, on: Shaun, working_days: Shaun}\n")
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.dates().map(str) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
yaml_like = st.text(
    alphabet=st.sampled_from("key: rungs-title\n  []{}&*!|>'\"%#,?0123456789.:T" + string.ascii_letters)
)


@settings(deadline=None)
@given(st.one_of(yaml_like, st.text(), values.map(str), values.map(lambda value: f"key: x\nrungs: {value}\n")))
def test_whatever_is_written_is_read_or_refused_with_faults(text: str) -> None:
    told = ["read"]
    try:
        load_text(text, Ladder)
    except InvalidDocument as refusal:
        told = [fault.message for fault in refusal.faults]
    assert told and all(told)
