"""What every message between our own processes is made of.

Messages are stored in Temporal histories for months. Add optional fields; never rename, remove or re-type one. Unknown
fields are ignored, so that an older worker can read what a newer client sends.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from escalation.directory import Name, email_address
from escalation.procedure import SubjectKind

Text = Annotated[str, Field(max_length=20_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,40}$", description="Never a child's identifier.")]
MOST_CHARACTERS = 256 * 1024


def _not_too_large(fields: dict[str, Any]) -> dict[str, Any]:
    """Histories hold them several times over, and Temporal takes payloads of 2 MB."""
    if len(json.dumps(fields, default=str)) > MOST_CHARACTERS:
        raise ValueError(f"takes {MOST_CHARACTERS} characters at most")
    return fields


Fields = Annotated[dict[str, Any], AfterValidator(_not_too_large)]
"""What a form asks for, by the keys of the procedure's `asks`."""


class Message(BaseModel):
    """Frozen, and blind to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Subject(Message):
    """Whom the concern is about. Yes/no facts decide who hears (SWK-30, SWK-36)."""

    kind: SubjectKind
    legal_status: Literal["s20", "s31"] | None = None
    has_guardian: bool = False
    in_proceedings: bool = False


class Known(Message):
    """Somebody whom only this case knows: a child's Guardian, a foster carer."""

    name: Name
    email: Annotated[str, AfterValidator(email_address)]
