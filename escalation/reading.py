"""Whether what arrived is what a handler takes: one payload, of the message's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from escalation.wire import Message

Kind = TypeVar("Kind", bound=Message)


def read(kind: type[Kind], do: str, values: Sequence[Any]) -> Kind | str:
    """The message, or the sentence that says why there is none. `do` is what the handler is called. Never raises."""
    if len(values) != 1:
        return f"`{do}` takes one payload; {len(values) or 'none'} came."
    value = values[0]
    if isinstance(value, dict) and "unreadable" in value:
        return f"The payload of `{do}` could not be read: {value['unreadable']}."
    if not isinstance(value, dict):
        return f"The payload of `{do}` is an object with named fields; a {type(value).__name__} came."
    try:
        return kind.model_validate(value)
    except ValidationError as problem:
        return "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in problem.errors()
        )[:2000]
