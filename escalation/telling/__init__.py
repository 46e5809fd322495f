"""What a council's rules are, in plain words, for whoever has to check them against the document."""

from __future__ import annotations

from escalation.procedure import Procedure
from escalation.telling import beside, confirming, duties, fields, ladder, lists, people, reports, routes, times
from escalation.telling.sheet import Margin, Sheet
from escalation.telling.wording import plain

__all__ = ["Margin", "sheet_of", "tell"]

HOW_TO_READ = """\
This page is generated from the rules that Twentydays follows, so that it says what happens and nothing else. It is \
for whoever has to check those rules against the document.

- Lines with a bar beside them, and the column "Beside it", give the document's words, in straight quotation marks, or \
a note on how we read them.
- **(ours: …)** marks what the document does not say. All of these stand together at the end, to be confirmed.
- A number such as G-A5 is a ruling: our reading of something that the document leaves open, or of a paragraph in it.
- What has neither beside it stands in the document in other words, or is the same for every council."""


def tell(procedure: Procedure, margin: Margin = Margin()) -> str:  # noqa: B008 - a tuple, never changed
    """The page as Markdown."""
    return sheet_of(procedure, margin).written()


def sheet_of(procedure: Procedure, margin: Margin = Margin()) -> Sheet:  # noqa: B008 - a tuple, never changed
    """The page, with what was told beside it still to be looked up."""
    sheet = Sheet.of(procedure, margin)
    title = f"{plain(procedure.council)}: {plain(procedure.title)}, in plain words"
    sheet.lines += [f"# {title}", "", sheet.linked(HOW_TO_READ), ""]
    for section in SECTIONS:
        section(sheet)
    return sheet


def _asked(sheet: Sheet) -> None:
    fields.asked(sheet)
    fields.shown(sheet, sheet.procedure.question)


SECTIONS = (
    people.document,
    people.roles,
    people.raising,
    times.starting,
    ladder.stages,
    times.counting,
    times.more_time,
    times.reminding,
    times.following_up,
    people.absence,
    routes.cafcass,
    routes.legal_advice,
    duties.notices,
    duties.filing,
    duties.tasks,
    _asked,
    lists.forms,
    lists.codes,
    lists.clocks,
    beside.recordings,
    beside.processes,
    reports.reports,
    confirming.to_confirm,
)
"""In the order in which a head of quality assurance would ask."""
