"""What people must say, when, and what of it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escalation.procedure import FormField, Question
from escalation.telling.conditions import label, stages_named, value
from escalation.telling.sheet import Sheet
from escalation.telling.vocabulary import ACTS, KINDS
from escalation.telling.wording import both, either, plain, sentence, spaced


def asked(sheet: Sheet) -> None:
    """Everything that the acts of people must say, and what of it a manager is shown."""
    procedure = sheet.procedure
    sheet.heading("What people must say")
    sheet.text(
        "What a person says when they do something. A stage that silence leads to waits for none of it: its form is "
        "then a draft, and the raiser has the task to complete it (G-A22).",
        "asks",
    )
    if not procedure.asks:
        sheet.text("Nothing beside the codes below." if procedure.taxonomies else "Nothing.")
    for act in ACTS:
        asked = [(n, field) for n, field in enumerate(procedure.asks) if field.at == act]
        if asked:
            sheet.text(f"{sentence(ACTS[act]).rstrip('.')}:")
        sheet.table(
            ["What", "How", "Needed", "Only", "Beside it"],
            (row for n, field in asked for row in _rows_of(sheet, field, f"asks.{n}", procedure.asks, stages=True)),
        )


def shown(sheet: Sheet, question: Question) -> None:
    """What a manager who is asked sees of it."""
    procedure = sheet.procedure
    sheet.heading("What whoever must answer is shown", below=1)
    sheet.beside_heading("question")
    sheet.say(f"The concern: {label(procedure, question.concern)}.", "question.concern")
    if question.also:
        sheet.say(
            f"Under it, where it is given: {both(label(procedure, path) for path in question.also)}.", "question.also"
        )
    first = (
        "The first of these that is given, one by one, each to be answered"
        if len(question.actions) > 1
        else "One by one, each to be answered"
    )
    sheet.say(f"{first}: {', '.join(label(procedure, path) for path in question.actions)}.", "question.actions")


def rows(sheet: Sheet, fields: Sequence[FormField], at: str) -> Iterator[list[str]]:
    """Rows of a table: what, how, whether it is needed, what stands beside it."""
    for n, field in enumerate(fields):
        yield from _rows_of(sheet, field, f"{at}.{n}", fields)


def _rows_of(
    sheet: Sheet, field: FormField, at: str, beside: Sequence[FormField], before: str = "", *, stages: bool = False
) -> Iterator[list[str]]:
    """What belongs together stands under one another, each with the words of the whole before it."""
    named = f"{before}{plain(field.label)}"
    paths = [at, *(f"{at}.{name}" for name in PARTS), f"{at.rpartition('.')[0]}.{field.key}"]
    only = [f"At {stages_named(sheet.procedure, field.stages)}." if field.stages else ""] if stages else []
    yield [named, _kind(sheet, field), _needed(sheet, field, beside), *only, sheet.note(*paths)]
    for n, inner in enumerate(field.fields):
        for row in _rows_of(sheet, inner, f"{at}.fields.{n}", field.fields, f"{named}: "):
            yield [*row[:3], *only, row[3]]


PARTS = ("fields", "kind", "required", "label", "choices")


def _kind(sheet: Sheet, field: FormField) -> str:
    match field.kind:
        case "choice":
            return f"one of: {', '.join(spaced(choice) for choice in field.choices)}"
        case "code":
            taxonomy = sheet.procedure.taxonomies.get(field.taxonomy or "")
            return f"a code of “{plain(taxonomy.title) if taxonomy else plain(field.taxonomy or '')}”"
    return KINDS[field.kind]


def _needed(sheet: Sheet, field: FormField, beside: Sequence[FormField]) -> str:
    if not field.required:
        return "must be yes, where given" if field.needs_true else "no"
    said = ["must be yes" if field.needs_true else "yes"]
    if field.needed_where:
        cases = (
            f"{label(sheet.procedure, path, beside)} is {either(value(each) for each in values)}"
            for path, values in field.needed_where.items()
        )
        said.append(f"where {both(cases)}")
    if field.unless_given:
        said.append(f"unless {either(label(sheet.procedure, path, beside) for path in field.unless_given)} is given")
    return ", ".join(said)
