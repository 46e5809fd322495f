"""The command `chart`: the flowchart of a procedure, as an image, as text for wikis, and in words."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from config import procedures
from config.settings import load
from escalation.charting import Chart, charts, mermaid
from escalation.charting import chart as drawn
from escalation.drawing import svg
from escalation.errors import TwentydaysError
from escalation.procedure import Procedure

Format = Literal["svg", "mermaid", "words"]
ENDINGS: dict[Format, str] = {"svg": ".svg", "mermaid": ".mmd", "words": ".txt"}


class NoSuchChart(TwentydaysError):
    """The procedure has no such ladder or process; says which there are."""


def chart(
    procedure: str | None = None,
    *,
    format: Format = "svg",  # noqa: A002 - the flag is --format
    track: str | None = None,
    process: str | None = None,
    out: Path | None = None,
) -> None:
    """Draw the flowchart of a procedure: an SVG image, Mermaid text, or words.

    Its stages with their times and copies, what silence does, the total time, and the routes beside the ladder.

    Parameters
    ----------
    procedure: str
        Its key. Without it, every procedure that this installation knows, into a folder.
    format: Format
        An SVG image, the text of a Mermaid flowchart, or the same in words.
    track: str
        One of its ladders, where it has several; the first where not given.
    process: str
        Another process of the document: a complaint.
    out: Path
        A file to write; or a folder, for every ladder and process. Without it the chart is printed.
    """
    known = load().procedures
    if out and out.is_dir():
        found = [procedures.load(procedure, known)] if procedure else procedures.all_procedures(known).values()
        _write_all(found, format, out)
        return
    if procedure is None:
        raise NoSuchChart("Say which procedure; or, with --out, a folder for the charts of every procedure.")
    text = written(_one(procedures.load(procedure, known), track, process), format)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def written(one: Chart, form: Format) -> str:
    """A chart as text of this format, ending in a newline."""
    match form:
        case "svg":
            return svg(one)
        case "mermaid":
            return mermaid(one)
        case "words":
            return "".join(f"{sentence}\n" for sentence in one.told())


def _one(procedure: Procedure, track: str | None, process: str | None) -> Chart:
    if track and track not in procedure.tracks:
        raise NoSuchChart(f"The ladders of {procedure.key} are: {', '.join(procedure.tracks) or 'one, unnamed'}.")
    if process and process not in procedure.processes:
        raise NoSuchChart(f"The other processes of {procedure.key} are: {', '.join(procedure.processes) or 'none'}.")
    return drawn(procedure.opened(process)) if process else drawn(procedure, track)


def _write_all(found: Iterable[Procedure], form: Format, folder: Path) -> None:
    for procedure in found:
        for name, one in charts(procedure).items():
            (folder / f"{name}{ENDINGS[form]}").write_text(written(one, form), encoding="utf-8")
