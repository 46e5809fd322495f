"""What does a page say that a command prints, and is it what the command prints?"""

from __future__ import annotations

import re
from dataclasses import dataclass

GAP = "…"
"""A line of a page that stands for lines left out."""
TIME = r"(?:at )?\d{1,2}(?::\d\d)?(?:am|pm)?"
DAY = rf"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day )?\d{{1,2}} [A-Z][a-z]+ \d{{4}}(?: {TIME})?"


@dataclass(frozen=True)
class Said:
    """One command of a page, and the lines of output that stand below it."""

    command: str
    output: tuple[str, ...]


def sessions(page: str) -> list[list[Said]]:
    """The `console` blocks of a page."""
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [[_said(part) for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]] for block in blocks]


def _said(part: str) -> Said:
    command, *output = part.rstrip("\n").split("\n")
    return Said(command, tuple(output))


def missing(said: Said, printed: str) -> list[str]:
    """Lines of the page that were not printed, in the page's order; lines may be left out only where it says so."""
    rest, may_skip = [dated(line) for line in printed.rstrip().splitlines()], False
    for line in said.output:
        if line == GAP:
            may_skip = True
            continue
        wanted = dated(line)
        place = rest.index(wanted) if wanted in rest else -1
        if place < 0 or (place and not may_skip):
            return [line]
        rest, may_skip = rest[place + 1 :], False
    return [] if may_skip or not rest else ["(the page ends, and more was printed)"]


def dated(line: str) -> str:
    """A line without its dates and without how it is spaced: a page keeps those of the day on which it was written."""
    return " ".join(re.sub(DAY, "<date>", line).split())
