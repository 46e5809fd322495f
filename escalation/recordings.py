"""What people record beside the ladder: who may, what it says, what it calls for; in an escalation and alone alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from escalation import forms
from escalation.forms import FaultAt
from escalation.procedure import Filing, FormField, Letter, Procedure, Recording, Role, ToDo, When
from escalation.wire import Fields

Parts = Mapping[str, Sequence[Role]]
"""Which roles have which part (procedure.PARTS): `raiser`, `addressee` and so on."""

PLACE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


class Refusal(NamedTuple):
    """Why something is not recorded: a code, a sentence with every fault at once, and the first field at fault."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True)
class Duties:
    """What a recording calls for. Headings are filled in; roles are still named as the procedure names them."""

    letters: tuple[Letter, ...] = ()
    filings: tuple[Filing, ...] = ()
    tasks: tuple[ToDo, ...] = ()
    advice: tuple[str, ...] = ()


def check(
    procedure: Procedure, recording: Recording, by: Role | None, fields: Fields, parts: Parts | None = None
) -> Refusal | None:
    """Whether this may be recorded so by this role. `parts` are those of the escalation; not given, it stands alone."""
    if by is None:
        return Refusal("who_acts", f"Say in which role you record “{recording.title}”.", "by")
    allowed = roles(recording.by, parts if parts is not None else parts_alone(procedure, by))
    if recording.by and by not in allowed:
        who = " or ".join(procedure.role_title(role) for role in allowed) or "nobody here"
        message = f"“{recording.title}” is recorded by the {who}, not by the {procedure.role_title(by)}."
        return Refusal("not_theirs_to_record", message, "by")
    if faults := list(forms.faults_in(procedure, recording.fields, fields)):
        return Refusal("incomplete", " ".join(message for _, message in faults), faults[0][0])
    return None


def unknown_fields(recording: Recording, fields: Fields) -> list[FaultAt]:
    """What was said that this recording has no place for: a slip of whoever typed it."""
    known = [field.key for field in recording.fields]
    there_are = f"Its fields are: {', '.join(known)}." if known else "It has no fields."
    return [(key, f"`{key}` is no field of “{recording.title}”. {there_are}") for key in fields if key not in known]


def duties_of(procedure: Procedure, recording: Recording, fields: Fields, holds: Callable[[When], bool]) -> Duties:
    """What must happen now. `holds` says whether a condition does."""
    filings = [filing for filing in recording.records if holds(filing.when)]
    return Duties(
        letters=tuple(letter for letter in recording.notices if holds(letter.when)),
        filings=tuple(
            filing.model_copy(update={"heading": filled_in(filing.heading, procedure, recording, fields)})
            for filing in filings
        ),
        tasks=tuple(task for task in recording.tasks if holds(task.when)),
        advice=tuple(advice.message for advice in recording.advice if holds(advice.when)),
    )


# What it says ---------------------------------------------------------------------------------------------------------


def filled_in(heading: str, procedure: Procedure, recording: Recording, fields: Fields) -> str:
    """`{text}` stands for what the field says, in words."""
    asked = {field.key: field for field in recording.fields}

    def said(place: re.Match[str]) -> str:
        value = forms.value_at(fields, place[1])
        return in_words(procedure, asked.get(place[1]), value) if forms.is_given(value) else ""

    return PLACE.sub(said, heading).strip()


def text_of(procedure: Procedure, recording: Recording, fields: Fields) -> str:
    """The text to paste: the title, and a line for each field that was filled in, in the order of the form."""
    return "\n".join([recording.title, *_lines(procedure, recording.fields, fields)])


def _lines(procedure: Procedure, asked: Iterable[FormField], given: Fields) -> Iterator[str]:
    for field in asked:
        value = given.get(field.key)
        if isinstance(value, dict) and field.fields:
            yield from _lines(procedure, field.fields, value)
        elif forms.is_given(value):
            yield f"{field.label}: {in_words(procedure, field, value)}"


def in_words(procedure: Procedure, field: FormField | None, value: Any) -> str:
    """A value as the document words it: codes by their titles, yes and no, several parted by a semicolon."""
    if field and field.kind == "code" and field.taxonomy:
        return "; ".join(forms.titles_in(procedure, field.taxonomy, value))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)


# Alone ----------------------------------------------------------------------------------------------------------------


def parts_alone(procedure: Procedure, by: Role) -> Parts:
    """Outside an escalation nobody is asked to answer; whoever records may be the raiser, else all who could be."""
    raisers = [*procedure.raiser.roles, *procedure.raiser.may_also_raise]
    return {
        "raiser": [by] if by in raisers else procedure.raiser.roles,
        "line_manager": [procedure.raiser.line_manager],
    } | {part: [] for part in ("addressee", "next_addressee", "asked", "responder")}


def roles(named: Iterable[str], parts: Parts) -> list[Role]:
    """Roles, with parts resolved, each once."""
    return list(dict.fromkeys(role for name in named for role in parts.get(name, [name])))


def holds_alone(fields: Fields) -> Callable[[When], bool]:
    """Whether a condition holds outside an escalation: by the fields alone. Subject and ladder are nobody's there,
    so what depends on them happens; what is about a stage, an answer or an end cannot.
    """

    def holds(when: When) -> bool:
        of_an_escalation = (when.stages, when.started_here, when.because, when.state, when.outcome)
        return (
            all(part is None for part in of_an_escalation)
            and (when.flag is None or fields.get(when.flag) is True)
            and (when.unless is None or fields.get(when.unless) is not True)
            and all(is_one_of(fields, name, values) for name, values in (when.given or {}).items())
        )

    return holds


def is_one_of(fields: Fields, name: str, values: Collection[str | int | bool]) -> bool:
    """Whether a field has one of these values; of several codes, one is enough. Of no values: whether it is given."""
    said = forms.value_at(fields, name)
    if not values:
        return forms.is_given(said)
    wanted = {str(value) for value in values}
    return any(given in wanted for given in forms.codes_in(said))
