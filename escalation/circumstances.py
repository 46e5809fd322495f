"""A procedure's conditions, roles and numbers in words, for a chart of it and for what changes between two of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from escalation.procedure import SUBJECTS, FormField, Procedure
from escalation.schema import Advised, Name, Needed, When
from escalation.telling.vocabulary import ENDINGS, EVENTS, FACTS, PEOPLE

ACT_FIELDS = {"bypass_reason": "a reason for starting higher"}
"""What is given with an act and stands in no form."""
BECAUSE = {"lapsed": "nobody answered", "decided": "the raiser went on"}
STATES = {"in_time": "it is in time", "late": "it is late"}


def joined(parts: Iterable[str], word: str = "and") -> str:
    """one; one and two; one, two and three; where one of them has a comma itself, with semicolons"""
    said = list(parts)
    if len(said) > 1 and any(", " in part for part in said):
        return f"{'; '.join(said[:-1])}; {word} {said[-1]}"
    return f" {word} ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


def counted(number: int, thing: str) -> str:
    """1 working day; 5 working days"""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def working_days(number: int) -> str:
    return counted(number, "working day")


def spaced(name: str) -> str:
    """A name of the file as words."""
    return name.replace("_", " ")


def small(label: str) -> str:
    """As it reads within a sentence."""
    return label[:1].lower() + label[1:]


def who(procedure: Procedure, roles: Iterable[str], word: str = "and") -> str:
    """Roles and parts by their titles."""
    return joined((PEOPLE.get(role) or procedure.role_title(role) for role in roles), word)


def what_is_asked(procedure: Procedure, path: str) -> str:
    """What a field of the form or of an act is about: its label; else the field's own name as words."""
    last = path.rpartition(".")[2]
    return FACTS.get(last) or ACT_FIELDS.get(last) or dict(_labels(procedure)).get(last) or spaced(last)


def _labels(procedure: Procedure) -> Iterator[tuple[Name, str]]:
    fields = [*procedure.asks, *(procedure.cafcass.asks if procedure.cafcass else [])]
    fields += [field for recording in procedure.recordings for field in recording.fields]
    yield from _labels_in(fields)
    asked: list[Advised | Needed] = [*(procedure.cafcass.advised if procedure.cafcass else [])]
    if procedure.legal_advice:
        asked += [*procedure.legal_advice.needs, *procedure.legal_advice.advised]
    yield from ((each.field, each.label) for each in asked)


def _labels_in(fields: Iterable[FormField]) -> Iterator[tuple[Name, str]]:
    for field in fields:
        yield field.key, field.label
        yield from _labels_in(field.fields)


def ours(procedure: Procedure, path: str) -> str:
    """A star after what the document does not state: at this path of `inferred`, within it or around it."""
    found = any(f"{path}.".startswith(f"{each}.") or each.startswith(f"{path}.") for each in procedure.inferred)
    return "*" if found else ""


def stage_titles(procedure: Procedure, keys: Iterable[str], word: str = "and") -> str:
    titles = {stage.key: stage.title for stage in reversed(procedure.stages)}
    return joined((titles.get(key, key) if not procedure.tracks else key for key in keys), word)


def event(procedure: Procedure, on: list[Name] | Name) -> str:
    """As it reads after `when`."""
    recorded = {each.event: f"“{each.title}” is recorded" for each in procedure.recordings}
    names = [on] if isinstance(on, str) else on
    return joined((EVENTS.get(name) or recorded.get(name) or spaced(name) for name in names), "or")


def condition(procedure: Procedure, when: When) -> str:
    """`where ..., unless ...`, or nothing for a condition that always holds."""
    said = list(_conditions(procedure, when))
    where = [f"where {joined(said)}"] if said else []
    return ", ".join([*where, *([f"unless {_yes(procedure, when.unless)}"] if when.unless is not None else [])])


def _conditions(procedure: Procedure, when: When) -> Iterator[str]:
    if when.subject is not None:
        yield f"it is about {joined((SUBJECTS[kind] for kind in when.subject), 'or')}"
    if when.track is not None:
        yield f"it is on the ladder of {joined(map(procedure.track_title, when.track), 'or')}"
    if when.stages is not None:
        several = len(when.stages) > 1
        yield f"it is at {joined(when.stages, 'or') if several else stage_titles(procedure, when.stages)}"
    if when.flag is not None:
        yield _yes(procedure, when.flag)
    for field, values in (when.given or {}).items():
        said = joined((_value(procedure, field, value) for value in values), "or")
        listed = procedure.taxonomies.get(field)
        yield f"“{listed.title if listed else what_is_asked(procedure, field)}” is {said or 'given'}"
    if when.started_here is not None:
        yield "it started there" if when.started_here else "it started below"
    if when.because is not None:
        yield BECAUSE[when.because]
    if when.state is not None:
        yield STATES[when.state]
    if when.outcome is not None:
        yield f"it is closed as {joined((ENDINGS[each] for each in when.outcome), 'or')}"


def _yes(procedure: Procedure, fact: str) -> str:
    """A yes/no fact, as it reads after `where`."""
    asked = what_is_asked(procedure, fact)
    return asked if fact in FACTS else f"“{asked}” is yes"


def _value(procedure: Procedure, field: str, value: Any) -> str:
    """A value as people read it: of a code, its title."""
    taxonomy = procedure.taxonomies.get(field)
    titles = {code.code: code.title for code in taxonomy.codes} if taxonomy else {}
    return f"“{titles[value]}”" if value in titles else spaced(str(value))
