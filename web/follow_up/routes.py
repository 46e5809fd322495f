"""What happens when a raiser opens the link in an email that asks, and when they answer? Opening changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from activities.links import Claims, Links, signing_keys
from config.keys import KeyRing
from starter.office import Office
from web.follow_up import acting
from web.follow_up.acting import Turn
from web.follow_up.desk import Desk
from web.reply.desk import Confirmations
from web.reply.guarding import Paces, body_of, check_origin
from web.reply.linked import claims_of, kindly, unknown

SHOWN = ["GET", "HEAD"]


def routes(
    office: Office,
    ring: KeyRing,
    *,
    client: Callable[[], Awaitable[Client]],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    paces: Paces | None = None,
) -> APIRouter:
    """The page on which what outlives a close is answered."""
    desk = Desk(
        links=Links(signing_keys(ring.active, ring.keys), office.settings.public_url),
        office=office,
        confirmations=Confirmations(ring, secure=office.settings.public_url.startswith("https:"), path="/follow-up/"),
        client=client,
        now=now,
        paces=paces or Paces(),
    )

    endpoint = Endpoint(desk)
    router = APIRouter(prefix="/follow-up", include_in_schema=False)
    router.add_api_route("/{token}", kindly(endpoint.show), methods=SHOWN)
    router.add_api_route("/{token}", kindly(endpoint.take), methods=["POST"])
    router.add_api_route("/{anything:path}", kindly(endpoint.unknown), methods=[*SHOWN, "POST"])
    return router


class Endpoint:
    """The routes' handlers. Each begins by asking whether the request is to be read at all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """What was promised or asked, to who has confirmed their address; to others, that they should."""
        return await acting.show(await self._turn(request, self._claims(request)))

    async def take(self, request: Request) -> Response:
        """A confirmation, an answer, or the beginning of a linked escalation."""
        claims = self._claims(request)
        check_origin(request)
        body = await body_of(request)
        return await acting.act(await self._turn(request, claims), body)

    async def unknown(self, request: Request) -> Response:
        return await unknown(request, self._desk.paces)

    def _claims(self, request: Request) -> Claims:
        return claims_of(request, self._desk.paces, self._desk.links.read_follow_up)

    async def _turn(self, request: Request, claims: Claims) -> Turn:
        asked = await self._desk.inquiry(request.path_params["token"], claims)
        return Turn(self._desk, request, asked, self._desk.confirmations.read(request, asked))
