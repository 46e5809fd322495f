"""What may a program ask of the directory, and change in it? Answered and changed in the register, without Temporal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.concurrency import run_in_threadpool

from escalation.contradictions import Contradictions
from escalation.directory import Directory
from escalation.directory_rules import RefusedChange
from escalation.errors import InvalidDocument
from escalation.looking_ahead import Gap
from escalation.procedure import Role
from escalation.working_days import london_date
from register.errors import RegisterError
from register.rows import TokenRow
from starter.directory.gaps import open_gaps
from starter.directory.shown import ChangeShown, DirectoryShown, change_shown, changes_shown, shown
from starter.directory.slips import slips
from starter.directory.words import known_procedures
from starter.office import Office
from web import bodies, openapi
from web.bodies import Date, DirectoryChangeBody
from web.problems import ProblemError, ProblemFault, malformed, pointer
from web.tokens import guard, token_of, unavailable

log = logging.getLogger("api")

READING = openapi.problems(400, 401, 403, 405, 422, 503)
CHANGING = openapi.problems(400, 401, 403, 405, 409, 413, 415, 422, 503)
OTHERS = ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"]
CREATED = 201


class DirectoryFilters(BaseModel):
    """Which posts to show, and of which day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: Date | None = Field(None, description="A London date; today where not given.")
    role: Role | None = Field(None, description="Only this role.")
    team: str | None = Field(None, description="Only the posts of this team.", max_length=200)


class ChangesFilter(BaseModel):
    """How many changes to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="How many at most, the newest.")


class GapsFilter(BaseModel):
    """How far ahead to look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(10, ge=0, le=60, description="So many working days from today.")


class DirectoryPage(DirectoryShown):
    """The directory: who serves on a day, and all that it holds."""

    directory: Directory = Field(description="People by the keys that a change names them by, posts, leave.")


def routes(office: Office, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> APIRouter:
    """Everything under /api/directory."""
    router = APIRouter(prefix="/api/directory")
    scope = guard(lambda: office.register, now)
    _add_reads(router, Asked(office, now), Depends(scope("read")))
    _add_change(router, Asked(office, now), Depends(scope("directory")))
    return router


class Asked:
    """What programs ask of the directory, and change in it."""

    def __init__(self, office: Office, now: Callable[[], datetime]) -> None:
        self._office, self._now = office, now

    def page(self, filters: DirectoryFilters) -> DirectoryPage:
        with _usable():
            found = shown(self._office, filters.on or london_date(self._now()), filters.role, filters.team)
            return DirectoryPage(directory=self._office.people.now(), **found.model_dump())

    def changes(self, limit: int) -> list[ChangeShown]:
        with _usable():
            return changes_shown(self._office.register, limit)

    def gaps(self, days: int) -> list[Gap]:
        with _usable():
            return open_gaps(self._office, london_date(self._now()), days)

    def change(self, body: DirectoryChangeBody, token: TokenRow) -> ChangeShown:
        """Raises ProblemError: 409, 503."""
        people = self._office.people
        with _usable():
            before = people.now()
            known = known_procedures(self._office.settings.procedures)
            if found := [] if body.anyway else list(slips(body.change, before, known)):
                raise _refused((field, f"{said} `anyway` makes the change all the same.") for field, said in found)
            try:
                made = self._office.register.people.change(body.change, body.by or token.name, self._now(), people.file)
            except RefusedChange as refusal:
                raise _refused(refusal.faults) from None
        return change_shown(made, before)


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except RegisterError as error:
        raise unavailable(error) from error
    except (InvalidDocument, OSError) as error:
        log.warning("The directory's file cannot be used: %s", error)
        detail = "The directory's file has faults: `twentydays directory show` names them."
        raise ProblemError(503, "directory_unusable", detail, headers={"Retry-After": "10"}) from error


def _refused(faults: Iterable[tuple[str, str]]) -> ProblemError:
    """Every reason, each with its place in the change."""
    told = [ProblemFault(pointer=pointer(["change", *field.split(".")]), detail=said) for field, said in faults]
    return ProblemError(409, "refused", "The directory does not allow this change.", errors=told)


async def _read(request: Request) -> DirectoryChangeBody:
    """Raises ProblemError: 400, 413, 415, 422; 409 where all is of its kind, and what it says cannot be."""
    try:
        return DirectoryChangeBody.model_validate_json(await bodies.content(request))
    except ValidationError as error:
        found = [_untagged(one) for one in error.errors(include_url=False, include_input=False)]
        if found[0]["type"] == "json_invalid":
            raise bodies.why(error) from None
        if all(one["type"] == "value_error" and one["loc"][0] == "change" for one in found):
            raise _refused(reason for one in found for reason in _reasons(one)) from None
        raise malformed(found) from None


def _untagged(error: ErrorDetails) -> ErrorDetails:
    """Pydantic names the kind of change as if it were a field."""
    first, *rest = error["loc"] or ("",)
    return error | {"loc": (first, *rest[1:])} if first == "change" else error


def _reasons(error: ErrorDetails) -> list[tuple[str, str]]:
    where, cause = [str(part) for part in error["loc"][1:]], error["ctx"]["error"]
    if isinstance(cause, Contradictions):
        return [(".".join([*where, path]), said) for path, said in cause.faults]
    return [(".".join(where), str(cause))]


def _add_reads(router: APIRouter, asked: Asked, may_read: Any) -> None:
    # Plain functions: FastAPI runs them in threads, where the register may be waited for.

    @router.get("", responses=READING, dependencies=[may_read], operation_id="directory")
    def directory(filters: Annotated[DirectoryFilters, Query()]) -> DirectoryPage:
        """Who serves in every post, who is away, and the people, posts and leave that say so."""
        return asked.page(filters)

    @router.get("/changes", responses=READING, dependencies=[may_read], operation_id="directory_changes")
    def changes(filters: Annotated[ChangesFilter, Query()]) -> list[ChangeShown]:
        """What was changed, when and by whom, newest first."""
        return asked.changes(filters.limit)

    @router.get("/gaps", responses=READING, dependencies=[may_read], operation_id="directory_gaps")
    def gaps(filters: Annotated[GapsFilter, Query()]) -> list[Gap]:
        """Posts that are or will be empty while an open escalation waits for them."""
        return asked.gaps(filters.days)


def _add_change(router: APIRouter, asked: Asked, may_change: Any) -> None:
    @router.post(
        "/changes",
        status_code=CREATED,
        responses=CHANGING,
        dependencies=[may_change],
        operation_id="change_directory",
        openapi_extra=openapi.body("change_directory"),
    )
    async def change(request: Request) -> ChangeShown:
        """Change one thing, or import the whole. The first change of all imports the directory's file with it."""
        body = await _read(request)
        return await run_in_threadpool(asked.change, body, token_of(request))

    @router.api_route("/changes", methods=OTHERS, include_in_schema=False)
    def not_for_this() -> None:
        # Two routes of one address: the framework would name the methods of the first alone.
        raise HTTPException(405, headers={"Allow": "GET, POST"})
