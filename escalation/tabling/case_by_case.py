"""What does a report list case by case? What is open, what a meeting decides, an action log, and each dispute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from escalation.counting import dimensions
from escalation.figures import Decision, Figures, Progress
from escalation.procedure import Procedure
from escalation.reporting import reads_out, report_of
from escalation.tabling.table import Column, Table
from escalation.tabling.titles import OUTCOMES, heading, spaced, stages, title
from escalation.words import at
from escalation.words import on as in_words

REFERENCE = Column("reference", "Reference", blank="none: it was decided without one")
STAGE = Column("stage", "Stage", blank="no stage")
NOTHING = "No case is before this meeting: none is open at its stages or was referred to it."
BECAUSE = {"at_stage": "Open at its stage", "referred": "Referred to the meeting", "decided": "Decided at the meeting"}


def case_by_case(procedure: Procedure, figures: Figures) -> Iterator[Table]:
    """Those lists of a report that hold something, and an agenda although it is empty."""
    meets = report_of(procedure, figures.report).meeting is not None and not figures.committee
    lists = (agenda(procedure, figures), outstanding(procedure, figures), actions(figures))
    listed = (*lists, individual(procedure, figures))
    yield from (table for table in listed if table.rows or (table.key == "agenda" and meets))


def outstanding(procedure: Procedure, figures: Figures) -> Table:
    """Whose turn it was on the date, since when and until when (SWK-41); by whom, where the report tells that."""
    by_raiser = "raised_by" in report_of(procedure, figures.report).counts
    columns = (
        REFERENCE,
        STAGE,
        *([Column("raised_by", "Raised by")] if by_raiser else []),
        Column("team", "Team"),
        Column("waiting_for", "Waiting for", blank="nobody"),
        Column("since", "Since", "date"),
        Column("due", "Due", blank="no date runs"),
        Column("overdue", "Days overdue", "count", description="Working days."),
        Column("raised_on", "Raised on", "date"),
    )
    known = stages(procedure)
    rows = (
        (
            one.reference,
            known.get(one.stage, one.stage),
            *([title(procedure, "raised_by", one.raised_by) if one.raised_by else None] if by_raiser else []),
            one.team,
            procedure.role_title(one.waiting_for) if one.waiting_for else None,
            one.since,
            _due(one.due) if one.due else None,
            one.overdue,
            one.raised_on,
        )
        for one in figures.outstanding
    )
    return Table.of("outstanding", "Open at these stages", columns, rows)


def _due(instant: datetime) -> str:
    """26 June 2026 at 5pm: within a table without the day of the week."""
    return at(instant).partition(" ")[2]


def agenda(procedure: Procedure, figures: Figures) -> Table:
    """Case by case: why it is before the meeting, what it decided, and what was decided the time before."""
    columns = (
        REFERENCE,
        Column("stage", "Stage", blank="not open"),
        Column("because", "Why it is on the agenda"),
        Column("decided", "Decided", blank="nothing yet"),
        Column("decided_last_time", "Decided last time", blank="nothing"),
    )
    known = stages(procedure)
    rows = (
        (
            item.reference,
            known.get(item.stage, item.stage) if item.stage else None,
            "\n".join(BECAUSE.get(why, spaced(why)) for why in item.because),
            "\n".join(map(_decision, item.decided)),
            "\n".join(map(_decision, item.decided_last_time)),
        )
        for item in figures.agenda
    )
    return Table.of("agenda", "Case by case", columns, rows, () if figures.agenda else (NOTHING,))


def _decision(made: Decision) -> str:
    said = f"{in_words(made.held_on)}: {spaced(made.decision)}"
    attended = f" (there were: {', '.join(made.attended)})" if made.attended else ""
    return f"{said}. {made.text}{attended}" if made.text else f"{said}{attended}"


def actions(figures: Figures) -> Table:
    """The action log, carried from report to report until an action is done (OXF-54)."""
    columns = (
        Column("action", "Action"),
        Column("owner", "Owner", blank="nobody named"),
        Column("arises_from", "Arises from"),
        Column("logged_on", "Logged on", "date"),
        Column("reviews", "Reviews", blank="none yet"),
        Column("done", "Done"),
    )
    rows = (
        (
            action.text,
            action.owner,
            action.arises_from,
            action.logged_on,
            "\n".join(map(_progress, action.reviews)),
            _yes_or_no(action.done),
        )
        for action in figures.actions
    )
    return Table.of("actions", "Action log", columns, rows)


def _progress(review: Progress) -> str:
    return f"{in_words(review.on)}: {review.progress or 'nothing said'}"


def individual(procedure: Procedure, figures: Figures) -> Table:
    """Every dispute that the report counts; read out only where the report is about single ones, with what each is
    about."""
    report = report_of(procedure, figures.report)
    told = reads_out(report)
    lists = [name for name in dimensions(procedure, report) if name in procedure.taxonomies] if told else []
    columns = (
        REFERENCE,
        Column("raised_on", "Raised on", "date"),
        Column("closed_on", "Closed on", "date", blank="open, or not known"),
        STAGE,
        *(Column(name, heading(procedure, name), blank="none given") for name in lists),
        Column("outcome", "Outcome", blank="none yet"),
        Column("newest", "Raised in the last month of the period"),
    )
    known = stages(procedure)
    rows = (
        (
            line.reference,
            line.raised_on,
            line.closed_on,
            known.get(line.stage, line.stage),
            *("\n".join(title(procedure, name, code) for code in line.codes.get(name, [])) for name in lists),
            OUTCOMES.get(line.outcome, spaced(line.outcome)) if line.outcome else None,
            _yes_or_no(line.newest),
        )
        for line in figures.individual
    )
    more = figures.individual_left_out
    notes = (f"{more:,} more are counted, and not listed here.",) if more else ()
    return Table.of("individual", "Each dispute", columns, rows, notes, detail=not told)


def _yes_or_no(so: bool) -> str:
    return "yes" if so else "no"
