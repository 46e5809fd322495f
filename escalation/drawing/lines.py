"""The lines of a chart: down the ladder, out of it to the end, beside it at any time, and the total time."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise

from escalation.charting.chart import Arrow, Chart, Span
from escalation.drawing.layout import BESIDE_LEFT, EXITS, LADDER, LEFT, LINE, SMALL, Layout, Line, Placed
from escalation.drawing.lettering import broken, width

DOWN = LEFT + 36
RAIL = 52.0
"""Along which what is settled leaves the ladder for the end."""
ANY_TIME = LEFT + LADDER + 18
"""From which a dashed line leads to each route that is open at any time."""
TOTAL = 34.0


def lines(chart: Chart, placed: Layout) -> Iterator[str]:
    """Every line with its words, as elements of SVG."""
    yield from _down(chart, placed)
    yield from _out(chart, placed)
    yield from _any_time(chart, placed)
    yield from _beside(chart, placed)
    if chart.span:
        yield from _total(chart.span, placed)


def _down(chart: Chart, placed: Layout) -> Iterator[str]:
    ladder = [placed.placed[box.key] for box in chart.ladder]
    for upper, lower in pairwise(ladder):
        yield _way(f"M{DOWN:g} {upper.bottom:g}V{lower.y:g}")
        said = placed.between[upper.box.key]
        top = (upper.bottom + lower.y - LINE * len(said)) / 2
        yield from (_word(line, DOWN + 12, top + LINE * (n + 0.78)) for n, line in enumerate(said))


def _out(chart: Chart, placed: Layout) -> Iterator[str]:
    """What satisfies the raiser ends it: from each stage to the left, and down to the last box."""
    leaving = [placed.placed[box.key] for box in chart.ladder if _leaves(chart, box.key)]
    end = placed.placed[chart.ladder[-1].key]
    if not leaving:
        return
    for stage in leaving:
        y = stage.y + 22
        yield _way(f"M{LEFT:g} {y:g}H{RAIL:g}", head=False)
        yield _word(Line(EXITS, SMALL), RAIL + 8, y - 5)
    yield _way(f"M{RAIL:g} {leaving[0].y + 22:g}V{end.middle:g}H{LEFT:g}")


def _leaves(chart: Chart, key: str) -> bool:
    return any(arrow.source == key and arrow.label == EXITS for arrow in chart.arrows)


def _any_time(chart: Chart, placed: Layout) -> Iterator[str]:
    """One dashed line along the stages from which a route is open, and from it an arrow to each route."""
    arrows = [arrow for arrow in chart.arrows if arrow.any_time]
    routes = [placed.placed[arrow.target] for arrow in arrows]
    if not routes:
        return
    first = min(placed.placed[arrow.source].y for arrow in arrows)
    ladder = [placed.placed[box.key] for box in chart.ladder if box.kind in {"stage", "informal"}]
    stages = [stage for stage in ladder if stage.y >= first]
    for stage in stages:
        yield _way(f"M{stage.right:g} {stage.middle:g}H{ANY_TIME:g}", "way any", head=False)
    marks = [*(stage.middle for stage in stages), *(_inlet(route) for route in routes)]
    yield _way(f"M{ANY_TIME:g} {min(marks):g}V{max(marks):g}", "way any", head=False)
    yield from (_way(f"M{ANY_TIME:g} {_inlet(route):g}H{BESIDE_LEFT:g}", "way any") for route in routes)


def _inlet(route: Placed) -> float:
    return route.y + 18


def _beside(chart: Chart, placed: Layout) -> Iterator[str]:
    """From one box to another that does not follow it on the ladder."""
    for arrow in chart.arrows:
        if arrow.any_time or chart.box(arrow.target) not in chart.beside:
            continue
        source, target = placed.placed[arrow.source], placed.placed[arrow.target]
        yield from _up(arrow, source, target) if source.x == target.x else _across(arrow, source, target)


def _up(arrow: Arrow, source: Placed, target: Placed) -> Iterator[str]:
    x = source.x + 30
    yield _way(f"M{x:g} {source.y:g}V{target.bottom:g}")
    yield _word(Line(arrow.label, SMALL), x + 10, (source.y + target.bottom) / 2 + 5)


def _across(arrow: Arrow, source: Placed, target: Placed) -> Iterator[str]:
    """Straight where they stand level, else round below or above the target."""
    y = min(max(source.middle, target.y + 14), target.bottom - 14)
    if source.y < y < source.bottom:
        yield _way(f"M{source.right:g} {y:g}H{target.x:g}")
        return
    x = target.x + 30
    yield _way(f"M{source.right:g} {source.middle:g}H{x:g}V{target.bottom:g}")
    yield _word(Line(arrow.label, SMALL), x + 10, source.middle - 8)


def _total(span: Span, placed: Layout) -> Iterator[str]:
    """A bracket along the stages of the total time, with its words along it."""
    top, bottom = placed.placed[span.first].y, placed.placed[span.last].bottom
    yield _way(f"M{TOTAL + 8:g} {top:g}H{TOTAL:g}V{bottom:g}H{TOTAL + 8:g}", "total", head=False)
    middle = (top + bottom) / 2
    in_two = width(span.label, 13, bold=True) / 2 + 40
    said = broken(span.label, 13, max(bottom - top - 20, in_two), bold=True)
    for n, text in enumerate(said):
        x = TOTAL - 7 - 15 * (len(said) - 1 - n)
        turn = f'transform="translate({x:g} {middle:g}) rotate(-90)"'
        yield f'<text class="of-total" font-size="13" text-anchor="middle" {turn}>{escape(text)}</text>'


def _way(path: str, kind: str = "way", *, head: bool = True) -> str:
    return f'<path class="{kind}" d="{path}"' + (' marker-end="url(#head)"/>' if head else "/>")


def _word(line: Line, x: float, y: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{line.size:g}">{escape(line.text)}</text>'
