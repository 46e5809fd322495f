"""Which documents of an escalation does the register give, and is a file one of them? For command line and API."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

from documents.filed import ENDINGS, Format, as_pdf
from escalation.errors import TwentydaysError
from escalation.filing import case_file, form, notes, outcome
from escalation.filing.case_file import MARK, Link
from escalation.filing.document import Document
from escalation.filing.notes import NoteToFile
from starter.office import Office

MARKED = re.compile(rf"{MARK}:([A-Z0-9-]{{3,40}}):(\d{{1,9}}):([0-9a-f]{{64}})(?:, content:([0-9a-f]{{64}}))?".encode())
SET_BY = re.compile(rb"/Creator\s?\((Typst [\d.]+)\)")


class BrokenChain(TwentydaysError):
    """The register's own history does not hold together, so that no file can be vouched for."""


class Verdict(NamedTuple):
    """Whether a file is what the register gives, and the reason in a sentence."""

    same: bool
    says: str


class Papers:
    """The documents of escalations, from the register alone: also long after they have ended."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def form(self, reference: str, stage: str | None = None) -> Document:
        return form.form(*self._office.written(reference), stage)

    def outcome(self, reference: str) -> Document:
        return outcome.outcome(*self._office.written(reference))

    def notes(self, reference: str) -> list[NoteToFile]:
        return notes.notes(self._office.written(reference)[1])

    def note(self, reference: str, n: int) -> NoteToFile:
        return notes.note(self._office.written(reference)[1], n)

    def all_notes(self, reference: str) -> Document:
        return notes.document(*self._office.written(reference))

    def case_file(self, reference: str, upto: int | None = None) -> Document:
        """The whole of it, or as it was after an entry. Raises BrokenChain."""
        chain = self._chain(reference)[:upto]
        procedure, entries = self._office.written(reference)
        return case_file.case_file(procedure, entries[: len(chain)], chain)

    def check(self, reference: str, given: bytes) -> Verdict:
        """Whether a file is the case file that the register gives up to the entry at which the file ends."""
        found = MARKED.search(given)
        if found is None:
            return Verdict(same=False, says="This is no case file that Twentydays has made, or its mark was taken out.")
        whose, n, head, content = (each.decode() if each else "" for each in found.groups())
        if whose != reference.upper():
            return Verdict(same=False, says=f"This is a case file of {whose}, not of {reference.upper()}.")
        chain = self._chain(reference)
        if not 0 < int(n) <= len(chain):
            return Verdict(same=False, says=f"It ends at entry {n}; the register holds {len(chain)} entries.")
        if chain[int(n) - 1].hash != head:
            says = f"Its chain has {head} at entry {n}, and the register's has {chain[int(n) - 1].hash}."
            return Verdict(same=False, says=f"{says} They do not tell the same history.")
        return self._compared(reference, given, int(n), content, len(chain))

    def _compared(self, reference: str, given: bytes, n: int, content: str, held: int) -> Verdict:
        document = self.case_file(reference, n)
        made = as_pdf(document)
        if made == given:
            since = f" {held - n} more have been added since." if held > n else ""
            says = f"It is the case file of {document.reference} as the register had it after entry {n}.{since}"
            return Verdict(same=True, says=says)
        if content != case_file.digest(document):
            why = "it was made by another release, which words things otherwise, or it was changed"
        elif _set_by(made) != _set_by(given):
            why = f"it was set by {_set_by(given)}, and this installation has {_set_by(made)}; or it was changed"
        else:
            why = "it was changed after it was made, or set with another release's layout"
        says = f"It ends with the same chain, at entry {n}, but it is not what the register gives now: {why}."
        return Verdict(same=False, says=f"{says} Export it anew to see what the register says.")

    def _chain(self, reference: str) -> list[Link]:
        row = self._office.row(reference)
        if faults := self._office.register.verify(row.reference):
            raise BrokenChain(f"The register's history does not hold together: {' '.join(faults)}")
        return [Link(*each) for each in self._office.register.hashes(row.reference)]


def _set_by(made: bytes) -> str:
    found = SET_BY.search(made)
    return found[1].decode() if found else "something else"


def fingerprint(made: bytes) -> str:
    return sha256(made).hexdigest()


def file_name(document: Document, what: str, form: Format) -> str:
    """SWK-2026-0001-form-L1.pdf: a reference, and nothing about a child."""
    named = [document.reference, what, document.stage]
    return "-".join(part for part in named if part) + ENDINGS[form]
