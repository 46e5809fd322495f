"""The command `tell`: a procedure in plain words, for whoever checks it against the council's document."""

from __future__ import annotations

import re
from pathlib import Path

from config import procedures
from config.remarks import remarks
from config.settings import load
from escalation import telling
from escalation.telling import Margin
from escalation.telling.sheet import RULING

LISTED = re.compile(rf"^\| ({RULING.pattern}) \|")


def tell(key: str | None = None, *, into: Path | None = None) -> None:
    """Tell a procedure in plain words: every rule, the document's words beside it, and what is ours marked so.

    Parameters
    ----------
    key: str
        Which procedure; none: every one that this installation knows.
    into: Path
        The folder to write into, one page for each procedure; none: they are printed.
    """
    files = procedures.files(load().procedures)
    if key is not None:
        files = {key: procedures.find(key, load().procedures)}
    if into is None:
        print("\n\n".join(page(file) for file in files.values()), end="")
        return
    into.mkdir(parents=True, exist_ok=True)
    rulings = rulings_listed(into.parent / "rulings.md")
    for name, file in files.items():
        (into / f"{name}.md").write_text(page(file, rulings), encoding="utf-8")


def page(file: Path, rulings: dict[str, str] | None = None) -> str:
    """The page on the procedure in a file, as Markdown. Raises InvalidDocument with every fault of the file."""
    procedure = procedures.read(file)
    found = remarks(file.read_text(encoding="utf-8-sig"))
    return telling.tell(procedure, Margin(found.said, found.above, found.aliases, rulings or {}))


def rulings_listed(file: Path) -> dict[str, str]:
    """Where each ruling of the page of rulings is, from a folder beside it; none where there is no page."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    found: dict[str, str] = {}
    heading = ""
    for line in lines:
        if line.startswith("## "):
            heading = line[3:].strip().lower().replace(" ", "-")
        elif ruling := LISTED.match(line):
            found[ruling[1]] = f"../{file.name}#{heading}"
    return found
