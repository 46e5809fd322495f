"""How lists, numbers and titles are put into a sentence, and a council's own words into Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

BODIES = re.compile(r"\b(?:cafcass|legal)\b", re.IGNORECASE)
"""Bodies are named as they are: no "the" before them."""
NO_SIGNS = str.maketrans({"|": r"\|", "*": r"\*", "<": "&lt;", "[": r"\[", "]": r"\]"})
"""What Markdown would read as a sign of its own, in words that a council wrote."""


def plain(words: str) -> str:
    """Words from the document, on one line, as they stand."""
    return " ".join(words.split()).translate(NO_SIGNS)


def quoted(words: str) -> str:
    return f"“{plain(words)}”"


def the(title: str) -> str:
    """the Team Manager, CAFCASS"""
    return plain(title) if BODIES.search(title) else f"the {plain(title)}"


def both(items: Iterable[str]) -> str:
    """one, two and three"""
    return _joined(items, "and")


def either(items: Iterable[str]) -> str:
    """one, two or three"""
    return _joined(items, "or")


def _joined(items: Iterable[str], word: str) -> str:
    """Titles with commas of their own are kept apart by semicolons."""
    all_of_them = list(dict.fromkeys(items))
    *first, last = all_of_them or [""]
    if not first:
        return last
    if any("," in item for item in all_of_them):
        return f"{'; '.join(first)}; {word} {last}"
    return f"{', '.join(first)} {word} {last}"


def days(count: int, unit: str = "working") -> str:
    """1 working day, 5 working days"""
    return f"{count} {unit} day{'' if count == 1 else 's'}"


def sentence(words: str) -> str:
    """With a capital at its start and one full stop at its end."""
    said = words[:1].upper() + words[1:]
    return said if said.endswith((".", "!", "?", ":")) else f"{said}."


def spaced(name: str) -> str:
    """partner_agency: partner agency"""
    return plain(name.replace("_", " "))
