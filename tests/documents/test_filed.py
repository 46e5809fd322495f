"""Do forms, outcomes, notes and case files say under the document's words all that people wrote, in every format?"""

from __future__ import annotations

import io
import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfua
import pytest
from pypdf import PdfReader

from config import procedures
from documents.filed import Format, as_pdf, html, policy, rendered, style, text
from escalation.filing import notes, outcome
from escalation.filing.document import Document, SideBySide
from escalation.filing.form import blank, form
from tests.documents.on_file import CASES, closed, file_of, long
from tests.escalation.driver import Play

GOLDEN = Path(__file__).parent / "golden"
BLANK = [
    (key, stage.key)
    for key in procedures.files()
    for stage in procedures.load(key).stages
    if procedures.load(key).form_at(stage.key)
]
HOSTILE = [
    "#panic() $x$ *bold* _it_ `code` <label> @ref \\n // none /* none */ = no heading #let x = 1",
    "<script>alert(1)</script><img src=x onerror=alert(1)> & \"double\" 'single' {{ 7 * 7 }} {% raise %}",
    ']#[ #read("/etc/passwd") #import "x.typ" ](javascript:alert(1))',
    "שלום עולם مرحبا بالعالم",
    "🙂 family 👨‍👩‍👧 flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 漢字",
    "zero\u200bwidth\u200dhere\ufeffmark",
    "turned \u202earound\u202c and \u2067isolated\u2069",
    "bell\x07 escape\x1b[31m null\x00 delete\x7f lone\ud800",
    "A" * 1_000,  # goes over many lines wherever it stands; how long one may be is asked further down
    "First line\n\n  indented\n\ttabbed\nlast line",
]


def text_of(made: bytes) -> str:
    """Without the line at the foot of each page."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    return "\n".join(re.sub(r"\n[^\n]*Page \d+ of \d+\s*$", "", page) for page in pages)


def together(words: str) -> str:
    return "".join(words.split())


def words_of(document: Document) -> list[str]:
    """Every label, and every text that stands in a document."""
    found = [document.title, *document.above, *document.below]
    for block in document.blocks:
        match block.kind:
            case "lines":
                found += [each for line in block.lines for each in (line.label, *line.texts)]
            case "side_by_side":
                found += [each for line in (block.left, block.right) for each in (line.label, *line.texts)]
            case "table":
                found += [*block.columns, *(each for row in block.rows for cell in row for each in cell)]
            case _:
                found.append(block.text)
    return found


# Golden --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "stage"), CASES)
def test_each_form_filled_in_reads_as_it_did(key: str, stage: str) -> None:
    play = closed(key, stage)
    same_as_kept(f"{key}-{stage}.txt", text(form(play.procedure, play.entries, stage)))


@pytest.mark.parametrize(("key", "stage"), CASES)
def test_each_outcome_reads_as_it_did(key: str, stage: str) -> None:
    play = closed(key, stage)
    same_as_kept(f"{key}-{stage}-outcome.txt", text(outcome.outcome(play.procedure, play.entries)))


def test_the_case_file_of_a_long_escalation_reads_as_it_did() -> None:
    same_as_kept("case-file.txt", text(file_of(long())))


def same_as_kept(name: str, said: str) -> None:
    file = GOLDEN / name
    said = re.sub(r"\b[0-9a-f]{64}\b|Version [0-9a-f]{12}", "HASH", said)
    if os.environ.get("GOLDEN") == "write":
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8"), "GOLDEN=write pytest tests/documents writes it anew: read it first"


# In every format -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "stage"), BLANK)
def test_a_blank_form_has_every_label_and_nothing_else(key: str, stage: str) -> None:
    document = blank(procedures.load(key), stage)
    said = together(text_of(as_pdf(document)))
    assert [words for words in words_of(document) if together(words) not in said] == []
    used = procedures.load(key).form_at(stage)
    assert used
    for label in used.lines:
        assert together(used.printed_as.get(label, label)) in said


@pytest.mark.parametrize(("key", "stage"), CASES)
def test_every_label_and_word_stands_in_pdf_html_and_text(key: str, stage: str) -> None:
    play = closed(key, stage)
    for document in (
        form(play.procedure, play.entries, stage),
        outcome.outcome(play.procedure, play.entries),
        notes.document(play.procedure, play.entries),
    ):
        in_pdf, in_html, in_text = text_of(as_pdf(document)), Seen.of(html(document)).words, text(document)
        for words in words_of(document):
            for said in (in_pdf, in_html, in_text):
                assert together(words) in together(said)


def test_every_entry_of_a_long_case_file_stands_in_its_pdf() -> None:
    document = file_of(long())
    said = together(text_of(as_pdf(document)))
    missed = [words for words in words_of(document) if together(words) not in said]
    across_pages = [words for words in missed if len(words) < 200]
    assert [words for words in across_pages if not _in_pieces(words, said)] == []


def _in_pieces(words: str, said: str) -> bool:
    """A paragraph that goes over a page is broken by the head of the table."""
    return all(together(word) in said for word in words.split())


def test_pdfs_are_tagged_and_name_title_language_and_council(tmp_path: Path) -> None:
    play = long()
    for n, document in enumerate([form(play.procedure, play.entries), file_of(play), blank(play.procedure)]):
        made = as_pdf(document)
        reader = PdfReader(io.BytesIO(made))
        root: Any = reader.trailer["/Root"]
        assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en-GB")
        assert reader.metadata
        assert (reader.metadata.title, reader.metadata.author) == (document.title, document.council)
        assert "/CreationDate" not in reader.metadata
        file = tmp_path / f"{n}.pdf"
        file.write_bytes(made)
        assert list(pdfua.validate(str(file)).findings) == []


def test_the_same_history_is_the_same_bytes_and_another_is_not() -> None:
    play = long()
    assert as_pdf(file_of(play)) == as_pdf(file_of(long()))
    assert as_pdf(file_of(play)) != as_pdf(file_of(play, len(play.entries) - 1))


# HTML ----------------------------------------------------------------------------------------------------------------

VOID = {"meta", "br", "img", "input", "link", "hr"}


class Seen(HTMLParser):
    """What a page is made of, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.unclosed: list[str] = []

    @classmethod
    def of(cls, page: str) -> Seen:
        seen = cls()
        seen.feed(page)
        seen.close()
        return seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_page_of_html_is_whole_and_needs_nothing_else() -> None:
    seen = Seen.of(html(file_of(long())))
    assert (seen.open, seen.unclosed) == ([], [])
    assert seen.named("html") == [{"lang": "en-GB"}]
    assert len(seen.named("main")) == len(seen.named("h1")) == len(seen.named("title")) == 1
    assert {tag for tag, _ in seen.tags} & {"script", "img", "link", "iframe", "form", "a", "object"} == set()
    assert not [
        each for _, attributes in seen.tags for each in attributes if each in {"src", "href", "onclick", "style"}
    ]
    assert policy() in [each.get("content") for each in seen.named("meta")]
    assert "url(" not in style()
    assert "@import" not in style()


