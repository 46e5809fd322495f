"""A chart as Mermaid text: what GitHub, GitLab and most wikis draw from a block of words."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.charting.chart import Box, Chart

SHAPES = {
    "start": ("(", ")"),
    "closed": ("(", ")"),
    "hold": ("[/", "/]"),
    "gate": ("{{", "}}"),
    "informal": ("(", ")"),
}
CLASSES = (
    "classDef informal stroke-dasharray: 5 4",
    "classDef beside stroke-dasharray: 2 3",
)
SIGNS = str.maketrans({";": ",", "#": "", "{": "(", "}": ")"})
"""What would end a statement outside quotes, and what stands for it."""
ESCAPED = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def mermaid(chart: Chart) -> str:
    """A flowchart from top to bottom, ending in a newline. Every label is quoted, so any words may stand in it."""
    return "".join(f"{line}\n" for line in _lines(chart))


def _lines(chart: Chart) -> Iterator[str]:
    yield "flowchart TD"
    yield f"  accTitle: {_plain(chart.title)}"
    yield f"  accDescr: {_plain(' '.join(chart.told()))}"
    timed = _timed(chart)
    yield from (f"  {_box(box)}" for box in chart.boxes if box.key not in timed)
    if chart.span:
        yield f"  subgraph total[{_quoted(chart.span.label)}]"
        yield from (f"    {_box(box)}" for box in chart.boxes if box.key in timed)
        yield "  end"
    for arrow in chart.arrows:
        line = "-.->" if arrow.any_time else "-->"
        yield f"  {_id(arrow.source)} {line}|{_quoted(arrow.label)}| {_id(arrow.target)}"
    yield from (f"  {line}" for line in CLASSES)


def _timed(chart: Chart) -> set[str]:
    """The boxes within the total time."""
    if chart.span is None:
        return set()
    keys = [box.key for box in chart.ladder]
    return set(keys[keys.index(chart.span.first) : keys.index(chart.span.last) + 1])


def _box(box: Box) -> str:
    opens, closes = SHAPES.get(box.kind, ("[", "]"))
    kind = f":::{box.kind}" if box.kind in {"informal", "beside"} else ""
    heading = f"{box.eyebrow}: {box.title}" if box.eyebrow else box.title
    return f"{_id(box.key)}{opens}{_quoted(heading, *box.lines)}{closes}{kind}"


def _id(key: str) -> str:
    """`end` and other words of the notation are no names."""
    return f"box_{key}"


def _quoted(*lines: str) -> str:
    return f'"{"<br/>".join(_escaped(line) for line in lines)}"'


def _escaped(text: str) -> str:
    return "".join(ESCAPED.get(letter, letter) for letter in " ".join(text.split()))


def _plain(text: str) -> str:
    """What stands outside quotes: one line, and nothing that would end the statement."""
    return " ".join(text.translate(SIGNS).split())
