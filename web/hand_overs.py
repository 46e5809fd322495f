"""How does a program hand over all that one raiser has, and which hand-overs were there? Written down, then done."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.connect import TemporalUnreachable
from config.wording import sentence
from escalation.errors import InvalidDocument
from escalation.messages import HandOver
from escalation.opening import Receipt
from register.errors import RegisterError
from register.hand_overs import Asked, HandOverRow
from register.rows import TokenRow
from starter import escalations
from starter.caseload import Caseload, foresee
from starter.hand_overs import HandOverReport, carry_out
from starter.handing_over import new_id
from starter.office import Office
from web import bodies, openapi
from web.problems import ProblemError, ProblemFault, pointer
from web.recordings import Key
from web.temporal import Temporal
from web.tokens import token_of, unavailable

HANDING = openapi.problems(400, 401, 403, 405, 409, 413, 415, 422, 503)
LISTING = openapi.problems(400, 401, 403, 405, 422, 503)
OTHERS = ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"]
PLACES = {"from": "from_name", "to": "to_name"}


class HandOversFilter(BaseModel):
    """How many to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=500, description="How many at most, the newest.")


class HandOvers:
    """What programs ask to be handed over, each with its token."""

    def __init__(self, office: Office, temporal: Temporal, now: Callable[[], datetime]) -> None:
        self._office, self._temporal, self._now = office, temporal, now

    async def hand_over(self, said: dict[str, Any], token: TokenRow, key: str | None) -> HandOverReport:
        """Under a key asked before it does what is left of it. Raises ProblemError: 409, 422, 503."""
        hand_over = _id(token, key) if key else new_id()
        try:
            asked = _asked(said, token)
            before = await asyncio.to_thread(self._office.register.hand_overs.find, hand_over) if key else None
            if before and not said.get("dry_run"):
                return await self._again(before, asked)
            caseload = await asyncio.to_thread(foresee, self._office, asked, self._now())
            if said.get("dry_run") or not caseload.parts:
                return caseload.report()
            return await self._begin(caseload, hand_over)
        except InvalidDocument as error:
            raise _refused(error) from None
        except RegisterError as error:
            raise unavailable(error) from error

    async def _again(self, row: HandOverRow, asked: Asked) -> HandOverReport:
        if row.asked.model_dump(exclude={"to_name"}) != asked.model_dump(exclude={"to_name"}):
            used = "This Idempotency-Key was used for another hand-over. Give each a key of its own."
            raise ProblemError(422, "idempotency_key_reused", used)
        handed = await carry_out(self._office.register, row, self._act)
        names = {"from_name": row.from_name, "to_name": row.to_name}
        return HandOverReport.model_validate({"hand_over": row.hand_over, "handed": handed} | names)

    async def _begin(self, caseload: Caseload, hand_over: str) -> HandOverReport:
        """Written down only where Temporal answers, and before anything is done."""
        try:
            await self._temporal.connected()
        except TemporalUnreachable as error:
            detail = "Nothing was handed over, and nothing written down: Temporal does not answer just now."
            raise ProblemError(503, "no_outcome", detail, headers={"Retry-After": "10"}) from error
        row = await asyncio.to_thread(self._office.register.hand_overs.keep, caseload.row(hand_over, self._now()))
        return caseload.report(await carry_out(self._office.register, row, self._act), row.hand_over)

    async def _act(self, escalation: str, command: HandOver, act_id: str) -> Receipt:
        try:
            async with self._temporal.call() as client:
                return await escalations.act(client, escalation, command, act_id)
        except TemporalUnreachable as error:
            raise escalations.NoOutcomeYet(str(error)) from error

    def listed(self, limit: int) -> list[HandOverRow]:
        try:
            return self._office.register.hand_overs.listed(limit)
        except RegisterError as error:
            raise unavailable(error) from error


def _id(token: TokenRow, key: str) -> str:
    """One for each key of each token."""
    own = hashlib.sha256(f"{token.prefix}\n{key}".encode()).hexdigest()
    return f"HO-{own[:12].upper()}"


def _asked(said: dict[str, Any], token: TokenRow) -> Asked:
    """Raises ProblemError: 409 where all is of its kind, and what it says cannot be."""
    try:
        return Asked.model_validate(said | {"name": said.get("name") or token.name})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = [ProblemFault(pointer=pointer(one["loc"]), detail=sentence(one)) for one in found]
        raise ProblemError(409, "refused", "What this says cannot be.", errors=told) from None


def _refused(error: InvalidDocument) -> ProblemError:
    told = [ProblemFault(pointer=pointer([PLACES.get(f.where, f.where)]), detail=f.message) for f in error.faults]
    return ProblemError(409, "cannot_be_handed_over", "Nothing was handed over.", errors=told)


def add_routes(router: APIRouter, hand_overs: HandOvers, may_read: Any, may_act: Any) -> None:
    """`/hand-overs`, under the router's prefix."""

    @router.post(
        "/hand-overs",
        responses=HANDING,
        dependencies=[may_act],
        operation_id="hand_over_all",
        openapi_extra=openapi.body("hand_over_all"),
    )
    async def hand_over(request: Request, key: Key = None) -> HandOverReport:
        """Hand over all open escalations and waiting drafts of one raiser. `handed` says what became of each."""
        said = await bodies.read(request, "hand_over_all")
        return await hand_overs.hand_over(said, token_of(request), key)

    @router.get("/hand-overs", responses=LISTING, dependencies=[may_read], operation_id="hand_overs")
    def listed(filters: Annotated[HandOversFilter, Query()]) -> list[HandOverRow]:
        """Who handed what over to whom, when and why, newest first."""
        return hand_overs.listed(filters.limit)

    @router.api_route("/hand-overs", methods=OTHERS, include_in_schema=False)
    def not_for_this() -> None:
        # Two routes of one address: the framework would name the methods of the first alone.
        raise HTTPException(405, headers={"Allow": "GET, POST"})
