"""Can every condition hold? A duty whose condition never holds is a copy to nobody, a record never filed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from escalation.contradictions import FaultAt, asked_paths, parts
from escalation.procedure import FormField, Procedure
from escalation.schema import Notice, Record, Stage, Task, When
from escalation.wire import Subject

SAID_BY = {
    "because": ({"entered"}, "how a stage was entered is known only on `entered`"),
    "outcome": ({"closed"}, "an outcome is known only on `closed`"),
}
"""Keys of a condition that only some events can answer."""


def condition_faults(procedure: Procedure) -> Iterator[FaultAt]:
    """Conditions that no case can meet, as (path in the file, message)."""
    asked = _asked(procedure)
    for path, part in parts(procedure):
        if isinstance(part, When):
            yield from ((path, message) for message in _of_the_case(procedure, path, part))
            yield from ((path, message) for message in _of_fields(asked, part))
        elif isinstance(part, Notice | Record | Task):
            yield from ((f"{path}.when", message) for message in _of_the_event(part))


def _of_the_case(procedure: Procedure, path: str, when: When) -> Iterator[str]:
    """The subject, the ladder and the stages."""
    if when.subject is not None and not set(when.subject) & set(procedure.subjects):
        yield f"never holds: this procedure covers {', '.join(procedure.subjects)}"
    if when.flag is not None and when.flag == when.unless:
        yield f"never holds: `{when.flag}` would have to be true and not true"
    inside = path.split(".")
    here = procedure.stages[int(inside[1])] if inside[0] == "stages" and len(inside) > 1 else None
    if when.stages is None and when.track is None:
        return
    if not any(_stands(stage, when) for stage in ([here] if here else procedure.stages)):
        yield "never holds: no such stage stands on such a ladder" if here is None else f"never holds at {here.key}"


def _stands(stage: Stage, when: When) -> bool:
    on_track = when.track is None or stage.track is None or stage.track in when.track
    return on_track and (when.stages is None or stage.key in when.stages)


def _of_fields(asked: dict[str, list[Any] | None], when: When) -> Iterator[str]:
    """Facts that somebody must be asked for, and the values that they can have."""
    for name in [when.flag, when.unless]:
        if name is not None and name not in asked:
            yield f"`{name}` is neither a fact of the subject nor asked anywhere in this file"
    for name, values in (when.given or {}).items():
        known = asked.get(name)
        if name not in asked:
            yield f"nobody is asked for `{name}`"
        elif known is not None and not {str(value) for value in values} & {str(value) for value in known}:
            yield f"never holds: `{name}` is one of {', '.join(str(value) for value in known)}"


def _of_the_event(duty: Notice | Record | Task) -> Iterator[str]:
    on, when = {duty.on} if isinstance(duty.on, str) else set(duty.on), duty.when
    for key, (events, message) in SAID_BY.items():
        if getattr(when, key) is not None and not on & events:
            yield f"never holds: {message}"
    if when.started_here and not on & {"raised", "entered"}:
        yield "never holds: a start is told only by `raised` and `entered`"
    if (when.state == "late" and "late_response" not in on) or (when.state == "in_time" and on == {"late_response"}):
        yield "never holds: an answer in time is `responded`, a late one `late_response`"


def _asked(procedure: Procedure) -> dict[str, list[Any] | None]:
    """Everything that a case can say, by its path, with the values that it can have where they are listed."""
    found: dict[str, list[Any] | None] = dict.fromkeys(Subject.model_fields)
    found |= dict.fromkeys(["other_text", "bypass_reason", "override_reason"])
    for taxonomy in procedure.taxonomies.values():
        found |= {taxonomy.items_in: None} if taxonomy.items_in else {}
    for _, part in parts(procedure):
        found |= _fields_of(part)
    lists = {
        key: None if kept.open else [code.code for code in kept.codes] for key, kept in procedure.taxonomies.items()
    }
    return found | lists


def _fields_of(part: BaseModel) -> dict[str, list[Any] | None]:
    """What one part asks for: the `asks` or `fields` of whatever has them, with the parts of groups by their path."""
    found: dict[str, list[Any] | None] = {}
    for name in ("asks", "fields"):
        fields = [] if isinstance(part, FormField) else getattr(part, name, [])
        found |= dict.fromkeys(asked_paths(fields))
        found |= {field.key: _values(field) for field in fields}
    if field := getattr(part, "field", None):
        found[field] = None
    return found


def _values(field: FormField) -> list[Any] | None:
    if field.kind == "yes_no":
        return [True, False]
    return list(field.choices) if field.kind == "choice" else None
