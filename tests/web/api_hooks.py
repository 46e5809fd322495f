"""What generated requests need to reach the core: references that exist, and a key of its own for each act.

And which of them are sent: each kind of value once in each place of each operation, or all (API_EVERY_CASE).
"""

from __future__ import annotations

import os
import re
from itertools import count
from typing import Any

import schemathesis

REFERENCES = os.environ.get("API_REFERENCES", "").split()
_calls = count()
_sent: set[tuple[str, ...]] = set()


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """`reason: Incorrect type` comes as a number, a list, an object and more; one of them is enough in a short run."""
    if os.environ.get("API_EVERY_CASE") or case.meta is None:
        return True
    how = case.meta.phase.data
    told = (getattr(how, name, None) for name in ("description", "location", "parameter", "parameter_location"))
    kind = (case.operation.label, case.method, case.meta.phase.name, *(str(each) for each in told))
    if case.meta.phase.name == "coverage" and kind in _sent:
        return False
    _sent.add(kind)
    return True


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Well-formed references and keys are taken for others as good; what is malformed on purpose stays so."""
    call = next(_calls)
    reference = (case.path_parameters or {}).get("reference")
    if isinstance(reference, str) and re.fullmatch(r"[A-Z0-9-]{3,40}", reference):
        case.path_parameters["reference"] = REFERENCES[call % len(REFERENCES)]
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,200}", key):
        case.headers["Idempotency-Key"] = f"call-{call}"
