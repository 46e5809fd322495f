"""A chart as an SVG image: real text, described in words, legible on light and dark and printed on A4 portrait."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from escalation.charting.chart import Chart
from escalation.drawing.layout import HEADING, LINE, PAD, WIDE, Layout, Line, Placed, layout
from escalation.drawing.lines import lines

STYLE = """
text { font-family: Arial, Helvetica, "Liberation Sans", sans-serif; fill: #0b0c0c; }
.page { fill: #ffffff; }
.box { stroke: #0b0c0c; stroke-width: 1.5; fill: #ffffff; }
.informal { stroke-dasharray: 6 4; }
.stage, .informal { fill: #eef4fb; }
.hold { fill: #fdf1dc; }
.closed { fill: #e6f3ea; }
.beside, .gate { fill: #f3f2f1; stroke-width: 1; }
.way { stroke: #0b0c0c; stroke-width: 1.5; fill: none; }
.any { stroke-dasharray: 5 4; stroke-width: 1.2; }
.total { stroke: #1d4f91; stroke-width: 2.5; fill: none; }
.of-total { fill: #1d4f91; font-weight: bold; }
.head { fill: #0b0c0c; }
@media (prefers-color-scheme: dark) {
  text { fill: #f3f2f1; }
  .page { fill: #16191c; }
  .box { stroke: #d5d8da; fill: #16191c; }
  .stage, .informal { fill: #1b2b3f; }
  .hold { fill: #3d2f14; }
  .closed { fill: #173322; }
  .beside, .gate { fill: #262a2e; }
  .way { stroke: #d5d8da; }
  .head { fill: #d5d8da; }
  .total { stroke: #8fbcf2; }
  .of-total { fill: #8fbcf2; }
}
@media print {
  text, .head { fill: #000000; }
  .page, .box { fill: #ffffff; }
  .box, .way, .total { stroke: #000000; }
}
"""
FOOTNOTE = "* Ours: the document does not state it; the reasons stand under “inferred” in the procedure's data."


def svg(chart: Chart) -> str:
    """The whole file, ending in a newline."""
    return "".join(f"{line}\n" for line in _document(chart, layout(chart)))


def _document(chart: Chart, placed: Layout) -> Iterator[str]:
    size = f'width="{WIDE}" height="{placed.height:.0f}" viewBox="0 0 {WIDE} {placed.height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="en-GB" aria-labelledby="title desc">'
    yield f'<title id="title">Flowchart: {escape(chart.title)}</title>'
    yield f'<desc id="desc">{escape(" ".join(chart.told()))}</desc>'
    yield f"<style>{STYLE}</style>"
    yield (
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0 0L10 5L0 10z"/></marker></defs>'
    )
    yield f'<rect class="page" width="{WIDE}" height="{placed.height:.0f}"/>'
    yield from (_text(line, 2, HEADING * (n + 0.8)) for n, line in enumerate(placed.heading))
    yield from lines(chart, placed)
    for each in placed.placed.values():
        yield from _box(each)
    if any("*" in line for line in chart.told()):
        yield _text(Line(FOOTNOTE, 12), 2, placed.height - 8)
    yield "</svg>"


def _box(placed: Placed) -> Iterator[str]:
    round_ = {"start": 16, "closed": 16, "stage": 2, "informal": 8}.get(placed.box.kind, 4)
    place = f'x="{placed.x:g}" y="{placed.y:g}" width="{placed.width:g}" height="{placed.height:g}"'
    yield f'<rect class="box {placed.box.kind}" {place} rx="{round_}"/>'
    for n, line in enumerate(placed.lines):
        yield _text(line, placed.x + PAD, placed.y + PAD + LINE * (n + 0.75))


def _text(line: Line, x: float, y: float) -> str:
    weight = ' font-weight="bold"' if line.bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{line.size:g}"{weight}>{escape(line.text)}</text>'
