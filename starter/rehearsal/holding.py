"""Does what a worked example says after a step hold? Each fault is a few words for whoever wrote the example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from escalation.history import CaseNote, EmailSent
from escalation.printed import printed
from escalation.state import State, state_of, view
from escalation.working_days import london_date
from starter.rehearsal.tabletop import Seen
from starter.rehearsal.then import Concluded, Then

STATED = ("stage", "status", "waiting_for", "beyond_cap", "on_hold", "cap_reached")
"""What a state says in the same words."""


def faults_of(then: Then, seen: Seen) -> Iterator[str]:
    """Every fault of one step; none where all that is said holds."""
    state = state_of(seen.case, seen.at) if seen.case else None
    named = then.model_fields_set
    yield from _verdict(then, seen, named)
    yield from _standing(then, state, named)
    for name in ("alert", "emails", "no_emails_to", "records", "tasks", "history", "form"):
        if name in named:
            yield from WHAT_HAPPENED[name](then, seen)


def _verdict(then: Then, seen: Seen, named: set[str]) -> Iterator[str]:
    """An example that does not speak of a refusal does not expect one."""
    refused = seen.rejection.code if seen.rejection else None
    if not _as_said(then.refused or False, [refused] if refused else []):
        said = f"refused ({refused}: {seen.rejection.message})" if seen.rejection else "accepted"
        yield f"it was {said}, not {_in_words(then.refused or 'accepted', 'refused')}"
    warned = [warning.code for warning in seen.warnings]
    if "warned" in named and not _as_said(then.warned or False, warned):
        yield f"advice was {', '.join(warned) or 'none'}, not {_in_words(then.warned or 'none', 'given')}"


def _as_said(said: str | bool, codes: list[str]) -> bool:
    return said in codes if isinstance(said, str) else said == bool(codes)


def _in_words(said: str | bool, yes: str) -> str:
    return yes if said is True else str(said)


def _standing(then: Then, state: State | None, named: set[str]) -> Iterator[str]:
    found: dict[str, Any] = {name: getattr(state, name, None) for name in STATED}
    found |= {
        "due": _day(state.due if state else None),
        "cap": _day(state.cap if state else None),
        "clipped": state.clipped_to_cap if state else None,
    }
    for name, value in found.items():
        if name in named and getattr(then, name) != value:
            yield f"{name} is {value}, not {getattr(then, name)}"
    if "closed" in named:
        yield from _closed(then, state)
    for name, day in (then.timers or {}).items():
        if (running := _day(state.timers.get(name) if state else None)) != day:
            yield f"the timer {name} is {running}, not {day}"
    offered = state.offered if state else []
    yield from (f"{act} is not offered" for act in then.offered if act not in offered)
    yield from (f"{act} is offered" for act in then.not_offered if act in offered)


def _closed(then: Then, state: State | None) -> Iterator[str]:
    closed = state.closed if state else None
    found = f"{closed.outcome} on {closed.date_concluded}" if closed else "not at all"
    match then.closed:
        case Concluded(outcome=outcome, date_concluded=day):
            wanted = f"{outcome} on {day}"
            holds = found == wanted
        case str() as wanted:
            holds = closed is not None and closed.outcome == wanted
        case _:
            wanted = "closed" if then.closed else "open"
            holds = bool(then.closed) == bool(closed)
    if not holds:
        yield f"closed is {found}, not {wanted}"


def _day(instant: datetime | None) -> date | None:
    """The London date that an instant ends; midnight ends the date before it."""
    return london_date(instant - timedelta(microseconds=1)) if instant else None


# What happened -----------------------------------------------------------------------------------------------------


def _alert(then: Then, seen: Seen) -> Iterator[str]:
    reached = {role for sent in _sent(seen) if sent.part != "all" for role in _roles(sent)}
    if reached != set(then.alert or []):
        yield f"alert reached {_listed(reached)}, not {_listed(then.alert or [])}"


def _emails(then: Then, seen: Seen) -> Iterator[str]:
    for notice, wanted in then.emails.items():
        reached = {role for sent in _sent(seen) if sent.notice == notice for role in _roles(sent)}
        if missing := set(wanted) - reached:
            yield f"{notice} did not reach {_listed(missing)}, but {_listed(reached) or 'nobody'}"


def _no_emails_to(then: Then, seen: Seen) -> Iterator[str]:
    for sent in _sent(seen):
        if unwanted := set(_roles(sent)) & set(then.no_emails_to):
            yield f"{sent.notice} reached {_listed(unwanted)}"


def _records(then: Then, seen: Seen) -> Iterator[str]:
    filed = [entry.heading for entry in seen.entries if isinstance(entry, CaseNote)]
    yield from (f"no record “{each}”; filed: {_listed(filed)}" for each in then.records if each not in filed)


def _tasks(then: Then, seen: Seen) -> Iterator[str]:
    for role, said in then.tasks.items():
        theirs = [what for to, what in seen.tasks if to == role]
        for words in [said] if isinstance(said, str) else said:
            if not any(_words(words) <= _words(what) for what in theirs):
                yield f"no task for {role}: “{words}”; there are: {_listed(theirs)}"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _history(then: Then, seen: Seen) -> Iterator[str]:
    events = [view(entry).event for entry in seen.entries]
    left = iter(events)
    if not all(event in left for event in then.history):
        yield f"history has {_listed(events)}, not {_listed(then.history)} in this order"


def _form(then: Then, seen: Seen) -> Iterator[str]:
    lines = printed(seen.case) if seen.case else None
    for label, value in then.form.items():
        shown = (lines or {}).get(label)
        if str(shown) != str(value):
            yield f"the form's “{label}” is {shown}, not {value}"


def _sent(seen: Seen) -> list[EmailSent]:
    return [entry for entry in seen.entries if isinstance(entry, EmailSent)]


def _roles(sent: EmailSent) -> list[str]:
    return [delivery.role for delivery in sent.delivered]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names) if isinstance(names, set) else names)


WHAT_HAPPENED: dict[str, Callable[[Then, Seen], Iterator[str]]] = {
    "alert": _alert,
    "emails": _emails,
    "no_emails_to": _no_emails_to,
    "records": _records,
    "tasks": _tasks,
    "history": _history,
    "form": _form,
}
