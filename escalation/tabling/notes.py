"""How are a report's counts made? In sentences that stand on its notes, since a number without them misleads."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.committee import WITHHELD
from escalation.figures import Figures
from escalation.forms import label_of
from escalation.procedure import Procedure, Report
from escalation.reporting import report_of
from escalation.tabling.titles import heading, lowered, spaced, title

BELONGS = {
    "closed": "A dispute belongs to the period in which it was closed.",
    "raised": "A dispute belongs to the period in which it was raised; those that are still open count too.",
}
CODES = (
    "A dispute with two codes counts under both, and what is not known of a dispute is left out of that count, so the "
    "rows of a table may come to more or to less than the number of disputes."
)
WORDS = "Words that people wrote are not repeated, since they may name a child: what is on no list counts as other."
DATES = "Dates are London's, and both ends of a period are included. Years begin on 1 April."
ONE_DATE = "Open means open at the end of the date."


def notes(procedure: Procedure, figures: Figures) -> Iterator[str]:
    """What a reader needs to know of every report of the procedure, then of this one."""
    report = report_of(procedure, figures.report)
    yield figures.neutral
    if figures.committee:
        yield WITHHELD
        yield from _withheld(procedure, figures)
    yield ONE_DATE if figures.on and not (figures.first or figures.last) else BELONGS[report.belongs]
    yield DATES
    yield CODES
    yield WORDS
    yield from _times(procedure)
    yield from _narrowed(procedure, report)


def _withheld(procedure: Procedure, figures: Figures) -> Iterator[str]:
    """A count that is left out as a whole could be taken for one that came to nothing."""
    left_out = [lowered(heading(procedure, name)) for name, count in figures.counts.items() if not count]
    if left_out:
        yield f"Nothing is said of these, which came to nothing or are withheld as a whole: {'; '.join(left_out)}."


def _times(procedure: Procedure) -> Iterator[str]:
    yield "Days are calendar days from raising to closing; half of the disputes took no longer than the median."
    if procedure.cap:
        yield f"The total time is {procedure.cap.working_days} working days."


def _narrowed(procedure: Procedure, report: Report) -> Iterator[str]:
    """The report is not about every dispute."""
    if report.process:
        yield "It counts another process of the procedure, not its disputes."
    if report.reached:
        at_stages = ", ".join(title(procedure, "reached", stage) for stage in report.reached)
        yield f"It counts only disputes that were at one of these stages: {at_stages}."
    if report.flag:
        yield f"It counts only disputes whose form says yes to “{_asked(procedure, report.flag)}”."
    if report.outcomes:
        ended = ", ".join(title(procedure, "outcome", each) for each in report.outcomes)
        yield f"It counts only disputes that ended so: {ended}."
    if report.patterns_from:
        yield f"What occurs {report.patterns_from} times or more is named as a pattern."


def _asked(procedure: Procedure, flag: str) -> str:
    """As the form asks it."""
    label = label_of(procedure.asks, flag)
    return spaced(flag) if label == flag else label
