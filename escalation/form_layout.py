"""Which lines of a printed form stand together, and does every line stand in one place?"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.schema import Form, FormPart

WHOLE = FormPart(begins="")


def laid_out(form: Form) -> list[tuple[FormPart, list[str]]]:
    """Each part with the labels of its lines, in the order in which they are printed."""
    begins = {part.begins: part for part in form.parts}
    found: list[tuple[FormPart, list[str]]] = []
    for label in form.lines:
        if label in begins or not found:
            found.append((begins.get(label, WHOLE), []))
        found[-1][1].append(label)
    return found


def misplaced(path: str, form: Form) -> Iterator[tuple[str, str]]:
    """(path in the file, what is wrong there)"""
    for name in (*(part.begins for part in form.parts), *form.printed_as):
        if name not in form.lines:
            yield path, f"`{name}` is none of its `lines`"
    for part, labels in laid_out(form):
        if part.side_by_side and len(labels) != 2:  # noqa: PLR2004 - one side, and the other
            yield path, f"the part that begins with `{part.begins}` has {len(labels)} lines, and not two side by side"
