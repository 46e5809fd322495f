"""Who works for this council? Its directory, read from a file."""

from __future__ import annotations

from pathlib import Path

from config import documents
from escalation.directory import Directory


def load(path: Path) -> Directory:
    """Read a directory. Raises InvalidDocument with every fault."""
    return documents.load(path, Directory)
