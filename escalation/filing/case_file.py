"""The whole of an escalation as one document: where it stands, its forms, everything that happened, and its chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from escalation.case import Case
from escalation.filing import notes, standing
from escalation.filing.dates import deadlines
from escalation.filing.document import Block, Document, Heading, Lines, Paragraph, Table, facts
from escalation.filing.emails import emails
from escalation.filing.form import forms
from escalation.filing.outcome import asked_and_answered, came_of
from escalation.filing.standing import Standing
from escalation.filing.told import told
from escalation.history import Entry
from escalation.printed import raiser
from escalation.procedure import Procedure
from escalation.words import at, clock, on, turn
from escalation.working_days import LONDON

MARK = "twentydays-case-file"
"""What the first keyword of a case file begins with, so that a program knows one."""


HAPPENED = ["Time", "What happened", "Entry"]


class Link(NamedTuple):
    """One entry of the register's chain."""

    n: int
    hash: str


def case_file(procedure: Procedure, entries: Sequence[Entry], chain: Sequence[Link]) -> Document:
    """The same history gives the same document: its date is that of the last entry, and no clock is read."""
    found = standing.standings(procedure, entries)
    stood, head = found[-1], chain[-1]
    case = stood.case
    document = Document(
        title=f"Case file of {case.reference}",
        council=procedure.council,
        reference=case.reference,
        above=[procedure.title, f"As the register had it after entry {head.n}, of {at(entries[-1].at)}"],
        blocks=[
            _cover(stood, head),
            _contents(found),
            *_summary(stood),
            *_forms(found),
            Heading(text="Deadlines"),
            deadlines(found),
            *_happened(case, entries),
            Heading(text="Emails"),
            emails(case, entries),
            *_tasks(case),
            *_notes(entries),
            *_appendix(case, entries, chain),
        ],
        footer=f"Case file · {case.reference} · entries 1 to {head.n}",
    )
    return document.model_copy(update={"keywords": [mark(case.reference, head), f"content:{digest(document)}"]})


def mark(reference: str, head: Link) -> str:
    return f"{MARK}:{reference}:{head.n}:{head.hash}"


def digest(document: Document) -> str:
    """SHA-256 of all that a document says, however it is set."""
    said = json.dumps(document.model_dump(mode="json", exclude={"keywords"}), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _cover(stood: Standing, head: Link) -> Lines:
    case, source = stood.case, stood.case.procedure.source
    return facts(
        ("Reference", case.reference),
        ("Procedure", [f"{source.title}, {source.amended}", f"Version {case.procedure.version} of its data"]),
        ("Raised by", raiser(case)),
        ("Raised on", at(case.raised_at) if case.raised_at else None),
        ("Team", case.team),
        ("Stage reached", case.stage.title),
        ("Where it stands", turn(case)),
        ("Concluded on", on(case.date_concluded) if case.date_concluded else None),
        ("Ended", at(case.ended_at) if case.ended_at else None),
        ("Entries", str(head.n)),
        ("Head of the chain", head.hash),
    )


def _contents(found: Sequence[Standing]) -> Paragraph:
    count = sum(1 for _ in forms(found))
    several = f"its {count} forms as they stood, " if count else ""
    form = "its form as it stood, " if count == 1 else several
    return Paragraph(
        text=f"What it contains: a summary, {form}every deadline with its rule, everything that happened in order, "
        "every email, open tasks, the texts for case notes, and the number and hash of each entry. Times are London's."
    )


def _summary(stood: Standing) -> Iterator[Block]:
    yield Heading(text="Summary")
    ended = came_of(stood)
    yield Lines(lines=[*asked_and_answered(stood).lines, *(ended.lines if not stood.case.open else [])])


def _forms(found: Sequence[Standing]) -> Iterator[Block]:
    """Each as it stood when its stage was left."""
    for stood in found:
        for form in forms([stood]):
            yield Heading(text=f"{form.title}: {stood.case.stage.title}")
            yield from (
                block.model_copy(update={"level": 2}) if isinstance(block, Heading) else block for block in form.blocks
            )


def _happened(case: Case, entries: Sequence[Entry]) -> Iterator[Block]:
    """A table for each day."""
    yield Heading(text="Everything that happened")
    for day, of_day in groupby(entries, key=lambda entry: entry.at.astimezone(LONDON).date()):
        yield Heading(text=on(day), level=2)
        rows = [[[clock(entry.at.astimezone(LONDON))], told(case, entry), [str(entry.n)]] for entry in of_day]
        yield Table(caption=on(day), columns=HAPPENED, rows=rows, shares=[0, 1, 0], headed=1)


def _tasks(case: Case) -> Iterator[Block]:
    if not case.tasks:
        return
    yield Heading(text="Open tasks")
    rows = [[[case.procedure.role_title(task.to)], [task.what], [str(task.n)]] for task in case.tasks]
    yield Table(caption="Open tasks", columns=["For", "What", "Entry"], rows=rows, shares=[2, 5, 0])


def _notes(entries: Sequence[Entry]) -> Iterator[Block]:
    found = notes.notes(entries)
    if found:
        yield Heading(text="Case notes")
    for note in found:
        heading, *rest = notes.shown(note)
        yield heading.model_copy(update={"level": 2})
        yield from rest


def _appendix(case: Case, entries: Sequence[Entry], chain: Sequence[Link]) -> Iterator[Block]:
    yield Heading(text="Appendix: the chain")
    yield Paragraph(
        text="Each hash is the SHA-256 of the hash before it and of all that the entry says, so that no entry can be "
        f"changed, left out or slipped in. `twentydays export case-file {case.reference} --check FILE` compares this "
        "file with the register."
    )
    events = {entry.n: entry.event.replace("_", " ") for entry in entries}
    rows = [[[str(link.n)], [events[link.n]], [link.hash]] for link in chain]
    yield Table(caption="Entries and their hashes", columns=["Entry", "What", "Hash"], rows=rows, shares=[0, 0, 1])
