"""What have the pages behind our links in common: is the link ours, who confirms it, how is a refusal shown?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from activities.links import Claims
from register.errors import RegisterError
from web.reply.desk import Confirmations, Opened, person_at
from web.reply.guarding import Paces, client_of
from web.reply.refusing import Refusal, later, not_ours, refused
from web.reply.turn import NOT_KNOWN, WHO_ARE_YOU

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


def confirm(
    request: Request,
    opened: Opened,
    values: Mapping[str, str],
    confirmations: Confirmations,
    again: Callable[..., Response],
) -> Response:
    """The page itself for whoever the link was sent to; for all others the question who they are, `again`."""
    email = values.get("email", "").strip() if values.get("act") == "confirm" else ""
    digest = person_at(opened, email)
    if digest is None:
        return again(faults=[("email", NOT_KNOWN if email else WHO_ARE_YOU)])
    response = RedirectResponse(request.url.path, HTTPStatus.SEE_OTHER)
    confirmations.write(response, opened, digest)
    return response


def register_is_down() -> Refusal:
    return later("unavailable", "We cannot look this up just now", "Nothing was changed. Try again in a minute.")


def kindly(handler: Handler, register_is_down: Callable[[], Refusal] = register_is_down) -> Handler:
    """Every refusal as a page or a problem document; a register that does not answer is one too."""

    async def kind(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return refused(request, refusal)
        except RegisterError:
            return refused(request, register_is_down())

    return kind
