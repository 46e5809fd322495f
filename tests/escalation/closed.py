"""Matters that were closed with a promise, and what is asked and told of them afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from escalation import notices
from escalation.fold import apply, fold
from escalation.messages import AnswerPromise
from escalation.past import TOLD_BY, Past
from escalation.rules import Outcome
from escalation.working_days import LONDON
from tests.escalation.driver import Play, a_procedure

FRIDAY = date(2026, 3, 20)


def raised(**more: object) -> Play:
    """Raised on Monday 2 March 2026."""
    play = Play(a_procedure({}, {}, **more), "2026-03-02 10:00")
    play.start()
    return play


def closed(done_by: date | None = FRIDAY, **more: Any) -> Play:
    """Answered with a promise for Friday 20 March, and closed on Thursday 5 March."""
    play = raised(**more.pop("procedure", {}))
    play.respond(at="2026-03-04 10:00", text="It is arranged.", done_by=done_by)
    play.decide("satisfied", at="2026-03-05 10:00", **more)
    return play


def done(play: Play, *, done: bool = True, at: str | None = None, **said: Any) -> Outcome:
    return play.act(AnswerPromise.model_validate({"by": "iro", "done": done} | said), at=at)


def promise_of(play: Play) -> int:
    return int(play.of("promised")[0].n)


def asked(play: Play) -> list[str]:
    return [f"{entry.at.astimezone(LONDON):%a %d %b %H:%M}" for entry in play.of("promise_due")]


def past(play: Play) -> Past:
    found = Past.of([entry for entry in play.entries if entry.event in TOLD_BY])
    assert found == Past.of(play.entries)
    assert found
    return found


def not_done(**more: Any) -> Play:
    play = closed(**more)
    done(play, done=False, at="2026-03-20 10:00", text="No meeting")
    return play


def called_for(play: Play, name: str) -> list[dict[str, Any]]:
    """What such notices may say, of the whole history."""
    case = fold(play.procedure, play.entries[:1])
    found: list[dict[str, Any]] = []
    for entry in play.entries[1:]:
        case = apply(case, entry)
        found += [notice.facts for notice in notices.called_for(case, entry) if notice.notice == name]
    return found
