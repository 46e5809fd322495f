"""The transcript for a person: a timeline with dates, emails, deadlines and the reason for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from escalation.words import at, on
from escalation.working_days import LONDON
from starter.rehearsal.transcript import Clocks, StepTranscript, Transcript
from starter.telling import history_lines, stands


def timeline(transcript: Transcript, title: str) -> Iterator[str]:
    yield f"{transcript.scenario} ({transcript.procedure}): {title}"
    for step in transcript.steps:
        yield ""
        yield from _step(step)


def _step(step: StepTranscript) -> Iterator[str]:
    verdict = "" if step.accepted else f"  REFUSED: {step.rejection.message if step.rejection else ''}"
    yield f"{step.at.astimezone(LONDON):%a %d %b %Y %H:%M}  {step.do.replace('_', ' ')}{verdict}"
    yield from (f"  advice: {warning.message}" for warning in step.warnings)
    yield from history_lines(step.history)
    for email in step.emails:
        copies = f"; copy to {', '.join(email.cc)}" if email.cc else ""
        yield f"  email “{email.subject}” to {', '.join(email.to)}{copies}"
    yield from _where_it_stands(step)


def _where_it_stands(step: StepTranscript) -> Iterator[str]:
    yield from _standing(step)
    for name, ends in (step.state.timers if step.state else {}).items():
        yield f"     {name.replace('_', ' ')}: until {at(ends)}"
    for name, number in (step.report or {}).items():
        if figure := _figure(number):
            yield f"     {name.replace('_', ' ')}: {figure}"


def _standing(step: StepTranscript) -> Iterator[str]:
    state = step.state
    if state is None or isinstance(state, Clocks):
        return
    where = f"{state.stage}, " if state.stage else ""
    yield f"  => {where}{stands(state.status)}" + (f", waiting for {state.waiting_for}" if state.waiting_for else "")
    if state.due and step.why:
        yield f"     due {at(state.due)}: {_reason(step)}"


def _figure(number: Any) -> str:
    match number:
        case None:
            return ""
        case dict():
            figures = {key: _figure(value) for key, value in number.items()}
            return ", ".join(f"{key}: {figure}" for key, figure in figures.items() if figure)
        case list():
            return "; ".join(_figure(each) for each in number)
    return str(number)


def _reason(step: StepTranscript) -> str:
    """The rule of the clock that binds, and the days that it skipped."""
    if step.why is None:
        return ""
    counts = [count for count in step.why.counts if count.clock == step.why.binds]
    rules = "; then ".join(count.rule for count in counts)
    days = [day for count in counts for day in count.days if day.skipped not in {None, "day 0", "Saturday", "Sunday"}]
    skipped = ", ".join(f"{on(day.date)} ({day.skipped})" for day in days)
    start = f", from {on(counts[0].day_zero)}" if counts else ""
    return rules + start + (f"; not counted beside weekends: {skipped}" if skipped else "")
