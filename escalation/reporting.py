"""What do the disputes of a period come to? The numbers of a procedure's reports (requirements 2.3)."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from escalation.counting import by_dimension, by_stage, chosen, patterns
from escalation.errors import TwentydaysError
from escalation.past import Made, Past
from escalation.procedure import Procedure, Report, Role
from escalation.working_days import london_date

__all__ = ["Figures", "Line", "Made", "Past", "UnknownReport", "figures", "period", "report_of"]

OUTCOMES = ("resolved", "unresolved", "no_longer_applicable", "withdrawn")
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
YEAR_STARTS = 4
"""April (G-A19)."""


class UnknownReport(TwentydaysError):
    """The procedure has no report of this key; says which it has."""


class Line(BaseModel):
    """One dispute of a report. `newest`: raised in the last month of the period (OXF-A11)."""

    model_config = ConfigDict(frozen=True)

    reference: str
    raised_on: date | None
    closed_on: date | None
    stage: str
    outcome: str | None
    newest: bool = False


class Figures(BaseModel):
    """The numbers of one report. Written as JSON, `counts` and `recorded` are keys of their own beside the others:
    `by_theme`, `by_stage` (also as `by_level`), `good_practice`; every key of a count is text.

    `within_total_time` and `beyond_total_time` are of what was resolved, where the procedure has a total time and it is
    known. `in_time`, `late` (answers) and `lapsed` are by stage, `median_days` calendar days from raising to closing.
    `lists` are references of what is open at the stages that the report names, `individual` all that it counts.
    """

    model_config = ConfigDict(frozen=True)

    procedure: str
    report: str
    title: str
    audience: list[Role]
    by: Role | None
    parts: list[str]
    first: date | None
    last: date | None
    on: date | None
    disputes: int
    open: int
    resolved: int
    unresolved: int
    no_longer_applicable: int
    withdrawn: int
    within_total_time: int
    beyond_total_time: int
    median_days: float | None
    referred_to_cafcass: int
    legal_advice: int
    in_time: dict[str, int]
    late: dict[str, int]
    lapsed: dict[str, int]
    open_by_stage: dict[str, int]
    lists: list[str]
    individual: list[Line]
    resolved_by_stage: dict[str, int]
    counts: dict[str, dict[str, int]]
    patterns: dict[str, list[str]]
    recorded: dict[str, int]
    recorded_about: dict[str, list[str]]
    recorded_by: dict[str, dict[str, dict[str, int]]]

    @model_serializer(mode="wrap")
    def _as_a_document(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = write(self)
        counts = said.pop("counts")
        by = {f"by_{name}": count for name, count in counts.items()} | {"by_level": counts["stage"]}
        return said | {key: n for key, n in said.pop("recorded").items() if key not in said} | by


def report_of(procedure: Procedure, key: str) -> Report:
    """Raises UnknownReport."""
    if key in procedure.reports:
        return procedure.reports[key]
    there_are = f"there are: {', '.join(procedure.reports)}" if procedure.reports else "its document names none"
    raise UnknownReport(f"`{procedure.key}` has no report `{key}`; {there_are}.")


def period(report: Report, today: date) -> tuple[date, date]:
    """First and last date of the newest period that is over, by the financial year (G-A19); on demand: this year."""
    months = MONTHS.get(report.period)
    since_april = (today.month - YEAR_STARTS) % 12
    if months is None:
        return _months_before(today, since_april), today
    starts = _months_before(today, since_april % months)
    return _months_before(starts, months), starts - timedelta(days=1)


def figures(
    procedure: Procedure,
    key: str,
    cases: Iterable[Past],
    recordings: Iterable[Made] = (),
    first: date | None = None,
    last: date | None = None,
    on: date | None = None,
) -> Figures:
    """The numbers of the report `key`: of London dates `first` to `last`, both included; None leaves that end open.

    `on` is the date at whose end disputes are open or not: `last`, unless it is given. Disputes belong to the period in
    which they were closed, or raised (`Report.belongs`), those that are said to be closed on no date to every period.
    Asked for a date alone, a report that lists what is open counts just that. Raises UnknownReport.
    """
    report, day = report_of(procedure, key), on or last
    mine = [where for where in (_where_it_stands(procedure, case) for case in cases) if _concerns(report, where)]
    still_open = [case for case in mine if case.was_open(day)]
    listed = [case for case in still_open if case.stage in (report.open_at or [])]
    just_listed = report.open_at is not None and first is last is None
    counted = listed if just_listed else [case for case in mine if _belongs(report, case, first, last)]
    since = first or _a_period_before(report, on)
    made = [one for one in recordings if one.what in report.recordings and _within(london_date(one.at), since, day)]
    counts = by_dimension(procedure, report, counted)
    said = {"procedure": procedure.key, "report": key, "first": first, "last": last, "on": day}
    numbers = {
        "disputes": len(counted),
        "open": len(still_open),
        "open_by_stage": by_stage(procedure, still_open),
        "lists": sorted(case.reference for case in listed),
        "individual": _lines(counted, last),
        "counts": counts,
        "patterns": patterns(report, counts),
    }
    who = {name: getattr(report, name) for name in ("title", "audience", "by", "parts")}
    return Figures.model_validate(
        said | who | numbers | _how_they_went(procedure, counted) | _recorded(procedure, report, made)
    )


def _where_it_stands(procedure: Procedure, case: Past) -> Past:
    """Once referred to CAFCASS with no stage running it is at no stage of the ladder any more."""
    if not (case.left_ladder and procedure.cafcass):
        return case
    stage = procedure.cafcass.stage
    return case.model_copy(update={"stage": stage, "reached": (*case.reached, stage)})


def _concerns(report: Report, case: Past) -> bool:
    """Whether a report counts such a dispute, on whatever date."""
    return (
        case.process == report.process
        and (report.reached is None or not {*case.reached, case.stage}.isdisjoint(report.reached))
        and (report.flag is None or case.fields.get(report.flag) is True)
    )


def _belongs(report: Report, case: Past, first: date | None, last: date | None) -> bool:
    if report.outcomes is not None and case.outcome not in report.outcomes:
        return False
    if report.belongs == "raised":
        return _within(case.raised_on or case.closed_on, first, last)
    return case.closed and _within(case.closed_on, first, last)


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    """A date that nobody gave is within every period."""
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


def _how_they_went(procedure: Procedure, counted: list[Past]) -> dict[str, Any]:
    """How they ended, how long they took, and how they were answered."""
    resolved = [case for case in counted if case.outcome == "resolved"]
    beyond = [case.beyond_total_time for case in resolved if procedure.cap]
    days = [case.days for case in counted if case.days is not None]
    ended = {outcome: sum(case.outcome == outcome for case in counted) for outcome in OUTCOMES}
    return ended | {
        "within_total_time": beyond.count(False),
        "beyond_total_time": beyond.count(True),
        "median_days": median(days) if days else None,
        "referred_to_cafcass": sum(case.referred for case in counted),
        "legal_advice": sum(case.legal_advice for case in counted),
        "resolved_by_stage": by_stage(procedure, resolved),
        "in_time": _summed(case.in_time for case in counted),
        "late": _summed(case.late for case in counted),
        "lapsed": _summed(case.lapsed for case in counted),
    }


def _recorded(procedure: Procedure, report: Report, made: list[Made]) -> dict[str, Any]:
    """How often, about which disputes, and by what."""
    by_do = {do: [one for one in made if one.what == do] for do in report.recordings}
    return {
        "recorded": {do: len(of_it) for do, of_it in by_do.items()},
        "recorded_about": {do: sorted({one.about for one in of_it if one.about}) for do, of_it in by_do.items()},
        "recorded_by": {do: chosen(procedure, do, of_it) for do, of_it in by_do.items()},
    }


def _summed(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def _lines(counted: Iterable[Past], last: date | None) -> list[Line]:
    newest = last.replace(day=1) if last else None
    return [
        Line(
            reference=case.reference,
            raised_on=case.raised_on,
            closed_on=case.closed_on,
            stage=case.stage,
            outcome=case.outcome,
            newest=bool(newest and last and case.raised_on and newest <= case.raised_on <= last),
        )
        for case in sorted(counted, key=lambda case: case.reference)
    ]


def _a_period_before(report: Report, on: date | None) -> date | None:
    """From when a report of one date counts what was recorded: the day after the same day, a period before."""
    months = MONTHS.get(report.period)
    if on is None or months is None:
        return None
    month = _months_before(on, months)
    return month.replace(day=min(on.day, monthrange(month.year, month.month)[1])) + timedelta(days=1)


def _months_before(day: date, months: int) -> date:
    """The first of the month so many months before that of a date."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)
