"""Beside which value does a comment stand?"""

from __future__ import annotations

from pathlib import Path

import pytest

from config import procedures
from config.remarks import remarks


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1 # one\n", {"a": "one"}),
        ("# above\n# and on\na:\n  b: 1 # beside\n", {"a": "above and on", "a.b": "beside"}),
        ("a:\n  - {b: 1} # first\n  - {b: 2}\n", {"a.0": "first"}),
        ("a: {b: 1, c: 2} # the outermost that begins here\n", {"a": "the outermost that begins here"}),
        ('a: "no # comment"\nb: c#d\n', {}),
        ("a: 1 # one # of two\n", {"a": "one # of two"}),
        ("# yaml-language-server: $schema=x\na: 1\n", {}),
        ("# above\na: 1 # beside\n", {"a": "above beside"}),
        ("a: 1\n# nothing follows\n", {}),
        ("", {}),
    ],
)
def test_a_comment_is_about_what_it_stands_beside_or_above(text: str, said: dict[str, str]) -> None:
    assert remarks(text).said == said


def test_what_stands_above_is_known_from_what_stands_beside() -> None:
    assert remarks("# above\na: 1\nb: 2 # beside\n").above == {"a"}


def test_the_documents_words_hold_for_the_lines_of_a_list_that_follow_at_once() -> None:
    text = 'notices:\n  # "they are told"\n  - {a: 1}\n  - {a: 2}\n\n  - {a: 3}\n'
    assert remarks(text).said == {"notices.0": '"they are told"', "notices.1": '"they are told"'}


@pytest.mark.parametrize(
    "text",
    [
        "notices:\n  # a note of ours\n  - {a: 1}\n  - {a: 2}\n",
        'asks:\n  # "they are told"\n  - {a: 1}\n  - {a: 2}\n',
        'notices:\n  - {a: 1} # "they are told"\n  - {a: 2}\n',
    ],
)
def test_nothing_else_holds_for_the_next_line(text: str) -> None:
    assert len(remarks(text).said) == 1


def test_what_is_used_once_more_is_known_from_where_it_is_written() -> None:
    assert remarks("a: &it {b: 1}\nc: *it\n").aliases == [("c", "a")]


@pytest.mark.parametrize("file", procedures.files().values(), ids=lambda file: file.stem)
def test_no_comment_of_a_shipped_procedure_is_lost(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    said = " ".join(remarks(text).said.values())
    comments = [line.strip().removeprefix("# ") for line in text.splitlines() if line.strip().startswith("# ")]
    assert [each for each in comments if each not in said and not each.startswith("yaml-language-server")] == []
