"""How dates, times, numbers and lists are written in a letter: the GOV.UK way, in London time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from escalation import words
from escalation.working_days import LONDON

day, deadline = words.on, words.at
"""A date, and the instant of a deadline."""


def day_in_year(value: date) -> str:
    """Friday 27 November"""
    return f"{value:%A} {value.day} {value:%B}"


def moment(instant: datetime) -> str:
    """Friday 27 November 2026 at 4:58pm; unlike a deadline, midnight belongs to the day that it begins."""
    local = instant.astimezone(LONDON)
    return f"{day(local)} at {words.clock(local)}"


def working_days(number: int) -> str:
    return "1 working day" if number == 1 else f"{number} working days"


def listing(items: Iterable[object], word: str = "and") -> str:
    """a, b and c"""
    *most, last = [str(item) for item in items] or [""]
    return f"{', '.join(most)} {word} {last}" if most else last


def on_one_line(text: str) -> str:
    """Text that is safe in a header: printable, on one line."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def start(text: str) -> str:
    """The same words at the start of a sentence."""
    return text[:1].upper() + text[1:]
