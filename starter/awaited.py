"""What is kept, and what is still awaited, where an answer was taken and it is not the raiser's turn?"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.case import Case
from escalation.state import State
from escalation.words import at

AWAITS = {"awaiting_response", "notice_period"}


def awaited_lines(state: State, case: Case, stage: str) -> Iterator[str]:
    """After an answer to `stage`. `case` may be a moment behind `state`: it gives the titles alone."""
    now = case.procedure.stage(state.stage, case.track) if state.stage else None
    if now is None or state.status not in AWAITS:
        return
    raiser = case.procedure.role_title(case.raiser)
    if stage != now.key:
        yield f"The answer is kept. {now.title} still waits for its own; the {raiser} decides what this changes."
    elif now.response.stops_on == "resolution":  # SBC-22
        until = f" by {at(state.until)}" if state.until else ""
        yield f"The answer is kept. {now.title} waits until it is resolved{until}: the {raiser} says when it is."
