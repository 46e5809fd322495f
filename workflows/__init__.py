"""The durable shell around the rules: it waits, calls and records, and decides nothing."""

from workflows.escalation import Escalation
from workflows.names import TASK_QUEUE, reference_in, workflow_id

WORKFLOWS = [Escalation]

__all__ = ["TASK_QUEUE", "WORKFLOWS", "Escalation", "reference_in", "workflow_id"]
