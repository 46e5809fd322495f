"""What stands beside each label of a form, in words: as people wrote it, with dates as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from escalation.case import Case, Visit
from escalation.filing.document import Line
from escalation.filing.standing import Answered, Standing
from escalation.forms import date_in, is_given, value_at
from escalation.history import Closed, LateResponse, Withdrawn
from escalation.printed import chosen, raiser
from escalation.procedure import Form, FormField
from escalation.words import at, on
from escalation.working_days import london_date

NOT_GIVEN = "Not given"
OUTCOMES = {"resolved": "Resolved", "unresolved": "Not resolved", "no_longer_applicable": "No longer applicable"}


def line(standing: Standing, form: Form, label: str) -> Line:
    """One line of a form, as it stood."""
    shown = form.lines[label]
    names = [shown] if isinstance(shown, str) else shown
    texts = [text for name in names for text in _texts(standing, form, name, alone=len(names) == 1)]
    named = form.printed_as.get(label, label)
    if texts:
        return Line(label=named, texts=texts)
    return Line(label=named, texts=[_absent(standing, names)], given=False)


def _texts(standing: Standing, form: Form, name: str, *, alone: bool) -> list[str]:
    if name == "due" and not alone:
        return [f"By {text}" for text in _due(standing, form)]
    if name in SAID:
        return SAID[name](standing, form)
    return fields_said(standing.case, name)


# Of fields -----------------------------------------------------------------------------------------------------------


def fields_said(case: Case, path: str) -> list[str]:
    """What people said in one field."""
    value, field = value_at(case.fields, path), field_at(case.procedure.asks, path)
    if not is_given(value):
        return []
    listed = any(taxonomy.items_in == path for taxonomy in case.procedure.taxonomies.values())
    if listed or field is None or field.kind in {"text", "code", "choice"}:
        return list(_in_words(chosen(case, path)))
    return list(worded(case, path, field, value))


def worded(case: Case, path: str, field: FormField, value: Any) -> Iterator[str]:
    """The parts of a group each with its label; days and dates as they are read."""
    if field.kind == "group" and isinstance(value, dict):
        for part in field.fields:
            texts = fields_said(case, f"{path}.{part.key}")
            yield from (f"{part.label}: {text}" for text in texts)
    elif field.kind in {"date", "timescale"} and (day := date_in(value)):
        yield on(day)
    elif field.kind == "timescale" and isinstance(value, int):
        yield f"{value} working day{'' if value == 1 else 's'}"
    else:
        yield from _in_words(value)


def field_at(asks: Sequence[FormField], path: str) -> FormField | None:
    """The field of a path, also inside a group."""
    key, _, rest = path.partition(".")
    field = next((field for field in asks if field.key == key), None)
    return field_at(field.fields, rest) if field and rest else field


def _in_words(value: Any) -> Iterator[str]:
    match value:
        case None | "":
            return
        case bool():
            yield "Yes" if value else "No"
        case list() | tuple():
            for each in value:
                yield from _in_words(each)
        case dict():
            for each in value.values():
                yield from _in_words(each)
        case _:
            yield str(value)


# Of the escalation ---------------------------------------------------------------------------------------------------


def _day(day: date | None) -> list[str]:
    return [on(day)] if day else []


def _due(standing: Standing, _form: Form) -> list[str]:
    due = standing.case.due_of(standing.case.visit)
    return [at(due.at)] if due else []


def stays(case: Case, form: Form) -> list[Visit]:
    """The stays at the stages of this form so far; a notice period asks for no answer."""
    return [visit for visit in case.visits if visit.stage in (form.stages or [visit.stage])]


def _response(standing: Standing, form: Form) -> list[str]:
    """Every answer; where one form goes through several stages, who gave it, and where nobody did."""
    found = stays(standing.case, form)
    several = len(found) > 1
    return [text for visit in found for text in _answers(standing, visit, named=several)]


def _answers(standing: Standing, visit: Visit, *, named: bool) -> Iterator[str]:
    case, answers = standing.case, standing.answers(visit)
    title = f"{case.stage_of(visit).title}: " if named else ""
    for answer in answers:
        yield from (f"{title if not place else ''}{text}" for place, text in enumerate(answer_said(case, answer)))
    due = case.due_of(visit)
    if not answers and visit.lapsed and due:
        yield f"{title}no answer by {at(due.at)}" if named else f"No answer by {at(due.at)}"


def answer_said(case: Case, answer: Answered) -> list[str]:
    """An answer in full: to each requested action what was answered; who wrote it, and whether it came late."""
    parts = [f"{each.action}: {each.text}" if each.action else each.text for each in answer.answers]
    texts = [text for text in (answer.text, *parts) if text.strip()]
    who = answer.name or (case.procedure.role_title(answer.by) if answer.by else "")
    late = ", late" if isinstance(answer, LateResponse) else ""
    return [*(texts or ["(no words)"]), f"({', '.join(filter(None, [who, at(answer.received_at)]))}{late})"]


def _responded_on(standing: Standing, form: Form) -> list[str]:
    found = [answer for visit in stays(standing.case, form) for answer in standing.answers(visit)]
    return _day(london_date(found[-1].received_at)) if found else []


def outcome_said(standing: Standing) -> list[str]:
    """How it ended, and what was written of it."""
    ended = next((entry for entry in reversed(standing.entries) if isinstance(entry, Closed | Withdrawn)), None)
    match ended:
        case Closed():
            return [OUTCOMES[ended.outcome], *([ended.outcome_text] if ended.outcome_text else [])]
        case Withdrawn():
            return ["Withdrawn by the raiser", *([ended.reason] if ended.reason else [])]
    return []


def concluded_on(case: Case) -> date | None:
    return case.date_concluded or (london_date(case.ended_at) if case.ended_at else None)


SAID: dict[str, Callable[[Standing, Form], list[str]]] = {
    "reference": lambda standing, _: [standing.case.reference],
    "raised_on": lambda standing, _: _day(london_date(standing.case.raised_at) if standing.case.raised_at else None),
    "alerted_on": lambda standing, _: _day(standing.case.visit.day_zero),
    "raiser": lambda standing, _: [raiser(standing.case)],
    "stage": lambda standing, _: [standing.case.visit.stage],
    "stage_title": lambda standing, _: [standing.case.stage.title],
    "addressee": lambda standing, _: [
        " or ".join(standing.case.procedure.role_title(role) for role in standing.case.addressees())
    ],
    "due": _due,
    "referred_to_cafcass": lambda standing, _: ["Yes" if standing.case.cafcass_referred else "No"],
    "response": _response,
    "responded_on": _responded_on,
    "outcome": lambda standing, _: outcome_said(standing),
    "concluded_on": lambda standing, _: _day(concluded_on(standing.case)),
}
"""The names of schema.SHOWN, in words."""


def _absent(standing: Standing, names: Sequence[str]) -> str:
    """What is said of a line that has nothing: not yet, or never."""
    case = standing.case
    if {"outcome", "concluded_on"} & set(names):
        return _no_end(standing)
    if {"response", "responded_on"} & set(names):
        return "None yet" if case.awaits_answer and not standing.then else "None"
    if {"alerted_on", "due"} & set(names) and case.visit.day_zero is None:
        return "Not yet: no alert has been accepted"
    return NOT_GIVEN


def _no_end(standing: Standing) -> str:
    if standing.then:
        return f"Not at this stage: it went on to {standing.then}"
    return "Not yet" if standing.case.open else NOT_GIVEN
