"""What is a document made of, before anybody decides how it looks? Words that people wrote stay data in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from escalation.wire import Message


class Heading(Message):
    """Of a section; `level` 1 stands directly under the title."""

    kind: Literal["heading"] = "heading"
    text: str
    level: Literal[1, 2] = 1


class Paragraph(Message):
    kind: Literal["paragraph"] = "paragraph"
    text: str


class Line(Message):
    """A printed label with what stands there; without `given` that is what is said of its absence."""

    label: str
    texts: list[str] = []
    given: bool = True
    room: int = Field(1, description="Of a blank form: for how many lines of handwriting there is room.")


class Lines(Message):
    """Labels with what stands beside each."""

    kind: Literal["lines"] = "lines"
    lines: list[Line]


class SideBySide(Message):
    """Two labels beside each other, each with bullet points."""

    kind: Literal["side_by_side"] = "side_by_side"
    left: Line
    right: Line


class Table(Message):
    """Every cell holds paragraphs."""

    kind: Literal["table"] = "table"
    caption: str
    columns: list[str]
    rows: list[list[list[str]]]
    shares: list[int] = Field(description="Of the width, for each column; 0 takes what it needs.")
    headed: int | None = Field(None, description="The column in which a first paragraph is a headline.")


class Written(Message):
    """A text to paste, as it stands: every line a line of its own."""

    kind: Literal["written"] = "written"
    text: str


Block = Annotated[Heading | Paragraph | Lines | SideBySide | Table | Written, Field(discriminator="kind")]


class Document(Message):
    """`above` stands under its title, `below` at its end, `footer` on each page; `keywords` are for programs."""

    title: str
    council: str
    reference: str | None = None
    stage: str | None = Field(None, description="The key of the stage that it is about, where it is about one.")
    above: list[str] = []
    blocks: list[Block]
    below: list[str] = []
    footer: str
    blank: bool = Field(False, description="To be filled in by hand: empty lines have room for a pen.")
    keywords: list[str] = []


def facts(*lines: tuple[str, str | Iterable[str] | None]) -> Lines:
    """Labels with a text or several; those without any are left out."""
    found = [(label, [said] if isinstance(said, str) else list(said or [])) for label, said in lines]
    return Lines(lines=[Line(label=label, texts=texts) for label, texts in found if any(texts)])
