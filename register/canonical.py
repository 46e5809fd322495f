"""The one way to write a message as text, so that equal messages have equal text and equal hashes."""

from __future__ import annotations

import hashlib
import json

from pydantic import BaseModel


def canonical(message: BaseModel) -> str:
    """JSON with sorted keys, without spaces, in ASCII."""
    return json.dumps(message.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
