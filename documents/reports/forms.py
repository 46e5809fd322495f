"""In which forms may a report be asked for? Each with its media type, its file's ending, and who writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from escalation.tabling import Tabled


@dataclass(frozen=True)
class Form:
    """`writer` gives the files of a report by name. A form of several files goes out as one archive, or a folder."""

    ending: str
    media_type: str
    writer: str
    several: bool = False

    def files(self, report: Tabled) -> dict[str, bytes]:
        """Raises NoPdf. The writer is imported here: all of them together take longer than any one."""
        module, _, name = self.writer.partition(":")
        write = cast(Callable[[Tabled], dict[str, bytes] | bytes | str], getattr(import_module(module), name))
        made = write(report)
        if isinstance(made, dict):
            return made
        return {f"{report.name}{self.ending}": made.encode() if isinstance(made, str) else made}


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {
    "html": Form(".html", "text/html", "documents.reports.page:page"),
    "pdf": Form(".pdf", "application/pdf", "documents.reports.printed:printed"),
    "ods": Form(".ods", "application/vnd.oasis.opendocument.spreadsheet", "documents.reports.ods:ods"),
    "xlsx": Form(".xlsx", SPREADSHEET, "documents.reports.xlsx:xlsx"),
    "csv": Form(".csv", "text/csv", "documents.reports.csv_files:csv_files", several=True),
    "svg": Form(".svg", "image/svg+xml", "documents.reports.bars:svg_files", several=True),
}
"""By the name under which they are asked for; beside them are the words of a terminal, and JSON."""
ARCHIVE = Form(".zip", "application/zip", "")
