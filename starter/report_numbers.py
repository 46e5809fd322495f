"""Which numbers has a report that is asked for now, and of which dates? The same for a command and for a program."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from escalation.committee import for_committee
from escalation.errors import TwentydaysError
from escalation.figures import Figures
from escalation.periods import period
from escalation.procedure import Procedure
from escalation.reporting import report_of
from escalation.working_days import london_date
from register.store import Register


class UnclearPeriod(TwentydaysError):
    """The dates that were given do not say which period is meant."""


class Dates(NamedTuple):
    """London's, both included; or one date, at whose end things are open."""

    first: date | None = None
    last: date | None = None
    on: date | None = None


def dates(procedure: Procedure, key: str, asked: Dates, now: datetime) -> Dates:
    """Those of which a report is made; raises UnknownReport and UnclearPeriod."""
    report, today = report_of(procedure, key), london_date(now)
    first, last, on = asked
    if on and (first or last):
        raise UnclearPeriod("Give a period (from, to), or one date (on), not both.")
    if first and last and first > last:
        raise UnclearPeriod(f"The period ends before it begins: {first} lies after {last}.")
    if first or last or on:
        return asked
    return Dates(on=today) if report.open_at is not None else Dates(*period(report, today))


def numbers(
    register: Register, procedure: Procedure, key: str, asked: Dates, *, committee: bool | None = None
) -> Figures:
    """As everything stood at the end of that time, from the rows that the register keeps for reports.

    `committee`: with small counts withheld and no single dispute; not said, as the procedure says of the report.
    """
    counted = register.reports.figures(procedure, key, *asked)
    wanted = report_of(procedure, key).committee if committee is None else committee
    return for_committee(procedure, counted) if wanted else counted
