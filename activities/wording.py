"""How dates, times, numbers and lists are written in a letter: the GOV.UK way, in London time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from escalation.working_days import LONDON


def day(value: date) -> str:
    """Friday 27 November 2026"""
    return f"{day_in_year(value)} {value.year}"


def day_in_year(value: date) -> str:
    """Friday 27 November"""
    return f"{value:%A} {value.day} {value:%B}"


def moment(instant: datetime) -> str:
    """Friday 27 November 2026 at 4:58pm"""
    local = instant.astimezone(LONDON)
    return f"{day(local)} at {_clock(local)}"


def deadline(instant: datetime) -> str:
    """Friday 27 November 2026 at 5pm. Midnight is said as 11:59pm of the day that it ends: nobody doubts which day."""
    local = instant.astimezone(LONDON)
    if (local.hour, local.minute) == (0, 0):
        return f"{day(local - timedelta(days=1))} at 11:59pm"
    return moment(local)


def _clock(local: datetime) -> str:
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


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
