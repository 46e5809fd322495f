"""Which counts may stand beside their total without telling a small one that could point at somebody?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

LEAST = 5
"""A count from 1 to 4 is said as "fewer than 5"; none is nobody's, and is said as 0."""

Shown = int | Literal["fewer than 5", "not shown"]
FEWER: Literal["fewer than 5"] = "fewer than 5"
NOT_SHOWN: Literal["not shown"] = "not shown"


def shown(counts: Mapping[str, int]) -> dict[str, Shown]:
    """How each of these is said by somebody who also says what they come to together.

    Where the total would give a small count away, the smallest that could be said is withheld with it, and none of
    those withheld is called small: else it would follow which is which. Where that leaves nothing, none is said.
    """
    small = [key for key, n in counts.items() if 0 < n < LEAST]
    if not _follows([counts[key] for key in small]):
        return {key: FEWER if key in small else n for key, n in counts.items()}
    next_smallest = min((n for n in counts.values() if n >= LEAST), default=None)
    # Every one of those that are alike: by which of them is withheld, it could be told which one is small.
    withheld = {key for key, n in counts.items() if next_smallest is None or key in small or n == next_smallest}
    return {key: NOT_SHOWN if key in withheld else n for key, n in counts.items()}


def _follows(small: list[int]) -> bool:
    """Whether what the small ones come to together tells each of them: each is from 1 to 4."""
    total = sum(small)
    return bool(small) and (len(small) == 1 or total in {len(small), (LEAST - 1) * len(small)})
