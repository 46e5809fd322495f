"""Why is nothing done, or nothing shown? A sentence for the person, and the same as a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.pages import TEMPLATES

FaultAt = tuple[str, str]
"""(name of the field, what is wrong with it in a sentence)"""


class Refusal(Exception):
    """Ends a request with a page, or a problem document, that says why, and no more than its reader may know."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        *words: str,
        faults: list[FaultAt] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.title, self.words = status, code, title, words
        self.faults, self.headers = faults or [], headers or {}


def not_ours() -> Refusal:
    """One page for every token that we did not sign: it says nothing about any escalation."""
    return Refusal(
        HTTPStatus.NOT_FOUND,
        "unknown_link",
        "We do not know this link",
        "It may have been cut short. Copy the whole link from the email, or open it from there.",
        "If that does not help, reply to the email that brought you here: your reply goes to a person.",
    )


def later(code: str, title: str, *words: str, seconds: int = 30) -> Refusal:
    """Nothing is wrong with what was asked; it cannot be done just now."""
    return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, code, title, *words, headers={"Retry-After": str(seconds)})


def refused(request: Request, refusal: Refusal) -> Response:
    """The page, or the problem document for who asks for JSON."""
    if wants_json(request):
        return problem(refusal)
    facts = {"title": refusal.title, "words": refusal.words, "faults": refusal.faults}
    return TEMPLATES.TemplateResponse(
        request, "reply/message.html", facts, status_code=refusal.status, headers=refusal.headers
    )


def problem(refusal: Refusal) -> JSONResponse:
    """Every fault at once; never the address that was asked for, since that is the secret."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": refusal.title,
        "status": int(refusal.status),
        "code": refusal.code,
        "detail": " ".join(refusal.words),
    }
    if refusal.faults:
        document["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in refusal.faults]
    return JSONResponse(document, refusal.status, refusal.headers, media_type="application/problem+json")


def wants_json(request: Request) -> bool:
    """Whether a program asks: it accepts JSON and no page, or sends JSON and says nothing of what it accepts."""
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return False
    return "json" in accept or (request.method == "POST" and is_json(request))


def is_json(request: Request) -> bool:
    return media_type(request) == "application/json"


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
