"""The printed forms, the lists of codes word for word, and the clocks beside those of the stages."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.procedure import SHOWN, Code, Form, Procedure, Taxonomy
from escalation.telling.conditions import label, stages_named
from escalation.telling.sheet import Sheet
from escalation.telling.wording import both, days, plain, quoted, sentence


def forms(sheet: Sheet) -> None:
    if not sheet.procedure.forms:
        return
    sheet.heading("The forms")
    sheet.text("The labels are those of the document's own form, where it has one.", "forms")
    for n, form in enumerate(sheet.procedure.forms):
        at = f"forms.{n}"
        sheet.heading(form.title, below=1)
        used = f"At {stages_named(sheet.procedure, form.stages)}." if form.stages else "At every stage."
        sheet.text(used, at, f"{at}.stages", f"{at}.title")
        for words, *paths in _printed(form):
            sheet.say(words, *(f"{at}.{path}" for path in paths))
        sheet.table(["Label", "Filled with", "Beside it"], _lines(sheet, form, at))
    if sheet.procedure.outcome_heading:
        sheet.heading("The outcome", below=1)
        sheet.text(f"It is recorded under {quoted(sheet.procedure.outcome_heading)}.", "outcome_heading")


def _printed(form: Form) -> Iterator[tuple[str, ...]]:
    """How it stands on paper, where that is not a list of its lines alone; and the paths of what says so."""
    if form.heading:
        yield f"It is headed {quoted(form.heading)}.", "heading"
    if form.above:
        yield f"Under its heading stands: {both(quoted(line) for line in form.above)}.", "above"
    for n, part in enumerate(form.parts):
        titled = f", headed {quoted(part.title)}" if part.title else ""
        sides = "; its two lines stand side by side, in bullet points" if part.side_by_side else ""
        yield f"A part begins with {quoted(part.begins)}{titled}{sides}.", "parts", f"parts.{n}", f"parts.{n}.begins"
    if form.below:
        yield f"At its end stands: {both(quoted(line) for line in form.below)}.", "below"


def _lines(sheet: Sheet, form: Form, at: str) -> Iterator[list[str]]:
    for printed, names in form.lines.items():
        filled = both(_filled(sheet.procedure, name) for name in ([names] if isinstance(names, str) else names))
        otherwise = f", printed as {quoted(form.printed_as[printed])}" if printed in form.printed_as else ""
        yield [
            f"{plain(printed)}{otherwise}",
            filled,
            sheet.note(f"{at}.lines.{printed}", f"{at}.printed_as.{printed}"),
        ]


def _filled(procedure: Procedure, name: str) -> str:
    items = {taxonomy.items_in: taxonomy.title for taxonomy in procedure.taxonomies.values() if taxonomy.items_in}
    if name in items:
        return f"the item of {quoted(items[name])}"
    return SHOWN.get(name) or label(procedure, name)


def codes(sheet: Sheet) -> None:
    if not sheet.procedure.taxonomies:
        return
    sheet.heading("The codes, word for word")
    for key, taxonomy in sheet.procedure.taxonomies.items():
        at = f"taxonomies.{key}"
        sheet.heading(taxonomy.title, below=1)
        sheet.text(" ".join(_rules(sheet, taxonomy)), at, f"{at}.title", f"{at}.required", f"{at}.open")
        for heading, rows in _groups(sheet, taxonomy, f"{at}.codes"):
            if heading:
                sheet.lines += ["", f"> {heading}"]
            sheet.table(["Code", "Words", "For", "Beside it"], rows)


def _rules(sheet: Sheet, taxonomy: Taxonomy) -> Iterator[str]:
    yield "A code of this list must be given." if taxonomy.required else "A code of this list may be given."
    yield "Only one." if taxonomy.single else "Several may be given."
    yield (
        "Other words are taken as they are: the list is not complete." if taxonomy.open else "Other words are refused."
    )
    if taxonomy.items_in:
        asked = any(field.key == taxonomy.items_in for field in sheet.procedure.asks)
        where = f", in {label(sheet.procedure, taxonomy.items_in)}" if asked else ""
        yield f"Which of its items it is may be said by their letter or number{where}."


def _groups(sheet: Sheet, taxonomy: Taxonomy, at: str) -> Iterator[tuple[str, list[list[str]]]]:
    """A comment above a code is the heading of those that follow."""
    heading, rows = "", list[list[str]]()
    for n, code in enumerate(taxonomy.codes):
        beside = "<br>".join(sheet.beside(f"{at}.{n}"))
        if f"{at}.{n}" in sheet.margin.above:
            if rows:
                yield heading, rows
            heading, beside, rows = beside, "", []
        rows.append([plain(str(code.code)), _words(code), _for(sheet, code), beside])
    yield heading, rows


def _words(code: Code) -> str:
    lettered = (f"({chr(ord('a') + n)}) {plain(item)}" for n, item in enumerate(code.items))
    return "<br>".join([plain(code.title), *lettered])


def _for(sheet: Sheet, code: Code) -> str:
    said = [stages_named(sheet.procedure, code.stages)] if code.stages else []
    if code.free_text:
        said.append("needs the issue in other words")
    if code.not_before and (clock := sheet.procedure.clocks.get(code.not_before)):
        said.append(f"once the time for {quoted(clock.title)} is over")
    elif code.not_before:
        said.append(plain(code.not_before))
    if code.fits.flag:
        said.append(f"where {label(sheet.procedure, code.fits.flag)} is answered yes")
    if code.fits.over_age:
        said.append(f"over {code.fits.over_age} years of age")
    return sentence("; ".join(said)) if said else ""


def clocks(sheet: Sheet) -> None:
    if not sheet.procedure.clocks:
        return
    sheet.heading("Other dates that are counted")
    for key, clock in sheet.procedure.clocks.items():
        unit = "working" if clock.unit == "working_days" else "calendar"
        side = "before" if clock.backwards else "after"
        sheet.say(
            f"{quoted(clock.title)}: {days(clock.days, unit)} {side} {label(sheet.procedure, clock.counts_from)}.",
            f"clocks.{key}",
        )
