"""Which requests are not even read? Too many, too large, or sent by a page of somebody else."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request

from web.reply.refusing import Refusal, is_json

BODY_LIMIT = 256 * 1024
"""Bytes: some forty pages of text."""
MOST_KEYS = 20_000


@dataclass
class Pace:
    """So many a minute for each key. In memory: each web process counts for itself."""

    most: int
    window: float = 60.0
    seen: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, key: str, now: float) -> float:
        """Seconds to wait; 0 where the request may go on, and is then counted."""
        times = self.seen.setdefault(key, deque())
        while times and times[0] <= now - self.window:
            times.popleft()
        if len(times) >= self.most:
            return times[0] + self.window - now
        times.append(now)
        if len(self.seen) > MOST_KEYS:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        self.seen = {key: times for key, times in self.seen.items() if times and times[-1] > now - self.window}


@dataclass(frozen=True)
class Paces:
    """How often a page may be opened, and how often something may be sent."""

    opening: Pace = field(default_factory=lambda: Pace(30))
    sending: Pace = field(default_factory=lambda: Pace(10))

    def check(self, request: Request, key: str) -> None:
        """Raises Refusal with the seconds to wait."""
        pace = self.sending if request.method == "POST" else self.opening
        wait = pace.wait(key, time.monotonic())
        if wait:
            seconds = int(wait) + 1
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many",
                "Please wait a moment",
                f"There were too many requests within a minute. Try again in {seconds} seconds; nothing is lost.",
                headers={"Retry-After": str(seconds)},
            )


def client_of(request: Request) -> str:
    """The address that the connection comes from; whatever headers say of it is not believed."""
    return request.client.host if request.client else "unknown"


def check_origin(request: Request) -> None:
    """Raises Refusal for what a page of another site makes a browser send.

    Our pages send no referrer, so that a browser's Origin is `null` even on our own forms: Sec-Fetch-Site comes first.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    elif origin is not None:
        ours = urlsplit(origin).netloc == request.headers.get("host", "") != ""
    else:
        ours = is_json(request)
    if not ours:
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "cross_site",
            "This was not sent from our own page",
            "Open the link in your email and answer there. Nothing has been changed.",
        )


async def body_of(request: Request) -> bytes:
    """What was sent. Raises Refusal as soon as it is too long: the rest is not kept."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_LIMIT:
        raise _too_long()
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise _too_long()
    return bytes(body)


def _too_long() -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_long",
        "Your answer is too long",
        f"At most {BODY_LIMIT // 1024} kilobytes can be sent at once. Nothing has been changed.",
        "Put long papers into the case record, and say in your answer where they are.",
    )
