"""One page as it is written: each sentence with what the file says beside it, and what is ours marked so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from escalation.procedure import Procedure
from escalation.telling.wording import plain

RULING = re.compile(r"\b(?:G|[A-Z]{3})-A?\d{1,2}\b")


class Margin(NamedTuple):
    """What may stand beside a sentence, by the path of the value that it tells (`stages.0.copy_to`).

    `said`: the comment in the file; `above`: those on lines of their own. `aliases`: what is used once more, and where
    it is written. `rulings`: where the page on a ruling is.
    """

    said: Mapping[str, str] = {}
    above: Collection[str] = ()
    aliases: Sequence[tuple[str, str]] = ()
    rulings: Mapping[str, str] = {}


@dataclass
class Sheet:
    """`inferred`: our reason for a value, by its path. `again`: what was said, and our reasons, of what is used again.

    `root` is where the procedure told now stands in the file: another process is one inside another.
    """

    procedure: Procedure
    margin: Margin
    inferred: Mapping[str, str]
    again: tuple[Mapping[str, str], Mapping[str, str]]
    root: str = ""
    depth: int = 2
    lines: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, procedure: Procedure, margin: Margin) -> Sheet:
        reasons = {path: reason for named, reason in procedure.inferred.items() for path in places_of(procedure, named)}
        again = (dict(_used_again(margin.said, margin)), dict(_used_again(reasons, margin)))
        return cls(procedure, margin, reasons, again)

    def inside(self, procedure: Procedure, root: str) -> Sheet:
        """The same page, about a process of this procedure; its headings are two steps lower."""
        return replace(self, procedure=procedure, root=f"{root}.", depth=self.depth + 2)

    def heading(self, words: str, *, below: int = 0) -> None:
        self.lines += ["", f"{'#' * (self.depth + below)} {plain(words)}", ""]

    def text(self, words: str, *at: str) -> None:
        """A paragraph."""
        self.lines += ["", self._with_mark(words, at), *(f"\n> {said}" for said in self.beside(*at)), ""]

    def beside_heading(self, *at: str) -> None:
        """What stands beside a whole section, where there is anything."""
        for said in [*self.beside(*at), *self._ours(at)]:
            self.lines += [f"> {said}", ""]

    def say(self, words: str, *at: str) -> None:
        """One sentence of a list; `at` are the paths of what it tells."""
        self.lines += [f"- {self._with_mark(words, at)}", *(f"  > {said}" for said in self.beside(*at))]

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A column that is empty in every row is left out."""
        body = [list(row) for row in rows]
        kept = [n for n, _ in enumerate(columns) if any(row[n] for row in body)]
        self.table_with_room([columns[n] for n in kept], [[row[n] for n in kept] for row in body])

    def table_with_room(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Every column, those too that somebody fills in by hand."""
        if rows:
            self.lines += ["", _row(columns), "|" + "---|" * len(columns), *(_row(row) for row in rows), ""]

    def written(self) -> str:
        """Markdown, with no two empty lines in a row."""
        text = "\n".join(line.rstrip() for line in self.lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    def note(self, *at: str) -> str:
        """For a cell: what is beside these values, and whether they are ours."""
        return "<br>".join([*self.beside(*at), *self._ours(at)])

    def beside(self, *at: str) -> list[str]:
        """What the file says beside these values, each once. Words about one value do not hold where ours stand."""
        found: list[str] = []
        for path in (f"{self.root}{each}" for each in at):
            if said := self.margin.said.get(path) or ("" if path in self.inferred else self.again[0].get(path, "")):
                self.shown.add(path)
                found.append(self.linked(plain(said)))
        return list(dict.fromkeys(found))

    def linked(self, words: str) -> str:
        """Each ruling with the way to its page, where there is one."""

        def link(ruling: re.Match[str]) -> str:
            where = self.margin.rulings.get(ruling[0])
            return f"[{ruling[0]}]({where})" if where else ruling[0]

        return RULING.sub(link, words)

    def _with_mark(self, words: str, at: Iterable[str]) -> str:
        return " ".join([self.linked(words), *self._ours(at)])

    def _ours(self, at: Iterable[str]) -> list[str]:
        found = []
        for path in (f"{self.root}{each}" for each in at):
            if reason := self.inferred.get(path) or self.again[1].get(path):
                self.shown.add(path)
                found.append(f"**(ours: {self.linked(plain(reason).rstrip('.'))})**")
        return list(dict.fromkeys(found))


def _used_again(values: Mapping[str, str], margin: Margin) -> Iterator[tuple[str, str]]:
    for alias, first in margin.aliases:
        for path, said in values.items():
            if path == first or path.startswith(f"{first}."):
                yield alias + path.removeprefix(first), said


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def places_of(procedure: Procedure, named: str) -> Iterator[str]:
    """`stages.L1.addressee` as `stages.0.addressee`; a stage of two ladders has two places."""
    yield from (".".join(path) for path in _walked(procedure.model_dump(), named.split(".")))


def _walked(value: Any, path: list[str]) -> Iterator[list[str]]:
    if not path:
        yield []
        return
    inner = [(path[0], value[path[0]])] if isinstance(value, dict) and path[0] in value else []
    if isinstance(value, list):
        inner = [(str(n), item) for n, item in enumerate(value) if path[0] in {item.get("key"), item.get("do")}]
    for name, found in inner:
        yield from ([name, *rest] for rest in _walked(found, path[1:]))
