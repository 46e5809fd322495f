"""Where does a report go: onto the terminal, or into which files? And is nothing written over that is there?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal
from uuid import uuid4

from documents.reports.archive import archive
from documents.reports.csv_files import DESCRIPTION
from documents.reports.forms import ARCHIVE, FORMS
from escalation.errors import TwentydaysError
from escalation.tabling import Tabled

Form = Literal["table", "json", "csv", "ods", "xlsx", "pdf", "svg", "html"]
ENDINGS: dict[str, Form] = {
    ".txt": "table", ".json": "json", ".csv": "csv", ".ods": "ods", ".xlsx": "xlsx", ".pdf": "pdf", ".svg": "svg",
    ".html": "html", ".htm": "html",
}  # fmt: skip
PRINTED = frozenset({"table", "json"})


class UnclearForm(TwentydaysError):
    """What was asked for does not say in which form, or into which file."""


class AlreadyThere(TwentydaysError):
    """A file would be written over."""


def form_of(asked: Form | None, output: Path | None, *, as_json: bool = False) -> Form:
    """By what is asked for, else by the file's ending, else words for a terminal. Raises UnclearForm."""
    by_ending = ENDINGS.get(output.suffix.lower()) if output and not _is_folder(output) else None
    wanted: set[Form] = {form for form in (asked, "json" if as_json else None, by_ending) if form}
    if len(wanted) > 1:
        raise UnclearForm(
            f"Asked for as {' and as '.join(sorted(wanted))} at once. Give one form, by --as or by a file."
        )
    if wanted:
        return wanted.pop()
    if output and not _is_folder(output):
        known = ", ".join(ENDINGS)
        raise UnclearForm(f"{output} does not say in which form. Give --as, or a name that ends in one of: {known}.")
    return "table"


def write(report: Tabled, form: Form, output: Path | None, said: str = "", *, force: bool = False) -> list[Path]:
    """The files that were written; `said` is the text of a form that is printed else. Raises TwentydaysError."""
    files = {f"{report.name}{_ending(form)}": said.encode()} if form in PRINTED else FORMS[form].files(report)
    if not files:
        raise UnclearForm("This report has no chart: none of its tables counts anything.")
    placed = _placed(report, form, files, output)
    ensure_new(placed, force=force)
    for path, content in placed.items():
        put(path, content)
    return list(placed)


def _ending(form: Form) -> str:
    return next(ending for ending, each in ENDINGS.items() if each == form)


def _placed(report: Tabled, form: Form, files: Mapping[str, bytes], output: Path | None) -> dict[Path, bytes]:
    """Each file with where it goes."""
    several = form in FORMS and FORMS[form].several
    if output and (_is_folder(output) or (several and not output.suffix)):
        return {output / name: content for name, content in files.items()}
    if output is None and several:
        output = Path(f"{report.name}-{form}{ARCHIVE.ending}")
    if output and output.suffix.lower() == ARCHIVE.ending:
        return {output: archive(files)}
    if several:
        return {output or Path(): _only(form, files)}
    return {output or Path(name): content for name, content in files.items()}


def _only(form: Form, files: Mapping[str, bytes]) -> bytes:
    """Of several files the one that was asked for alone, without its description."""
    names = [name for name in files if name != DESCRIPTION]
    if len(names) > 1:
        tables = ", ".join(name.removesuffix(FORMS[form].ending) for name in names)
        raise UnclearForm(
            f"One {form} file holds one table, and this report has several. Say which with --table (there are: "
            f"{tables}), or give a folder, or a name that ends in .zip, for all of them."
        )
    return files[names[0]]


def ensure_new(placed: Iterable[Path], *, force: bool) -> None:
    """Raises UnclearForm where a folder is missing, AlreadyThere where a file would be written over."""
    lost = sorted({str(path.parent) for path in placed if not path.parent.is_dir()})
    if lost:
        raise UnclearForm(f"There is no folder {', '.join(lost)}. Make it first, or name another with --output.")
    there = [str(path) for path in placed if path.exists() and not _is_device(path)]
    if there and not force:
        raise AlreadyThere(f"Already there: {', '.join(there)}. Give --force to write over it, or another --output.")


def put(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never opens half a file."""
    if _is_device(path):
        path.write_bytes(content)
        return
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _is_device(path: Path) -> bool:
    """/dev/stdout, say: there is nothing in it to lose, and nothing may take its place."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _is_folder(path: Path) -> bool:
    return path.is_dir()
