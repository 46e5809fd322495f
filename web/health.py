"""Is everything there that the work needs? One line for each thing, for whoever watches over this process."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from web.openapi import problems
from web.problems import Problem, respond_with
from web.readiness import Check, Readiness


class Ready(BaseModel):
    """Everything that the work needs is there."""

    ready: Literal[True] = True
    checks: list[Check]


class NotReady(Problem):
    """Something that the work needs is not there."""

    ready: Literal[False] = False
    checks: list[Check]


def routes(readiness: Readiness) -> APIRouter:
    """Readiness; that the process lives is told beside the pages."""
    router = APIRouter(prefix="/health")

    @router.get("/ready", response_model=Ready, responses=problems(503), operation_id="ready")
    async def ready() -> Ready | Response:
        """Register, Temporal, a worker, the mail server, the calendar: a line for each; 503 where one fails."""
        checks = await readiness.checks()
        failed = [check for check in checks if check.status == "failed"]
        if not failed:
            return Ready(checks=checks)
        words = " ".join(check.detail for check in failed)
        found = NotReady(title="Service Unavailable", status=503, detail=words, code="not_ready", checks=checks)
        return respond_with(found, 503, {"Retry-After": "10"})

    return router
