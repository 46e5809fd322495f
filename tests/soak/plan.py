"""What happens to whom in a soak, and when: made up in advance from a seed, so that a run can be had again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from escalation.working_days import LONDON

PROCEDURE = "southwark"
DAY_ZERO = datetime(2026, 6, 4, 10, 0, tzinfo=LONDON)
REMINDED = datetime(2026, 6, 10, 9, 0, tzinfo=LONDON)
DEADLINE = datetime(2026, 6, 11, 17, 0, tzinfo=LONDON)
"""Five working days after day 0. The soak takes place around it, whatever day it really is."""
LAPSE = DEADLINE + timedelta(seconds=60)

Kind = Literal[
    "silent", "in_time", "kept", "at_the_line", "late", "satisfied", "escalated", "withdrawn", "fresh", "hasty"
]
MIX: tuple[Kind, ...] = (
    "silent", "in_time", "silent", "kept", "late", "silent", "satisfied", "at_the_line", "escalated", "withdrawn",
)  # fmt: skip
"""What the managers and IROs of ten escalations in a row do. `kept`: the answer got no further than the inbox.

Others are raised meanwhile, `fresh` ones; a `hasty` raiser takes it back while its first emails are under way.
"""
FRESH_AFTER = 4
"""One escalation in so many more is raised while it all goes on."""


@dataclass(frozen=True)
class Soak:
    """How much of everything. `lead`: seconds from the beginning to the instant at which stages lapse."""

    escalations: int = 200
    kills: int = 10
    catcher_kills: int = 2
    server_kills: int = 2
    lead: float = 100.0
    spread: float = 45.0
    seed: int = 1
    impatient: float | None = None
    patience: float = 900.0

    @property
    def begins(self) -> datetime:
        return LAPSE - timedelta(seconds=self.lead)


@dataclass(frozen=True)
class Part:
    """One escalation's part. `answered`: the instant stamped on the answer; `acts`: when somebody does something."""

    reference: str
    kind: Kind
    acts: datetime
    answered: datetime | None = None

    @property
    def regrets(self) -> datetime:
        """When a hasty raiser takes it back: between at once and a second later, another at each reference."""
        return self.acts + _seconds(int(self.reference[-4:]) % 10 / 10)

    @property
    def given(self) -> bool:
        """Whether it has a past: it began five working days ago."""
        return self.kind not in {"fresh", "hasty"}


@dataclass(frozen=True)
class Kill:
    at: datetime
    whom: str


def parts(soak: Soak) -> list[Part]:
    chance = random.Random(soak.seed)
    due = [_part(soak, chance, f"SOAK-{n:04}", MIX[n % len(MIX)]) for n in range(soak.escalations)]
    new: list[Kind] = ["hasty" if n % 2 else "fresh" for n in range(soak.escalations // FRESH_AFTER)]
    return due + [Part(f"NEW-{n:04}", kind, _around(soak, chance, 0.8)) for n, kind in enumerate(new)]


def kills(soak: Soak) -> list[Kill]:
    """At random; two in three of them when everything lapses at once."""
    chance = random.Random(soak.seed + 1)
    counts = {"worker": soak.kills, "mail": soak.catcher_kills, "temporal": soak.server_kills}
    found = [Kill(_moment(soak, chance, n), whom) for whom, count in counts.items() for n in range(count)]
    return sorted(found, key=lambda kill: kill.at)


def _part(soak: Soak, chance: random.Random, reference: str, kind: Kind) -> Part:
    match kind:
        case "in_time" | "kept" | "satisfied":
            answered = DEADLINE - _seconds(chance.uniform(0.001, min(40.0, soak.lead)))
        case "at_the_line":
            answered = DEADLINE + timedelta(milliseconds=chance.choice([-1, 0, 1, 250, -250]))
        case "late":
            answered = DEADLINE + _seconds(chance.uniform(1, 70))
        case _:
            return Part(reference, kind, LAPSE + _seconds(chance.uniform(-2, 2)))
    sent = max(answered, soak.begins + _seconds(chance.uniform(0, max(soak.lead - 5, 1))))
    return Part(reference, kind, sent if kind == "late" else min(sent, LAPSE - _seconds(4)), answered)


def _moment(soak: Soak, chance: random.Random, n: int) -> datetime:
    if n % 3 == 0:
        return LAPSE - _seconds(chance.uniform(0, 0.6) * soak.lead)
    return LAPSE + _seconds(chance.uniform(0, soak.spread))


def _around(soak: Soak, chance: random.Random, share: float) -> datetime:
    return soak.begins + _seconds(chance.uniform(0, share) * (soak.lead + soak.spread))


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
