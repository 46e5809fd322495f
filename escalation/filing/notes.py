"""The texts to paste into case notes and forms of other systems: where each belongs, and under which heading."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import field_serializer

from escalation.filing.document import Block, Document, Heading, Paragraph, Written
from escalation.filing.standing import NotOnFile
from escalation.fold import fold
from escalation.history import CaseNote, Entry
from escalation.procedure import Procedure
from escalation.wire import Message
from escalation.words import at
from escalation.working_days import LONDON


class NoteToFile(Message):
    """One text to paste: `n` is its number in the history."""

    n: int
    at: datetime
    stage: str | None = None
    where: str
    heading: str
    form: str
    text: str

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def notes(entries: Iterable[Entry]) -> list[NoteToFile]:
    """Every one that the history called for, oldest first."""
    found = [entry for entry in entries if isinstance(entry, CaseNote)]
    return [NoteToFile.model_validate(note.model_dump()) for note in found]


def note(entries: Iterable[Entry], n: int) -> NoteToFile:
    """One, by its number. Raises NotOnFile, which says which there are."""
    found = notes(entries)
    wanted = next((each for each in found if each.n == n), None)
    if wanted is None:
        numbers = ", ".join(str(each.n) for each in found)
        raise NotOnFile(f"Entry {n} is no case note. Those that there are have the numbers: {numbers or 'none'}.")
    return wanted


def document(procedure: Procedure, entries: Iterable[Entry]) -> Document:
    """All of them, one after the other."""
    history = list(entries)
    case = fold(procedure, history)
    blocks: list[Block] = [block for each in notes(history) for block in shown(each)]
    return Document(
        title="Case notes",
        council=procedure.council,
        reference=case.reference,
        above=[procedure.title, f"Reference: {case.reference}"],
        blocks=blocks or [Paragraph(text="Nothing has called for a case note yet.")],
        footer=f"Case notes · {case.reference}",
    )


def shown(note: NoteToFile) -> list[Block]:
    """A note with where it belongs."""
    return [
        Heading(text=f"{note.n}. {note.heading}"),
        Paragraph(text=f"For: {note.where}. {at(note.at)}."),
        Written(text=note.text),
    ]
