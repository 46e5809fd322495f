"""What stands in the address or a header of a request about one escalation."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path

from starter.case_event import REFERENCE
from web import openapi

Reference = Annotated[
    str,
    Path(
        description="The escalation's reference.",
        json_schema_extra={"pattern": f"^{REFERENCE.pattern}$"},
        openapi_examples={"sample": {"value": openapi.sample()["reference"]}},
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
        description="A key of your own for this act. Sent again with it, it is done once and has the same outcome.",
    ),
]
