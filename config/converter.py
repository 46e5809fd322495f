"""How values become payloads and payloads values again, across releases, and whatever arrives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter

from escalation.procedure import STORED


@lru_cache(maxsize=256)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


class StoredJSONConverter(PydanticJSONPlainPayloadConverter):
    """Reads what another release wrote: keys that this one does not know are left out, and a procedure that an open
    escalation began under is not judged anew. What people write is read strictly elsewhere.
    """

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return _adapter(type_hint or Any).validate_json(payload.data, extra="ignore", context=STORED)


class ForgivingPayloadConverter(PydanticPayloadConverter):
    """Pydantic models as JSON. Where no type is asked for, nothing that arrives is an error.

    Handlers of people's acts ask for no type. The SDK would drop a signal that it cannot convert, and answer an update
    itself, so that neither would be in the history.
    """

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        plain = [StoredJSONConverter() if isinstance(each, JSONPlainPayloadConverter) else each for each in usual]
        CompositePayloadConverter.__init__(self, *plain)

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        if type_hints is not None:
            return super().from_payloads(payloads, type_hints)
        return [self._value_of(payload) for payload in payloads]

    def _value_of(self, payload: Payload) -> Any:
        try:
            return super().from_payloads([payload])[0]
        except Exception as problem:  # noqa: BLE001 - whatever arrives, the escalation goes on
            return {"unreadable": f"it is no JSON of ours ({type(problem).__name__})"}
