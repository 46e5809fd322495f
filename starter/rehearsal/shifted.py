"""How a rehearsal takes place in whatever year its scenario names: one constant between its time and the server's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio import activity
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

PREPARED: set[type] = set()
"""The workflows that a sandbox of this process could load."""


class ShiftedRunner(WorkflowRunner):
    """Runs workflows as another runner does, at the server's time plus `shift`."""

    def __init__(self, inner: WorkflowRunner, shift: timedelta) -> None:
        self._inner = inner
        self._shift = shift

    def prepare_workflow(self, defn: Any) -> None:
        """Once in a process: it only proves that a sandbox can load the workflow, for which it loads it once more."""
        if defn.cls not in PREPARED:
            self._inner.prepare_workflow(defn)
            PREPARED.add(defn.cls)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _ShiftedInstance(self._inner.create_instance(det), self._shift)

    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self._inner.set_worker_level_failure_exception_types(types)


class _ShiftedInstance(WorkflowInstance):
    def __init__(self, inner: WorkflowInstance, shift: timedelta) -> None:
        self._inner = inner
        self._shift = shift

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        moved = Timestamp()
        moved.FromDatetime(act.timestamp.ToDatetime(tzinfo=UTC) + self._shift)
        act.timestamp.CopyFrom(moved)
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: Any) -> None:
        """None: our converter asks for none, and each of the many answers would be computed inside the sandbox."""

    def get_external_store_context(self, command_info: Any) -> Any:
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> Any:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()


def activity_now(shift: timedelta) -> datetime:
    """The rehearsal's time in an activity: when the server says that this attempt began, moved as workflows are."""
    return activity.info().started_time.astimezone(UTC) + shift
