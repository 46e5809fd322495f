"""An escalation to whose alert somebody replied by email, and the page on which the reply is recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from temporalio.client import Client

from escalation import rules
from escalation.messages import CameBack
from tests.serving import serving
from tests.web.bench import MAEVE, Bench, nobody, paces
from web.app import STATIC
from web.emailed_reply import routes
from web.headers import SecurityHeaders
from web.reply.guarding import Paces

AMARA = "amara.okafor@council.example"
MAIL_ID = "0123456789abcdef0123456789abcdef01234567"
RESPONSE_ID = f"email-{MAIL_ID[:24]}"
TEXT = "We agree.\nThe <b>meeting</b> is on Thursday."


def replied(bench: Bench, received_at: datetime | None = None, *, role: str = "operational_manager") -> int:
    """The reply has reached the history; the number of its entry."""
    told = bench.told
    came = CameBack(
        mail_id=MAIL_ID,
        kind="reply",
        received_at=received_at or bench.now,
        entry=told.visits[0].n,
        notice="alert",
        role=role,
        address=MAEVE,
        person="Maeve Brennan",
        text=TEXT,
    )
    bench._hold(rules.take(told, came, bench.now))
    return next(entry.n for entry in reversed(bench.entries) if entry.event == "reply_received")


def path_of(bench: Bench, entry: int, role: str = "iro", address: str = AMARA) -> str:
    return bench.links.recording_link(bench.reference, entry, role, address).removeprefix(bench.settings.public_url)


@contextmanager
def recording_served(
    bench: Bench, client: Callable[[], Awaitable[Client]] = nobody, how_often: Paces | None = None
) -> Iterator[str]:
    """The page on a port of its own."""
    app = FastAPI(openapi_url=None)
    app.include_router(
        routes(bench.settings, bench.ring, client=client, now=lambda: bench.now, paces=how_often or paces())
    )
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(SecurityHeaders)
    with serving(app) as address:
        yield address
