"""Where does a test's empty register come from? A copy: the migrations take fifty times as long."""

from __future__ import annotations

from pathlib import Path

from starter.rehearsal.world import prepared_register


def empty_register(folder: Path) -> str:
    """The address of one of the test's own: a new `register.db` in this folder."""
    file = folder / "register.db"
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as written:
        written.write(prepared_register())
    return f"sqlite:///{file}"
