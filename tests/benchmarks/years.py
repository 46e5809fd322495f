"""Which disputes do fifteen years bring? Made up by a seed: a row of each for reports, and of the newest a history."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from config import procedures
from escalation import alike as having
from escalation.past import Past
from escalation.procedure import Procedure
from register.disputes import digest, row_of
from register.histories import ENTRY
from register.tables import alike, disputes, entries, escalations

KEYS = ("halton-child-protection", "halton-looked-after", "leicestershire", "oxfordshire", "sbc", "southwark")
YEARS, WITH_HISTORY = 15, 1

TODAY = date(2026, 11, 30)
FIRST = TODAY - timedelta(days=365 * YEARS)
HISTORIES_FROM = TODAY - timedelta(days=365 * WITH_HISTORY)
TEAMS = [f"Team {n}" for n in range(1, 25)]
RAISERS = [f"Officer {n}" for n in range(1, 61)]
OUTCOMES = ["resolved"] * 16 + ["unresolved", "no_longer_applicable", "withdrawn"]
OWN = ("reference", "subject", "team", "raised_by", "raised_on", "closed_on")
AT_ONCE = 10_000
KINDS = 400


@dataclass
class Kind:
    """One way in which a dispute can go: what happens at each stage, how it ends, what its form says."""

    procedure: Procedure
    stages: list[str]
    happenings: list[str]
    outcome: str | None
    fields: dict[str, Any]
    version: str
    common: tuple[str, str] = ("", "")

    def entries(self, reference: str, team: str, raiser: str, days: Sequence[date]) -> list[dict[str, Any]]:
        """A date for each entry: raised, then for each stage what happened and the next, then the end."""
        at = iter(datetime.combine(day, time(11), UTC).isoformat() for day in days)
        raised = {"event": "raised", "reference": reference, "subject": {"kind": self.procedure.subjects[0]}}
        raised |= {"stage": self.stages[0], "by": self.procedure.raiser.roles[0], "name": raiser, "team": team}
        found: list[dict[str, Any]] = [raised | {"fields": self.fields, "at": next(at)}]
        entered = 1
        for n, (stage, what) in enumerate(zip(self.stages, self.happenings, strict=True)):
            if n:
                found.append({"event": "advanced", "stage": stage, "from_stage": self.stages[n - 1], "at": next(at)})
                found[-1]["because"] = "decided"
                entered = len(found)
            found.append(_happening(what, stage, entered, next(at)))
        if self.outcome == "withdrawn":
            found.append({"event": "withdrawn", "at": next(at)})
        elif self.outcome:
            ended = next(at)
            found.append({"event": "closed", "outcome": self.outcome, "date_concluded": ended[:10], "at": ended})
        return [entry | {"n": n} for n, entry in enumerate(found, 1)]

    @property
    def length(self) -> int:
        return 2 * len(self.stages) + (1 if self.outcome else 0)


def _happening(what: str, stage: str, visit: int, at: str) -> dict[str, Any]:
    if what == "lapsed":
        return {"event": "lapsed", "stage": stage, "due": at, "then": "advance", "at": at}
    answer = {"event": what, "stage": stage, "visit": visit, "response_id": f"r{visit}", "received_at": at, "at": at}
    return answer | ({"due": at, "working_days_late": 1} if what == "late_response" else {})


@dataclass
class Years:
    """All of it, in batches for the database."""

    disputes: int
    seed: int = 1
    histories_from: date | None = HISTORIES_FROM
    """Of older ones there is the row alone; None: there is a history of each."""
    kinds: dict[str, list[Kind]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._digests: dict[tuple[str, str], dict[str, int]] = {}
        self._random = random.Random(self.seed)
        for key in KEYS:
            procedure = procedures.load(key)
            self.kinds[key] = [
                self._kind(procedure, procedure.version) for _ in range(KINDS)
            ]  # a version takes long to work out

    def _kind(self, procedure: Procedure, version: str) -> Kind:
        pick = self._random
        ladder = [stage.key for stage in procedure.ladder(procedure.tracks[0] if procedure.tracks else None)]
        deep = min(len(ladder), pick.choices([1, 2, 3, 4], [60, 25, 10, 5])[0])
        happenings = [pick.choices(["responded", "late_response", "lapsed"], [75, 10, 15])[0] for _ in range(deep)]
        kind = Kind(procedure, ladder[:deep], happenings, pick.choice(OUTCOMES), self._fields(procedure), version)
        days = [TODAY] * kind.length
        told = [ENTRY.validate_python(entry) for entry in kind.entries("AAA-1", "T", "R", days)]
        past = Past.of(told)
        if past is None:
            raise ValueError("A kind of dispute that was never raised.")
        kind.common = having.course(past), having.form(past, having.fields_asked(procedure), having.codes_of(procedure))
        return kind

    def _fields(self, procedure: Procedure) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for name, taxonomy in procedure.taxonomies.items():
            code = self._random.choice(taxonomy.codes)
            said[name] = code.code
            if taxonomy.items_in and code.items:
                said[taxonomy.items_in] = self._random.randint(1, len(code.items))
        return said

    def keep(self, connection: Connection) -> Iterator[int]:
        """Writes all of it; how much is there, batch by batch."""
        for procedure in (kinds[0].procedure for kinds in self.kinds.values()):
            self._keep_procedure(connection, procedure)
        common = {digest(body): body for kinds in self.kinds.values() for kind in kinds for body in kind.common}
        connection.execute(insert(alike), [{"digest": key, "body": body} for key, body in common.items()])
        for start in range(0, self.disputes, AT_ONCE):
            size = min(AT_ONCE, self.disputes - start)
            rows: dict[Table, list[dict[str, Any]]] = {escalations: [], disputes: [], entries: []}
            for n in range(start, start + size):
                self._one(n, rows)
            for table, made in rows.items():
                if made:
                    connection.execute(insert(table), made)
            yield start + size

    def _keep_procedure(self, connection: Connection, procedure: Procedure) -> None:
        from register.tables import procedures as kept

        body = procedure.model_dump_json()
        connection.execute(insert(kept), {"key": procedure.key, "version": procedure.version, "body": body})

    def _one(self, n: int, rows: dict[Table, list[dict[str, Any]]]) -> None:
        pick, key = self._random, KEYS[n % len(KEYS)]
        kind = pick.choice(self.kinds[key])
        begun = FIRST + timedelta(days=pick.randrange((TODAY - FIRST).days))
        days = self._days(begun, kind.length)
        still_open = days[-1] > TODAY
        reference = f"{key[:3].upper()}-{n:07}"
        if still_open:  # it ran beyond today: what is known of it is how it began
            kind, days = (
                Kind(kind.procedure, kind.stages[:1], ["lapsed"], None, kind.fields, kind.version),
                [begun, begun],
            )
            kind.common = self._of_open(kind)
        team, raiser = pick.choice(TEAMS), pick.choice(RAISERS)
        escalation = f"escalation/{key}/{reference}"
        ended = None if still_open or not kind.outcome else days[-1]
        self._rows(rows, kind, escalation, reference, team, raiser, days, ended)

    def _row(self, past: Past, common: tuple[str, str]) -> dict[str, Any]:
        """As the register makes it; the digests of what is alike are computed once."""
        if common not in self._digests:
            made = row_of(past, common)
            self._digests[common] = {"course": made["course"], "form": made["form"], "written_as": made["written_as"]}
        own = {name: getattr(past, name) for name in OWN}
        return own | {"process": None, "carer": None, "days": past.days} | self._digests[common]

    def _of_open(self, kind: Kind) -> tuple[str, str]:
        found = [ENTRY.validate_python(entry) for entry in kind.entries("AAA-1", "T", "R", [TODAY, TODAY])]
        past = Past.of(found)
        if past is None:
            raise ValueError("A kind of dispute that was never raised.")
        return having.course(past), having.form(
            past, having.fields_asked(kind.procedure), having.codes_of(kind.procedure)
        )

    def _days(self, begun: date, length: int) -> list[date]:
        days = [begun]
        for _ in range(length - 1):
            days.append(days[-1] + timedelta(days=self._random.randint(0, 9)))
        return days

    def _rows(
        self,
        rows: dict[Table, list[dict[str, Any]]],
        kind: Kind,
        escalation: str,
        reference: str,
        team: str,
        raiser: str,
        days: Sequence[date],
        ended: date | None,
    ) -> None:
        at = datetime.combine(days[-1], time(11), UTC)
        begun = datetime.combine(days[0], time(11), UTC)
        procedure = kind.procedure
        rows[escalations].append({
            "escalation": escalation, "reference": reference, "procedure": procedure.key,
            "procedure_version": kind.version, "subject_kind": procedure.subjects[0], "team": team,
            "raised_at": begun, "stage": kind.stages[-1], "status": "closed" if ended else "awaiting_response",
            "closed_at": at if ended else None, "n": kind.length,
        })  # fmt: skip
        past = Past.model_construct(
            reference=reference, process=None, subject=procedure.subjects[0], team=team, raised_by=raiser,
            raised_on=days[0], closed_on=ended, fields={},
        )  # fmt: skip
        row = self._row(past, kind.common) | {"escalation": escalation, "procedure": procedure.key}
        rows[disputes].append(row | {"n": kind.length, "told_at": at})
        if self.histories_from is None or days[-1] >= self.histories_from:
            for entry in kind.entries(reference, team, raiser, days):
                body = json.dumps(entry, sort_keys=True, separators=(",", ":"))
                rows[entries].append({
                    "escalation": escalation, "n": entry["n"], "event": entry["event"],
                    "at": datetime.fromisoformat(entry["at"]), "body": body, "previous": "", "hash": "",
                })  # fmt: skip
