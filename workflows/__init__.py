"""The durable shell around the rules: it waits, calls and records, and decides nothing.

Only names are imported here: who needs a name need not wait for the workflows, and for all that their activities use.
"""

from workflows.names import ESCALATION, RECORD, TASK_QUEUE, record_id, reference_in, workflow_id

__all__ = ["ESCALATION", "RECORD", "TASK_QUEUE", "record_id", "reference_in", "workflow_id"]
