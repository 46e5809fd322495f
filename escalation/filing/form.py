"""A council's form of a stage as a document: filled in as it stood there, or blank, for a meeting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from escalation.filing import standing
from escalation.filing.document import Block, Document, Heading, Line, Lines, SideBySide
from escalation.filing.filled import field_at, line
from escalation.filing.standing import NotOnFile, Standing
from escalation.form_layout import laid_out
from escalation.history import Entry
from escalation.procedure import SHOWN, Form, Procedure

MUCH = 3
OURS = {"referred_to_cafcass": "yes_no", "response": "text", "outcome": "text"}
"""What stands on forms beside fields, where it is no short fact."""


def form(procedure: Procedure, entries: Iterable[Entry], stage: str | None = None) -> Document:
    """The form of a stage, as it stood when the stage was left; without one, of the newest that uses a form.

    Raises NotOnFile, which says at which stages there is one.
    """
    found = standing.standings(procedure, entries)
    if stage is None:
        return form_of(next((each for each in reversed(found) if _form(each)), found[-1]))
    return form_of(standing.at_stage(found, stage))


def forms(found: Sequence[Standing]) -> Iterator[Document]:
    """Those of every stay at a stage that uses one."""
    return (form_of(each) for each in found if _form(each))


def form_of(stood: Standing) -> Document:
    case, used = stood.case, _form(stood)
    if used is None:
        raise NotOnFile(_no_form(case.procedure, case.reference, case.visit.stage))
    blocks = list(_blocks(used, lambda label: line(stood, used, label)))
    document = _document(case.procedure, used, blocks, case.reference, case.stage.title)
    return document.model_copy(update={"stage": case.visit.stage})


def blank(procedure: Procedure, stage: str | None = None) -> Document:
    """The form of a stage with nothing filled in. Raises NotOnFile."""
    used = procedure.form_at(stage) if stage else next(iter(procedure.forms), None)
    known = {each.key for each in procedure.stages}
    if used is None or (stage and stage not in known):
        raise NotOnFile(_no_form(procedure, procedure.key, stage or "any stage"))

    def empty(label: str) -> Line:
        shown = used.lines[label]
        names = [shown] if isinstance(shown, str) else shown
        kinds = {_kind(procedure, name) for name in names}
        room = MUCH if "text" in kinds and "choice" not in kinds else 1
        boxes = ["Yes/No"] if kinds == {"yes_no"} else []
        return Line(label=used.printed_as.get(label, label), texts=boxes, given=False, room=room)

    document = _document(procedure, used, list(_blocks(used, empty)), None, None)
    return document.model_copy(update={"blank": True, "stage": stage})


def _form(stood: Standing) -> Form | None:
    return stood.case.procedure.form_at(stood.case.visit.stage)


def _kind(procedure: Procedure, name: str) -> str:
    """Of a field, or of what the escalation says of itself."""
    if name in OURS:
        return OURS[name]
    field = field_at(procedure.asks, name)
    return field.kind if field and name not in SHOWN else "fact"


def _blocks(used: Form, filled: Callable[[str], Line]) -> Iterator[Block]:
    for part, labels in laid_out(used):
        if part.title:
            yield Heading(text=part.title)
        lines = [filled(label) for label in labels]
        if part.side_by_side:
            left, right = (_in_points(each) for each in lines)
            yield SideBySide(left=left, right=right)
        else:
            yield Lines(lines=lines)


MARKS = ("- ", "* ", "• ", "– ")


def _in_points(said: Line) -> Line:
    """Every line that was written is a point; a mark that the writer put before it is drawn anew."""
    points = [_unmarked(each.strip()) for text in said.texts for each in text.splitlines() if each.strip()]
    return said.model_copy(update={"texts": points})


def _unmarked(text: str) -> str:
    return text[2:].lstrip() if text.startswith(MARKS) and text[2:].strip() else text


def _document(
    procedure: Procedure, used: Form, blocks: list[Block], reference: str | None, stage: str | None
) -> Document:
    title = used.heading or used.title
    is_said = any(reference in line.texts for block in blocks if isinstance(block, Lines) for line in block.lines)
    named = [f"Reference: {reference}"] if reference and not is_said else []
    return Document(
        title=title,
        council=procedure.council,
        reference=reference,
        above=[*(used.above or [procedure.title]), *named],
        blocks=blocks,
        below=used.below,
        footer=" · ".join(filter(None, [title, stage, reference])),
    )


def _no_form(procedure: Procedure, whose: str, stage: str) -> str:
    if not procedure.forms:
        return f"{whose}: the document of this procedure names no form."
    used = dict.fromkeys(stage.key for stage in procedure.stages if procedure.form_at(stage.key))
    return f"{whose}: no form is used at {stage}. There is one at: {', '.join(used)}."
