"""Can a seventh procedure be written as docs/adding-a-procedure.md says? Its commands are run in test_readme.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from config import documents, procedures
from escalation.procedure import Procedure
from escalation.schema import Stage

ROOT = Path(__file__).parents[2]
SEVENTH = ROOT / "tests" / "procedures" / "seventh"
PAGE = (ROOT / "docs" / "adding-a-procedure.md").read_text(encoding="utf-8")
BEFORE, _, A_STAGE_MORE = PAGE.partition("## A stage more")
HEAD = {"key", "title", "council", "source", "subjects", "subject_line", "process"}
"""What is no part: the head of a file, and what is never in one."""
FILES = {*procedures.files(), "penhallow", "any"}
EMPTY = {"nobody", "nothing", "none", "never"}


def yaml_in(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def rows(page: str) -> list[list[str]]:
    """The cells of the page's tables, heads left aside."""
    lines = re.findall(r"^\| (`.+) \|$", page, re.MULTILINE)
    return [line.split(" | ") for line in lines]


def stands_at(block: str) -> list[str]:
    """The files in which a piece of YAML stands, word for word: whole lines, one after the other."""
    files = [*procedures.SHIPPED.glob("*.yaml"), *SEVENTH.rglob("*.yaml")]
    return [file.name for file in files if f"\n{block}" in f"\n{file.read_text(encoding='utf-8')}"]


@pytest.mark.parametrize("block", yaml_in(BEFORE), ids=lambda block: block.strip().partition("\n")[0][:40])
def test_every_piece_of_yaml_stands_in_a_file_that_is_tested(block: str) -> None:
    assert stands_at(block), block


def test_a_piece_that_stands_nowhere_is_missed() -> None:
    assert len(yaml_in(BEFORE)) > 5
    assert stands_at("  - key: Area\n") == ["penhallow.yaml"]
    assert stands_at("  - key: Are\n") == []


def test_every_part_of_a_procedure_is_named_with_a_file_that_has_it() -> None:
    known = procedures.all_procedures() | {"penhallow": documents.load(SEVENTH / "penhallow.yaml", Procedure)}
    to_copy = [row for row in rows(BEFORE) if row[2] in FILES]
    parts = [re.findall(r"`(\w+)`", cell) for cell, _, _ in to_copy]
    assert sorted(part for row in parts for part in row) == sorted(set(Procedure.model_fields) - HEAD)
    first_of_each = [(row[0], key) for row, (_, _, key) in zip(parts, to_copy, strict=True) if key != "any"]
    assert [part for part, key in first_of_each if part not in known[key].model_fields_set] == []


def test_what_is_said_to_hold_of_a_stage_where_a_key_is_left_out_does() -> None:
    of_a_stage = [row for row in rows(BEFORE) if row[2] not in FILES]
    told = {path: said.strip("`") for cell, _, said in of_a_stage for path in re.findall(r"`([\w.]+)`", cell)}
    assert {"response.working_days", "on_lapse", "formal", "copies"} <= set(told)
    for path, said in told.items():
        left_out = default_of(Stage, path)
        if said == "must be there":
            assert Stage.model_fields[path].is_required()
        elif said in EMPTY and not isinstance(left_out, str):
            assert not left_out, path
        else:
            assert str(left_out).lower() == said, path


def default_of(model: type[BaseModel], path: str) -> object:
    first, _, rest = path.partition(".")
    default = model.model_fields[first].get_default(call_default_factory=True)
    return getattr(default, rest) if rest else default


def test_a_stage_is_added_as_the_page_says_without_python() -> None:
    stage, role = yaml_in(A_STAGE_MORE)
    shipped = (procedures.SHIPPED / "southwark.yaml").read_text(encoding="utf-8")
    text = shipped.replace("\nextension:", f"\n{stage}\nextension:", 1).replace("roles:\n", f"roles:\n{role}", 1)
    procedure = documents.load_text(text, Procedure)
    following = procedure.next_stage("L4")
    assert following
    assert procedure.role_title(following.addressee[0]) == "Chief Executive"
    assert procedures.load("southwark").next_stage("L4") is None
