"""Whether what arrived is an act that somebody can be answered for: one payload, of the command's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from escalation.messages import Command


def read_command(kind: type[Command], values: Sequence[Any]) -> Command | str:
    """The command, or the sentence that says why there is none. Never raises."""
    do = kind.model_fields["do"].default
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
