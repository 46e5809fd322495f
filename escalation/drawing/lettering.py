"""How wide words are in the letters of a chart, and where their lines break. Widths are those of Arial."""

from __future__ import annotations

WIDTHS = {  # thousandths of an em
    "ijl'’|": 222,
    " ,.:;/ftI!": 278,
    "-()r“”*": 345,
    "ckvxyzsJ": 500,
    "ABEKPSVXY&": 667,
    "CDHNRUw": 722,
    "GOQ": 778,
    "mM": 833,
    "W%@": 960,
}
LETTER = {letter: width for letters, width in WIDTHS.items() for letter in letters}
USUAL = 556
SLACK = 1.04
"""Other fonts that a reader's machine may put in its place are a little wider."""
BOLD = 1.07


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels, for letters of this size in pixels."""
    units = sum(LETTER.get(letter, USUAL) for letter in text)
    return units / 1000 * size * SLACK * (BOLD if bold else 1)


def broken(text: str, size: float, most: float, *, bold: bool = False) -> list[str]:
    """Lines no wider than `most` pixels, broken between words; one word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold=bold) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
