"""Which deadline did each stay have, by which rule, and which days on the way did not count?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escalation.explain import Count, explain
from escalation.filing.document import Table
from escalation.filing.standing import Standing
from escalation.words import at, on

TOTAL = "Total time"


def deadlines(found: Sequence[Standing]) -> Table:
    """A row for each clock of each stay, and one for the total time."""
    rows = [row for stood in found for row in _rows(stood)]
    total = [row for row in rows if row[0] == [TOTAL]][-1:]
    return Table(
        caption="Deadlines, and why each is what it is",
        columns=["Clock", "Day 0", "Rule", "Due", "Not counted beside weekends"],
        rows=[*(row for row in rows if row[0] != [TOTAL]), *total],
        shares=[3, 3, 4, 3, 4],
    )


def _rows(stood: Standing) -> Iterator[list[list[str]]]:
    case, title = stood.case, stood.case.stage.title
    counts = explain(case).counts
    due = case.due_of(case.visit)
    for count in counts:
        is_total = count.clock == "total time"
        cut = due is not None and due.clipped and not is_total and count is _last_of_stage(counts)
        ends = [at(due.at), "(the total time ends then)"] if cut and due else [at(count.due)]
        yield [[TOTAL if is_total else title], [on(count.day_zero)], [count.rule], ends, list(_closed(count))]
    if not counts:
        yield [[title], [], ["Its days had not begun, or it has no time of its own"], [], []]


def _last_of_stage(counts: Sequence[Count]) -> Count | None:
    return next((count for count in reversed(counts) if count.clock != "total time"), None)


def _closed(count: Count) -> Iterator[str]:
    for day in count.days[1:]:
        if day.skipped and day.date.weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            yield f"{on(day.date)} ({day.skipped})"
