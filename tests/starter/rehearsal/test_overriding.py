"""Does what a scenario gives stand instead of the procedure's own values, and nothing else change?"""

from __future__ import annotations

from typing import Any

from config import procedures
from escalation.procedure import Procedure
from starter.rehearsal.scenario import Given, Scenario, overridden


def under(key: str, **given: Any) -> Procedure:
    return overridden(procedures.load(key), Given.model_validate(given))


def days(procedure: Procedure) -> dict[str, int | None]:
    return {stage.key: stage.response.working_days for stage in procedure.stages}


def test_nothing_given_changes_nothing() -> None:
    assert under("oxfordshire") == procedures.load("oxfordshire")


def test_each_kind_of_stage_has_its_own_working_days() -> None:
    positive = under("leicestershire", pc_working_days=7, stage_working_days=4)
    assert days(positive) == {"PC": 7, "S1": 4, "S2": 4, "S3": 4, "S4": 4}
    assert days(under("sbc", informal_working_days=8, level_working_days=3))["informal"] == 8
    assert days(under("halton-looked-after", stage_working_days=4))["S1"] == 4, "informal by nature, a rung by number"
    assert days(under("oxfordshire", stage_working_days={"S3": 2}))["S3"] == 2
    assert days(under("southwark", response_working_days=4)) == {"L1": 4, "L2": 4, "L3": 4, "L4": 4}


def test_the_total_time_may_be_taken_away_moved_or_made_longer() -> None:
    for key in ("southwark", "halton-looked-after"):
        without = under(key, cap_working_days=None)
        assert without.cap is None
        assert Procedure.model_validate(without.model_dump(mode="json")) == without, "it is a whole procedure still"
    moved = under("sbc", cap_from="L2").cap
    assert moved
    assert (moved.working_days, moved.starts) == (20, "L2")
    longer = under("southwark", cap_working_days=25).cap
    assert longer
    assert (longer.working_days, longer.starts) == (25, "first_alert")


def test_the_issues_that_go_another_way_may_be_named() -> None:
    apart = under("oxfordshire", strategic_only_issues=["contact"]).entry.set_apart
    assert apart
    assert apart.codes == ["contact"]


def test_what_ends_the_time_and_when_a_day_ends_may_be_given() -> None:
    changed = under("southwark", timer_stops_on="resolution", end_of_day="24:00", ladder={"L1": "head_of_service"})
    assert {stage.response.stops_on for stage in changed.stages} == {"resolution"}
    assert changed.end_of_day == "24:00"
    assert changed.stages[0].addressee == ["head_of_service"]


def test_each_variant_overrides_the_given_by_its_keys() -> None:
    scenario = Scenario.model_validate(
        {
            "id": "V",
            "procedure": "southwark",
            "given": {
                "subject": {"kind": "lac"},
                "end_of_day": "17:00",
                "variants": [{"name": "a"}, {"name": "b", "end_of_day": "24:00"}],
            },
            "steps": [{"id": "s1", "at": "2026-11-23T10:00:00+00:00", "do": "start"}],
        }
    )
    assert [variant.given.end_of_day for variant in scenario.variants()] == ["17:00", "24:00"]
    assert [variant.given.subject for variant in scenario.variants()] == [{"kind": "lac"}] * 2
