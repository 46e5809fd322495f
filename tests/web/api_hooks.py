"""What generated requests need to reach the core: references that exist, and a key of its own for each act."""

from __future__ import annotations

import os
import re
from itertools import count
from typing import Any

import schemathesis

REFERENCES = os.environ.get("API_REFERENCES", "").split()
_calls = count()


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
