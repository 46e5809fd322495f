"""Where each box of a chart stands: the ladder as one column, the routes beside it as another. Lengths are pixels."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.charting.chart import Box, Chart
from escalation.drawing.lettering import broken

WIDE = 720
"""At 96 pixels an inch, the width between the margins of A4 portrait."""
LEFT, LADDER = 118.0, 344.0
BESIDE_LEFT = 500.0
BESIDE = WIDE - BESIDE_LEFT - 2
TITLE, TEXT, SMALL = 14.0, 12.5, 12.0
LINE, PAD, APART = 15.0, 9.0, 16.0
HEADING = 20.0
EXITS = "Satisfied"


@dataclass(frozen=True)
class Line:
    """One line of text: its words, its size, and whether it is bold."""

    text: str
    size: float = TEXT
    bold: bool = False


@dataclass(frozen=True)
class Placed:
    """A box with its lines of text, and where it stands."""

    box: Box
    lines: tuple[Line, ...]
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return 2 * PAD + LINE * len(self.lines) - 1

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Layout:
    """Every box by its key, the words between boxes of the ladder by the upper one's key, and the whole height."""

    heading: tuple[Line, ...]
    placed: dict[str, Placed]
    between: dict[str, tuple[Line, ...]]
    height: float


def layout(chart: Chart) -> Layout:
    """Top-down; where the boxes beside the ladder need more room than the ladder, the page grows."""
    heading = tuple(_heading(chart))
    top = HEADING * len(heading) + 12
    between = {box.key: _words_between(chart, box) for box in chart.ladder}
    ladder = _ladder(chart, between, top)
    beside = _beside(chart, ladder)
    placed = {each.box.key: each for each in (*ladder, *beside)}
    return Layout(heading, placed, between, max(each.bottom for each in placed.values()) + 30)


def _heading(chart: Chart) -> list[Line]:
    title = [Line(text, 17, bold=True) for text in broken(chart.title, 17, WIDE - 4, bold=True)]
    return [*title, *(Line(text, TEXT) for text in broken(chart.subtitle, TEXT, WIDE - 4))]


def _words_between(chart: Chart, box: Box) -> tuple[Line, ...]:
    """What leads on down the ladder from a box; what leads past the next one is said here too."""
    keys = [each.key for each in chart.ladder]
    below = keys[keys.index(box.key) + 1 : keys.index(box.key) + 2]
    along = [arrow for arrow in chart.arrows if arrow.source == box.key and arrow.target in keys]
    said = [arrow.label for arrow in along if arrow.target in below]
    said += [f"{arrow.label}: {_past(chart, arrow.target)}" for arrow in along if _is_past(chart, arrow.target, below)]
    return tuple(Line(text, SMALL) for label in said for text in broken(label, SMALL, LADDER - 60))


def _is_past(chart: Chart, target: str, below: list[str]) -> bool:
    return target not in below and chart.box(target).kind == "hold"


def _past(chart: Chart, target: str) -> str:
    """The end of the ladder, by the first words of its title."""
    return chart.box(target).title.partition(":")[0].lower()


def _ladder(chart: Chart, between: dict[str, tuple[Line, ...]], top: float) -> list[Placed]:
    """The first box takes the whole width where nothing stands beside it."""
    alone = all(box.level_with != chart.ladder[0].key for box in chart.beside)
    placed: list[Placed] = []
    y = top
    for box in chart.ladder:
        wide = WIDE - LEFT - 2 if y == top and alone else LADDER
        placed.append(Placed(box, _lines(box, wide), LEFT, y, wide))
        y = placed[-1].bottom + max(26.0, LINE * len(between[box.key]) + 15)
    return placed


def _beside(chart: Chart, ladder: list[Placed]) -> list[Placed]:
    """As near as can be to the box of the ladder with which each begins, in their own order."""
    level = {each.box.key: each.y for each in ladder}
    placed: list[Placed] = []
    for box in chart.beside:
        above = placed[-1].bottom + APART + (22 if box.kind == "gate" else 0) if placed else 0.0
        y = max(above, level.get(box.level_with or "", 0.0))
        placed.append(Placed(box, _lines(box, BESIDE), BESIDE_LEFT, y, BESIDE))
    return placed


def _lines(box: Box, wide: float) -> tuple[Line, ...]:
    inner = wide - 2 * PAD - 2
    eyebrow = [Line(text, SMALL) for text in broken(box.eyebrow, SMALL, inner)]
    title = [Line(text, TITLE, bold=True) for text in broken(box.title, TITLE, inner, bold=True)]
    rest = [Line(text) for line in box.lines for text in broken(line, TEXT, inner)]
    return (*eyebrow, *title, *rest)
