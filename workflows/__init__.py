"""The durable shell around the rules: it waits, calls and records, and decides nothing."""

from workflows.empty_posts import EmptyPosts
from workflows.escalation import Escalation
from workflows.monthly import MonthlySummary
from workflows.names import TASK_QUEUE, record_id, reference_in, workflow_id
from workflows.record import Record

WORKFLOWS = [Escalation, Record, MonthlySummary, EmptyPosts]

__all__ = [
    "TASK_QUEUE", "WORKFLOWS", "EmptyPosts", "Escalation", "MonthlySummary", "Record", "record_id", "reference_in",
    "workflow_id",
]  # fmt: skip
