"""How the month's numbers are said: tables and sentences, the same in an email, in its text and on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from escalation.monthly import ANSWERS, NO_TEAM, OUTCOMES, MonthlySummary, ProcedureMonth
from escalation.months import Month
from escalation.wire import Message
from escalation.words import on

IN_WORDS = {
    "resolved": "resolved",
    "unresolved": "unresolved",
    "no_longer_applicable": "no longer applicable",
    "withdrawn": "withdrawn",
    "in_time": "In time",
    "late": "Late",
    "not_at_all": "Not at all",
    "lapsed": "Lapsed",
}
WITHHELD = (
    'A count from 1 to 4 is said as "fewer than 5". "Not shown" stands where the total would otherwise tell such a '
    "count. None is said as 0."
)


class Table(Message):
    """Rows of words and numbers; the first of each row names it."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str | None = None


class Section(Message):
    """What is said of one procedure."""

    title: str
    council: str
    tables: list[Table]
    sentences: list[str] = []


def sections(summary: MonthlySummary) -> list[Section]:
    """One for each procedure that had anything to tell."""
    return [
        Section(
            title=each.title,
            council=each.council,
            tables=[table for table in _tables(each) if table.rows],
            sentences=list(_sentences(each)),
        )
        for each in summary.procedures
    ]


def _tables(month: ProcedureMonth) -> Iterator[Table]:
    now, before = _title(month), Month.read(month.before.month).title
    yield Table(title="In all", columns=["", now, before], rows=[*_in_all(month)])
    waiting = [[month.roles[role], str(n)] for role, n in month.this.waiting_for.items()]
    yield Table(title=f"Whom it waits for, {_at_its_end(month)}", columns=["Role", "Disputes"], rows=waiting)
    columns = ["Stage", *(IN_WORDS[told] for told in ANSWERS)]
    yield Table(title=f"Answers in {now}, by stage", columns=columns, rows=[*_by_stage(month)], note=_note(month))
    teams = [[team_name(team), *(str(count) for count in counts.values())] for team, counts in month.teams.items()]
    columns = ["Team", f"Raised in {now}", "Open now" if month.this.until else "Open at the end"]
    yield Table(title="By team", columns=columns, rows=teams, note=WITHHELD)


def _in_all(month: ProcedureMonth) -> Iterator[list[str]]:
    now, before = month.this, month.before
    yield ["Raised", str(now.raised), str(before.raised)]
    yield ["Closed", str(now.all_closed), str(before.all_closed)]
    for outcome in OUTCOMES:
        if now.closed[outcome] or before.closed[outcome]:
            yield [f"Closed as {IN_WORDS[outcome]}", str(now.closed[outcome]), str(before.closed[outcome])]
    if month.cap_working_days and (now.resolved_with_cap or before.resolved_with_cap):
        shares = [_share(each.resolved_within_cap, each.resolved_with_cap) for each in (now, before)]
        yield [f"Resolved within {month.cap_working_days} working days", *shares]
    yield ["Stages that lapsed", *(str(sum(each.lapsed.values())) for each in (now, before))]
    label = "Open at the end of the month, or now" if now.until else "Open at the end of the month"
    yield [label, str(now.open), str(before.open)]
    yield ["Of those, on hold", str(now.held), str(before.held)]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({round(100 * part / whole)}%)" if whole else "none resolved"


def _by_stage(month: ProcedureMonth) -> Iterator[list[str]]:
    counts = [getattr(month.this, told) for told in ANSWERS]
    keys = dict.fromkeys([*month.stages, *(key for count in counts for key in count)])
    for key in keys:
        if any(key in count for count in counts):
            yield [month.stages.get(key, key), *(str(count.get(key, 0)) for count in counts)]


def _note(month: ProcedureMonth) -> str | None:
    """Where a stage lapsed and was answered after all, the numbers of its row overlap."""
    overlap = sum(month.this.lapsed.values()) != sum(month.this.not_at_all.values())
    return "A stage that lapsed may have been answered late since." if overlap else None


def _sentences(month: ProcedureMonth) -> Iterator[str]:
    days = month.this.longest_open
    if days is not None:
        had = "has" if month.this.until else "had"
        length = f"{had} been open for {_working_days(days)} {_at_its_end(month)}"
        yield f"The one that has been open longest {length}."
    if month.unread:
        more = "1 more dispute is" if month.unread == 1 else f"{month.unread} more disputes are"
        yield f"{more} not counted, because the history cannot be read. Operations can see which, and why, in the log."


def _title(month: ProcedureMonth) -> str:
    """October 2026; October 2026 so far"""
    return f"{Month.read(month.this.month).title}{' so far' if month.this.until else ''}"


def _at_its_end(month: ProcedureMonth) -> str:
    until = month.this.until
    return f"on {on(until)}" if until else f"at the end of {_title(month)}"


def _working_days(days: int) -> str:
    return "1 working day" if days == 1 else f"{days} working days"


def team_name(team: str) -> str:
    return "No team given" if team == NO_TEAM else team


def lines(sections: Iterable[Section]) -> Iterator[str]:
    """On a terminal, each table in columns."""
    for section in sections:
        yield f"{section.title}, {section.council}"
        for table in section.tables:
            widths = [max(len(row[n]) for row in [table.columns, *table.rows]) for n in range(len(table.columns))]
            yield f"\n{table.title}"
            for row in [table.columns, *table.rows]:
                cells = [row[0].ljust(widths[0]), *(cell.rjust(widths[n]) for n, cell in enumerate(row[1:], 1))]
                yield f"  {'   '.join(cells)}".rstrip()
            yield from [f"  {table.note}"] if table.note else []
        yield from ["", *section.sentences, ""]
