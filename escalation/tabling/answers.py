"""Were people answered, and in time? By stage, by team and by raiser; the same question for every reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from escalation.counting import in_order
from escalation.figures import Figures
from escalation.procedure import Procedure
from escalation.tabling.table import Bars, Cell, Column, Table
from escalation.tabling.titles import code, heading, lowered, stages, title

ANSWERS = {"in_time": "In time", "late": "Late", "not_at_all": "Not at all"}
COLUMNS = tuple(Column(name, words, "count") for name, words in ANSWERS.items())
CODE = Column("code", "Code", description="As the document's own form has it; a stage by its key.", blank="no code")
MEANT = "Late and not at all: the time for an answer ran out without one."
Count = Mapping[str, Cell]


def answers(procedure: Procedure, figures: Figures) -> Iterator[Table]:
    """By stage, then by whom the disputes were of, all stages together and stage by stage."""
    found = [getattr(figures, name) for name in ANSWERS]
    if any(found):
        yield _by_stage(procedure, found)
    for name, told in figures.told_by.items():
        by = [told.get(answer, {}) for answer in ANSWERS]
        if any(by):
            yield from _by(procedure, name, by)


def _by_stage(procedure: Procedure, found: list[Count]) -> Table:
    known = stages(procedure)
    rows = [
        (known.get(key, key), code(procedure, "stage", key), *(count.get(key, 0) for count in found))
        for key in _in_order(known, *found)
    ]
    columns = (Column("stage", "Stage"), CODE, *COLUMNS)
    if not any(row[1] for row in rows):  # all stages together
        rows, columns = [(row[0], *row[2:]) for row in rows], (columns[0], *COLUMNS)
    return Table.of("answers_by_stage", "Answers by stage", columns, rows, (MEANT,), chart=Bars("stage", (*ANSWERS,)))


def _by(procedure: Procedure, name: str, told: Sequence[Mapping[str, Count]]) -> Iterator[Table]:
    called = heading(procedure, name)
    whom = in_order(dict.fromkeys((key for count in told for key in count), 0))
    label, said = Column(name, called), lowered(called)
    sums = [count for count in map(_sums, told) if count is not None]
    if len(sums) == len(told):
        rows: list[tuple[Cell | None, ...]] = [
            (title(procedure, name, key), *(count.get(key, 0) for count in sums)) for key in whom
        ]
        drawn = Bars(name, (*ANSWERS,))
        yield Table.of(f"answers_by_{name}", f"Answers by {said}", (label, *COLUMNS), rows, (MEANT,), chart=drawn)
    known = stages(procedure)
    each = [
        (title(procedure, name, key), known.get(stage, stage), *(count.get(key, {}).get(stage, 0) for count in told))
        for key in whom
        for stage in _in_order(known, *(count.get(key, {}) for count in told))
    ]
    columns = (label, Column("stage", "Stage"), *COLUMNS)
    yield Table.of(f"answers_by_{name}_and_stage", f"Answers by {said} and stage", columns, each, (MEANT,), detail=True)


def _sums(told: Mapping[str, Count]) -> dict[str, int] | None:
    """Of all stages; None where a part is withheld, so that nothing of it can be worked out."""
    cells = [cell for count in told.values() for cell in count.values()]
    if not all(isinstance(cell, int) for cell in cells):
        return None
    return {key: sum(n for n in count.values() if isinstance(n, int)) for key, count in told.items()}


def _in_order(ladder: Iterable[str], *counts: Count) -> list[str]:
    found = {key for count in counts for key in count}
    return [*(key for key in ladder if key in found), *sorted(found - set(ladder))]
