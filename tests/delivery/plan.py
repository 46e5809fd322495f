"""What a rehearsal consists of, made up from a seed: which procedures, how each begins, what weather its mail has."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from config import documents, procedures
from escalation.messages import Start
from escalation.procedure import Procedure
from escalation.wire import Known, Subject
from escalation.working_days import LONDON, london_date
from starter.rehearsal.filling import Filling
from tests.delivery.acts import planted
from tests.delivery.council import DOMAIN, TEAM, Council
from tests.delivery.post_office import Mode
from tests.delivery.standing import Doc

FOLDER = Path(procedures.__file__).parent
EARLIEST = datetime(2025, 1, 6, tzinfo=LONDON)
SPELLS: tuple[tuple[Mode | str, int], ...] = (
    ("not_now", 48), ("busy", 48), ("drop_before", 3), ("held", 24), ("not_now", 5), ("busy", 5),
)  # fmt: skip
"""Weather that lasts, and for how many hours; "held" is ours: `mail hold`."""
ONCE: dict[Mode, float] = {
    "drop_after": 0.04, "drop_before": 0.02, "not_now": 0.03, "busy": 0.02, "worker_dies": 0.03, "hang": 0.006,
    "die_after": 0.006, "die_before": 0.004,
}  # fmt: skip
"""What befalls one message, and how often."""


@dataclass(frozen=True)
class Kind:
    """A procedure, or another process of it, as the product runs it and as its file says it."""

    procedure: Procedure
    doc: Doc = field(hash=False)

    @property
    def name(self) -> str:
        process = self.procedure.process
        return f"{self.procedure.key}: {process}" if process else self.procedure.key


@cache
def kinds() -> list[Kind]:
    """The six procedures and every other process in them."""
    found = []
    for file in sorted(FOLDER.glob("*.yaml")):
        procedure, doc = procedures.load(file.stem), _read(file)
        found.append(Kind(procedure, doc))
        for name, process in doc.get("processes", {}).items():
            shared = ("roles", "contacts", "quality_assurance")
            own = {key: doc[key] for key in shared if key in doc} | process
            found.append(Kind(procedure.opened(name), own))
    return found


def _read(file: Path) -> Doc:
    """What the file says, as YAML has it and no model of ours; read once with the procedure itself."""
    said: Doc = documents._page(file.read_text(encoding="utf-8-sig"), str(file)).value
    return said


@dataclass(frozen=True)
class Spell:
    begins: datetime
    ends: datetime
    mode: Mode | str


@dataclass
class Weather:
    """What befalls the mail of one escalation: the same for the same attempt at the same instant."""

    seed: str
    spells: list[Spell]

    def at(self, now: datetime, what: str) -> tuple[Mode | str, int]:
        """The mode, and for how many messages; 0: until it changes."""
        for spell in self.spells:
            if spell.begins <= now < spell.ends:
                return spell.mode, 0
        drawn = random.Random(f"{self.seed}/{now.isoformat()}/{what}").random()
        for mode, share in ONCE.items():
            drawn -= share
            if drawn < 0:
                return mode, 1
        return "fair", 0


def weather(seed: str, begins: datetime) -> Weather:
    chance, spells = random.Random(f"{seed}/weather"), []
    for _ in range(chance.choice([0, 1, 1, 2])):
        mode, hours = chance.choice(SPELLS)
        first = begins + timedelta(hours=chance.randrange(-1, 24 * 12))
        spells.append(Spell(first, first + timedelta(hours=hours), mode))
    return Weather(seed, spells)


def beginning(chance: random.Random) -> datetime:
    """Any minute of two years, by day more often than by night."""
    day = EARLIEST + timedelta(days=chance.randrange(0, 680))
    return day.replace(hour=chance.choice([9, 10, 11, 13, 15, 16, 17, 22, 3]), minute=chance.randrange(60))


def starts(kind: Kind, council: Council, chance: random.Random, now: datetime) -> list[Start]:
    """How it begins: as drawn, and where the procedure does not let it begin so, plainly."""
    return [_drawn(kind.procedure, council, chance, now), _plain(kind.procedure, council, chance, now)]


def _drawn(procedure: Procedure, council: Council, chance: random.Random, now: datetime) -> Start:
    track = chance.choice(procedure.tracks) if procedure.tracks else None
    stage = chance.choice(procedure.ladder(track)) if chance.random() < 0.4 else None
    flags = {each.key: True for each in procedure.asks if each.kind == "yes_no" and chance.random() < 0.3}
    grounds = procedure.taxonomies.get("ground")
    given: dict[str, Any] = flags | (
        {"ground": chance.choice(grounds.codes).code} if grounds and chance.random() < 0.4 else {}
    )
    named = procedure.entry.names_addressee and chance.random() < 0.2
    also = [role for role in (stage.raised_also_by if stage else []) if chance.random() < 0.5]
    return _start(
        procedure,
        council,
        chance,
        now,
        by=also[0] if also else chance.choice(procedure.raiser.roles),
        track=track,
        stage=stage.key if stage else None,
        given=given,
        addressee=_pick(procedure, stage.key if stage else None, chance, named=named),
        notice_working_days=3 if stage and stage.notice_period and chance.random() < 0.5 else None,
        bypass_reason="Because.",
    )


def _plain(procedure: Procedure, council: Council, chance: random.Random, now: datetime) -> Start:
    track = procedure.tracks[0] if procedure.tracks else None
    return _start(procedure, council, chance, now, by=procedure.raiser.roles[0], track=track, given={})


def _pick(procedure: Procedure, stage: str | None, chance: random.Random, *, named: bool) -> str | None:
    asked = procedure.stage(stage, None) if stage and not procedure.tracks else None
    if asked and asked.pick_one:
        return chance.choice(asked.addressee)
    return chance.choice(sorted(procedure.roles)) if named else None


def _start(
    procedure: Procedure, council: Council, chance: random.Random, now: datetime, *, given: dict[str, Any], **said: Any
) -> Start:
    first = said.get("stage") or procedure.entry.default or procedure.ladder(said.get("track"))[0].key
    filling = Filling(procedure, first, london_date(now), said.get("track"))
    subject = Subject(
        kind=chance.choice(procedure.subjects),
        has_guardian=chance.random() < 0.4,
        in_proceedings=chance.random() < 0.4,
        legal_status=chance.choice([None, "s20", "s31"]),
    )
    known = [role for role in ("guardian", "foster_carer") if role in procedure.roles and chance.random() < 0.5]
    return Start(
        subject=subject,
        fields=planted(filling.for_act("start", given)),
        team=TEAM if chance.random() < 0.7 else None,
        name=council.raiser_name or (None if chance.random() < 0.5 else _name_of(council, str(said["by"]))),
        contacts={role: Known(name="Kno Wn", email=f"{role}.known@{DOMAIN}") for role in known},
        **said,
    )


def _name_of(council: Council, role: str) -> str | None:
    holder = council.of(role)
    return holder.name if holder else None
