"""Whatever an entry says beside its headline, each value in words: any entry, also one that is new here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from escalation.case import Case
from escalation.commands import Answer
from escalation.filing.filled import field_at, worded
from escalation.forms import is_given
from escalation.history import Entry, Recorded
from escalation.messages import Delivery, Failure
from escalation.printed import chosen
from escalation.procedure import EVERYWHERE, FormField
from escalation.wire import Known, Subject
from escalation.words import at, on

LABELS = {
    "working_days": "Working days to answer",
    "lapsed_due": "Due date of the stage that lapsed",
    "beyond_cap": "Beyond the total time",
    "notice_working_days": "Working days of notice",
    "addressee": "Who must answer",
    "delivered": "Accepted",
    "failed": "Not accepted",
    "starts_clock": "The stage's days begin",
    "day_zero": "Day 0",
    "cap_day_zero": "Day 0 of the total time",
    "sent_for": "On behalf of",
    "how": "How it came",
    "promise": "The entry that promised it",
    "promises": "The entries that promised it",
    "text": "In their words",
    "answers": "To each action",
    "outcome_text": "What came of it",
    "may_pass_cap": "May pass the total time",
    "date_concluded": "Date concluded",
    "action_due": "To be done by",
    "stage_already_left": "The stage had already been left",
    "addresses_requested_action": "Addresses the requested action",
    "stops_clock": "The stage waits for its alert again",
}
BECAUSE = {
    "vacant": "nobody serves in it",
    "conflict": "it is their own concern",
    "silent": "they had let a stage lapse",
    "refused": "no mail reaches them",
    "not_taken": "it was not taken in time",
    "leave": "the raiser is on leave",
}
BECAUSES = {"why", "because"}
TITLED = {"to", "role", "cover", "absent", "addressee", "sent_for", "recorded_by", "attendees", "from_stage"}
"""Names of values that are codes or roles; all other text is somebody's words, and stays as it is."""
USUAL = ("channel", "email")
SUBJECTS = {"lac": "a looked-after child", "cp": "a child protection plan", "foster_carer": "a foster carer"}


def said(case: Case, entry: Entry, quiet: Collection[str]) -> Iterator[str]:
    """`Label: words`, in the order in which the entry has them; what is not given or not so is left out."""
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if name in Entry.model_fields or name in quiet or not _is_told(value) or (name, value) == USUAL:
            continue
        if name == "fields":
            yield from _fields(case, entry, value)
            continue
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        yield from _labelled(label, list(_words(case, name, value)))


def _labelled(label: str, texts: list[str]) -> Iterator[str]:
    yield from (f"{label}: {text}" if not place else text for place, text in enumerate(texts))


def _is_told(value: Any) -> bool:
    return is_given(value) and value not in ({}, (), False)


def _fields(case: Case, entry: Entry, given: dict[str, Any]) -> Iterator[str]:
    """What a form or a recording says, by the labels under which people were asked."""
    as_said = case.model_copy(update={"fields": given})
    for key, value in given.items():
        field = field_at(_asked(case, entry), key)
        if is_given(value):
            yield from _labelled(_label(case, key, field), list(_of_field(as_said, key, field, value)))


def _label(case: Case, key: str, field: FormField | None) -> str:
    taxonomies = case.procedure.taxonomies
    if field is not None:
        return field.label
    if key in taxonomies:
        return taxonomies[key].title
    listed = next((each.title for each in taxonomies.values() if each.items_in == key), None)
    return f"{listed}, item" if listed else key.replace("_", " ").capitalize()


def _of_field(case: Case, key: str, field: FormField | None, value: Any) -> Iterator[str]:
    if field is not None and field.kind not in {"text", "code", "choice"}:
        return worded(case, key, field, value)
    return _words(case, key, chosen(case, key))


def _asked(case: Case, entry: Entry) -> list[FormField]:
    """What whoever made this entry was asked."""
    procedure = case.procedure
    recording = procedure.recording(entry.what) if isinstance(entry, Recorded) else None
    if recording is not None:
        return recording.fields
    cafcass = procedure.cafcass.asks if procedure.cafcass and "cafcass" in entry.event else []
    return [*cafcass, *procedure.asks]


def _words(case: Case, name: str, value: Any) -> Iterator[str]:
    """One value, whatever it is."""
    match value:
        case bool():
            yield "Yes" if value else "No"
        case datetime():
            yield at(value)
        case date():
            yield on(value)
        case list() | tuple():
            for each in value:
                yield from _words(case, name, each)
        case dict():
            for key, each in value.items():
                if _is_told(each):
                    yield f"{_title(case, str(key)).replace('_', ' ')}: {'; '.join(_words(case, str(key), each))}"
        case str() if name in TITLED:
            yield _title(case, value)
        case str():
            yield BECAUSE.get(value, value) if name in BECAUSES else value
        case _:
            yield from _message(case, value)


def _message(case: Case, value: Any) -> Iterator[str]:
    title = case.procedure.role_title
    match value:
        case Delivery():
            cover = f", as cover for {title(value.role)}" if value.cover else ""
            role = title(value.cover or value.role)
            yield f"{value.person} ({role}){cover}, {value.address}, on {at(value.accepted_at)}"
        case Failure():
            who = f"{value.person} ({title(value.role)}), {value.address}" if value.person else title(value.role)
            yield f"{who}: {value.reason}"
        case Answer():
            yield f"{value.action}: {value.text}" if value.action else value.text
        case Known():
            yield f"{value.name}, {value.email}"
        case Subject():
            yield SUBJECTS[value.kind]
            facts = value.model_dump(exclude={"kind"}, exclude_defaults=True)
            yield from (f"{key.replace('_', ' ')}: {'; '.join(_words(case, key, each))}" for key, each in facts.items())
        case BaseModel():
            yield from _words(case, "", value.model_dump(exclude_none=True))
        case _:
            yield str(value)


def _title(case: Case, word: str) -> str:
    """A role or a stage by its title; all else as it was written."""
    stage = case.procedure.stage(word, case.track) if case.visits else None
    if word in case.procedure.roles or word in EVERYWHERE:
        return case.procedure.role_title(word)
    return stage.title if stage else word
