"""How is a client of the API told what went wrong? By a problem document (RFC 9457) that names every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.wording import sentence
from web.headers import HEADERS

MEDIA_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api", "/events", "/health", "/openapi.json")
"""Under these every error is a problem document; elsewhere it is a page for a person."""
CODES = {400: "bad_request", 401: "unauthorised", 404: "not_found", 405: "method_not_allowed", 500: "our_fault"}


class ProblemFault(BaseModel):
    """One thing wrong with a request: where it stands, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    pointer: str | None = Field(None, description="A JSON pointer into the body, as a URI fragment.")
    parameter: str | None = Field(None, description="A parameter of the address, or a header.")
    detail: str


class Problem(BaseModel):
    """RFC 9457. `code` is for programs, `detail` for people."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str = Field(description="The words of the HTTP status.")
    status: int
    detail: str
    code: str
    field: str | None = Field(None, description="The field of the command for which the rules refused it.")
    errors: list[ProblemFault] = Field([], description="Every fault of the request.")


class ProblemError(Exception):
    """Raised anywhere under the API; it becomes a problem document."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        self.status, self.headers = status, dict(headers or {})
        self.problem = problem(status, code, detail, **more)
        super().__init__(detail)


def problem(status: int, code: str, detail: str, **more: Any) -> Problem:
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, **more)


def respond_with(problem: BaseModel, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A problem document, or a model of more fields than it has, as an answer."""
    body = problem.model_dump_json(exclude_none=True)
    return Response(body, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def malformed(errors: Iterable[ErrorDetails]) -> ProblemError:
    """422 with every fault that pydantic found in a body, each with its pointer."""
    faults = [ProblemFault(pointer=pointer(error["loc"]), detail=sentence(error)) for error in errors]
    return ProblemError(422, "malformed", _counted(faults), errors=faults)


def pointer(path: Iterable[int | str]) -> str:
    """`#/answers/0/text`"""
    return "#" + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)


def is_for_programs(path: str) -> bool:
    return any(path == part or path.startswith(f"{part}/") for part in FOR_PROGRAMS)


def install(app: FastAPI) -> None:
    """Answer with problem documents under the addresses for programs, and as before everywhere else."""
    pages: Any = app.exception_handlers.get(HTTPException)

    async def http_error(request: Request, error: Exception) -> Response:
        raised = cast(HTTPException, error)
        if not is_for_programs(request.url.path) and pages:
            return cast(Response, await pages(request, raised))
        found = problem(raised.status_code, CODES.get(raised.status_code, "refused"), _said(request, raised))
        return respond_with(found, raised.status_code, raised.headers)

    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(ProblemError, _told)
    app.add_exception_handler(RequestValidationError, _invalid(app.exception_handlers.get(RequestValidationError)))
    app.add_middleware(OnlyProblems)


async def _told(_request: Request, error: Exception) -> Response:
    raised = cast(ProblemError, error)
    return respond_with(raised.problem, raised.status, raised.headers)


def _invalid(pages: Any) -> Any:
    """Faults of addresses and headers, as FastAPI finds them."""

    async def invalid(request: Request, error: Exception) -> Response:
        raised = cast(RequestValidationError, error)
        if not is_for_programs(request.url.path):
            return cast(Response, await pages(request, raised))
        faults = [
            ProblemFault(parameter=".".join(str(part) for part in found["loc"][1:]), detail=sentence(found))
            for found in raised.errors()
        ]
        return respond_with(problem(422, "malformed", _counted(faults), errors=faults), 422)

    return invalid


def _said(request: Request, error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "There is nothing at this address. /openapi.json lists what there is."
        case 405:
            allowed = (error.headers or {}).get("Allow", "")
            return f"{request.method} is not for this address{f'; it takes {allowed}' if allowed else ''}."
    return str(error.detail)


def _counted(faults: list[ProblemFault]) -> str:
    return "One thing is wrong with this request." if len(faults) == 1 else f"{len(faults)} things are wrong with it."


class OnlyProblems:
    """Turns whatever else answers with an error under the addresses for programs into a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_for_programs(scope["path"]):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            if not answer.begun:
                await answer.send_problem(500, "Something went wrong on our side. It has been logged; nothing is lost.")
            raise


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False
        self._replaced: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._is_foreign(message):
            self._replaced = message
        elif self._replaced is None:
            self.begun = True
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self.send_problem(self._replaced["status"], self._body.decode(errors="replace")[:500])

    async def send_problem(self, status: int, detail: str) -> None:
        self.begun = True
        body = problem(status, CODES.get(status, "refused"), detail).model_dump_json(exclude_none=True).encode()
        start: Message = self._replaced or {"type": "http.response.start", "headers": []}
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-type"], headers["content-length"] = MEDIA_TYPE, str(len(body))
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        await self._send({"type": "http.response.start", "status": status, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})

    def _is_foreign(self, message: Message) -> bool:
        kind = dict(message["headers"]).get(b"content-type", b"")
        return message["status"] >= HTTPStatus.BAD_REQUEST and not kind.startswith(MEDIA_TYPE.encode())
