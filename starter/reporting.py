"""The numbers of a procedure's reports, from the register: for a meeting, a quarter, a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Annotated

from cyclopts import Parameter

from config.settings import load
from escalation.errors import TwentydaysError
from escalation.procedure import Procedure
from escalation.reporting import OUTCOMES, Figures, figures, period, report_of
from escalation.words import on as in_words
from escalation.working_days import london_date
from register.cases import Cases
from starter.office import Office

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
PERIODS = {"month": "monthly", "quarter": "quarterly", "half_year": "every six months", "year": "yearly"}
BY_STAGE = {
    "open_by_stage": "Open, by stage",
    "resolved_by_stage": "Resolved, by stage",
    "in_time": "Answered in time, by stage",
    "late": "Answered late, by stage",
    "lapsed": "Not answered in time, by stage",
}


class UnclearPeriod(TwentydaysError):
    """The dates that were given do not say which period is meant."""


def report(
    procedure: str,
    report: str | None = None,
    *,
    from_: Annotated[date | None, Parameter(name="--from")] = None,
    to: date | None = None,
    on: date | None = None,
    json: AsJson = False,
) -> None:
    """The numbers of one of a procedure's reports; without its name, the reports that there are.

    Dates are London's, both included. Without any: the newest period that is over, by the financial year; of a report
    that lists what is open, today.

    Parameters
    ----------
    from_: date
        First date.
    to: date
        Last date.
    on: date
        The date at whose end things are open, for a report that lists what is open.
    json: bool
        Print the numbers as JSON.
    """
    office = Office(load())
    known = office.procedure(procedure)
    if report is None:
        print("\n".join(_reports(known)) or f"`{known.key}` names no reports.")
        return
    counted = _counted(office.register.cases, known, report, *_dates(known, report, from_, to, on))
    print(counted.model_dump_json(indent=1) if json else "\n".join(_lines(known, counted)))


def _counted(
    cases: Cases, procedure: Procedure, key: str, first: date | None, last: date | None, on: date | None
) -> Figures:
    """From what the register holds of the time until then."""
    until = last or on
    past, made = cases.past(procedure.key, first, until), cases.recorded(procedure.key, None, until)
    return figures(procedure, key, past, made, first, last, on)


def _dates(
    procedure: Procedure, key: str, first: date | None, last: date | None, on: date | None
) -> tuple[date | None, date | None, date | None]:
    """Raises UnknownReport and UnclearPeriod."""
    asked = report_of(procedure, key)
    today = london_date(datetime.now(UTC))
    if on and (first or last):
        raise UnclearPeriod("Give a period with --from and --to, or one date with --on, not both.")
    if first and last and first > last:
        raise UnclearPeriod(f"The period ends before it begins: {first} lies after {last}.")
    if not (first or last or on) and asked.open_at is not None:
        on = today
    if not (first or last or on):
        first, last = period(asked, today)
    return first, last, on


# Told on a terminal ---------------------------------------------------------------------------------------------------


def _reports(procedure: Procedure) -> Iterator[str]:
    for key, known in procedure.reports.items():
        for_whom = f", for {_roles(procedure, known.audience)}" if known.audience else ""
        yield f"{key:<30} {known.title} ({PERIODS.get(known.period, 'on demand')}{for_whom})"


def _roles(procedure: Procedure, roles: list[str]) -> str:
    return ", ".join(procedure.role_title(role) for role in roles)


def _lines(procedure: Procedure, counted: Figures) -> Iterator[str]:
    yield f"{counted.title}: {procedure.title}, {procedure.council}"
    yield _when(counted)
    if counted.audience:
        yield f"For: {_roles(procedure, counted.audience)}"
    if counted.by:
        yield f"By: {procedure.role_title(counted.by)}"
    yield ""
    yield from _in_all(counted)
    for name, count in counted.counts.items():
        yield from _table(f"By {name.replace('_', ' ')}", count, _titles(procedure, name))
    for name, heading in BY_STAGE.items():
        yield from _table(heading, getattr(counted, name), _titles(procedure, "stage"))
    yield from _recorded(procedure, counted)
    if counted.lists:
        yield f"\nOpen at these stages: {', '.join(counted.lists)}"
    for name, often in counted.patterns.items():
        yield f"\nPatterns by {name.replace('_', ' ')}: {', '.join(often)}"


def _when(counted: Figures) -> str:
    if counted.first or counted.last:
        ends = [in_words(day) if day else "" for day in (counted.first, counted.last)]
        return f"From {ends[0] or 'the beginning'} to {ends[1] or 'now'}"
    return f"On {in_words(counted.on)}" if counted.on else "From the beginning to now"


def _in_all(counted: Figures) -> Iterator[str]:
    yield f"{'Disputes':<34}{counted.disputes:>6}"
    yield from (f"  {outcome.replace('_', ' '):<32}{getattr(counted, outcome):>6}" for outcome in OUTCOMES)
    yield f"{'Open at the end':<34}{counted.open:>6}"
    if known := counted.within_total_time + counted.beyond_total_time:
        yield f"{'Resolved within the total time':<34}{counted.within_total_time:>6} of {known}"
    if counted.median_days is not None:
        yield f"{'Days to the end, median':<34}{counted.median_days:>6g}"
    if counted.referred_to_cafcass:
        yield f"{'Referred to CAFCASS':<34}{counted.referred_to_cafcass:>6}"
    if counted.legal_advice:
        yield f"{'Legal advice asked for':<34}{counted.legal_advice:>6}"


def _table(heading: str, count: Mapping[str, int], titles: Mapping[str, str]) -> Iterator[str]:
    if count:
        yield f"\n{heading}"
        yield from (f"  {n:>4}  {f'{titles[key]} ({key})' if key in titles else key}" for key, n in count.items())


def _recorded(procedure: Procedure, counted: Figures) -> Iterator[str]:
    if counted.recorded:
        yield "\nRecorded"
    for do, n in counted.recorded.items():
        recording = procedure.recording(do)
        title = recording.title if recording else do.replace("_", " ")
        yield f"  {n:>4}  {': '.join(filter(None, (title, ', '.join(counted.recorded_about[do]))))}"
        for field, values in counted.recorded_by[do].items():
            yield from (f"        {value_n:>4}  {field}: {value}" for value, value_n in values.items())


def _titles(procedure: Procedure, name: str) -> dict[str, str]:
    """What the keys of a count are called, where they are codes or stages."""
    if name in {"stage", "reached", "started_at"}:
        return {stage.key: stage.title for stage in procedure.stages}
    if name in procedure.taxonomies:
        return {str(code.code): code.title for code in procedure.taxonomies[name].codes}
    lists = [taxonomy for taxonomy in procedure.taxonomies.values() if taxonomy.items_in == name]
    codes = [code for taxonomy in lists for code in taxonomy.codes]
    return {f"{code.code}.{n}": item for code in codes for n, item in enumerate(code.items, 1)}
