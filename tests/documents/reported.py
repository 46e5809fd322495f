"""Reports to write down: of every procedure, with some hundred disputes each, and whatever else a table may hold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from config import procedures
from escalation.past import Made, Past
from escalation.procedure import Procedure, Report
from escalation.reporting import figures
from escalation.tabling import Bars, Column, Table, Tabled, tabled

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
MADE_AT = datetime(2026, 7, 6, 9, 30, tzinfo=UTC)
PROCEDURES = procedures.all_procedures()
REPORTS = [(key, name) for key, procedure in PROCEDURES.items() for name in procedure.reports]
TEAMS = ("north", "south", "looked-after")
WHO = ("Dana Whitfield", "Priya Sharma")
ENDED = ("resolved",) * 7 + ("unresolved", "no_longer_applicable", "withdrawn")
HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "＝1", '=HYPERLINK("http://x.example","y")',
    "<script>alert(1)</script>", "{{ 7 * 7 }}", "#panic() $x$ *b* _i_ `c`", "]]>", "&amp;", "a\x00b\x1b[31mc", "\ud800",
    "_x0041_", "  two  spaces  ", "tab\there", "one\ntwo\n\nfour", "a,b;c\"d'e", "漢字 🦖 עברית", "\u202eover",
    "\ufffe", "1e5", "001", "1/2", "TRUE", "http://x.example", "mailto:x@x.example", "x" * 300,
)  # fmt: skip


@cache
def a_report(key: str = "southwark", name: str = "quarterly", count: int = 200, seed: int = 5) -> Tabled:
    """The same one, whenever it is asked for."""
    of, procedure = random.Random(seed), PROCEDURES[key]
    report = procedure.reports[name]
    lists = report.open_at is not None
    dates = (None, None, LAST) if lists else (FIRST, LAST, None)
    cases = [_dispute(of, procedure, n) for n in range(count)]
    counted = figures(procedure, name, cases, list(_recordings(of, procedure, report)), *dates)
    return tabled(procedure, counted, MADE_AT)


def _dispute(of: random.Random, procedure: Procedure, n: int) -> Past:
    ladder = [stage.key for stage in procedure.ladder(procedure.tracks[0] if procedure.tracks else None)]
    start = of.choice((0, 0, 0, 1))
    reached = tuple(ladder[start : start + of.choice((1, 1, 2, 2, 3, 4))])
    raised = FIRST + timedelta(days=of.randrange(-60, 90))
    closed, took = of.random() < 0.8, of.choice((5, 9, 12, 20, 25, 31))
    return Past(
        reference=f"{procedure.key[:3].upper()}-2026-{n:04}",
        subject=of.choice(procedure.subjects),
        team=of.choice(TEAMS),
        raised_by=of.choice((*procedure.raiser.roles, *WHO)),
        raised_on=raised,
        closed=closed,
        closed_on=raised + timedelta(days=took) if closed else None,
        outcome=of.choice(ENDED) if closed else None,
        stage=reached[-1],
        reached=reached,
        fields=_form(of, procedure),
        in_time={reached[0]: 1} if of.random() < 0.6 else {},
        late={reached[0]: 1} if of.random() < 0.2 else {},
        lapsed=dict.fromkeys(reached[:-1], 1),
        beyond_total_time=took > 20,
        referred=of.random() < 0.05,
        legal_advice=of.random() < 0.05,
    )


def _form(of: random.Random, procedure: Procedure) -> dict[str, Any]:
    said: dict[str, Any] = {"carer": f"FC-{of.randrange(1, 12):03}", "partner_agency": of.random() < 0.3}
    for name, taxonomy in procedure.taxonomies.items():
        code = of.choice(taxonomy.codes)
        said[name] = code.code
        if taxonomy.items_in and code.items:
            said[taxonomy.items_in] = str(of.randrange(1, len(code.items) + 1))
    return said


def _recordings(of: random.Random, procedure: Procedure, report: Report) -> Iterator[Made]:
    for do in report.recordings:
        recording = procedure.recording(do)
        fields = recording.fields if recording else []
        for _ in range(9):
            said = {field.key: of.choice(field.choices) for field in fields if field.choices}
            texts = [field.key for field in fields if field.kind == "text" and not field.choices]
            said |= {key: f"Something {of.randrange(4)}" for key in texts}
            yield Made(what=do, at=datetime(2026, 5, of.randrange(1, 28), 12, tzinfo=UTC), fields=said)


def holding(*tables: Table) -> Tabled:
    """A report of these tables."""
    return Tabled(
        procedure="ours",
        report="one",
        title="A report",
        subtitle="A procedure",
        council="A council",
        period="On Tuesday 30 June 2026",
        span="2026-06-30",
        made_at=MADE_AT,
        facts=(("For", "Everybody"),),
        notes=("A note.",),
        tables=tables,
    )


def with_words(*words: str) -> Table:
    """A table whose rows are headed by these words, each with a number and a date."""
    columns = (Column("word", "Word"), Column("number", "Number", "count"), Column("day", "Day", "date"))
    rows = [(word, n, LAST + timedelta(days=n)) for n, word in enumerate(words, 1)]
    return Table.of("words", "Words", columns, rows, chart=Bars("word", ("number",)))


any_words = st.lists(st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE)), min_size=1, max_size=8)
"""What people, or those who mean harm, may have written."""
