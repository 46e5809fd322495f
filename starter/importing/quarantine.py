"""Where do rows go that failed? Into a file beside the extract, as they were written, with their line and faults."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from starter.importing.rows import Extract
from starter.importing.run import Done

LINE, FAULTS = "quarantine_line", "quarantine_faults"
"""Columns added; a mapping does not name them, so a mended file is imported as it stands."""


def write(extract: Extract, failed: list[Done]) -> Path:
    """The file written. It holds what the extract holds, so only its owner can read it; none is ever overwritten."""
    text = _as_csv(extract, failed) if extract.header else _as_lines(failed)
    for path in _names(extract.file):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        return path
    raise AssertionError("there is always another name")


def _names(file: Path) -> Iterator[Path]:
    yield file.with_name(f"{file.stem}.quarantine{file.suffix}")
    for n in count(2):
        yield file.with_name(f"{file.stem}.quarantine-{n}{file.suffix}")


def _said(done: Done) -> str:
    return "; ".join(f"{fault.where}: {fault.message}" if fault.where else fault.message for fault in done.faults)


def _as_csv(extract: Extract, failed: list[Done]) -> str:
    """A row with too few or too many cells keeps them all: the two added columns go before them."""
    page = io.StringIO()
    writer = csv.writer(page, delimiter=extract.delimiter)
    writer.writerow([LINE, FAULTS, *(extract.header or [])])
    for done in failed:
        writer.writerow([done.row.line, _said(done), *done.row.written])
    return page.getvalue()


def _as_lines(failed: list[Done]) -> str:
    lines = []
    for done in failed:
        said = done.row.values or {"quarantine_text": done.row.written}
        lines.append(json.dumps({LINE: done.row.line, FAULTS: _said(done), **said}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)
