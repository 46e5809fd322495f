"""How do Temporal's pages and its command line read and write what is encrypted? By Temporal's remote codec contract.

`POST decode` and `POST encode` take and give `{"payloads": [...]}` in protobuf's JSON. What cannot be decoded comes
back as it is, with the reason in its metadata, so that one old or foreign payload does not hide all the others.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads

from config.codec import ENCRYPTED, KeyRing, KeyRingCodec, Unreadable

OBJECT = TypeAdapter(dict[str, Any])

log = logging.getLogger("codec")

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of a request; Temporal itself takes payloads of 2 MB, a third larger in base64."""
REASON = "unreadable-because"
"""Under this name the metadata of a payload that could not be decoded says why."""
ALLOWED_HEADERS = ("Content-Type", "X-Namespace", "Authorization", "Authorization-Extras")


class CodecRoute:
    """The two operations, with one ring of keys."""

    def __init__(self, ring: KeyRing, origins: Sequence[str]) -> None:
        self._codec = KeyRingCodec(ring)
        self._origins = origins

    async def decode(self, request: Request) -> JSONResponse:
        """Every payload decoded; those that cannot be, as they came and with the reason."""
        given = await self._given(request)
        opened = [self._opened(payload) for payload in given]
        unreadable = sum(REASON in payload.metadata for payload in opened)
        _logged("Decoded", request, len(opened), unreadable)
        return _answer(opened)

    async def encode(self, request: Request) -> JSONResponse:
        """Every payload encrypted with the active key."""
        sealed = await self._codec.encode(await self._given(request))
        _logged("Encoded", request, len(sealed), 0)
        return _answer(sealed)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCRYPTED:  # it can be read as it is
            return payload
        try:
            return self._codec.open(payload)
        except Unreadable as error:
            refused = Payload()
            refused.CopyFrom(payload)
            refused.metadata[REASON] = str(error).encode()
            return refused

    async def _given(self, request: Request) -> list[Payload]:
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._origins:
            raise HTTPException(403, f"The codec is for Temporal's own pages: {' or '.join(self._origins)}.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "Send application/json.")
        return _parsed(await _body(request))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise HTTPException(413, f"At most {BODY_LIMIT} bytes at once.")
    return bytes(body)


def _parsed(body: bytes) -> list[Payload]:
    try:
        return list(ParseDict(OBJECT.validate_json(body), Payloads(), ignore_unknown_fields=True).payloads)
    except (ParseError, ValueError, RecursionError):  # their own words may repeat what was sent
        raise HTTPException(400, 'Send {"payloads": [...]} in the JSON of protobuf, as Temporal does.') from None


def _answer(payloads: Sequence[Payload]) -> JSONResponse:
    return JSONResponse(MessageToDict(Payloads(payloads=payloads)) or {"payloads": []})


def _logged(what: str, request: Request, count: int, unreadable: int) -> None:
    """Who looked at how much; never at what."""
    namespace = request.headers.get("x-namespace", "")[:100]
    facts = {"count": count, "unreadable": unreadable, "namespace": namespace}
    log.info("%s %d payloads of namespace %r, %d unreadable", what, count, namespace, unreadable, extra=facts)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return JSONResponse({"status": error.status_code, "detail": error.detail}, error.status_code)


def app(ring: KeyRing, origins: Sequence[str]) -> Starlette:
    """The routes `/decode` and `/encode`, open to pages of exactly these origins, and to what is not a page."""
    route = CodecRoute(ring, origins)
    cors = Middleware(CORSMiddleware, allow_origins=origins, allow_methods=["POST"], allow_headers=ALLOWED_HEADERS)
    return Starlette(
        routes=[Route("/decode", route.decode, methods=["POST"]), Route("/encode", route.encode, methods=["POST"])],
        middleware=[cors],
        exception_handlers={HTTPException: _refused},
    )
