"""Is what is set as a PDF tagged, the same twice, and true to every word that people wrote, whatever they wrote?"""

from __future__ import annotations

import io
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfua
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from documents import pdf as typesetting
from documents.glyphs import drawn
from documents.pdf import NoPdf, pdf

TEMPLATE = """#import "page.typ": *
#let given = json(bytes(sys.inputs.document))
#show: page-of.with(given)
= #given.title
#written(given.words)
"""


@pytest.fixture(scope="module")
def template() -> Iterator[str]:
    """A page of its own that holds a title and words, beside those that are shipped."""
    file = typesetting.TEMPLATES / f"words_of_a_test_{os.getpid()}.typ"
    file.write_text(TEMPLATE, encoding="utf-8")
    yield file.stem
    file.unlink()


def of(words: str, template: str) -> bytes:
    return pdf(template, {"title": "Title", "council": "A Council", "words": words})


def text_of(made: bytes) -> str:
    """Without the line at the foot of each page."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    return "\n".join(re.sub(r"Title\s+Page \d+ of \d+\s*$", "", page) for page in pages)


def test_a_pdf_is_tagged_and_says_its_title_and_language(template: str, tmp_path: Path) -> None:
    made = of("Words", template)
    root: Any = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
    metadata: Any = PdfReader(io.BytesIO(made)).metadata
    assert metadata["/Title"] == "Title"
    file = tmp_path / "made.pdf"
    file.write_bytes(made)
    assert findings(file) == []


def test_the_checker_finds_a_pdf_that_is_not_tagged(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    file = tmp_path / "plain.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(file)
    assert findings(file) != []


def findings(file: Path) -> list[object]:
    return list(pdfua.validate(str(file)).findings)


def test_the_same_document_is_the_same_bytes(template: str) -> None:
    assert of("Words", template) == of("Words", template) != of("Other words", template)


@pytest.mark.parametrize(
    "words",
    [
        "#panic() $x$ *bold* _it_ `code` <label> @ref \\n // no comment /* none */ = no heading",
        '- no list\n+ none\n#let x = 1\n#read("/etc/passwd")',
        "<script>alert(1)</script> & \"quotes\" 'single'",
        "“Quotes” – dashes — and… £5, €5, Zoë, Łukasz, Ẁ, Ștefan",
        "word " * 2000,
    ],
)
def test_what_people_wrote_is_never_read_as_markup(words: str, template: str) -> None:
    assert together(words) in together(text_of(of(words, template)))


def together(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("ok 🦖", "[t-rex]"),
        ("漢字", "[U+6F22][U+5B57]"),
        ("a\x00b\x1b[31m", "a[U+0000]b[U+001B][31m"),
        ("a\ufeffb\ue000c", "a[U+FEFF]b[U+E000]c"),
        ("a\ud800b", "a[U+D800]b"),
    ],
)
def test_what_no_font_of_ours_has_is_written_out_and_said(words: str, shown: str, template: str) -> None:
    said = together(text_of(of(words, template)))
    assert shown in said
    assert together("Characters that this PDF’s fonts do not have") in said


def test_nothing_is_said_of_characters_where_all_are_drawn(template: str) -> None:
    assert "fonts do not have" not in text_of(of("All is well: “yes”.", template))


@pytest.mark.parametrize(
    "words", ["שלום עולם", "مرحبا", "a\u202edef\u202c", "a\u200bb\u200dc\u00add\u2060e\u2028f", "a\tb"]
)
def test_other_directions_and_invisible_characters_are_set(words: str, template: str) -> None:
    assert text_of(of(words, template))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(words=st.text(max_size=200))
def test_whatever_is_written_can_be_set(words: str, template: str) -> None:
    assert of(words, template).startswith(b"%PDF")


def test_every_character_that_we_call_drawn_is(template: str) -> None:
    """One page of all of them, each alone: a mark is set on a letter, as it stands in words."""
    marks = {"M", "C"}
    words = "\n".join(
        " ".join(("o" if unicodedata.category(chr(point))[0] in marks else "") + chr(point) for point in line)
        for line in chunks(sorted(drawn()), 60)
    )
    assert of(words, template).startswith(b"%PDF")


def chunks(points: list[int], size: int) -> Iterator[list[int]]:
    return (points[start : start + size] for start in range(0, len(points), size))


def test_without_the_optional_part_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "find_spec", lambda _name: None)
    with pytest.raises(NoPdf, match=r"pip install 'twentydays\[pdf\]'"):
        pdf("page", {"title": "Title"})
