"""What may a program record outside every escalation, and what was recorded? Ruled at once, read from the register."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from config.connect import TemporalUnreachable
from config.procedures import UnknownProcedure
from escalation.commands import RecordEvent
from escalation.errors import InvalidDocument
from escalation.procedure import Procedure
from escalation.rules import Advisory
from escalation.wire import Message
from register.errors import RegisterError
from register.rows import TokenRow
from starter import escalations
from starter.office import Office
from starter.records import Kept, RecordingView, instants, keep, view_of
from web import bodies, openapi
from web.bodies import Date
from web.problems import ProblemError, ProblemFault, pointer
from web.temporal import Temporal
from web.tokens import token_of, unavailable

log = logging.getLogger("api")

RECORDING = openapi.problems(400, 401, 403, 404, 405, 409, 413, 415, 422, 503)
LISTING = openapi.problems(400, 401, 403, 405, 422, 503)
AGAIN = {"Retry-After": "10"}
CREATED, DONE = 201, 200
OTHERS = ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"]

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,200}$",
        description="A key of your own: sent again with it, it is recorded once. Not needed with a `reference`.",
    ),
]


class RecordingReceipt(Message):
    """It is recorded, and whoever hears of it is being written to."""

    result: Literal["recorded", "already_recorded"]
    reference: str
    warnings: list[Advisory] = []


class RecordingFilters(BaseModel):
    """Which recordings to list, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    procedure: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{1,60}$", description="A procedure's key.")
    what: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,60}$", description="A recording, by its `do`.")
    first: Date | None = Field(None, alias="from", description="Recorded on this London date or later.")
    last: Date | None = Field(None, alias="to", description="Recorded on this London date or earlier.")
    after: str | None = Field(
        None,
        pattern=r"^record/[a-z][a-z0-9-]{1,60}/[A-Z0-9-]{3,40}$",
        description="Where the page before ended; `next` has it.",
    )
    limit: int = Field(100, ge=1, le=500, description="How many at most.")


class RecordingsPage(Message):
    """One page of a list."""

    recordings: list[RecordingView]
    next: str | None = Field(None, description="Where the next page is; none on the last.")


class Recordings:
    """What is asked for by programs, each with its token."""

    def __init__(self, office: Office, temporal: Temporal, now: Callable[[], datetime]) -> None:
        self._office, self._temporal, self._now = office, temporal, now

    async def record(self, said: dict[str, Any], token: TokenRow, key: str | None) -> Kept:
        """Raises ProblemError: 404, 409, 422, 503."""
        procedure = await asyncio.to_thread(self._procedure, said["procedure"])
        command = RecordEvent(
            what=said["what"], by=said["by"], name=said.get("name") or token.name, fields=said.get("fields", {})
        )
        reference = said.get("reference") or _reference(token, key)
        kept = await self._kept(procedure, command, reference, said.get("team"))
        if kept.rejection is None:
            return kept
        if kept.rejection.code == "reference_taken" and not said.get("reference"):
            used = "This Idempotency-Key was used for something else. Give each recording a key of its own."
            raise ProblemError(422, "idempotency_key_reused", used)
        raise _refused(kept)

    async def _kept(self, procedure: Procedure, command: RecordEvent, reference: str, team: str | None) -> Kept:
        at, register = self._now(), self._office.register
        try:
            async with asyncio.timeout(escalations.PATIENCE.total_seconds()), self._temporal.call() as client:
                return await keep(client, register, procedure, command, at, reference=reference, team=team)
        except RegisterError as error:
            raise unavailable(error) from error
        except (TimeoutError, escalations.NoOutcomeYet, TemporalUnreachable) as error:
            log.warning("No outcome of recording %s: %s", reference, error or "out of time")
            detail = (
                f"No outcome in time; it may still be recorded. Send it again with the reference {reference}: it is "
                "recorded once."
            )
            raise ProblemError(503, "no_outcome", detail, headers=AGAIN) from error

    def _procedure(self, key: str) -> Procedure:
        try:
            return self._office.procedure(key)
        except UnknownProcedure as error:
            raise ProblemError(404, "unknown_procedure", str(error)) from None
        except InvalidDocument as error:
            log.warning("The procedure %s cannot be used: %s", key, error)
            detail = "The file of this procedure has faults: `twentydays check` names them."
            raise ProblemError(503, "procedure_unusable", detail, headers=AGAIN) from error

    def page(self, filters: RecordingFilters) -> RecordingsPage:
        first, before = instants(filters.first, filters.last)
        wanted: dict[str, Any] = {"procedure": filters.procedure, "what": filters.what, "after": filters.after}
        register, limit = self._office.register, filters.limit
        try:
            rows = register.recordings.listed(first=first, before=before, limit=limit + 1, **wanted)
            shown = [view_of(register, row) for row in rows[:limit]]
        except RegisterError as error:
            raise unavailable(error) from error
        if len(rows) == len(shown):
            return RecordingsPage(recordings=shown)
        onwards = filters.model_dump(mode="json", by_alias=True, exclude_none=True) | {"after": rows[limit - 1].record}
        return RecordingsPage(recordings=shown, next=f"/api/recordings?{urlencode(onwards)}")


def _reference(token: TokenRow, key: str | None) -> str:
    """One for each key of each token; without a key, a new one."""
    own = hashlib.sha256(f"{token.prefix}\n{key}".encode()).hexdigest() if key else secrets.token_hex(6)
    return f"REC-{own[:12].upper()}"


def _refused(kept: Kept) -> ProblemError:
    """The rules' own words, and every fault of the fields."""
    refused = kept.rejection
    if refused is None:
        raise ValueError("What was recorded was not refused.")
    faults = [ProblemFault(pointer=pointer(["fields", *f.where.split(".")]), detail=f.message) for f in kept.faults]
    return ProblemError(409, refused.code, refused.message, field=refused.field, errors=faults)


def add_routes(router: APIRouter, recordings: Recordings, may_read: Any, may_act: Any) -> None:
    """`/recordings`, under the router's prefix."""

    @router.post(
        "/recordings",
        status_code=CREATED,
        response_model=RecordingReceipt,
        responses={DONE: {"model": RecordingReceipt, "description": "It was recorded before."}, **RECORDING},
        dependencies=[may_act],
        operation_id="record",
        openapi_extra=openapi.body("record"),
    )
    async def record(request: Request, key: Key = None) -> JSONResponse:
        """Record something outside every escalation: good practice, a significant change, an audit."""
        said = await bodies.read(request, "record")
        kept = await recordings.record(said, token_of(request), key)
        receipt = RecordingReceipt.model_validate(kept.model_dump())
        return JSONResponse(receipt.model_dump(mode="json"), CREATED if kept.result == "recorded" else DONE)

    @router.get("/recordings", responses=LISTING, dependencies=[may_read], operation_id="recordings")
    def listed(filters: Annotated[RecordingFilters, Query()]) -> RecordingsPage:
        """What was recorded outside every escalation, with what came of it."""
        return recordings.page(filters)

    @router.api_route("/recordings", methods=OTHERS, include_in_schema=False)
    def not_for_this() -> None:
        # Two routes of one address: the framework would name the methods of the first alone.
        raise HTTPException(405, headers={"Allow": "GET, POST"})
