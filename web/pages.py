"""What does a page look like, and what does the first one say?"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import StrictUndefined
from starlette.templating import Jinja2Templates

from config.settings import Settings
from escalation.working_days import LONDON

TEMPLATES = Jinja2Templates(directory=Path(__file__).parent / "templates")
TEMPLATES.env.undefined = StrictUndefined


def spoken(instant: datetime) -> str:
    """An instant in London's time, as people write it: Friday 27 November 2026 at 5:03pm."""
    there = instant.astimezone(LONDON)
    minutes = f":{there:%M}" if there.minute else ""
    clock = f"{there.hour % 12 or 12}{minutes}{there:%p}".lower()
    return f"{there:%A} {there.day} {there:%B %Y} at {clock}"


TEMPLATES.env.filters["spoken"] = spoken


def page(request: Request, template: str, **facts: object) -> HTMLResponse:
    """One page from its template; a variable that is missing is an error."""
    return TEMPLATES.TemplateResponse(request, template, facts)


def message(request: Request, status: int, words: str) -> HTMLResponse:
    """A page that says why nothing else is shown."""
    title = HTTPStatus(status).phrase
    return TEMPLATES.TemplateResponse(request, "message.html", {"title": title, "words": words}, status_code=status)


def routes(settings: Settings) -> APIRouter:
    """The index, and the sign of life that a supervisor asks for."""
    router = APIRouter()
    temporal = f"http://127.0.0.1:{settings.temporal_ui_port}/"

    @router.get("/", response_class=HTMLResponse)
    def index(request: Request) -> HTMLResponse:
        return page(request, "index.html", temporal=temporal)

    @router.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "live"}

    return router
