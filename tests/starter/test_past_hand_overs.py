"""Past hand-overs on the command line, without Temporal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from starter.office import Office
from tests.empty_register import empty_register
from tests.register.test_hand_overs import a_row
from tests.starter.conftest import Ran


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, office: Office, run: Callable[..., Ran]) -> Office:
    """An office with a register of its own."""
    url = empty_register(tmp_path)
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", url)
    return Office(office.settings.model_copy(update={"register_url": url}))


def test_where_nothing_was_handed_over_it_says_so(kept: Office, run: Callable[..., Ran]) -> None:
    assert run("hand-overs").out == "Nothing was ever handed over.\n"
    assert run("hand-overs", "--json").json == []


def test_they_are_told_newest_first_with_who_why_and_what(kept: Office, run: Callable[..., Ran]) -> None:
    for n in (1, 3, 2):
        kept.register.hand_overs.keep(a_row(f"HO-{n}", days=n))
    kept.register.hand_overs.keep(a_row("HO-0").model_copy(update={"reason": None, "drafts": ()}))
    ran = run("hand-overs")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line.startswith("HO")] == [
        "HO-3",
        "HO-2",
        "HO-1",
        "HO-0",
    ]
    day = "Monday 2 November 2026"
    assert ran.out.splitlines()[-2:] == [
        f"HO-0  {day} at 10:30am, Priya Sharma (qau_manager): from Amara Ndiaye to Sam Okafor",
        "  escalations: SWK-1",
    ]
    assert "from Amara Ndiaye to Sam Okafor (She leaves.)\n  escalations: SWK-1\n  drafts: SWK-2\n" in ran.out
    shown = run("hand-overs", "--limit", "1", "--json").json
    assert [(row["hand_over"], row["to_name"], row["escalations"][0]["reference"]) for row in shown] == [
        ("HO-3", "Sam Okafor", "SWK-1")
    ]
