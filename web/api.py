"""What may a program ask of the escalations, and do in them? Read from the register; done through Temporal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_serializer
from starlette.concurrency import run_in_threadpool

from config.codec import KeyRing
from escalation.case import Case, Status
from escalation.delivery import EmailStatus
from escalation.explain import Explanation, explain
from escalation.opening import Receipt
from escalation.state import EntryView, State, state_of, view
from escalation.wire import Message
from escalation.working_days import LONDON
from register.errors import RegisterError
from register.rows import EscalationRow
from register.store import ENDED
from starter.case_event import REFERENCE
from starter.following import Followed
from starter.office import Office, UnknownReference
from web import bodies, following, hand_overs, health, openapi, papers, problems, recordings, reports
from web.acting import Acting
from web.parameters import Key, Reference
from web.problems import ProblemError
from web.readiness import Readiness
from web.temporal import Temporal
from web.tokens import guard, token_of, unavailable

READING = openapi.problems(400, 401, 403, 404, 405, 503)
LISTING = openapi.problems(400, 401, 403, 405, 422, 503)
DOING = openapi.problems(400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 503)


class Filters(BaseModel):
    """Which escalations to list. References order them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: Literal["true", "false"] | None = Field(None, description="Only those that are open, or that have ended.")
    procedure: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{1,60}$", description="A procedure's key.")
    status: Status | None = Field(None, description="Only those that stand so.")
    follow_ups: Literal["true"] | None = Field(
        None, description="Only those with a promise, an offer or what is asked again still to come, open or not."
    )
    after: str | None = Field(
        None, pattern=r"^[A-Z0-9-]{3,40}$", description="The last reference of the page before; `next` has it."
    )
    limit: int = Field(100, ge=1, le=500, description="How many at most.")


class Listed(Message):
    """Where one escalation stands."""

    reference: str
    procedure: str
    team: str | None = None
    raised_at: AwareDatetime
    stage: str
    status: Status
    waiting_for: str | None = None
    due: AwareDatetime | None = None
    cap: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    outcome: str | None = None
    follow_up_on: date | None = None
    follow_up_asked: bool | None = None

    @field_serializer("raised_at", "due", "cap", "closed_at", when_used="unless-none")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class ListedPage(Message):
    """One page of a list."""

    escalations: list[Listed]
    next: str | None = Field(None, description="Where the next page is; none on the last.")


