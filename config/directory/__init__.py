"""Who works for this council? Its directory, read from a file: YAML, or the CSV of a spreadsheet."""

from __future__ import annotations

import logging
from pathlib import Path

from config import documents
from config.directory import partly_read, spreadsheet
from escalation.directory import Directory
from escalation.directory_rules import shared_addresses
from escalation.errors import InvalidDocument

log = logging.getLogger("directory")


def load(path: Path, leave: Path | None = None) -> Directory:
    """Read a directory; the leave of a CSV is a file of its own. Raises InvalidDocument with every fault."""
    if path.suffix.lower() == ".csv":
        return spreadsheet.load(path, leave)
    if leave is not None:
        raise spreadsheet.refusal(leave, "goes with a CSV; in a directory of YAML the leave stands under `leave`")
    return documents.load(path, Directory, prove=shared_addresses, beside=partly_read.faults)


class File:
    """A directory's file, read again when it has changed: who has left must not answer until a restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: Directory | None = None
        self._mark: tuple[int, int] | None = None

    def now(self) -> Directory:
        """What was read before stands where the file cannot be read. Raises InvalidDocument or OSError at first."""
        try:
            return self._current()
        except (InvalidDocument, OSError):
            if self._read is None:
                raise
            log.exception("The directory cannot be read; the one read before stands.")
            return self._read

    def _current(self) -> Directory:
        stat = self.path.stat()
        mark = (stat.st_mtime_ns, stat.st_size)
        if self._read is None or mark != self._mark:
            self._mark = mark
            self._read = load(self.path)
        return self._read
