"""Is docs/coverage.md true: every rule listed, what it names there, nothing waiting for what is finished?"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from config import procedures
from starter.rehearsal.examples import load_examples

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.csv")
SCENARIOS = ROOT / "tests" / "acceptance" / "scenarios"
OPEN = {"issue 5", "issue 6"}
"""What a rule may still wait for. An issue that is finished leaves this list, and whatever waits for it fails."""

LINE = re.compile(r"^\| ([A-Z]{3}-\d\d) \| (\S) \| (.+?) \| (.+) \|$", re.MULTILINE)
SCENARIO = re.compile(r"scenario `([\w-]+)`")
EXAMPLE = re.compile(r"example ([a-z-]+) “([^”]+)”")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
WAITS = re.compile(r"waits for (issue \d+)")


class Rule(NamedTuple):
    """One line of the page."""

    row: str
    weight: str
    asks: str
    shown_by: str


def listed() -> list[Rule]:
    return [Rule(*found) for found in LINE.findall((ROOT / "docs" / "coverage.md").read_text(encoding="utf-8"))]


def weights() -> dict[str, str]:
    """Every row of the requirements, with its weight: M mandatory, D discretion, I information, - none."""
    with REQUIREMENTS.open(encoding="utf-8", newline="") as file:
        return {line["row"]: line["weight"] for line in csv.DictReader(file)}


RULES = listed()
EACH = pytest.mark.parametrize("rule", RULES, ids=[rule.row for rule in RULES])


def test_every_rule_is_listed_once_with_its_weight() -> None:
    needed = {row: weight for row, weight in weights().items() if weight in {"M", "D"}}
    assert len(weights()) == 251
    assert [(rule.row, rule.weight) for rule in RULES] == list(needed.items())


@EACH
def test_a_rule_names_what_shows_it_or_what_it_waits_for(rule: Rule) -> None:
    kinds = (SCENARIO, EXAMPLE, TEST, WAITS)
    assert [part for part in rule.shown_by.split(" · ") if not any(kind.search(part) for kind in kinds)] == []


@EACH
def test_what_is_said_to_show_a_rule_is_there(rule: Rule) -> None:
    assert list(_missing(rule)) == []


def _missing(rule: Rule) -> Iterator[str]:
    for name in SCENARIO.findall(rule.shown_by):
        if rule.row not in covered_by_scenario(name):
            yield f"scenario {name}"
    for key, title in EXAMPLE.findall(rule.shown_by):
        if rule.row not in examples(key).get(title, []):
            yield f"example {key}: {title}"
    for path, name in TEST.findall(rule.shown_by):
        if name not in functions_in(path):
            yield f"{path}::{name}"
    yield from (issue for issue in WAITS.findall(rule.shown_by) if issue not in OPEN)


@cache
def covered_by_scenario(name: str) -> list[str]:
    """Rows that a scenario says it covers; none where there is no such scenario."""
    path = SCENARIOS / f"{name}.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["covers"]) if path.exists() else []


@cache
def examples(key: str) -> dict[str, list[str]]:
    """Worked examples beside a procedure, with the rows that each shows."""
    path = procedures.SHIPPED / "examples" / f"{key}.yaml"
    return {example.title: example.source for example in load_examples(path)} if path.exists() else {}


@cache
def functions_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


# Would it notice? -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown_by",
    [
        "scenario `SWK-S99`",
        "scenario `OXF-S01`",  # it is there, and covers another rule
        "example southwark “A dream”",
        "example nowhere “What does not open an escalation”",
        "`tests/house/test_coverage.py::test_that_nobody_wrote`",
        "`tests/house/test_nothing.py::test_that_nobody_wrote`",
        "waits for issue 4: it is finished",
    ],
)
def test_what_is_not_there_is_noticed(shown_by: str) -> None:
    assert list(_missing(Rule("SWK-02", "M", "A total", shown_by))) != []
