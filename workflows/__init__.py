"""The durable shell around the rules: it waits, calls and records, and decides nothing."""

from workflows.escalation import Escalation
from workflows.names import TASK_QUEUE, record_id, reference_in, workflow_id
from workflows.record import Record

WORKFLOWS = [Escalation, Record]

__all__ = ["TASK_QUEUE", "WORKFLOWS", "Escalation", "Record", "record_id", "reference_in", "workflow_id"]
