"""How is a history told on a terminal, whatever somebody wrote?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escalation.state import EntryView
from starter.telling import LONGEST, history_lines


def line_of(text: str) -> str:
    entry = EntryView(n=3, at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC), event="noted", details={"text": text})
    (line,) = history_lines([entry])
    return line.partition("noted: ")[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We agree.\n\nMaeve", "We agree. Maeve"),
        ("We agree.\u202e Not.\x1b[2K", "We agree. Not.[2K"),
        ("a" * LONGEST, "a" * LONGEST),
        ("word " * 4_000, f"{'word ' * (LONGEST // 5)}".rstrip() + "… (cut here)"),
    ],
)
def test_what_somebody_wrote_is_one_line_that_turns_nothing_and_ends(text: str, told: str) -> None:
    assert line_of(text) == told