def test_headings_leave_out_no_level_and_tables_have_heads() -> None:
    seen = Seen.of(html(file_of(long())))
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert [after for before, after in pairwise(levels) if after > before + 1] == []
    assert len(seen.named("caption")) == len(seen.named("table")) > 5
    assert {each.get("scope") for each in seen.named("th")} == {"col"}
    assert all(each.get("tabindex") == "0" and each.get("aria-label") for each in seen.named("div") if each.get("role"))


def test_two_columns_of_bullet_points_are_lists_with_headings() -> None:
    play = closed("oxfordshire", "S2")
    document = form(play.procedure, play.entries)
    (sides,) = [block for block in document.blocks if isinstance(block, SideBySide)]
    assert sides.left.texts == ["No visit since August", "Nobody answers the telephone"]
    assert sides.right.texts == ["Visits resume weekly", "A named worker"]
    assert len(Seen.of(html(document)).named("li")) == 4


# Hostile -------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=range(len(HOSTILE)))
def hostile(request: pytest.FixtureRequest) -> tuple[str, Play]:
    """Words in every place where people write: concern, actions, answer, outcome."""
    words: str = HOSTILE[request.param]
    kept = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # what JSON can carry
    play = Play("southwark", "2026-11-02 10:00")
    play.start(concern=kept, requested_action=[kept, "Another"], name="A. Reviewer")
    play.respond(text=kept, at="2026-11-04 10:00")
    play.decide("satisfied", outcome_text=kept, at="2026-11-05 10:00")
    return kept, play


def test_whatever_is_written_stays_words_in_every_document(hostile: tuple[str, Play]) -> None:
    words, play = hostile
    for document in (
        form(play.procedure, play.entries),
        outcome.outcome(play.procedure, play.entries),
        notes.document(play.procedure, play.entries),
        file_of(play),
    ):
        page = Seen.of(html(document))
        assert {tag for tag, _ in page.tags} & {"script", "img", "label"} == set()
        plain = [each for each in re.findall(r"[A-Za-z]{4,}", words) if "ptqu" not in each]
        in_pdf, in_text = together(text_of(as_pdf(document))), together(text(document))
        for word in plain:
            assert together(word[:60]) in together(page.words)
            assert together(word[:60]) in in_pdf
            assert together(word[:60]) in in_text


def test_a_word_of_ten_thousand_letters_is_cut_nowhere() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(concern="B" * 10_000)
    for document in (form(play.procedure, play.entries), file_of(play)):
        letters = 10_000 * "".join(words_of(document)).count("B" * 10_000)
        assert letters
        assert html(document).count("B") >= letters
        pages = PdfReader(io.BytesIO(as_pdf(document))).pages
        assert len(pages) > 1
        # Each letter of such a word is drawn by itself; reading so many as text takes pypdf half a minute.
        assert (
            sum(contents.get_data().count(b"Tj\n") for page in pages if (contents := page.get_contents()) is not None)
            >= letters
        )


def test_what_turns_lines_around_or_cannot_be_seen_is_written_out() -> None:
    play = Play("southwark", "2026-11-02 10:00")
    play.start(concern="paid \u202eton\u202c by\x07 now")
    for kind in ("html", "text"):
        said = rendered(form(play.procedure, play.entries), kind).decode()
        assert "paid [U+202E]ton[U+202C] by[U+0007] now" in said
    assert "paid [U+202E]ton[U+202C] by[U+0007] now" in text_of(as_pdf(form(play.procedure, play.entries)))


@pytest.mark.parametrize("kind", ["html", "pdf", "text"])
def test_each_format_is_bytes(kind: Format) -> None:
    assert rendered(blank(procedures.load("southwark")), kind)
