"""Which posts are, or will be, empty while an open escalation waits for somebody in them?"""

from __future__ import annotations

from datetime import date

from escalation.looking_ahead import Gap, gaps
from register.open_cases import Watched, awaiting_answers
from starter.office import Office


def open_gaps(office: Office, today: date, days: int, watched: Watched = iter) -> list[Gap]:
    """The gaps of so many working days, over every open escalation; `watched` sees each of them pass."""
    return gaps(awaiting_answers(office.register, watched), office.people.now(), today, days)
