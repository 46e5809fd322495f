"""How does a cell of a table read, wherever it is read and not calculated with?"""

from __future__ import annotations

from datetime import date

from escalation.tabling import Cell

NUMERIC = frozenset({"count", "number"})
"""Kinds of columns whose cells stand at the right."""


def say(cell: Cell) -> str:
    """27 November 2026; 1,204; 12.5"""
    if isinstance(cell, date):
        return f"{cell.day} {cell:%B %Y}"
    if isinstance(cell, int | float):
        return f"{cell:,}" if isinstance(cell, int) or not cell.is_integer() else f"{cell:,.0f}"
    return cell
