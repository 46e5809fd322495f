"""An escalation to whose alert somebody replied by email, and the page on which the reply is recorded."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from escalation import rules
from escalation.messages import CameBack
from tests.web.bench import MAEVE, Bench, served
from web import emailed_reply

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


recording_served = partial(served, pages=emailed_reply.routes)
"""The page on which a reply is recorded, on a port of its own."""
