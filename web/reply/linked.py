"""What have the pages behind our links in common: is the link ours, and how is a refusal shown?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from activities.links import Claims
from register.errors import RegisterError
from web.reply.guarding import Paces, client_of
from web.reply.refusing import Refusal, not_ours, refused

Handler = Callable[[Request], Awaitable[Response]]


def claims_of(request: Request, paces: Paces, read: Callable[[str], Claims | None]) -> Claims:
    """What the link of a request claims. Raises Refusal where it is not ours, or was opened too often."""
    paces.check(request, f"client {client_of(request)}")
    token = request.path_params["token"]
    claims = read(token)
    if claims is None:
        raise not_ours()
    paces.check(request, f"link {token}")
    return claims


async def unknown(request: Request, paces: Paces) -> Response:
    """Whatever else begins like a link."""
    paces.check(request, f"client {client_of(request)}")
    raise not_ours()


def kindly(handler: Handler, register_is_down: Callable[[], Refusal]) -> Handler:
    """Every refusal as a page or a problem document; a register that does not answer is one too."""

    async def kind(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return refused(request, refusal)
        except RegisterError:
            return refused(request, register_is_down())

    return kind