def install(
    app: FastAPI, office: Office, ring: KeyRing, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Temporal:
    """Serve the API, readiness and the description, with problem documents for errors; gives the one Temporal client.

    Call it once, after every other middleware and handler was added: it keeps the pages' own handling of errors.
    """
    temporal = Temporal(office.settings, ring)
    app.include_router(routes(office, temporal, now))
    app.include_router(health.routes(Readiness(office, temporal, now)))
    problems.install(app)
    openapi.install(app)
    return temporal


def routes(office: Office, temporal: Temporal, now: Callable[[], datetime]) -> APIRouter:
    """Everything under /api."""
    router = APIRouter(prefix="/api")
    scope = guard(lambda: office.register, now)
    read, act = Depends(scope("read")), Depends(scope("act"))
    _add_reads(router, Reading(office, now), read)
    papers.add_routes(router, office, read)
    acting = Acting(lambda: office.register, temporal, now)
    for do in bodies.KINDS:
        _add_act(router, do, office, acting, act)
    _add_follow(router, following.Following(office, temporal, now), office, act)
    recordings.add_routes(router, recordings.Recordings(office, temporal, now), read, act)
    reports.add_routes(router, reports.Reports(office, now), read)
    hand_overs.add_routes(router, hand_overs.HandOvers(office, temporal, now), read, act)
    return router


class Reading:
    """What the register says, for whoever asks."""

    def __init__(self, office: Office, now: Callable[[], datetime]) -> None:
        self._office, self._now = office, now

    def page(self, filters: Filters) -> ListedPage:
        with _reading():
            rows = self._rows(filters, filters.limit + 1)
        shown = [Listed.model_validate(row.model_dump()) for row in rows[: filters.limit]]
        if len(rows) == len(shown):
            return ListedPage(escalations=shown)
        onwards = filters.model_dump(exclude_none=True) | {"after": shown[-1].reference}
        return ListedPage(escalations=shown, next=f"/api/escalations?{urlencode(onwards)}")

    def _rows(self, filters: Filters, limit: int) -> list[EscalationRow]:
        found: dict[str, Any] = {"procedure": filters.procedure, "after": filters.after, "limit": limit}
        found["with_follow_ups"] = filters.follow_ups == "true"
        register, wanted = self._office.register, filters.status
        if filters.open != "false":
            return register.escalations(open_only=filters.open == "true", status=wanted, **found)
        ended = [status for status in ENDED if wanted in {None, status}]
        rows = [row for status in ended for row in register.escalations(status=status, **found)]
        return sorted(rows, key=lambda row: row.reference)[:limit]

    def state(self, reference: str) -> State:
        return state_of(self._case(reference), self._now())

    def history(self, reference: str) -> list[EntryView]:
        row = found(self._office, reference)
        with _reading():
            return [view(entry) for entry in self._office.register.history(row.reference)]

    def explanation(self, reference: str) -> Explanation:
        return explain(self._case(reference))

    def emails(self, reference: str) -> list[EmailStatus]:
        row = found(self._office, reference)
        with _reading():
            return self._office.emails(row.reference)

    def _case(self, reference: str) -> Case:
        row = found(self._office, reference)
        with _reading():
            return self._office.case(row.reference)


def found(office: Office, reference: str) -> EscalationRow:
    """The row of an escalation. Raises ProblemError: 404, 503."""
    with _reading():
        row = office.register.find(reference) if REFERENCE.fullmatch(reference) else None
    if row is None:
        raise ProblemError(404, "unknown_reference", "There is no escalation of this reference.")
    return row


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except RegisterError as error:
        raise unavailable(error) from error
    except UnknownReference:
        asked = "This escalation has been asked for, and no worker has begun it yet. Ask again in a little while."
        raise ProblemError(404, "not_begun", asked) from None


def _add_reads(router: APIRouter, reading: Reading, may_read: Any) -> None:
    # Plain functions: FastAPI runs them in threads, where the register may be waited for.

    @router.get("/escalations", responses=LISTING, dependencies=[may_read], operation_id="list")
    def listed(filters: Annotated[Filters, Query()]) -> ListedPage:
        """The escalations: stage, whose turn, until when."""
        return reading.page(filters)

    @router.get("/escalations/{reference}", responses=READING, dependencies=[may_read], operation_id="state")
    def state(reference: Reference) -> State:
        """Where one stands; also after it has ended."""
        return reading.state(reference)

    @router.get("/escalations/{reference}/history", responses=READING, dependencies=[may_read], operation_id="history")
    def history(reference: Reference) -> list[EntryView]:
        """Everything that has happened, in order."""
        return reading.history(reference)

    @router.get("/escalations/{reference}/explain", responses=READING, dependencies=[may_read], operation_id="explain")
    def explanation(reference: Reference) -> Explanation:
        """Why its dates are what they are: each day counted or skipped, with the reason."""
        return reading.explanation(reference)

    @router.get(
        "/escalations/{reference}/deliveries", responses=READING, dependencies=[may_read], operation_id="deliveries"
    )
    def deliveries(reference: Reference) -> list[EmailStatus]:
        """What became of each email: accepted, waiting, refused, came back or not sent, with when and why."""
        return reading.emails(reference)


def _add_act(router: APIRouter, do: str, office: Office, acting: Acting, may_act: Any) -> None:
    async def act(request: Request, reference: Reference, key: Key = None) -> Receipt:
        said = await bodies.read(request, do)
        row = await run_in_threadpool(found, office, reference)
        return await acting.act(row, do, said, token_of(request), key)

    router.add_api_route(
        f"/escalations/{{reference}}/{do}",
        act,
        methods=["POST"],
        operation_id=do,
        summary=(bodies.KINDS[do].__doc__ or do).splitlines()[0],
        dependencies=[may_act],
        responses=DOING,
        openapi_extra=openapi.body(do),
    )


def _add_follow(router: APIRouter, linked: following.Following, office: Office, may_act: Any) -> None:
    @router.post(
        "/escalations/{reference}/follow",
        operation_id="follow",
        dependencies=[may_act],
        responses=DOING,
        openapi_extra=openapi.body("follow"),
    )
    async def follow(request: Request, reference: Reference) -> Followed:
        """Begin a linked escalation because a promise was not kept. Asked for twice, it is begun once."""
        said = await bodies.read(request, "follow")
        row = await run_in_threadpool(found, office, reference)
        return await linked.follow(row, said, token_of(request))
