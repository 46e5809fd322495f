"""How does a case system hand in its events? CloudEvents 1.0 in JSON, one or a batch, signed by Standard Webhooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json, to_json
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from config.connect import TemporalUnreachable
from config.settings import Settings
from escalation.errors import TwentydaysError
from escalation.rules import Advisory
from register.errors import RegisterError
from starter.escalations import NoOutcomeYet
from starter.intake import Intake, Result, Verdict
from starter.office import Office
from web.bodies import limited
from web.problems import Problem, ProblemError, ProblemFault, pointer, problem, respond_with
from web.temporal import Temporal
from web.tokens import unavailable

BODY_LIMIT = 5 * 1024 * 1024
MOST_EVENTS = 500
ONE, BATCH, EITHER = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SIGNED_BY = ("webhook-id", "webhook-timestamp", "webhook-signature")
CREATED, DONE = 201, 200


class Taken(BaseModel):
    """What became of one event. A draft's problem names what it lacks; a refused event's, every fault."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    result: Result
    references: list[str]
    warnings: list[Advisory]
    problem: Problem | None = None


class RefusedEvent(Problem):
    """One event alone that was refused: its problem, with what `Taken` says."""

    id: str | None
    result: Result
    references: list[str]
    warnings: list[Advisory]


class Signatures:
    """Standard Webhooks: any of the secrets may have signed, so that one can be changed for another."""

    def __init__(self, secrets: Sequence[str], *, required: bool) -> None:
        """Each secret is base64, with or without `whsec_`. Raises ValueError where one is not."""
        self._hooks = [Webhook(secret) for secret in secrets]
        self.required = required or bool(secrets)

    def check_headers(self, request: Request) -> None:
        """Before the body is read. Raises ProblemError 401."""
        missing = [name for name in SIGNED_BY if name not in request.headers]
        if self.required and not self._hooks:
            raise _unsigned("This installation has no secret to check a signature with: set TWENTYDAYS_EVENT_SECRETS.")
        if self.required and missing:
            raise _unsigned(f"Events are signed as Standard Webhooks says; missing: {', '.join(missing)}.")

    def check(self, request: Request, body: bytes) -> None:
        """Raises ProblemError 401 where no secret fits, or the signature is older or newer than five minutes."""
        headers = {name: request.headers.get(name, "") for name in SIGNED_BY}
        if self.required and not any(_fits(hook, body, headers) for hook in self._hooks):
            raise _unsigned("The signature is not by one of our secrets, or is older or newer than five minutes.")


def _fits(hook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        hook.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # a signature or a body that is not written as one
        return False
    return True


def _unsigned(detail: str) -> ProblemError:
    return ProblemError(401, "unsigned", detail, headers={"WWW-Authenticate": "Webhook-Signature"})


def must_be_signed(settings: Settings) -> bool:
    """In production, and wherever another machine could reach us."""
    return settings.environment == "production" or settings.web_host not in LOOPBACK


def routes(
    office: Office,
    temporal: Temporal,
    secrets: Sequence[str] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> APIRouter:
    """`POST /events`. Without secrets it is open on this machine in development, and closed everywhere else."""
    signatures = Signatures(secrets, required=must_be_signed(office.settings))
    router = APIRouter()

    @router.post("/events", include_in_schema=False)
    async def events(request: Request) -> Response:
        signatures.check_headers(request)
        kind = _kind(request)
        body = await limited(request, BODY_LIMIT)
        signatures.check(request, body)
        given = _parsed(body, kind)
        intake = Intake(office.procedure, office.register, office.calendars, now())
        verdicts = await _take(intake, given if isinstance(given, list) else [given], temporal)
        return _batch(verdicts) if isinstance(given, list) else _single(verdicts[0])

    return router


def _kind(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {ONE, BATCH, EITHER}:
        raise ProblemError(415, "media_type", f"Send {ONE} or {BATCH}.")
    return kind


def _parsed(body: bytes, kind: str) -> Any:
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise ProblemError(400, "undecodable", "The body is not JSON.") from None
    if kind in {ONE, BATCH} and isinstance(given, list) != (kind == BATCH):
        wants = "an array of events" if kind == BATCH else "one event"
        raise ProblemError(400, "undecodable", f"The body of {kind} is {wants}.")
    if isinstance(given, list) and len(given) > MOST_EVENTS:
        raise ProblemError(413, "too_large", f"At most {MOST_EVENTS} events at once; these are {len(given)}.")
    return given


async def _take(intake: Intake, given: list[Any], temporal: Temporal) -> list[Verdict]:
    """Raises ProblemError 503: what has started has started, and sending all again is harmless."""
    try:
        async with temporal.call() as client:
            return await intake.take_all([to_json(each) for each in given], client)
    except RegisterError as error:
        raise unavailable(error) from error
    except (NoOutcomeYet, TemporalUnreachable) as error:
        raise _again(error) from error


def _again(error: TwentydaysError) -> ProblemError:
    detail = f"{error} Send the same again: what has started is not started twice."
    return ProblemError(503, "no_outcome", detail, headers={"Retry-After": "10"})


def _single(verdict: Verdict) -> Response:
    taken = _taken(verdict)
    if taken.problem and verdict.result == "refused":
        said = taken.problem.model_dump() | taken.model_dump(exclude={"problem"})
        return respond_with(RefusedEvent.model_validate(said), taken.problem.status)
    return JSONResponse(
        taken.model_dump(mode="json", exclude_none=True), CREATED if verdict.result == "started" else DONE
    )


def _batch(verdicts: list[Verdict]) -> Response:
    return JSONResponse([_taken(verdict).model_dump(mode="json", exclude_none=True) for verdict in verdicts])


def _taken(verdict: Verdict) -> Taken:
    return Taken(
        id=verdict.id,
        result=verdict.result,
        references=verdict.references,
        warnings=verdict.warnings,
        problem=_problem(verdict) if verdict.faults else None,
    )


def _problem(verdict: Verdict) -> Problem:
    faults = [
        ProblemFault(pointer=pointer(fault.where.split(".") if fault.where else []), detail=fault.message)
        for fault in verdict.faults
    ]
    detail = faults[0].detail if len(faults) == 1 else f"{len(faults)} things are wrong with this event."
    if verdict.result == "draft":
        detail = "Kept as a draft, and nothing has started: fields of the form are missing or wrong."
    return problem(422, verdict.code or "invalid", detail, errors=faults)
