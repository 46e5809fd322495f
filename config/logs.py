"""What of its own doings does Temporal's core say? Only what somebody reads, and never on standard output."""

from __future__ import annotations

import logging
from typing import Literal

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter


def forward_core_logs(level: Literal["WARN", "ERROR"] = "ERROR") -> None:
    """Send the core's log to Python's logging: it would print on standard output, where commands print their result.

    Once a process, before anything connects.
    """
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    filtered = LoggingConfig(filter=TelemetryFilter(core_level=level, other_level="ERROR"), forwarding=forwarding)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=filtered)))
