"""An escalation that was closed with a promise and too early to say what changed, and the page that asks about both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from temporalio.client import Client

from escalation import rules
from escalation.messages import Decide, Respond
from tests.serving import serving
from tests.web.bench import Bench, london, nobody, paces
from web.app import STATIC
from web.follow_up import routes
from web.headers import SecurityHeaders
from web.reply.guarding import Paces

AMARA = "amara.okafor@council.example"
PROMISED = "The <b>minutes</b> follow by then."
SAID = {"response_id": "r1", "stage": "L1", "by": "operational_manager", "text": PROMISED}


def closed(bench: Bench, **said: Any) -> Bench:
    """Answered on Monday 23 November 2026 with a promise for Friday 27 November, and closed on that Monday."""
    bench.raised(actions="All of it.")
    given = SAID | {"received_at": bench.now, "done_by": date(2026, 11, 27)} | said
    bench.act(Respond.model_validate(given))
    decided = {"outcome": "satisfied", "outcome_text": "Settled.", "what_changed": "too_early"}
    bench.act(Decide.model_validate({"by": "iro", "ask_again_on": date(2026, 12, 14)} | decided))
    return bench


def asked(bench: Bench, at: str = "2026-11-27 09:00", event: str = "promise_due") -> int:
    """Time has brought the question; the number of its entry."""
    bench.now = london(at)
    while (wake := rules.next_wake(bench.told, bench.now)) and wake <= bench.now:
        bench._hold(rules.elapse(bench.told, bench.now))
    return next(entry.n for entry in reversed(bench.entries) if entry.event == event)


def path_of(bench: Bench, entry: int, role: str = "iro", address: str = AMARA) -> str:
    return bench.links.follow_up_link(bench.reference, entry, role, address).removeprefix(bench.settings.public_url)


@contextmanager
def asking_served(
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
