"""What happens when a raiser opens the link to a reply, and when they record it? Opening changes nothing, ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from activities.links import Claims, Links, signing_keys
from activities.mailbox import MailboxFolder
from config.keys import KeyRing
from starter import coming_back
from starter.office import Office
from web.emailed_reply import pages, recording
from web.emailed_reply.desk import Desk
from web.emailed_reply.recording import Turn
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
    """The page, and the reading of the mailbox that goes with it for as long as it is served."""
    desk = Desk(
        links=Links(signing_keys(ring.active, ring.keys), office.settings.public_url),
        register=office.register,
        people=office.people,
        confirmations=Confirmations(ring, secure=office.settings.public_url.startswith("https:"), path="/record/"),
        client=client,
        now=now,
        paces=paces or Paces(),
    )
    endpoint = Endpoint(desk)
    router = APIRouter(prefix="/record", include_in_schema=False, lifespan=_reading(desk, office.settings.mailbox))
    router.add_api_route("/{token}", kindly(endpoint.show), methods=SHOWN)
    router.add_api_route("/{token}", kindly(endpoint.take), methods=["POST"])
    router.add_api_route("/{anything:path}", kindly(endpoint.unknown), methods=[*SHOWN, "POST"])
    return router


class Endpoint:
    """The routes' handlers. Each begins by asking whether the request is to be read at all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """The reply, to who has confirmed their address; to others, that they should."""
        reply = await self._desk.reply(request.path_params["token"], self._claims(request))
        if self._desk.confirmations.read(request, reply) is None:
            return pages.confirm(request, reply)
        return pages.show(request, reply)

    async def take(self, request: Request) -> Response:
        """A confirmation, or the reply recorded as the response."""
        claims = self._claims(request)
        check_origin(request)
        body = await body_of(request)
        reply = await self._desk.reply(request.path_params["token"], claims)
        person = self._desk.confirmations.read(request, reply)
        return await recording.act(Turn(self._desk, request, reply, person), body)

    async def unknown(self, request: Request) -> Response:
        return await unknown(request, self._desk.paces)

    def _claims(self, request: Request) -> Claims:
        return claims_of(request, self._desk.paces, self._desk.links.read_recording)


def _reading(desk: Desk, mailbox: Path | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def reading(_: FastAPI) -> AsyncIterator[None]:
        tasks: set[asyncio.Task[None]] = set()
        if mailbox:
            folder = MailboxFolder(mailbox)
            tasks.add(asyncio.create_task(_keep_reading(desk, folder)))
        try:
            yield
        finally:
            while any(not task.done() for task in tasks):  # a call to Temporal may take one cancellation for its own
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=1)

    return reading


async def _keep_reading(desk: Desk, folder: MailboxFolder) -> None:
    await asyncio.to_thread(folder.prepare)
    await coming_back.keep_reading(coming_back.Desk(desk.client, desk.register, folder, desk.now))
