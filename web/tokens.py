"""Who asks, and may they? A bearer token of the API, and the scopes that it holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from register import tokens
from register.errors import RegisterError, RegisterUnavailable
from register.rows import TokenRow
from register.store import Register
from register.tokens import Scope
from web.problems import ProblemError

log = logging.getLogger("api")

BEARER = HTTPBearer(
    auto_error=False, scheme_name="token", description="Made with `twentydays token create NAME --scope read`."
)
CHALLENGE = 'Bearer realm="twentydays"'
HOW = "Send `Authorization: Bearer <token>`; `twentydays token create` makes one."

Guard = Callable[..., Awaitable[None]]


def guard(register: Callable[[], Register], now: Callable[[], datetime]) -> Callable[[Scope], Guard]:
    """A maker of dependencies: each lets in only who has a live token with its scope."""

    def with_scope(scope: Scope) -> Guard:
        async def let_in(
            request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
        ) -> None:
            text = given.credentials if given else None
            request.state.token = await authenticate(register(), text, scope, now())

        return let_in

    return with_scope


def token_of(request: Request) -> TokenRow:
    """The token that a guard has let in."""
    row: TokenRow = request.state.token
    return row


async def authenticate(register: Register, text: str | None, scope: Scope, now: datetime) -> TokenRow:
    """The token's row. Raises ProblemError: 401 no live token, 403 not the scope, 503 no register."""
    if text is None:
        raise _unauthorised(f"This needs a token. {HOW}", CHALLENGE)
    prefix = tokens.prefix_of(text)
    try:
        row = await asyncio.to_thread(register.tokens.find, prefix) if prefix else None
    except RegisterError as error:
        raise unavailable(error) from error
    if not tokens.is_of(row, text) or row is None:
        raise _unauthorised(f"This token is not known. {HOW}")
    if why := row.why_not(now):
        raise _unauthorised(f"{why} {HOW}")
    if scope not in row.scopes:
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
        raise ProblemError(
            403,
            "insufficient_scope",
            f"The token {row.name} has not the scope `{scope}` that this needs; it has {', '.join(row.scopes)}.",
            headers={"WWW-Authenticate": challenge},
        )
    await _note_used(register, row, now)
    return row


async def _note_used(register: Register, row: TokenRow, now: datetime) -> None:
    try:
        await asyncio.to_thread(register.tokens.note_used, row, now)
    except RegisterUnavailable as error:  # what was asked may still be read
        log.warning("The use of the token %s could not be noted: %s", row.name, error)


def _unauthorised(detail: str, challenge: str = f'{CHALLENGE}, error="invalid_token"') -> ProblemError:
    return ProblemError(401, "unauthorised", detail, headers={"WWW-Authenticate": challenge})


def unavailable(error: RegisterError) -> ProblemError:
    """503 where the register does not answer; what exactly it said is for the log alone."""
    log.warning("The register cannot be used: %s", error)
    return ProblemError(
        503,
        "register_unavailable",
        "The register does not answer just now. Ask again in a little while; asking again is harmless.",
        headers={"Retry-After": "10"},
    )
