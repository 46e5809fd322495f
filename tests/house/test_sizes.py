"""Can every function be seen at once, and every file be read in one go?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PACKAGES = ("escalation", "register", "config", "activities", "workflows", "web", "starter", "documents")
LONGEST_FUNCTION, MEDIAN_FUNCTION, LONGEST_FILE = 40, 8, 250
LONGER = {
    "escalation/history.py": "a vocabulary, read by looking up",
    "escalation/commands.py": "a vocabulary, read by looking up",
    "workflows/escalation.py": "one workflow, whose parts share its state",
}
"""Files that may be longer, and why; still never twice as long."""


def code() -> Iterator[Path]:
    yield ROOT / "worker.py"
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its length in lines, decorators left aside."""
    for file in code():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(file)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_function_is_longer_than_a_screen() -> None:
    # A migration is written once and never read as code.
    assert [
        (where, size) for where, size in functions() if size > LONGEST_FUNCTION and "/migrations/" not in where
    ] == []


def test_half_of_all_functions_are_seen_at_a_glance() -> None:
    assert median(size for _, size in functions()) <= MEDIAN_FUNCTION


def test_no_file_is_too_long_but_those_with_a_reason() -> None:
    long = {name(file): lines(file) for file in code() if lines(file) > LONGEST_FILE}
    assert {file: size for file, size in long.items() if file not in LONGER or size > 2 * LONGEST_FILE} == {}


def test_each_file_with_a_reason_to_be_long_is_long() -> None:
    assert [file for file in LONGER if lines(ROOT / file) <= LONGEST_FILE] == []
