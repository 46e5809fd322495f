"""How does a document become a tagged PDF? Typst sets it; what people wrote goes in as data, never as markup."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from documents.glyphs import drawable
from escalation.errors import TwentydaysError

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
FONTS = HERE / "fonts"
TAGGED: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 as Typst exports it: it refuses a document without a title, and an image without its alternative text."""

ONE_AT_A_TIME = Lock()
"""A compiler holds the document that it sets, and pages are served by several threads."""


class NoPdf(TwentydaysError):
    """PDFs need Typst, which is an optional part of the installation."""


def available() -> bool:
    """Whether PDFs can be made on this installation."""
    return find_spec("typst") is not None and find_spec("fontTools") is not None


def pdf(template: str, document: dict[str, Any]) -> bytes:
    """A document (plain JSON values, with `title`) as a tagged PDF, by `templates/<template>.typ`.

    The template reads it with `json(bytes(sys.inputs.document))`. The same document gives the same bytes: no date is
    written but those that the document itself says. A character that our fonts do not have stands by its name or number
    in square brackets, and the document says so at its end. Raises NoPdf.
    """
    if not available():
        raise NoPdf(
            "PDFs need the optional part `pdf`, which is not installed: pip install 'twentydays[pdf]' adds it. "
            "HTML and text need nothing more."
        )
    shown, otherwise = drawable(document)
    given = json.dumps(shown | {"written_out": otherwise}, ensure_ascii=False)
    with ONE_AT_A_TIME:
        made = _compiler(template).compile(sys_inputs={"document": given}, format="pdf", pdf_standards=[TAGGED])
    if not isinstance(made, bytes):  # Typst gives a list only of pictures, one for each page
        raise TypeError(f"Typst gave {type(made).__name__} for {template}.")
    return made


@cache
def _compiler(template: str) -> typst.Compiler:
    """One for each template: it keeps fonts and layouts, so that a second document takes a fraction of the first."""
    import typst  # noqa: PLC0415 - optional, and only where a PDF is asked for

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=fonts)
