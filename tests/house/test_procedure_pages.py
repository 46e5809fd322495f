"""Do docs/procedures tell what the procedures say: all of it, with the document's words, and what is ours marked so?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config import procedures
from config.pages import Page
from config.remarks import remarks
from escalation.procedure import STORED, Procedure
from escalation.telling import Margin, sheet_of, tell
from escalation.telling.sheet import RULING
from starter.telling_procedures import page, rulings_listed

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "procedures"
FILES = procedures.files()
EACH = pytest.mark.parametrize("key", FILES)

NEEDS_NO_WORDS = {
    r"(^|\.)(asks|fields|checklist|tasks)\.\d+\.key": "by which parts of the file find each other; the label is told",
    r"(^|\.)(needs|advised)\.\d+\.field": "the same: under which it is noted that it was done",
    r"legal_advice\.provider\.panel_field": "the same",
    r"taxonomies\.\w+\.items_in": "the same",
    r"recordings\.\d+\.(do|event)": "what programs call it; its title is told",
    r"processes\.\w+\.(do|answered_by|passed_on_by)": "what programs call the acts",
}
"""Values that tell nobody anything, and why."""

ONE_OF = {
    "subjects": ["lac", "cp", "foster_carer"],
    "subject": ["lac", "cp", "foster_carer"],
    "tracks": ["childrens_social_care", "partner_agency"],
    "track": ["childrens_social_care", "partner_agency"],
    "end_of_day": ["17:00", "24:00"],
    "reason_to_bypass": ["none", "warn", "require"],
    "channel": ["email", "secure_email"],
    "raiser_may": ["nothing", "shorten", "set"],
    "stops_on": ["response", "resolution"],
    "on_lapse": ["advance", "ask", "hold"],
    "beyond_cap": ["never", "with_reason"],
    "form": ["case_note", "form", "document", "pdf", "log"],
    "kind": ["text", "date", "yes_no"],
    "at": ["start", "respond", "decide", "close"],
    "because": ["lapsed", "decided"],
    "state": ["in_time", "late"],
    "outcome": ["resolved", "unresolved", "no_longer_applicable"],
    "outcomes": ["resolved", "unresolved", "no_longer_applicable", "withdrawn"],
    "belongs": ["closed", "raised"],
    "period": ["month", "quarter", "half_year", "year", "on_demand"],
    "unit": ["working_days", "calendar_days"],
}
"""Values of which there are only a few: told by words of ours."""

Path_ = tuple[str | int, ...]


@cache
def read(key: str) -> Any:
    return Page(FILES[key].read_text(encoding="utf-8"), key).value


def written(key: str) -> Any:
    return deepcopy(read(key))


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield path, value
    else:
        for name, item in inner:
            yield from leaves(item, (*path, name))


def put(document: Any, path: Path_, value: Any) -> None:
    for name in path[:-1]:
        document = document[name]
    document[path[-1]] = value


def told(document: Any) -> str:
    return tell(Procedure.model_validate(document, context=STORED))


@cache
def as_it_is(key: str) -> str:
    return told(read(key))


def named(path: Path_) -> str:
    return ".".join(str(part) for part in path)


def last_name(path: Path_) -> str:
    return next(str(part) for part in reversed(path) if not isinstance(part, int))


def is_free(path: Path_, value: Any) -> bool:
    """Whether any word may stand there."""
    is_code = path[-1] == "code" and "codes" in path
    return (isinstance(value, str) or is_code) and not (last_name(path) in ONE_OF and "given" not in path)


def other_values(path: Path_, value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value % 60 + 1]
    return [other for other in ONE_OF.get(last_name(path), []) if other != value] or [9]


# Current --------------------------------------------------------------------------------------------------------------


@EACH
def test_every_page_is_current(key: str) -> None:
    now = page(FILES[key], rulings_listed(ROOT / "docs" / "rulings.md"))
    kept = (FOLDER / f"{key}.md").read_text(encoding="utf-8")
    assert kept == now, "run twentydays tell --into docs/procedures"


def test_there_is_a_page_for_every_procedure_and_no_other() -> None:
    assert {file.stem for file in FOLDER.glob("*.md")} == {*FILES, "README"}
    assert set(re.findall(r"\(([\w-]+)\.md\)", (FOLDER / "README.md").read_text(encoding="utf-8"))) == set(FILES)


# Whole ----------------------------------------------------------------------------------------------------------------


@cache
def untold(key: str) -> set[str]:
    """Paths of words that can be changed without a trace on the page."""
    document, signs = written(key), {}
    for n, (path, value) in enumerate(leaves(read(key))):
        if is_free(path, value):
            signs[f"zz{n}x"] = path
            put(document, path, f"zz{n}x")
    assert len(signs) > 200
    found = set(re.findall(r"zz\d+x", told(document).lower()))
    return {named(path) for sign, path in signs.items() if sign not in found}


@EACH
def test_every_word_of_the_file_is_told(key: str) -> None:
    assert [
        path for path in sorted(untold(key)) if not any(re.search(f"{each}$", path) for each in NEEDS_NO_WORDS)
    ] == []


def test_whatever_needs_no_words_is_there() -> None:
    paths = {path for key in FILES for path in untold(key)}
    assert [each for each in NEEDS_NO_WORDS if not any(re.search(f"{each}$", path) for path in paths)] == []


def test_every_number_and_choice_is_told() -> None:
    kinds = dict[tuple[str, str], tuple[str, Path_, Any]]()
    for key in FILES:
        for path, value in leaves(read(key)):
            if value is not None and not is_free(path, value):
                kinds.setdefault((re.sub(r"\d+", "*", named(path)), str(value)), (key, path, value))
    assert len(kinds) > 100
    assert [f"{key}: {named(path)}" for key, path, value in kinds.values() if not _is_told(key, path, value)] == []


def _is_told(key: str, path: Path_, value: Any) -> bool:
    """Whether the page changes when another value stands there."""
    return any(_differs(key, path, other) for other in other_values(path, value))


def _differs(key: str, path: Path_, value: Any) -> bool:
    document = written(key)
    put(document, path, value)
    return told(document) != as_it_is(key)


@EACH
def test_whatever_is_ours_is_marked_where_it_is_told(key: str) -> None:
    sheet = sheet_of(procedures.load(key))
    assert sheet.inferred
    assert sorted(set(sheet.inferred) - sheet.shown) == []


@EACH
def test_whatever_the_file_notes_stands_beside_what_it_is_about(key: str) -> None:
    found = remarks(FILES[key].read_text(encoding="utf-8"))
    sheet = sheet_of(procedures.load(key), Margin(*found))
    assert len(found.said) > 20
    assert sorted(set(found.said) - sheet.shown) == []


# Linked ---------------------------------------------------------------------------------------------------------------


@EACH
def test_every_ruling_leads_to_its_page(key: str) -> None:
    text = (FOLDER / f"{key}.md").read_text(encoding="utf-8")
    linked = re.findall(rf"\[({RULING.pattern})\]\(\.\./rulings\.md#([\w-]+)\)", text)
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "rulings.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert linked
    assert len(linked) == len(RULING.findall(text))
    assert {where for _, where in linked} <= {heading.lower().replace(" ", "-") for heading in headings}
