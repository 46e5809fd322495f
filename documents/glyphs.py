"""Which characters can our fonts draw, and what stands for the others? PDF/UA has no place for an empty box."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
CHAINS = {
    "sans": ("LiberationSans-Regular.ttf", "DejaVuSans.ttf"),
    "sans, bold": ("LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf"),
    "sans, italic": ("LiberationSans-Italic.ttf", "DejaVuSans.ttf"),
    "mono": ("LiberationMono-Regular.ttf", "DejaVuSans.ttf"),
}
"""How a page falls back from one font to the next (templates/page.typ): what each chain has, every text may use."""
LAID_OUT = frozenset("\t\n")
"""Moved by, never drawn."""
NO_TEXT = frozenset("\ufeff\ufffe\uffff")
"""PDF/UA refuses them, whatever the font has."""

JOINERS = re.compile(r"(?<![\u0600-\u06ff])[\u200b-\u200d\u2060](?![\u0600-\u06ff])")
"""Drawn by nobody but in the Arabic script; with one, every same letter of a PDF would be copied with it."""


def drawable(value: Any) -> tuple[Any, bool]:
    """A document whose every character can be drawn, and whether anything had to be written in another way."""
    match value:
        case str():
            apart = JOINERS.sub("", value)
            shown = "".join(each if _is_drawn(each) else written_out(each) for each in apart)
            return shown, shown != apart
        case dict():
            parts = {key: drawable(each) for key, each in value.items()}
            return {key: shown for key, (shown, _) in parts.items()}, any(other for _, other in parts.values())
        case list() | tuple():
            items = [drawable(each) for each in value]
            return [shown for shown, _ in items], any(other for _, other in items)
    return value, False


def written_out(character: str) -> str:
    """A picture or sign by its name, all else by its number: [grinning face], [U+6F22]."""
    name = unicodedata.name(character, "") if unicodedata.category(character)[0] == "S" else ""
    return f"[{name.lower()}]" if name else f"[U+{ord(character):04X}]"


def _is_drawn(character: str) -> bool:
    return (character.isascii() and character.isprintable()) or character in LAID_OUT or ord(character) in drawn()


@cache
def drawn() -> frozenset[int]:
    """Every code point that all chains have, and that may stand in a PDF for all readers."""
    chains = [frozenset(point for name in chain for point in _points(name)) for chain in CHAINS.values()]
    return frozenset.intersection(*chains) - {ord(each) for each in NO_TEXT} - set(range(0x20)) - set(range(0x7F, 0xA0))


@cache
def _points(name: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 - of the optional part, as Typst is

    with TTFont(FONTS / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
