"""How is a document of escalation/filing read: as a page of HTML by itself, as a tagged PDF, as plain text?"""

from __future__ import annotations

import base64
import hashlib
import textwrap
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from documents.pdf import TEMPLATES, pdf
from escalation.filing.document import Block, Document, Heading, Line, Lines, Paragraph, SideBySide, Table, Written

Format = Literal["html", "pdf", "text"]
ENDINGS: dict[Format, str] = {"html": ".html", "pdf": ".pdf", "text": ".txt"}
WIDTH = 100
"""Columns of plain text. What people wrote keeps its own lines."""
TURNING = {chr(point) for point in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Characters that turn the direction of what follows, so that a reader sees other words than were written."""


def rendered(document: Document, form: Format) -> bytes:
    """A document as a file of this format. Raises NoPdf where PDFs cannot be made here."""
    match form:
        case "html":
            return html(document).encode()
        case "pdf":
            return as_pdf(document)
        case "text":
            return text(document).encode()


def html(document: Document) -> str:
    """A page that needs nothing else: no script, no picture, no font, its style inside it and allowed by its hash."""
    page = _environment().get_template("filed.html")
    return page.render(document=_safe(document.model_dump(exclude={"keywords"})), style=style(), policy=policy())


def as_pdf(document: Document) -> bytes:
    return pdf("filed", _safe(document.model_dump(mode="json")))


@cache
def style() -> str:
    return (TEMPLATES / "filed.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """What a browser may load for such a page: its own style, and nothing else."""
    hashed = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def _safe(value: Any) -> Any:
    """With what no reader can see, and what would turn lines around, written out; nothing is left out."""
    match value:
        case str():
            return "".join(_visible(each) for each in value)
        case dict():
            return {key: _safe(each) for key, each in value.items()}
        case list() | tuple():
            return [_safe(each) for each in value]
    return value


def _visible(character: str) -> str:
    if character in "\n\t":
        return character
    hidden = unicodedata.category(character) in {"Cc", "Cs"} or character in TURNING
    return f"[U+{ord(character):04X}]" if hidden else character


# Plain text ----------------------------------------------------------------------------------------------------------


def text(document: Document) -> str:
    """For whoever pastes it somewhere else."""
    safe = Document.model_validate(_safe(document.model_dump()))
    head = [safe.title, "=" * len(safe.title), safe.council, *safe.above]
    body = [line for block in safe.blocks for line in ["", *_text_of(block)]]
    below = ["", *safe.below] if safe.below else []
    return "\n".join([*head, *body, *below]) + "\n"


def _text_of(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield block.text
            yield ("-" if block.level == 1 else ".") * len(block.text)
        case Paragraph():
            yield from textwrap.wrap(block.text, WIDTH, break_long_words=False, break_on_hyphens=False)
        case Lines():
            for line in block.lines:
                yield from _line(line)
        case SideBySide():
            for line in (block.left, block.right):
                yield f"{line.label}:"
                yield from (f"  - {each}" for each in line.texts)
        case Written():
            yield from block.text.split("\n")
        case Table():
            yield from _rows(block)


def _line(line: Line) -> Iterator[str]:
    lines = [part for each in line.texts for part in each.split("\n")]
    if len(lines) == 1:
        yield f"{line.label}: {lines[0]}"
    else:
        yield f"{line.label}:"
        yield from (f"  {each}" for each in lines)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        yield " | ".join(
            f"{column}: {'; '.join(cell)}" for column, cell in zip(table.columns, row, strict=True) if cell
        )
