"""What does a page of YAML 1.2 say as plain values, and at which line and column stands each of them?"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from escalation.errors import Fault, InvalidDocument

Path = tuple[str, ...]

MOST_VALUES = 50_000
PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}
OTHER_VERSION = re.compile(r"^%YAML(?!\s+1\.2\b).*", re.MULTILINE)


class Place(NamedTuple):
    """A line and a column of a page, both from 1."""

    line: int | None = None
    column: int | None = None


class Page:
    """One page, read.

    Round-trip containers are not used: walking the nodes gives plain values, the place of each, and every fault of the
    writing in one pass. Tags and merges are refused, and aliases cannot make a small page a huge one.
    """

    def __init__(self, text: str, file: str = "") -> None:
        """Raises InvalidDocument with every fault of the writing."""
        self.file = file
        self._faults: list[Fault] = []
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._open: set[int] = set()
        self._yaml = YAML(typ="safe", pure=True)
        self.value = self._read(text)
        if self._faults:
            raise InvalidDocument(self._faults)

    def has(self, path: Path) -> bool:
        """Whether something is written at this path."""
        return path in self._values

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> Fault:
        """A fault at a path, placed at the nearest part of it that is written."""
        written = path
        while written and written not in self._values:
            written, at_key = written[:-1], True
        places = self._keys if at_key and written in self._keys else self._values
        place = places[written] if written else Place(1, 1)
        return Fault(where=".".join(path), message=message, file=self.file, line=place.line, column=place.column)

    def _read(self, text: str) -> Any:
        old = OTHER_VERSION.search(text)
        if old:
            self._complain(_at(text, old.start()), "this is read as YAML 1.2; take this line out")
            return None
        try:
            node = self._yaml.compose(text)
            return self._value(node, ()) if node is not None else None
        except RecursionError:
            self._complain(Place(), "nested too deeply")
        except YAMLError as error:
            self._complain(*_syntax(error, text))
        return None

    def _value(self, node: Node, path: Path) -> Any:
        self._values[path] = _start(node)
        if id(node) in self._open or len(self._values) > MOST_VALUES:
            self._complain(_start(node), f"holds itself, or more than {MOST_VALUES} values by its aliases", path)
            raise InvalidDocument(self._faults)
        if node.tag not in PLAIN:
            self._complain(
                _start(node), "tags, merges and a bare `=` are not read; write it plainly, or quote it", path
            )
            return None
        self._open.add(id(node))
        try:
            return self._inside(node, path)
        finally:
            self._open.remove(id(node))

    def _inside(self, node: Node, path: Path) -> Any:
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, str(n))) for n, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[Any, Any]:
        read: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._complain(_start(key_node), "a key must be one word or value", path)
                continue
            key = self._value(key_node, (*path, str(key_node.value)))
            inner = (*path, str(key))
            if key in read:
                self._complain(_start(key_node), "stands here twice; keep one", inner)
            self._keys[inner] = _start(key_node)
            read[key] = self._value(value_node, inner)
        return read

    def _scalar(self, node: Node, path: Path) -> Any:
        try:
            return self._yaml.constructor.construct_object(node)
        except (ValueError, LookupError, YAMLError):
            self._complain(_start(node), "there is no such date, time or number", path)
            return None

    def _complain(self, place: Place, message: str, path: Path = ()) -> None:
        self._faults.append(Fault(".".join(path), message, self.file, place.line, place.column))


def _start(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _at(text: str, position: int) -> Place:
    return Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _syntax(error: YAMLError, text: str) -> tuple[Place, str]:
    """Where the reading stopped, and why, in the reader's own words."""
    if isinstance(error, MarkedYAMLError) and error.problem_mark:
        said = ", ".join(part for part in (error.context, error.problem) if part)
        return Place(error.problem_mark.line + 1, error.problem_mark.column + 1), f"this is not YAML: {said}"
    position = getattr(error, "position", 0)
    return _at(text, position), "there is a character that no YAML file may hold"
