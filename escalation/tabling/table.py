"""What is a table of a report made of? Columns of one kind each, rows without a blank, and the chart beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "count", "number", "date"]
"""A count may also be words where it is withheld ("fewer than 5"), a number or a date where there is none."""

Cell = str | int | float | date
Row = tuple[Cell, ...]

MOST_SERIES = 4
"""More colours than that cannot be told apart by everybody."""

LINE_ENDS = re.compile(r"\r\n?")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML cannot hold, or a terminal would obey."""
CONTROL_PICTURES, DELETED, REPLACED = 0x2400, "\u2421", "\ufffd"
CONTROLS, DELETE = 0x20, 0x7F


@dataclass(frozen=True)
class Column:
    """`title` heads it for people, `key` for programs. `blank` is said where there is nothing."""

    key: str
    title: str
    kind: Kind = "text"
    description: str = ""
    blank: str = "not known"


@dataclass(frozen=True)
class Bars:
    """One bar for each row of a table and each of `values`, columns of counts; the column `label` names the row."""

    label: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MOST_SERIES:
            raise ValueError(f"A chart has from 1 to {MOST_SERIES} series, not {len(self.values)}.")


@dataclass(frozen=True)
class Table:
    """`key` names it in files and addresses, `title` says what it holds. The first column heads each row.

    `detail`: one row for each dispute, which is data to work with rather than something to read out.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    chart: Bars | None = None
    detail: bool = False

    @classmethod
    def of(
        cls,
        key: str,
        title: str,
        columns: tuple[Column, ...],
        rows: Iterable[tuple[Cell | None, ...]],
        notes: tuple[str, ...] = (),
        *,
        chart: Bars | None = None,
        detail: bool = False,
    ) -> Table:
        """With every blank said in words, all text legible, and no chart where there is no number to draw."""
        said = tuple(tuple(_said(*each) for each in zip(columns, row, strict=True)) for row in rows)
        drawn = any(cell for row in said for cell in row if isinstance(cell, int | float))
        return cls(key, title, columns, said, notes, chart if drawn else None, detail)

    def place(self, key: str) -> int:
        """Where a column stands, from 0."""
        return [column.key for column in self.columns].index(key)


def _said(column: Column, cell: Cell | None) -> Cell:
    if cell is None or cell == "":
        return column.blank
    return legible(cell) if isinstance(cell, str) else cell


def legible(text: str) -> str:
    """The same text in characters that every format can hold: a control character is shown as its picture, ␀."""
    return UNWRITABLE.sub(lambda found: _picture(ord(found[0])), LINE_ENDS.sub("\n", text))


def _picture(code: int) -> str:
    if code < CONTROLS:
        return chr(CONTROL_PICTURES + code)
    return DELETED if code == DELETE else REPLACED
