"""What happens when a manager opens the link in their email, and when they answer? Opening changes nothing, ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from temporalio.client import Client

from activities.links import Claims, Links, signing_keys
from config.keys import KeyRing
from starter import relay
from starter.office import Office
from web.reply import acting, aside, pages
from web.reply.desk import Confirmations, Desk, Matter
from web.reply.guarding import Paces, body_of, check_origin
from web.reply.linked import Handler, claims_of, kindly, unknown
from web.reply.refusing import Refusal, is_json, later
from web.reply.turn import Turn

SHOWN = ["GET", "HEAD"]


def routes(
    office: Office,
    ring: KeyRing,
    *,
    client: Callable[[], Awaitable[Client]],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    paces: Paces | None = None,
) -> APIRouter:
    """The reply pages, and the relay that goes with them for as long as they are served.

    `client` gives the process's one client of Temporal.
    """
    desk = Desk(
        links=Links(signing_keys(ring.active, ring.keys), office.settings.public_url),
        register=office.register,
        people=office.people,
        confirmations=Confirmations(ring, secure=office.settings.public_url.startswith("https:")),
        client=client,
        now=now,
        paces=paces or Paces(),
    )
    router = APIRouter(prefix="/reply", include_in_schema=False, lifespan=_relaying(desk))
    endpoint = Endpoint(desk)
    router.add_api_route("/{token}", _kindly(endpoint.show), methods=SHOWN)
    router.add_api_route("/{token}", _kindly(endpoint.take), methods=["POST"])
    for path, template in aside.ASIDE.items():
        router.add_api_route(f"/{{token}}/{path}", _kindly(endpoint.show_aside(template)), methods=SHOWN)
        router.add_api_route(f"/{{token}}/{path}", _kindly(endpoint.take_aside(template)), methods=["POST"])
    router.add_api_route("/{anything:path}", _kindly(endpoint.unknown), methods=[*SHOWN, "POST"])
    return router


class Endpoint:
    """The routes' handlers. Each begins by asking whether the request is to be read at all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """What is asked, to who has confirmed their address; to others, that they should."""
        matter = await self._matter(request, self._claims(request))
        if self._desk.confirmations.read(request, matter) is None:
            return pages.confirm(request, matter)
        return pages.answer(request, matter)

    async def take(self, request: Request) -> Response:
        """Whatever is sent to the link: a confirmation, an answer to check, an answer."""
        turn, body = await self._sent(request)
        return await acting.act(turn, body)

    def show_aside(self, template: str) -> Handler:
        async def show(request: Request) -> Response:
            matter = await self._matter(request, self._claims(request))
            if self._desk.confirmations.read(request, matter) is None:
                return _to_the_link(matter)
            aside.ensure_offered(template, matter)
            return pages.aside(request, matter, template)

        return show

    def take_aside(self, template: str) -> Handler:
        async def take(request: Request) -> Response:
            turn, body = await self._sent(request)
            if turn.person is None and not is_json(request):
                return _to_the_link(turn.matter)
            return await acting.act_aside(turn, template, body)

        return take

    async def unknown(self, request: Request) -> Response:
        return await unknown(request, self._desk.paces)

    async def _sent(self, request: Request) -> tuple[Turn, bytes]:
        """What was sent, and the instant at which all of it had been read: an answer counts by that."""
        claims = self._claims(request)
        check_origin(request)
        body = await body_of(request)
        received_at = self._desk.now()
        matter = await self._matter(request, claims)
        person = self._desk.confirmations.read(request, matter)
        return Turn(self._desk, request, matter, person, received_at), body

    def _claims(self, request: Request) -> Claims:
        return claims_of(request, self._desk.paces, self._desk.links.read)

    async def _matter(self, request: Request, claims: Claims) -> Matter:
        return await self._desk.matter(request.path_params["token"], claims)


def _to_the_link(matter: Matter) -> Response:
    return RedirectResponse(f"/reply/{matter.token}", HTTPStatus.SEE_OTHER)


def _kindly(handler: Handler) -> Handler:
    return kindly(handler, _register_is_down)


def _register_is_down() -> Refusal:
    return later(
        "unavailable",
        "We cannot look this up just now",
        "Nothing was changed. Try again in a minute. If it is urgent, reply to the email that brought you here.",
    )


def _relaying(desk: Desk) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def relaying(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(relay.keep_relaying(desk.client, lambda: desk.register, desk.now))
        try:
            yield
        finally:
            while not task.done():  # a call to Temporal may take one cancellation for its own
                task.cancel()
                await asyncio.wait({task}, timeout=1)

    return relaying
