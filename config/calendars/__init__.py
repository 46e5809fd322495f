"""Which days are this council's own? Its local calendar, read from a file."""

from __future__ import annotations

from pathlib import Path

from config import documents
from escalation.local_calendar import LocalCalendar


def load(path: Path | None) -> LocalCalendar:
    """Read a local calendar; without a file it is empty. Raises InvalidDocument with every fault."""
    if path is None:
        return LocalCalendar()
    local = documents.load(path, LocalCalendar)
    return local if "name" in local.model_fields_set else local.model_copy(update={"name": path.name})
