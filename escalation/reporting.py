"""What do the disputes of a period come to? The numbers of a procedure's reports (requirements 2.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from escalation import counting
from escalation.counting import OUTCOMES
from escalation.errors import TwentydaysError
from escalation.figures import Figures, Line, PeriodBefore, Standing
from escalation.meeting import actions, agenda
from escalation.past import Made, Past
from escalation.periods import a_period_before, period
from escalation.procedure import Procedure, Report
from escalation.tally import TOLD, Tally, beneath, middle, number, parts, tally, under
from escalation.working_days import london_date

__all__ = ["Figures", "Line", "Made", "Past", "UnknownReport", "figures", "period", "report_of"]

MOST = 2000
"""Disputes that a report names one by one."""


class UnknownReport(TwentydaysError):
    """The procedure has no report of this key; says which it has."""


class Counted(NamedTuple):
    """What a report is told of the disputes: those that it counts, added up, and those that stood open on its date.

    `standing` are all that stood open, by reference; `lines` are of those counted, at most MOST of them, which are
    `left_out` fewer than there are.
    """

    tally: Tally
    standing: Mapping[str, Standing] = {}
    lines: Sequence[Line] = ()
    left_out: int = 0


def report_of(procedure: Procedure, key: str) -> Report:
    """Raises UnknownReport."""
    if key in procedure.reports:
        return procedure.reports[key]
    there_are = f"there are: {', '.join(procedure.reports)}" if procedure.reports else "its document names none"
    raise UnknownReport(f"`{procedure.key}` has no report `{key}`; {there_are}.")


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
    report = report_of(procedure, key)
    counted = count(procedure, report, cases, first, last, on)
    return told(procedure, key, report, counted, recordings, first, last, on)


def count(
    procedure: Procedure,
    report: Report,
    cases: Iterable[Past],
    first: date | None = None,
    last: date | None = None,
    on: date | None = None,
) -> Counted:
    """Each dispute by itself, from all that there were."""
    day = on or last
    mine = [case for case in (stands(procedure, case) for case in cases) if concerns(report, case)]
    still_open = [case for case in mine if case.was_open(day)]
    counted = [case for case in still_open if case.stage in (report.open_at or [])]
    if not just_lists(report, first, last):
        counted = [case for case in mine if belongs(report, case, first, last)]
    lines = [line(procedure, report, case, last) for case in sorted(counted, key=lambda case: case.reference)]
    return Counted(tally(parts(procedure, report), counted), standing_of(still_open), lines[:MOST], len(lines[MOST:]))


def standing_of(still_open: Iterable[Past]) -> dict[str, Standing]:
    return {case.reference: Standing.model_validate(case, from_attributes=True) for case in still_open}


def told(
    procedure: Procedure,
    key: str,
    report: Report,
    counted: Counted,
    recordings: Iterable[Made] = (),
    first: date | None = None,
    last: date | None = None,
    on: date | None = None,
    before: PeriodBefore | None = None,
) -> Figures:
    """A report of what was counted, and of what was recorded until then."""
    day, known = on or last, sorted(recordings, key=lambda one: one.at)
    since = first or a_period_before(report, on)
    made = [one for one in known if one.what in report.recordings and _within(london_date(one.at), since, day)]
    by = counting.by_dimension(procedure, report, partial(under, counted.tally, "by"))
    listed = sorted(
        (one for one in counted.standing.values() if one.stage in (report.open_at or [])), key=lambda one: one.reference
    )
    said = {"procedure": procedure.key, "report": key, "first": first, "last": last, "on": day, "before": before}
    numbers = {
        "open": len(counted.standing),
        "open_by_stage": counting.by_stage(procedure, Counter(one.stage for one in counted.standing.values())),
        "lists": [one.reference for one in listed],
        "outstanding": listed,
        "individual": counted.lines,
        "individual_left_out": counted.left_out,
        "counts": by,
        "patterns": counting.patterns(report, by),
        "agenda": agenda(procedure, report, counted.standing, known, since, (first or on, day)),
        "actions": actions(report, known, since, day),
    }
    who = {name: getattr(report, name) for name in ("title", "audience", "by", "parts")}
    how = how_they_went(procedure, counted.tally)
    return Figures.model_validate(said | who | numbers | how | _recorded(procedure, report, made))


def stands(procedure: Procedure, case: Past) -> Past:
    """Once referred to CAFCASS with no stage running it is at no stage of the ladder any more."""
    if not (case.left_ladder and procedure.cafcass):
        return case
    stage = procedure.cafcass.stage
    return case.model_copy(update={"stage": stage, "reached": (*case.reached, stage)})


def concerns(report: Report, case: Past) -> bool:
    """Whether a report counts such a dispute, on whatever date."""
    return (
        case.process == report.process
        and (report.reached is None or not {*case.reached, case.stage}.isdisjoint(report.reached))
        and (report.flag is None or case.fields.get(report.flag) is True)
    )


def just_lists(report: Report, first: date | None, last: date | None) -> bool:
    """Whether it counts nothing but what is open at its stages."""
    return report.open_at is not None and first is last is None


def ended_so(report: Report, case: Past) -> bool:
    return report.outcomes is None or case.outcome in report.outcomes


def belongs(report: Report, case: Past, first: date | None, last: date | None) -> bool:
    """Whether a report of this period counts it, as it is told here."""
    if not ended_so(report, case):
        return False
    if report.belongs == "raised":
        return _within(case.raised_on or case.closed_on, first, last)
    return case.closed and _within(case.closed_on, first, last)


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    """A date that nobody gave is within every period."""
    return day is None or ((first is None or first <= day) and (last is None or day <= last))


def how_they_went(procedure: Procedure, counted: Tally) -> dict[str, Any]:
    """How they ended, how long they took, and how they were answered."""
    by = partial(under, counted)
    within, beyond = number(counted, "beyond_total_time", "no"), number(counted, "beyond_total_time", "yes")
    told_by = {name: {how: beneath(counted, "told_by", name, how) for how in TOLD} for name in ("team", "raised_by")}
    days_by = {name: beneath(counted, "days_by", name) for name in ("team", "raised_by")}
    return (
        {outcome: number(counted, "ended", outcome) for outcome in OUTCOMES}
        | {
            "disputes": number(counted, "disputes"),
            "within_total_time": within,
            "beyond_total_time": beyond,
            "total_working_days": procedure.cap.working_days if procedure.cap else None,
            "share_within_total_time": round(100 * within / (within + beyond), 1) if within + beyond else None,
            "median_days": middle(by("days")),
            "median_days_by": {
                name: {who: middle(days) for who, days in sorted(each.items())}
                for name, each in days_by.items()
                if each
            },
            "referred_to_cafcass": number(counted, "referred_to_cafcass"),
            "legal_advice": number(counted, "legal_advice"),
            "promises": by("promises"),
            "what_changed": by("what_changed"),
            "follow_ups": number(counted, "follows"),
            "resolved_by_stage": counting.by_stage(procedure, by("resolved_by_stage")),
            "told_by": {name: each for name, each in told_by.items() if any(each.values())},
        }
        | {how: counting.by_stage(procedure, by(how)) for how in TOLD}
    )


def _recorded(procedure: Procedure, report: Report, made: list[Made]) -> dict[str, Any]:
    """How often, about which disputes, and by what."""
    by_do = {do: [one for one in made if one.what == do] for do in report.recordings}
    return {
        "recorded": {do: len(of_it) for do, of_it in by_do.items()},
        "recorded_about": {do: sorted({one.about for one in of_it if one.about}) for do, of_it in by_do.items()},
        "recorded_by": {do: counting.chosen(procedure, do, of_it) for do, of_it in by_do.items()},
    }


def reads_out(report: Report) -> bool:
    """Whether it consists of single disputes too (OXF-53)."""
    return any("individual issue" in part.lower() for part in report.parts)


def line(procedure: Procedure, report: Report, case: Past, last: date | None) -> Line:
    newest = last.replace(day=1) if last else None
    listed = [name for name in counting.dimensions(procedure, report) if name in procedure.taxonomies]
    return Line(
        reference=case.reference,
        raised_on=case.raised_on,
        closed_on=case.closed_on,
        stage=case.stage,
        outcome=case.outcome,
        newest=bool(newest and last and case.raised_on and newest <= case.raised_on <= last),
        codes={n: counting.codes(procedure, n, case)[n] for n in listed} if reads_out(report) else {},
    )
