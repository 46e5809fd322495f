"""What rows does an extract hold, and on which line stands each? CSV with a header, or one JSON object a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from config.wording import suggestion
from escalation.errors import Fault, InvalidDocument
from starter.importing.mapping import Mapping

MOST_CHARACTERS = 300_000
"""Of one cell; an event may not be larger."""


@dataclass(frozen=True)
class Row:
    """One row: its line, its values by column, as it was written, and why it cannot be read, if so."""

    line: int
    values: dict[str, Any]
    written: list[str] | str
    fault: str | None = None


@dataclass(frozen=True)
class Extract:
    """A whole file. `header` is None where it is JSONL."""

    file: Path
    header: list[str] | None
    rows: list[Row]
    delimiter: str = ","


def read(file: Path, mapping: Mapping) -> Extract:
    """Raises InvalidDocument where the file cannot be read, or lacks columns that the mapping names."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if file.suffix.lower() in {".jsonl", ".ndjson"}:
                return Extract(file, None, list(_json_rows(lines)))
            return _csv(file, csv.reader(lines, delimiter=mapping.delimiter), mapping)
    except UnicodeDecodeError:
        raise InvalidDocument([Fault("", "is not written in UTF-8; save it as UTF-8", str(file))]) from None
    except OSError as error:
        raise InvalidDocument([Fault("", f"cannot be read: {error.strerror}", str(file))]) from None


def _csv(file: Path, reader: Any, mapping: Mapping) -> Extract:
    csv.field_size_limit(MOST_CHARACTERS)
    header = [name.strip() for name in next(reader, [])]
    faults = [
        Fault(f"column {column}", f"is not there{suggestion(column, header)}", str(file), 1)
        for column in mapping.columns
        if column not in header
    ]
    faults += [
        Fault(f"column {name}", "stands twice", str(file), 1) for name in {h for h in header if header.count(h) > 1}
    ]
    if faults:
        raise InvalidDocument(faults)
    return Extract(file, header, list(_csv_rows(reader, header)), mapping.delimiter)


def _csv_rows(reader: Any, header: list[str]) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, [], f"cannot be read: {error}")
            continue
        if cells and len(cells) != len(header):
            yield Row(line, {}, cells, f"has {len(cells)} cells; the header has {len(header)}")
        elif any(cell.strip() for cell in cells):
            yield Row(line, dict(zip(header, cells, strict=True)), cells)


def _json_rows(lines: Any) -> Iterator[Row]:
    for n, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        try:
            said = from_json(text, allow_inf_nan=False)
        except ValueError as error:
            yield Row(n, {}, text, f"is not JSON: {error}")
            continue
        if isinstance(said, dict):
            yield Row(n, said, text)
        else:
            yield Row(n, {}, text, "is not a JSON object")
