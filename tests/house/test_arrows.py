"""Do imports point one way, is what Temporal must know registered, and is every module a noun of the field?"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker import WORKFLOWS, Tools

ROOT = Path(__file__).parents[2]
EVERYTHING = {"escalation", "register", "config", "activities", "workflows", "documents", "web", "starter", "worker"}
MAY_IMPORT = {
    "escalation": set(),
    "register": {"escalation"},
    "config": {"escalation"},
    "activities": {"escalation", "register"},
    "workflows": {"escalation", "activities"},
    "documents": {"escalation"},
    "web": EVERYTHING,
    "starter": EVERYTHING,
    "worker": EVERYTHING,
}
IMPURE = {"asyncio", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time", "urllib"}
NO_NOUNS = {"utils", "util", "helpers", "helper", "manager", "base", "common", "shared", "misc"}


def files(package: str) -> list[Path]:
    return [ROOT / "worker.py"] if package == "worker" else sorted((ROOT / package).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: import by the full name"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package}
    assert files(package)
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files(package)
        for name in imported(file)
        if name in EVERYTHING - allowed
    }
    assert not wrong


def test_the_rules_import_only_pydantic_and_what_is_pure_of_the_standard_library() -> None:
    pure = (sys.stdlib_module_names - IMPURE) | {"pydantic", "escalation"}
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files("escalation")
        for name in imported(file)
        if name not in pure
    }
    assert not wrong


def test_the_rules_never_look_at_a_clock() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files("escalation")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
    ]
    assert not wrong


def decorated(package: str, decorator: str) -> set[str]:
    """Names of what is declared to Temporal in a package: `activity.defn`, with or without arguments."""
    return {
        node.name
        for file in files(package)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if any(ast.unparse(each).partition("(")[0] == decorator for each in node.decorator_list)
    }


def test_every_workflow_is_registered() -> None:
    assert decorated("workflows", "workflow.defn") == {workflow.__name__ for workflow in WORKFLOWS}


def test_every_activity_is_registered() -> None:
    registered = ast.parse((ROOT / "worker.py").read_text(encoding="utf-8"))
    listed = next(
        node
        for node in ast.walk(registered)
        if isinstance(node, ast.FunctionDef) and node.name == vars(Tools)["activities"].fget.__name__
    )
    names = {node.attr for node in ast.walk(listed) if isinstance(node, ast.Attribute)}
    declared = decorated("activities", "activity.defn")
    assert declared
    assert declared <= names


def test_every_module_is_a_noun_of_the_field() -> None:
    parts = {
        part
        for package in MAY_IMPORT
        for file in files(package)
        for part in file.relative_to(ROOT).with_suffix("").parts
    }
    assert not parts & NO_NOUNS


def test_every_module_says_which_question_it_answers() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for package in MAY_IMPORT
        for file in files(package)
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert not [name for name in silent if "/versions/__init__" not in name]
