"""How a condition, a field, a stage or a list of people is named in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from escalation.procedure import SUBJECTS, FormField, Procedure, Stage, When
from escalation.telling.vocabulary import ENDINGS, EVENTS, FACTS, PEOPLE
from escalation.telling.wording import both, either, plain, quoted, spaced, the

ACT_FIELDS = {
    "bypass_reason": "the reason for skipping stages",
    "other_text": "the issue in other words",
    "override_reason": "the reason for doing it all the same",
}
"""Fields of acts that no procedure lists."""


def people(procedure: Procedure, roles: Iterable[str]) -> str:
    """the Team Manager and the raiser"""
    return both(person(procedure, role) for role in roles)


def person(procedure: Procedure, role: str) -> str:
    return PEOPLE.get(role) or the(procedure.role_title(role))


def titles(procedure: Procedure, roles: Iterable[str]) -> str:
    """For a cell: Team Manager; the raiser"""
    return "; ".join(PEOPLE.get(role) or plain(procedure.role_title(role)) for role in roles)


def stage_named(procedure: Procedure, key: str, track: str | None = None) -> str:
    """S2 (Stage Two – Service Manager)"""
    stage = procedure.stage(key, track) or next((each for each in procedure.stages if each.key == key), None)
    return f"{plain(key)} ({plain(stage.title)})" if stage else plain(key)


def stages_named(procedure: Procedure, keys: Sequence[str]) -> str:
    """S2 (Stage Two – Service Manager); of several, their keys alone."""
    return stage_named(procedure, keys[0]) if len(keys) == 1 else both(plain(key) for key in keys)


def label(procedure: Procedure, path: str, own: Sequence[FormField] = ()) -> str:
    """What a field is called where people fill it in, in quotation marks."""
    if path in ACT_FIELDS:
        return ACT_FIELDS[path]
    if path in procedure.taxonomies:
        return quoted(procedure.taxonomies[path].title)
    labels = [*_labels([*own, *procedure.asks], path.split("."))]
    return quoted(": ".join(labels[0])) if labels else FACTS.get(path) or quoted(spaced(path))


def _labels(fields: Iterable[FormField], path: list[str]) -> Iterator[list[str]]:
    for each in fields:
        if each.key == path[0]:
            if not path[1:]:
                yield [each.label]
            yield from ([each.label, *rest] for rest in _labels(each.fields, path[1:]) if path[1:])


def when(procedure: Procedure, condition: When, own: Sequence[FormField] = ()) -> str:
    """Empty where it always holds; else "where …, and at S1"."""
    return ", and ".join(_parts(procedure, condition, own))


def _parts(procedure: Procedure, condition: When, own: Sequence[FormField]) -> Iterator[str]:
    if condition.subject:
        yield f"for {either(SUBJECTS[kind] for kind in condition.subject)}"
    if condition.track:
        yield f"on the ladder for {both(plain(procedure.track_title(track)) for track in condition.track)}"
    if condition.flag:
        yield f"where {_is_so(procedure, condition.flag, own)}"
    if condition.unless:
        yield f"unless {_is_so(procedure, condition.unless, own)}"
    for field, values in (condition.given or {}).items():
        yield f"where {label(procedure, field, own)} is {_values(procedure, field, values, own)}"
    if condition.stages:
        yield f"at {stages_named(procedure, condition.stages)}"
    if condition.started_here is not None:
        yield f"where the escalation {'started' if condition.started_here else 'did not start'} at that stage"
    if condition.because:
        yield "where silence led there" if condition.because == "lapsed" else "where a person moved it there"
    if condition.state:
        yield "where the answer came late" if condition.state == "late" else "where the answer came in time"
    if condition.outcome:
        yield f"where it ends as {either(ENDINGS[outcome] for outcome in condition.outcome)}"


def _is_so(procedure: Procedure, flag: str, own: Sequence[FormField]) -> str:
    said = label(procedure, flag, own)
    return said if flag in FACTS else f"{said} is answered yes"


def _values(procedure: Procedure, field: str, values: Sequence[str | int | bool], own: Sequence[FormField]) -> str:
    if not values:
        return "given"
    asked = next((each for each in own if each.key == field), None)
    taxonomy = procedure.taxonomies.get((asked.taxonomy if asked else None) or field)
    listed = {code.code: code.title for code in taxonomy.codes} if taxonomy else {}
    return either(value(each) if each not in listed else quoted(listed[each]) for each in values)


def value(given: str | int | bool) -> str:
    """Yes, no, or what is said."""
    return ("yes" if given else "no") if isinstance(given, bool) else spaced(str(given))


def event(procedure: Procedure, on: Sequence[str] | str) -> str:
    """When … or …, of what happens."""
    recorded = {each.event: f"{quoted(each.title)} is recorded" for each in procedure.recordings}
    names = [on] if isinstance(on, str) else on
    return either(EVENTS.get(name) or recorded.get(name) or spaced(name) for name in names)


def next_of(procedure: Procedure, stage: Stage) -> Stage | None:
    """The stage after this one on its ladder."""
    return procedure.next_stage(stage.key, stage.track)
