"""What do the comments of a document say, and beside which value does each of them stand?"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

FOR_EDITORS = "yaml-language-server:"
CARRIED = {"notices", "records", "tasks", "stages"}
"""Lists in which the document's words above one line hold for the lines that follow it at once."""


class Remarks(NamedTuple):
    """Path in the file, with the places of a list by their number (`stages.0.copy_to`): what its comment says.

    `above`: those of which it stands on lines of its own. `aliases`: path of what is used once more, and the path where
    it is written.
    """

    said: dict[str, str]
    above: set[str]
    aliases: list[tuple[str, str]]


class _Comment(NamedTuple):
    text: str
    alone: bool


def remarks(text: str) -> Remarks:
    """The remarks of a valid YAML text. One behind a value is about it; one on lines of its own, about what follows."""
    file = _File(text)
    found: dict[str, str] = {}
    alone: set[str] = set()
    above: list[str] = []
    for n, line in enumerate(file.lines):
        comment, here = file.comment(n, line), file.starts.get(n)
        if comment and comment.alone:
            above.append(comment.text)
        elif here:
            said = " ".join([*above, *([comment.text] if comment else [])]) or file.carried(here, n, found)
            if said:
                found[here] = said
            if above:
                alone.add(here)
            above = []
    return Remarks(found, alone, file.aliases)


class _File:
    """Where each value begins, by line, and which stretches are values, in which a `#` is no comment."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.starts: dict[int, str] = {}
        self._lines_of: dict[str, int] = {}
        self.aliases: list[tuple[str, str]] = []
        self._values: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._seen: dict[int, str] = {}
        node = YAML(typ="safe", pure=True).compose(text)
        if node is not None:
            self._walk(node, "")

    def comment(self, n: int, line: str) -> _Comment | None:
        for sign in re.finditer(r"(?:^|(?<=\s))#", line):
            if not any(start <= sign.start() < end for start, end in self._values[n]):
                said = line[sign.end() :].strip()
                return _Comment(said, not line[: sign.start()].strip()) if not said.startswith(FOR_EDITORS) else None
        return None

    def carried(self, path: str, line: int, found: dict[str, str]) -> str | None:
        """The document's words above the item before, where they stand over several items of one list."""
        folder, _, place = path.rpartition(".")
        if not place.isdigit() or place == "0" or folder.rpartition(".")[2] not in CARRIED:
            return None
        before = f"{folder}.{int(place) - 1}"
        said, first = found.get(before, ""), self._lines_of.get(before, line)
        unbroken = all(text.strip() for text in self.lines[first:line])
        is_above = self.comment(first, self.lines[first]) is None
        return said if '"' in said and unbroken and is_above else None

    def _walk(self, node: Node, path: str) -> None:
        if id(node) in self._seen:
            self.aliases.append((path, self._seen[id(node)]))
            return
        self._seen[id(node)] = path
        if isinstance(node, MappingNode):
            for key, value in node.value:
                inner = f"{path}.{key.value}" if path else str(key.value)
                self._begin(key, inner)
                self._walk(key, f"{inner}?")
                self._walk(value, inner)
        elif isinstance(node, SequenceNode):
            for n, item in enumerate(node.value):
                if id(item) not in self._seen:
                    self._begin(item, f"{path}.{n}")
                self._walk(item, f"{path}.{n}")
        elif isinstance(node, ScalarNode):
            self._take(node)

    def _begin(self, node: Node, path: str) -> None:
        self.starts.setdefault(node.start_mark.line, path)
        self._lines_of.setdefault(path, node.start_mark.line)

    def _take(self, node: Node) -> None:
        start, end = node.start_mark, node.end_mark
        for line in range(start.line, end.line + 1):
            first = start.column if line == start.line else 0
            self._values[line].append((first, end.column if line == end.line else len(self.lines[line])))
