"""The commands `export`: the form of a stage, texts for case notes, the outcome, and the whole case file."""

from __future__ import annotations

import json as jsonlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from config import procedures
from config.settings import load
from documents.filed import Format, rendered
from documents.pdf import NoPdf, available
from escalation.errors import TwentydaysError
from escalation.filing.document import Document
from escalation.filing.form import blank
from escalation.words import at
from starter.office import Office
from starter.papers import Papers, file_name, fingerprint
from starter.report_files import ensure_new, put

export = App(name="export", help="Forms, texts for case notes, the outcome and the whole case file: PDF, HTML or text.")
As = Annotated[Format | None, Parameter(name="--as")]
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
Output = Annotated[Path | None, Parameter(allow_leading_hyphen=True)]  # "-" is standard output
Force = Annotated[bool, Parameter(negative="", help="Write over a file that is there.")]
DONE, OTHERWISE = 0, 1
STANDARD_OUTPUT = Path("-")
LONG = 250
"""Entries of a history, from which on setting its case file takes more than a moment."""


class FileUnreadable(TwentydaysError):
    """The file to check cannot be read."""


@export.command
def form(
    reference: str,
    *,
    stage: str | None = None,
    as_: As = None,
    output: Output = None,
    force: Force = False,
    json: AsJson = False,
) -> int:
    """The council's form of a stage, as it stood when the stage was left; by default of the newest that uses one.

    Parameters
    ----------
    stage: str
        The key of the stage.
    as_: Format
        A tagged PDF, a page of HTML that needs nothing else, or plain text. By default a PDF.
    output: Path
        The file to write, or - for standard output. By default named after the reference, in this folder.
    json: bool
        Print the form as JSON.
    """
    return _give(_papers().form(reference, stage), "form", as_, To(output, force), json=json)


@export.command
def blank_form(
    procedure: str, *, stage: str | None = None, as_: As = None, output: Output = None, force: Force = False
) -> int:
    """A procedure's form with nothing filled in, for a meeting.

    Parameters
    ----------
    procedure: str
        Its key.
    stage: str
        The key of a stage. By default the first form that the procedure has.
    as_: Format
        A tagged PDF, a page of HTML that needs nothing else, or plain text. By default a PDF.
    output: Path
        The file to write, or - for standard output. By default named after the procedure, in this folder.
    """
    document = blank(procedures.load(procedure, load().procedures), stage)
    return _give(document, f"{procedure}-blank-form", as_, To(output, force))


@export.command
def case_note(
    reference: str, *, entry: int | None = None, output: Output = None, force: Force = False, json: AsJson = False
) -> int:
    """The texts to paste into case notes and forms of other systems: where each belongs, and under which heading.

    Parameters
    ----------
    entry: int
        The number of one of them: its text alone is printed, as it is to be pasted.
    output: Path
        The file to write. By default they are printed.
    json: bool
        Print them as JSON.
    """
    papers, to = _papers(), To(output, force)
    if entry is not None:
        note = papers.note(reference, entry)
        return _put(note.model_dump_json(indent=1) if json else note.text, to)
    if json:
        found = [note.model_dump(mode="json") for note in papers.notes(reference)]
        return _put(jsonlib.dumps(found, indent=1, ensure_ascii=False), to)
    listed = [f"{note.n}\t{at(note.at)}\t{note.where}: {note.heading}" for note in papers.notes(reference)]
    written = rendered(papers.all_notes(reference), "text").decode()
    return _put("\n".join([*listed, "", written]).rstrip("\n") if listed else written.rstrip("\n"), to)


@export.command
def outcome(
    reference: str, *, as_: As = None, output: Output = None, force: Force = False, json: AsJson = False
) -> int:
    """What came of an escalation, under the heading that the council's document gives its outcome.

    Parameters
    ----------
    as_: Format
        A tagged PDF, a page of HTML that needs nothing else, or plain text. By default a PDF.
    output: Path
        The file to write, or - for standard output. By default named after the reference, in this folder.
    json: bool
        Print it as JSON.
    """
    return _give(_papers().outcome(reference), "outcome", as_, To(output, force), json=json)


@export.command
def case_file(
    reference: str,
    *,
    as_: As = None,
    output: Output = None,
    force: Force = False,
    check: Path | None = None,
    json: AsJson = False,
) -> int:
    """Everything about an escalation in one document, with the number and hash of each entry of its history.

    The same history gives the same bytes. Exit code of a check: 0 it is what the register gives, 1 it is not.

    Parameters
    ----------
    as_: Format
        A tagged PDF, a page of HTML that needs nothing else, or plain text. By default a PDF.
    output: Path
        The file to write, or - for standard output. By default named after the reference, in this folder.
    check: Path
        Write nothing, and say whether this PDF is the case file that the register gives, up to the entry at which it
        ends.
    json: bool
        Print the document, or what the check found, as JSON.
    """
    papers = _papers()
    if check is not None:
        verdict = papers.check(reference, _read(check))
        print(jsonlib.dumps(verdict._asdict()) if json else verdict.says)
        return DONE if verdict.same else OTHERWISE
    document = papers.case_file(reference)
    return _give(document, "case-file", as_, To(output, force), json=json, said=_progress(document))


def _papers() -> Papers:
    return Papers(Office(load()))


def _progress(document: Document) -> Callable[[], None]:
    rows = sum(len(block.rows) for block in document.blocks if block.kind == "table")

    def say() -> None:
        if rows > LONG and sys.stderr.isatty():
            print("Setting a long history; this takes some seconds…", file=sys.stderr)

    return say


@dataclass(frozen=True)
class To:
    """Where it goes, and whether over a file that is there."""

    output: Path | None
    force: bool

    def file(self, name: str) -> Path:
        """The file itself, or of this name in the folder that was given, or here. Raises TwentydaysError."""
        file = self.output / name if self.output and self.output.is_dir() else self.output or Path(name)
        ensure_new([file], force=self.force)
        return file


def _give(
    document: Document,
    what: str,
    form: Format | None,
    to: To,
    *,
    json: bool = False,
    said: Callable[[], None] = lambda: None,
) -> int:
    """Print it as JSON or text, or write it into a file and say which, with its SHA-256."""
    if json:
        return _put(document.model_dump_json(indent=1), to)
    wanted = form or "pdf"
    if wanted == "text" and to.output is None:
        return _put(rendered(document, wanted).decode().rstrip("\n"), to)
    if wanted == "pdf":
        _require_pdf()
    file = None if to.output == STANDARD_OUTPUT else to.file(file_name(document, what, wanted))
    said()
    made = rendered(document, wanted)
    if file is None:
        sys.stdout.buffer.write(made)
        return DONE
    put(file, made)
    print(f"{file}\nSHA-256 {fingerprint(made)}")
    return DONE


def _require_pdf() -> None:
    if not available():
        raise NoPdf(
            "PDFs need the optional part `pdf`, which is not installed: pip install 'twentydays[pdf]' adds it. "
            "Without it: --as html, which prints well, or --as text."
        )


def _put(words: str, to: To) -> int:
    if to.output is None or to.output == STANDARD_OUTPUT:
        print(words)
        return DONE
    ensure_new([to.output], force=to.force)
    put(to.output, f"{words}\n".encode())
    print(to.output)
    return DONE


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{file} cannot be read: {error.strerror or error}.") from error
