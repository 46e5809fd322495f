"""One value of a procedure in words, and by which words a part of it is known."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from escalation.circumstances import condition, event, joined, small, spaced, what_is_asked, who, working_days
from escalation.contradictions import ROLES
from escalation.differences.phrases import PHRASES
from escalation.procedure import SUBJECTS, Procedure
from escalation.schema import (
    Advice,
    Advised,
    Cap,
    Check,
    Clock,
    Code,
    Copies,
    Entry,
    Extension,
    Filing,
    Forced,
    Form,
    FormField,
    FormPart,
    LegalAdvice,
    Letter,
    Needed,
    NoticePeriod,
    Process,
    Recording,
    Report,
    Response,
    Stage,
    Taxonomy,
    ToDo,
    When,
)  # fmt: skip
from escalation.telling.vocabulary import NOTICES

IN_WORKING_DAYS = {(Response, "working_days"), (Cap, "working_days"), (NoticePeriod, "most_working_days"),
                   (Extension, "most_working_days")}  # fmt: skip
ABSENT = {
    (Response, "working_days"): "no time of its own",
    (Stage, "track"): "every ladder",
    (Entry, "start_at"): "any stage",
    (Entry, "default"): "the first stage",
    (LegalAdvice, "from_stage"): "any",
    (FormField, "stages"): "every stage",
    (Code, "stages"): "every stage",
    (Form, "stages"): "every stage",
}
"""What it means that there is no value, where that is no absence."""
AT = {"start": "at a start", "respond": "with an answer", "decide": "with a decision", "close": "at closing"}
WORDS: dict[tuple[type[BaseModel], str], dict[str, str]] = {
    (Stage, "on_lapse"): {
        "advance": "the next stage is asked",
        "ask": "the raiser decides",
        "hold": "it is held",
    },
    (Response, "raiser_may"): {"nothing": "nothing", "shorten": "give less", "set": "set it"},
    (Response, "stops_on"): {"response": "an answer", "resolution": "that it is resolved"},
    (FormField, "at"): AT,
}
TEXTS = {"label", "title", "message", "what", "heading", "where", "amended", "reference", "name", "council"}
"""Values that are words of the document, and always in quotation marks."""
ALWAYS = {(Stage, "response"), (Stage, "on_lapse"), (Response, "working_days"), (Cap, "starts")}
"""What is told of a new part also where it is as it is for most."""
HEADED: dict[type[BaseModel], set[str]] = {
    Stage: {"key", "track"},
    Letter: {"notice", "on", "when"},
    Filing: {"heading", "on", "when"},
    ToDo: {"what", "on", "when"},
    FormField: {"label", "at"},
    Check: {"label"},
    Advised: {"label"},
    Needed: {"label"},
    Code: {"code", "title"},
    Recording: {"title"},
    Form: {"title"},
    FormPart: {"begins"},
    Process: {"title"},
    Taxonomy: {"title"},
    Report: {"title"},
    Clock: {"title"},
    Copies: {"when"},
    Forced: {"flag"},
    Advice: {"message", "when"},
}
"""What is said already where a part is called by its name."""


def worded(procedure: Procedure, kind: type[BaseModel], name: str, value: Any) -> str:
    """A value that is no list and no part."""
    if value is None:
        return ABSENT.get((kind, name), "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _roles_of(kind) or (kind is Procedure and name == "quality_assurance"):
        return who(procedure, [value])
    if (kind, name) in IN_WORKING_DAYS:
        return working_days(value)
    if name == "on":
        return f"when {event(procedure, value)}"
    if name == "subjects" and value in SUBJECTS:
        return SUBJECTS[value]
    known = WORDS.get((kind, name), {}).get(str(value))
    return known or (f"“{value}”" if name in TEXTS else plain(value))


def plain(value: Any) -> str:
    """A number, a name as words, or what is written, in quotation marks."""
    text = str(value)
    if isinstance(value, int) or (text.isascii() and text.replace("_", "").isalnum() and text == text.lower()):
        return spaced(text)
    return text if text.isascii() and text.isalnum() else f"“{text}”"


def _roles_of(kind: type[BaseModel]) -> set[str]:
    return {name for part, names in ROLES.items() if issubclass(kind, part) for name in names}


def whole(procedure: Procedure, part: BaseModel) -> str:
    """Everything that a part says beyond what holds where nothing is said."""
    if isinstance(part, When):
        return condition(procedure, part)
    said = [(name, getattr(part, name)) for name in PHRASES[type(part)] if name not in headed(type(part))]
    defaults = {name: field.default for name, field in type(part).model_fields.items()}
    return "; ".join(
        f"{PHRASES[type(part)][name]}: {all_of(procedure, type(part), name, value)}"
        for name, value in said
        if value != defaults[name] or (type(part), name) in ALWAYS
    )


def headed(kind: type[BaseModel]) -> set[str]:
    """The fields of a part by which it is called."""
    return next((names for part, names in HEADED.items() if issubclass(kind, part)), set())


def all_of(procedure: Procedure, kind: type[BaseModel], name: str, value: Any) -> str:
    """Any value, also a list or a part, for the telling of what is new."""
    if isinstance(value, BaseModel):
        return f"({whole(procedure, value)})"
    if isinstance(value, dict):
        items = (f"{plain(key)}: {all_of(procedure, kind, name, item)}" for key, item in value.items())
        return joined(items) or "none"
    if isinstance(value, list):
        return joined(all_of(procedure, kind, name, item) for item in value) or "none"
    return worded(procedure, kind, name, value)


# By which words a part is known ---------------------------------------------------------------------------------------


def known_as(procedure: Procedure, part: BaseModel, key: str = "") -> tuple[str, str]:
    """What kind of part it is and which one; `key` is its key where it stands under one."""
    match part:
        case Stage():
            return "stage", part.key if part.track is None else f"{part.key} ({procedure.track_title(part.track)})"
        case Letter():
            return "notice", f"“{NOTICES.get(part.notice, spaced(part.notice))}”{_when(procedure, part)}"
        case Filing():
            return "record", f"“{part.heading}”{_when(procedure, part)}"
        case ToDo():
            return "task", f"“{part.what}”{_when(procedure, part)}"
        case FormField():
            return "question", f"“{part.label}”" + (f" {AT[part.at]}" if part.at != "start" else "")
        case Check() | Advised() | Needed():
            return "point", f"“{part.label}”"
        case Code():
            return "code", f"{plain(part.code)}, “{part.title}”"
        case Recording() | Form():
            return "recording" if isinstance(part, Recording) else "form", f"“{part.title}”"
        case Copies():
            return "copy", f"of the alert {condition(procedure, part.when)}".rstrip()
        case Forced():
            return "fact", f"“{what_is_asked(procedure, part.flag)}”"
        case Advice():
            return "advice", f"“{part.message}”"
    return type(part).__name__.lower(), f"“{getattr(part, 'title', '') or spaced(key)}”"


def _when(procedure: Procedure, duty: Letter | Filing | ToDo) -> str:
    on = getattr(duty, "on", None)
    happens = f"when {event(procedure, on)}" if on else ""
    said = " ".join(part for part in (happens, small(condition(procedure, duty.when))) if part)
    return f" {said}" if said else ""
