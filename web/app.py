"""What is served, and under which address?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from config.codec import KeyRing
from config.setting_values import split_secrets
from config.settings import Settings
from starter.office import Office
from web import api, codec, directory, emailed_reply, events, follow_up, mail, pages, reply
from web.headers import SecurityHeaders

STATIC = Path(__file__).parent / "static"
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1", "[::1]")


def create_app(settings: Settings, ring: KeyRing) -> FastAPI:
    """The application: pages, the caught mail, reply links, case events, the API, the codec route, health."""
    office = Office(settings)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        yield
        office.close()

    app = FastAPI(title="Twentydays", docs_url=None, redoc_url=None, lifespan=closing)
    app.add_exception_handler(HTTPException, _not_served)
    app.include_router(pages.routes(settings))
    app.include_router(mail.routes(settings.mail_folder, _for_trying(settings)))
    app.mount("/codec", codec.app(ring, origins=_origins_of_temporals_pages(settings)))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(SecurityHeaders)
    # A page elsewhere that makes a browser call this machine by another name (DNS rebinding) gets nothing.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings), www_redirect=False)
    temporal = api.install(app, office, ring)
    app.include_router(events.routes(office, temporal, split_secrets(settings.event_secrets)))
    app.include_router(directory.routes(office))
    app.include_router(reply.routes(office, ring, client=temporal.connected))
    app.include_router(emailed_reply.routes(office, ring, client=temporal.connected))
    app.include_router(follow_up.routes(office, ring, client=temporal.connected))
    return app


def _for_trying(settings: Settings) -> Path | None:
    """The mailbox into which answers to caught mail may be put by hand: never that of a council's own people."""
    return settings.mailbox if settings.environment == "development" else None


def _hosts(settings: Settings) -> list[str]:
    public = urlsplit(settings.public_url).hostname
    return [*LOOPBACK_HOSTS, *([public] if public else [])]


def _origins_of_temporals_pages(settings: Settings) -> list[str]:
    return [f"http://{host}:{settings.temporal_ui_port}" for host in ("localhost", "127.0.0.1")]


async def _not_served(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return pages.message(request, error.status_code, str(error.detail))
