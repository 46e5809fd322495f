"""What becomes of a payload that no converter can read: a value that our handlers refuse and record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter


class ForgivingPayloadConverter(PydanticPayloadConverter):
    """Pydantic models as JSON. Where no type is asked for, nothing that arrives is an error.

    Handlers of people's acts ask for no type. The SDK would drop a signal that it cannot convert, and answer an update
    itself, so that neither would be in the history.
    """

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        if type_hints is not None:
            return super().from_payloads(payloads, type_hints)
        return [self._value_of(payload) for payload in payloads]

    def _value_of(self, payload: Payload) -> Any:
        try:
            return super().from_payloads([payload])[0]
        except Exception as problem:  # noqa: BLE001 - whatever arrives, the escalation goes on
            return {"unreadable": f"it is no JSON of ours ({type(problem).__name__})"}
