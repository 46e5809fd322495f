"""What somebody sees who looks into Temporal: attributes to filter by, the story, and summaries; never in the clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest

from escalation.messages import COMMANDS
from tests.harness import ACase, london


async def test_search_attributes_follow_the_case_and_are_taken_away_with_it(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start(team="Care Team 1")
        await case.expect_start("L1")
        shown = await _attributes(case)
        assert {key: shown[key] for key in ("Procedure", "Reference", "Stage", "Team", "WaitingFor")} == {
            "Procedure": "southwark",
            "Reference": "CASE-1",
            "Stage": "L1",
            "Team": "Care Team 1",
            "WaitingFor": "operational_manager",
        }
        assert datetime.fromisoformat(shown["DueAt"]) == london("2025-06-09 17:00")
        await case.respond()
        await case.expect_mail(notice="response_received", to="iro")
        shown = await _attributes(case)
        assert (shown["EscalationStatus"], shown["WaitingFor"], shown.get("DueAt")) == (
            "awaiting_iro_decision",
            "iro",
            None,
        )
        await case.decide("satisfied")
        await case.expect_closed("operational_manager")
        shown = await _attributes(case)
        assert (shown["EscalationStatus"], shown.get("WaitingFor")) == ("closed", None)


async def test_current_details_tell_whose_turn_it_is_until_when_and_every_handler_is_described(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at="2025-12-22 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        handle = case.world.client.get_workflow_handle(case.id)
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        assert "Waiting for the Operational Manager to answer." in metadata.current_details
        assert "Due Wednesday 31 December 2025 at 5pm" in metadata.current_details
        definition = metadata.definition
        described = [*definition.signal_definitions, *definition.update_definitions]
        assert len(described) == len(COMMANDS) + 1  # each but the start, and two signals
        assert all(each.description for each in described)


async def test_nothing_that_anybody_wrote_stands_in_temporal_in_the_clear(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start(concern="Quagmire", requested_action="Zeugma", impact_on_child="Syzygy")
        await case.expect_start("L1")
        await case.respond(text="Xylophone", name="Quillon")
        await case.expect_mail(notice="response_received", to="iro")
        events = [event async for event in case.world.client.get_workflow_handle(case.id).fetch_history_events()]
        stored = b"".join(event.SerializeToString() for event in events)
        for word in (
            "Quagmire",
            "Zeugma",
            "Syzygy",
            "Xylophone",
            "Quillon",
            "Operational Manager",
            "rehearsal.example",
        ):
            assert word.encode() not in stored
        assert b"read_calendar" in stored, "this looked into the wrong place"


async def _attributes(case: ACase) -> dict[str, Any]:
    described = await case.world.client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(
            namespace=case.world.client.namespace, execution=WorkflowExecution(workflow_id=case.id)
        )
    )
    fields = described.workflow_execution_info.search_attributes.indexed_fields
    return {key: json.loads(payload.data) for key, payload in fields.items() if payload.data}
