"""How long do reports take, each beside a floor that is measured in the same run, in turns?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, extract, func, select

from escalation.history import HistoryEntry
from escalation.past import Past
from escalation.procedure import Procedure, Report
from escalation.reporting import figures
from escalation.summary import Summary
from register import disputes as rows
from register.store import Register
from register.tables import alike, disputes, period_figures
from tests.benchmarks.years import KEYS, TODAY, Kind, Years

QUARTER = date(2026, 7, 1), date(2026, 9, 30)
REPORTS = {
    "halton-child-protection": "quarterly", "halton-looked-after": "quarterly", "sbc": "patterns",
    "leicestershire": "quarterly_positive_challenge", "oxfordshire": "six_monthly", "southwark": "quarterly",
}  # fmt: skip
"""The standing report of each that is asked for."""
D = disputes.c
_numbers = count(1)


@dataclass
class Measured:
    """Medians in milliseconds of so many rounds, and the least and the most."""

    name: str
    rounds: list[float]
    floor: str = ""
    ratio: float | None = None

    @property
    def middle(self) -> float:
        return statistics.median(self.rounds)

    def __str__(self) -> str:
        spread = f"{self.middle:10.2f} ms ({min(self.rounds):.2f} to {max(self.rounds):.2f})"
        beside = f"  {self.ratio:8.4f} x {self.floor}" if self.ratio is not None else ""
        return f"{self.name:<58}{spread:<34}{beside}"


def in_turns(rounds: int, *runs: tuple[str, Callable[[], Any]]) -> list[Measured]:
    """One round of each after the other, so that whatever else the machine does falls on all of them."""
    taken: dict[str, list[float]] = {name: [] for name, _ in runs}
    for _ in range(rounds):
        for name, run in runs:
            began = time.perf_counter()
            run()
            taken[name].append((time.perf_counter() - began) * 1000)
    return [Measured(name, each) for name, each in taken.items()]


def beside(floor: Measured, *others: Measured) -> Iterator[Measured]:
    """The floor first."""
    yield floor
    for one in others:
        one.floor, one.ratio = floor.name, one.middle / floor.middle
        yield one


def reports(register: Register, engine: Engine, rounds: int) -> Iterator[Measured]:
    """Over all disputes: plain SQL, any report of any period, and a standing one whose numbers are kept."""
    from config import procedures

    known = {key: procedures.load(key) for key in KEYS}

    def plain() -> None:
        """Theme, year, count, mean: what a person would type."""
        columns = D.form, extract("year", D.closed_on)
        with engine.connect() as connection:
            connection.execute(select(*columns, func.count(), func.avg(D.days)).group_by(*columns)).all()

    def ad_hoc() -> None:
        for procedure in known.values():
            register.reports.figures(procedure, "ad hoc", report=any_report(procedure))

    def one_procedure() -> None:
        register.reports.figures(known["southwark"], "ad hoc", report=any_report(known["southwark"]))

    def two_years() -> None:
        for procedure in known.values():
            dates = TODAY - timedelta(days=800), TODAY - timedelta(days=70)
            register.reports.figures(procedure, "ad hoc", *dates, report=any_report(procedure))

    def first_time() -> None:
        with engine.begin() as connection:
            connection.execute(period_figures.delete())
        standing()

    def standing() -> None:
        for key, procedure in known.items():
            register.reports.figures(procedure, REPORTS[key], *QUARTER)

    def numbers_alone() -> None:
        register.reports.counted(known["southwark"], known["southwark"].reports["quarterly"], *QUARTER)

    standing()
    yield from beside(
        *in_turns(
            rounds,
            ("plain SQL: all disputes by form and year", plain),
            ("ad hoc: all disputes of six procedures", ad_hoc),
            ("ad hoc: one report of one procedure", one_procedure),
            ("ad hoc: any two years, as they were then", two_years),
            ("standing: six reports of a quarter, counted anew", first_time),
            ("standing: six reports of a quarter, from the roll-up", standing),
            ("standing: the kept numbers of one report", numbers_alone),
        )
    )


def any_report(procedure: Procedure) -> Report:
    """One that no council has: by every taxonomy, and by team and raiser."""
    return Report(title="Ad hoc", period="on_demand", counts=[*procedure.taxonomies, "team", "raised_by"])


def histories(register: Register, rounds: int) -> Iterator[Measured]:
    """What reports cost when every history is read, for one quarter of one procedure."""
    from config import procedures

    southwark = procedures.load("southwark")

    def read() -> None:
        figures(southwark, "quarterly", register.cases.past("southwark", *QUARTER), (), *QUARTER)

    def rows() -> None:
        anew = southwark.reports["quarterly"].model_copy(update={"parts": [str(next(_numbers))]})
        register.reports.counted(southwark, anew, *QUARTER)

    runs = ("one quarter of one procedure, every history read", read), ("the same from rows, counted anew", rows)
    yield from beside(*in_turns(rounds, *runs))


def writing(register: Register, years: Years, rounds: int) -> Iterator[Measured]:
    """What a row for reports adds to keeping an escalation's entries, a transaction an entry."""
    kind = next(one for one in years.kinds["southwark"] if one.length >= 5)
    follow = rows.follow

    def with_rows() -> None:
        rows.follow = follow
        _keep(register, kind)

    def without() -> None:
        rows.follow = lambda *_: None
        _keep(register, kind)

    try:
        runs = ("entries of one escalation, no row for reports", without), ("with its row", with_rows)
        measured = in_turns(rounds * 5, *runs)
    finally:
        rows.follow = follow
    yield from beside(*measured)


def _keep(register: Register, kind: Kind) -> None:
    from register.histories import ENTRY

    reference = f"NEW-{next(_numbers):07}"
    told = [ENTRY.validate_python(one) for one in kind.entries(reference, "Team 1", "Officer 1", [TODAY] * kind.length)]
    for n in range(1, len(told) + 1):
        register.record(f"escalation/southwark/{reference}", told[n - 1 : n], _summary(kind, reference, told[:n]))


def _summary(kind: Kind, reference: str, told: Sequence[HistoryEntry]) -> Summary:
    past = Past.of(told)
    return Summary(
        reference=reference,
        procedure=kind.procedure.key,
        procedure_version=kind.procedure.version,
        subject_kind=kind.procedure.subjects[0],
        raised_at=told[0].at,
        stage=past.stage if past else kind.stages[0],
        status="closed" if past and past.closed else "awaiting_response",
        n=len(told),
    )


def different_courses_and_forms(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(alike)) or 0
