"""Which tables does a report consist of? One small function for each kind; a new one of `Figures` is one more here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from escalation.counting import OUTCOMES
from escalation.figures import Figures
from escalation.procedure import Procedure
from escalation.small_numbers import NOT_SHOWN
from escalation.tabling.answers import CODE, answers
from escalation.tabling.case_by_case import case_by_case
from escalation.tabling.table import Bars, Cell, Column, Table
from escalation.tabling.titles import OUTCOMES as ENDED
from escalation.tabling.titles import code, heading, in_full, lowered, spaced, title
from escalation.words import on as in_words

DISPUTES = Column("disputes", "Disputes", "count")
NONE_ENDED, NOT_COUNTED = "none has ended", "not counted"
PROMISES = {
    "kept": "Kept",
    "not_kept": "Not kept",
    "unanswered": "Asked, and not yet answered",
    "not_yet_due": "Not yet due",
}
CHANGES = {"changed": "Something changed", "not_changed": "Nothing changed", "too_early": "Too early to say"}
FIRST = ("agenda", "outstanding")


def tables(procedure: Procedure, figures: Figures) -> Iterator[Table]:
    """What is before people first, then the counts, then logs and each dispute; what comes to nothing is left out."""
    listed = list(case_by_case(procedure, figures))
    yield from (table for table in listed if table.key in FIRST)
    yield in_all(procedure, figures)
    yield from (by(procedure, name, count) for name, count in figures.counts.items() if count)
    yield from answers(procedure, figures)
    yield from afterwards(figures)
    yield from filter(None, (*days(procedure, figures), *standing(procedure, figures)))
    yield from filter(None, (recorded(procedure, figures), recorded_by(procedure, figures)))
    yield from filter(None, (patterns(procedure, figures),))
    yield from (table for table in listed if table.key not in FIRST)


def in_all(procedure: Procedure, figures: Figures) -> Table:
    """The numbers of all together, beside those of the period before where they were counted."""
    measures = list(_measures(procedure, figures))
    blank = NOT_SHOWN if figures.committee else NONE_ENDED
    columns: tuple[Column, ...] = (Column("measure", "Measure"), Column("number", "Number", "number", blank=blank))
    before = figures.before
    if before is None:
        return Table.of("in_all", "All together", columns, ((words, cell) for words, _, cell in measures))
    columns += (Column("before", "The period before", "number", blank=NOT_COUNTED),)
    rows = ((words, cell, getattr(before, name, None)) for words, name, cell in measures)
    note = f"The period before: from {in_words(before.first)} to {in_words(before.last)}."
    return Table.of("in_all", "All together", columns, rows, (note,))


def _measures(procedure: Procedure, figures: Figures) -> Iterator[tuple[str, str, Cell | None]]:
    """What is measured, its name in `Figures`, and the number."""
    ended = {outcome: ENDED[outcome] for outcome in OUTCOMES}
    measured = {"disputes": "Disputes"} | ended | {"open": "Open at the end"}
    if procedure.cap:
        measured |= {
            "within_total_time": "Resolved within the total time",
            "beyond_total_time": "Resolved beyond the total time",
            "share_within_total_time": "Resolved within the total time, per cent",
        }
    measured |= {"median_days": "Days from raising to closing, median"}
    measured |= {"referred_to_cafcass": "Referred to CAFCASS"} if procedure.cafcass else {}
    measured |= {"legal_advice": "Legal advice asked for"} if procedure.legal_advice else {}
    measured |= {"follow_ups": "Begun because a promise was not kept"} if figures.follow_ups else {}
    yield from ((words, name, getattr(figures, name)) for name, words in measured.items())


def by(procedure: Procedure, name: str, count: Mapping[str, Cell]) -> Table:
    """Disputes by a dimension: a taxonomy, a team, a stage."""
    called = heading(procedure, name)
    return _counted(procedure, f"by_{name}", f"Disputes by {lowered(called)}", name, count, called)


def days(procedure: Procedure, figures: Figures) -> Iterator[Table]:
    """How quickly disputes of each raiser were settled (OXF-44)."""
    for name, medians in figures.median_days_by.items():
        called = heading(procedure, name)
        columns = (Column(name, called), Column("days", "Days, median", "number"))
        rows = ((title(procedure, name, key), n) for key, n in medians.items())
        said = f"Days from raising to closing, by {lowered(called)}"
        yield Table.of(f"days_by_{name}", said, columns, rows, chart=Bars(name, ("days",)))


def standing(procedure: Procedure, figures: Figures) -> Iterator[Table | None]:
    for key, said in (("open_by_stage", "Open disputes, by stage"), ("resolved_by_stage", "Resolved, by stage")):
        count = getattr(figures, key)
        yield _counted(procedure, key, said, "stage", count, "Stage") if count else None


def _counted(procedure: Procedure, key: str, said: str, name: str, count: Mapping[str, Cell], called: str) -> Table:
    """By what stands there, with its code beside it where it has one."""
    named = [(title(procedure, name, each), code(procedure, name, each), n) for each, n in count.items()]
    label, full = Column(name, called), in_full(procedure, name)
    notes = (f"The document calls this list “{full}”.",) if full else ()
    if any(each for _, each, _ in named):
        return Table.of(key, said, (label, CODE, DISPUTES), named, notes, chart=Bars(name, ("disputes",)))
    rows = [(words, n) for words, _, n in named]
    return Table.of(key, said, (label, DISPUTES), rows, notes, chart=Bars(name, ("disputes",)))


def recorded(procedure: Procedure, figures: Figures) -> Table | None:
    """What was recorded beside the disputes: good practice, audits, actions."""
    numbers = [(_recording(procedure, do), n) for do, n in figures.recorded.items()]
    columns = (Column("what", "What was recorded"), Column("number", "Number", "count"))
    said = "Recorded beside the disputes"
    if figures.committee:  # which are told of no dispute
        return Table.of("recorded", said, columns, numbers) if numbers else None
    about = [", ".join(figures.recorded_about.get(do, [])) for do in figures.recorded]
    rows = [(*number, named) for number, named in zip(numbers, about, strict=True)]
    named = Column("about", "About disputes", blank="none named")
    return Table.of("recorded", said, (*columns, named), rows) if rows else None


def recorded_by(procedure: Procedure, figures: Figures) -> Table | None:
    """The same by each field in which one chooses from a list: themes of good practice, say (HCP-17)."""
    columns = (
        Column("what", "What was recorded"),
        Column("field", "Question"),
        Column("value", "Answer"),
        Column("number", "Number", "count"),
    )
    rows = [
        (_recording(procedure, do), _field(procedure, do, field), spaced(value), n)
        for do, fields in figures.recorded_by.items()
        for field, values in fields.items()
        for value, n in values.items()
    ]
    return Table.of("recorded_by", "Recorded beside the disputes, in detail", columns, rows) if rows else None


def _recording(procedure: Procedure, do: str) -> str:
    recording = procedure.recording(do)
    return recording.title if recording else spaced(do)


def _field(procedure: Procedure, do: str, key: str) -> str:
    recording = procedure.recording(do)
    fields = recording.fields if recording else []
    return next((field.label for field in fields if field.key == key), spaced(key))


def afterwards(figures: Figures) -> Iterator[Table]:
    """Whether what was promised was done, and what changed for those whom it was about."""
    kept = {words: figures.promises.get(key, 0) for key, words in PROMISES.items()}
    if any(kept.values()):
        yield _simple(
            "promises", "Promises, by how they stand", "Promise", Column("promises", "Promises", "count"), kept
        )
    changed = {CHANGES.get(key, spaced(key)): n for key, n in figures.what_changed.items()}
    if changed:
        yield _simple("what_changed", "What changed, as the raisers said", "What changed", DISPUTES, changed)


def _simple(key: str, said: str, called: str, counted: Column, count: Mapping[str, Cell]) -> Table:
    columns = (Column("what", called), counted)
    return Table.of(key, said, columns, count.items(), chart=Bars("what", (counted.key,)))


def patterns(procedure: Procedure, figures: Figures) -> Table | None:
    """What occurs so often that the report names it (SBC-26, OXF-52)."""
    columns = (Column("by", "Pattern by"), Column("what", "What"), DISPUTES)
    rows = [
        (heading(procedure, name), title(procedure, name, key), figures.counts[name].get(key))
        for name, keys in figures.patterns.items()
        for key in keys
    ]
    return Table.of("patterns", "Patterns", columns, rows) if rows else None
