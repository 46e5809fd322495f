"""The names that others rely on, spelled once."""

from __future__ import annotations

TASK_QUEUE = "escalations"
ESCALATION, RECORD = "Escalation", "Record"
"""Workflow types, for whoever starts one and need not import it."""
MONTHLY_SUMMARY = "monthly-summary"
"""The schedule of the directors' summary, and what the ids of the workflows that it begins start with."""
EMPTY_POSTS = "empty-posts"
"""The schedule of the look ahead for empty posts, likewise."""


def workflow_id(procedure: str, reference: str) -> str:
    """The id of an escalation's workflow: `escalation/<procedure>/<reference>`."""
    return f"escalation/{procedure}/{reference}"


def record_id(procedure: str, reference: str) -> str:
    """The id of the workflow of a recording that stands alone: `record/<procedure>/<reference>`."""
    return f"record/{procedure}/{reference}"


def reference_in(workflow: str) -> str:
    """The reference in a workflow id."""
    return workflow.rsplit("/", 1)[-1]
