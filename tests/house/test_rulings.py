"""Every ruling that a comment cites can be looked up."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULING = re.compile(r"\b(?:G-A\d+|(?:SWK|LEI|OXF|SBC|HLC|HCP)-A?\d{1,2}|HAL-A\d+)\b(?!-)")
PLACES = ("escalation", "workflows", "activities", "register", "config", "web", "starter")


def cited() -> set[str]:
    files = [file for place in PLACES for kind in ("*.py", "*.yaml") for file in (ROOT / place).rglob(kind)]
    found = {ruling for file in files for ruling in RULING.findall(file.read_text(encoding="utf-8"))}
    return {ruling for ruling in found if not re.fullmatch(r"(SWK|LEI)-\d", ruling)}  # references in examples


def test_every_ruling_that_is_cited_is_listed() -> None:
    listed = set(RULING.findall((ROOT / "docs" / "rulings.md").read_text(encoding="utf-8")))
    assert cited()
    assert cited() <= listed
