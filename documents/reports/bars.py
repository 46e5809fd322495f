"""A table's chart as an SVG image: horizontal bars, each with its number, legible on a telephone and in print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from documents.reports.cells import say
from escalation.drawing.lettering import broken, width
from escalation.tabling import Bars, Cell, Table, Tabled

WIDE = 360
"""Narrow, so that a telephone need not make its letters smaller; labels stand above their bars for the same reason."""
TEXT, TITLE = 15.0, 16.0
LINE, THICK, APART = 19.0, 18.0, 15.0
EDGE = 1.0
MOST_LINES = 3
MOST_BARS = 12
"""A chart of more is a wall; the table beside it has them all."""

STYLE = """
.chart text { font-family: Arial, Helvetica, "Liberation Sans", "DejaVu Sans", sans-serif; fill: #0b0c0c; }
.chart .page { fill: #ffffff; }
.chart .axis { stroke: #505a5f; stroke-width: 1; }
.chart .s1 { fill: #12436d; }
.chart .s2 { fill: #28a197; }
.chart .s3 { fill: #801650; }
.chart .s4 { fill: #f46a25; }
@media (prefers-color-scheme: dark) {
  .chart text { fill: #f3f2f1; }
  .chart .page { fill: #16181a; }
  .chart .axis { stroke: #b8bcbf; }
  .chart .s1 { fill: #7fb2de; }
  .chart .s2 { fill: #3fc1b5; }
  .chart .s3 { fill: #e08fbf; }
  .chart .s4 { fill: #f58b54; }
}
@media print {
  .chart text { fill: #000000; }
  .chart .page { fill: #ffffff; }
  .chart .axis { stroke: #505a5f; }
  .chart .s1 { fill: #12436d; }
  .chart .s2 { fill: #28a197; }
  .chart .s3 { fill: #801650; }
  .chart .s4 { fill: #f46a25; }
}
"""
"""The palette of the Government Analysis Function, in its order; on dark the same hues, lighter. None means bad."""


@dataclass(frozen=True)
class Bar:
    """One bar: how long, what stands beside it, and which series it is of, from 1."""

    size: float
    beside: str
    series: int


@dataclass(frozen=True)
class Group:
    """What a row of the table comes to: its label, and a bar for each series."""

    label: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def height(self) -> float:
        return LINE * len(self.label) + (THICK + 2) * len(self.bars) + APART


@dataclass(frozen=True)
class BarChart:
    """A table's chart: the image, how large it is, and what it says in words."""

    svg: str
    height: int
    told: str
    width: int = WIDE


def bar_chart(table: Table, period: str = "", *, headed: bool = True) -> BarChart:
    """The chart of a table that has one; `headed` where it stands alone. Raises ValueError where it has none."""
    if table.chart is None:
        raise ValueError(f"The table {table.key} has no chart.")
    shown, left_out = _largest(table, table.chart)
    told = _told(table, table.chart, shown, left_out)
    heading = [(line, True) for line in _lines(table.title, TITLE, bold=True)] if headed else []
    heading += [(line, False) for text in (period if headed else "", left_out) for line in _lines(text)]
    groups = list(_groups(table, table.chart, shown))
    height = round(_top(heading) + sum(group.height for group in groups))
    lines = _document(table, heading, groups, told, height)
    return BarChart("".join(f"{line}\n" for line in lines), height, told)


def _top(heading: list[tuple[str, bool]]) -> float:
    return LINE * len(heading) + 12 if heading else 0.0


def _lines(text: str, size: float = TEXT, *, bold: bool = False) -> list[str]:
    """As many as it takes; a word that is wider than the chart is broken anywhere."""
    lines: list[str] = []
    for line in broken(text, size, WIDE - 4, bold=bold):
        rest = line
        while width(rest, size, bold=bold) > WIDE - 4:
            cut = next(n for n in range(len(rest), 0, -1) if n == 1 or width(rest[:n], size, bold=bold) <= WIDE - 4)
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines


def _label(words: str) -> tuple[str, ...]:
    """The beginning of what is long: the table beside it has all of it."""
    lines = _lines(words)
    return (*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …") if len(lines) > MOST_LINES else tuple(lines)


def _largest(table: Table, chart: Bars) -> tuple[list[int], str]:
    """Which rows are drawn, in the order of the table, and a sentence where some are not."""
    rows = range(len(table.rows))
    if len(rows) <= MOST_BARS:
        return list(rows), ""
    places = [table.place(key) for key in chart.values]
    sums = {row: sum(_size(table.rows[row][place]) for place in places) for row in rows}
    shown = sorted(sorted(rows, key=lambda row: -sums[row])[:MOST_BARS])
    withheld = any(isinstance(table.rows[row][place], str) for row in shown for place in places)
    which = f"{MOST_BARS} of {len(rows)}" if withheld else f"The {MOST_BARS} largest of {len(rows)}"
    return shown, f"{which}; the table has them all."


def _size(cell: Cell) -> float:
    """Nothing for what is withheld: its words stand there instead."""
    return float(cell) if isinstance(cell, int | float) else 0.0


def _told(table: Table, chart: Bars, shown: list[int], left_out: str) -> str:
    """The numbers in words, for whoever does not see the image."""
    label, places = table.place(chart.label), [table.place(key) for key in chart.values]
    each = []
    for row in shown:
        numbers = [_beside(table, place, row, alone=len(places) == 1) for place in places]
        each.append(f"{say(table.rows[row][label])}: {', '.join(numbers)}")
    return " ".join(filter(None, (f"Bar chart. {'; '.join(each)}.", left_out)))


def _groups(table: Table, chart: Bars, shown: list[int]) -> Iterator[Group]:
    label, places = table.place(chart.label), [table.place(key) for key in chart.values]
    said = {place: max(width(_beside(table, place, row, alone=len(places) == 1), TEXT) for row in shown)
            for place in places}  # fmt: skip
    longest = WIDE - 2 * EDGE - 8 - max(said.values(), default=0)
    most = max((_size(table.rows[row][place]) for row in shown for place in places), default=0) or 1
    for row in shown:
        bars = [
            Bar(_size(table.rows[row][place]) / most * longest, _beside(table, place, row, alone=len(places) == 1), n)
            for n, place in enumerate(places, 1)
        ]
        yield Group(_label(say(table.rows[row][label])), tuple(bars))


def _beside(table: Table, place: int, row: int, *, alone: bool) -> str:
    """12; where there are several series, 12 in time."""
    cell = table.rows[row][place]
    number = say(cell)
    title = table.columns[place].title
    return number if alone else f"{number} {title[:1].lower()}{title[1:]}"


# Drawn ----------------------------------------------------------------------------------------------------------------


def _document(
    table: Table, heading: list[tuple[str, bool]], groups: list[Group], told: str, height: int
) -> Iterator[str]:
    size = f'width="{WIDE}" height="{height}" viewBox="0 0 {WIDE} {height}"'
    named = f'role="img" lang="en-GB" aria-labelledby="{table.key}-title {table.key}-desc"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" {size} {named}>'
    yield f'<title id="{table.key}-title">{escape(table.title)}</title>'
    yield f'<desc id="{table.key}-desc">{escape(told)}</desc>'
    yield f"<style>{STYLE}</style>"
    yield f'<rect class="page" width="{WIDE}" height="{height}"/>'
    for n, (line, bold) in enumerate(heading):
        weight = ' font-weight="bold"' if bold else ""
        yield _text(line, EDGE, LINE * (n + 0.8), TITLE if bold else TEXT, weight)
    y = _top(heading)
    for group in groups:
        yield from _drawn(group, y)
        y += group.height
    yield "</svg>"


def _drawn(group: Group, y: float) -> Iterator[str]:
    for n, line in enumerate(group.label):
        yield _text(line, EDGE, y + LINE * (n + 0.75))
    top = y + LINE * len(group.label) + 2
    for n, bar in enumerate(group.bars):
        at = top + (THICK + 2) * n
        if bar.size:
            yield f'<rect class="s{bar.series}" x="{EDGE:g}" y="{at:g}" width="{bar.size:.1f}" height="{THICK:g}"/>'
        yield _text(bar.beside, EDGE + bar.size + 6, at + THICK * 0.77)
    bottom = top + (THICK + 2) * len(group.bars) - 2
    yield f'<path class="axis" d="M{EDGE:g} {top - 1:g}V{bottom + 1:g}"/>'


def _text(words: str, x: float, y: float, size: float = TEXT, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{more}>{escape(words)}</text>'


def svg_files(report: Tabled) -> dict[str, bytes]:
    """Every chart of a report by the name of its file, each with its title and period."""
    return {f"{table.key}.svg": bar_chart(table, report.period).svg.encode() for table in report.charted}
