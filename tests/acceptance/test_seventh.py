"""A seventh council needs a YAML file and nothing else: does a procedure that nobody knew run as the six do?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Rehearse

SEVENTH = Path(__file__).parents[1] / "procedures" / "seventh"


def scenario(*steps: dict[str, Any]) -> dict[str, Any]:
    numbered = [{"id": f"s{n}"} | step for n, step in enumerate(steps, 1)]
    return {"id": "PEN", "procedure": "penhallow", "given": {"subject": {"kind": "lac"}}, "steps": numbered}


async def test_six_rungs_of_a_seventh_procedure_over_christmas_and_new_year(rehearse: Rehearse, tmp_path: Path) -> None:
    """Closed: 25 and 28 December 2026, 1 January 2027. The total of fifteen days ends on 31 December."""
    path = tmp_path / "PEN.json"
    path.write_text(
        json.dumps(
            scenario(
                {"at": "2026-12-08T10:00:00+00:00", "do": "start", "how": "by email", "theme": "money"},
                {"at": "2026-12-11T00:30:00+00:00", "do": "lapse", "stage": "Word"},
                {"at": "2026-12-11T10:00:00+00:00", "do": "decide", "outcome": "go_formal"},
                {"at": "2026-12-17T00:30:00+00:00", "do": "lapse", "stage": "Patch"},
                {"at": "2026-12-22T00:30:00+00:00", "do": "lapse", "stage": "Area"},
                {"at": "2026-12-22T10:00:00+00:00", "do": "decide", "outcome": "escalate", "to": "County"},
                {"at": "2026-12-31T00:30:00+00:00", "do": "lapse", "stage": "County"},
                {"at": "2027-01-01T00:30:00+00:00", "do": "lapse", "stage": "Chief"},
                {"at": "2027-01-04T10:00:00+00:00", "do": "bypass", "to": "Leader", "reason": "It cannot wait"},
                {"at": "2027-01-09T00:30:00+00:00", "do": "lapse", "stage": "Leader"},
                {"at": "2027-01-11T09:00:00+00:00", "do": "thank", "whom": "the Area Leader"},
                {"at": "2027-01-11T10:00:00+00:00", "do": "close", "outcome": "unresolved", "reason": "To court"},
                {"at": "2027-04-01T09:00:00+01:00", "do": "run_report", "report": "season"},
            )
        )
    )
    transcript = (await rehearse(path, SEVENTH))[None]
    states = [step["state"] for step in transcript["steps"]]
    assert [(s["stage"], s["status"], (s["due"] or "")[:10]) for s in states] == [
        ("Word", "awaiting_response", "2026-12-10"),
        ("Word", "awaiting_iro_decision", ""),
        ("Patch", "awaiting_response", "2026-12-16"),
        ("Area", "awaiting_response", "2026-12-21"),
        ("Area", "awaiting_iro_decision", ""),
        ("County", "awaiting_response", "2026-12-29"),
        ("Chief", "awaiting_response", "2026-12-31"),
        ("Chief", "unresolved_hold", ""),
        ("Leader", "awaiting_response", "2027-01-08"),
        ("Leader", "unresolved_hold", ""),
        ("Leader", "unresolved_hold", ""),
        ("Leader", "closed", ""),
        ("Leader", "closed", ""),
    ]
    assert {state["cap"][:10] for state in states[:-2]} == {"2026-12-31"}
    alerts = [(e["to"], e["cc"]) for step in transcript["steps"] for e in step["emails"] if e["trigger"] == "alert"]
    assert alerts == [
        (["patch_leader", "family_worker"], []),
        (["area_leader"], ["patch_leader", "treasurer"]),
        (["county_leader"], ["area_leader", "safeguarding_lead"]),
        (["chief_officer"], ["safeguarding_lead", "county_leader"]),
        (["council_leader"], ["chief_officer", "safeguarding_lead", "listening_group"]),
    ]
    assert "good_practice" in [e["trigger"] for e in transcript["steps"][10]["emails"]]
    assert transcript["steps"][-1]["report"]["by_theme"] == {"money": 1}
