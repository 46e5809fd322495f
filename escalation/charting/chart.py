"""What a flowchart is made of: boxes with a few lines each, arrows with what leads along them, and the total time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["start", "informal", "stage", "hold", "closed", "gate", "beside"]
"""A `gate` stands between the end of the ladder and a route beside it."""


@dataclass(frozen=True)
class Box:
    """One box. `eyebrow` stands above its title: when it applies."""

    key: str
    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    eyebrow: str = ""
    level_with: str | None = None
    """The box of the ladder beside which this one begins."""


@dataclass(frozen=True)
class Arrow:
    """From one box to another; `any_time` from wherever the escalation is on its ladder."""

    source: str
    target: str
    label: str
    any_time: bool = False


@dataclass(frozen=True)
class Span:
    """The total time, from one box of the ladder to another."""

    first: str
    last: str
    label: str


@dataclass(frozen=True)
class Chart:
    """One ladder of a procedure, or one of its other processes."""

    title: str
    subtitle: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    span: Span | None = None

    @property
    def ladder(self) -> list[Box]:
        """From the start to the end, as they stand one below the other."""
        return [box for box in self.boxes if box.kind not in {"beside", "gate"}]

    @property
    def beside(self) -> list[Box]:
        return [box for box in self.boxes if box.kind in {"beside", "gate"}]

    def box(self, key: str) -> Box:
        return next(box for box in self.boxes if box.key == key)

    def told(self) -> Iterator[str]:
        """The same in words, for whoever does not see the chart."""
        yield f"{self.title}. {self.subtitle}."
        for box in self.boxes:
            eyebrow = f" ({box.eyebrow})" if box.eyebrow else ""
            yield " ".join([f"{box.title}{eyebrow}.", *(_sentence(line) for line in box.lines)])
            yield from (_sentence(f"From here to “{self._to(arrow)}”: {arrow.label}") for arrow in self._from(box))
        if self.span:
            first, last = self.box(self.span.first).title, self.box(self.span.last).title
            yield _sentence(f"From “{first}” to “{last}”: {self.span.label}")

    def _from(self, box: Box) -> list[Arrow]:
        return [arrow for arrow in self.arrows if arrow.source == box.key and not arrow.any_time]

    def _to(self, arrow: Arrow) -> str:
        return self.box(arrow.target).title


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
