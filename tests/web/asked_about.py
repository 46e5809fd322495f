"""An escalation that was closed with a promise and too early to say what changed, and the page that asks about both."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from escalation import rules
from escalation.messages import Decide, Respond
from tests.web.bench import Bench, london, served
from web import follow_up

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


def promise_of(bench: Bench) -> int:
    return bench.told.follow_ups.promises[0].n


asking_served = partial(served, pages=follow_up.routes)
"""The page on which both are answered, on a port of its own."""
