"""The procedure's own form as it stands: each printed label of the document with what belongs there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from escalation.case import Case, Visit
from escalation.forms import date_in, item_titles, titles_in, value_at
from escalation.procedure import FormField
from escalation.words import on
from escalation.working_days import london_date


def printed(case: Case) -> dict[str, str] | None:
    """Label and text of every line; None where no form is used at this stage (OXF-10)."""
    form = case.procedure.form_at(case.visit.stage)
    if form is None:
        return None
    lines = {label: shown if isinstance(shown, list) else [shown] for label, shown in form.lines.items()}
    return {label: "; ".join(filter(None, (_text(case, name) for name in names))) for label, names in lines.items()}


def said(case: Case) -> list[str]:
    """`Label: text`, a line each: the printed form where there is one, else what was asked for and given."""
    lines = printed(case) or dict(_answers(case, case.procedure.asks, ""))
    return [f"{label}: {_as_read(text)}" for label, text in lines.items() if text]


def _as_read(text: str) -> str:
    """With days as people read them."""
    return "; ".join(on(day) if (day := date_in(part)) else part for part in text.split("; "))


def _answers(case: Case, asked: Iterable[FormField], before: str) -> Iterator[tuple[str, str]]:
    for field in asked:
        if field.kind == "group":
            yield from _answers(case, field.fields, f"{before}{field.key}.")
        elif text := _words(chosen(case, before + field.key)):
            yield field.label, text


def _text(case: Case, name: str) -> str:
    return SHOWS[name](case) if name in SHOWS else _words(chosen(case, name))


def chosen(case: Case, path: str) -> Any:
    """What a field says; codes in the document's words."""
    value, procedure = value_at(case.fields, path), case.procedure
    if path in procedure.taxonomies:
        return titles_in(procedure, path, value, case.visit.stage)
    listed = next(((key, each) for key, each in procedure.taxonomies.items() if each.items_in == path), None)
    if listed:
        return item_titles(listed[1], case.fields.get(listed[0]), value, case.visit.stage) or value
    return procedure.role_title(value) if isinstance(value, str) and value in procedure.roles else value


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "; ".join(_words(part) for part in value.values())
    return "; ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""


def _due(case: Case) -> str:
    due = case.due_of(case.visit)
    return _date(due.day if due else None)


def _answered(case: Case) -> Visit | None:
    return next((visit for visit in reversed(case.visits) if visit.answers), None)


def _response(case: Case) -> str:
    visit = _answered(case)
    return visit.answers[-1].text if visit else ""


def _responded_on(case: Case) -> str:
    visit = _answered(case)
    return _date(london_date(visit.answers[-1].received_at) if visit else None)


def _raised_on(case: Case) -> str:
    return _date(london_date(case.raised_at) if case.raised_at else None)


def _outcome(case: Case) -> str:
    return case.outcome_text or (case.outcome or "").replace("_", " ")


def raiser(case: Case) -> str:
    """The raiser as people are told, with their name where it is known."""
    title = case.procedure.role_title(case.raised_by)
    who = f"{case.raised_by_name}, {title}" if case.raised_by_name else title
    if case.raised_through is None:
        return who
    return f"{_through(case, case.raised_through)}, on behalf of {who}"


def _through(case: Case, role: str) -> str:
    """Who raised it in the raiser's stead (HLC-19)."""
    title = case.procedure.role_title(role)
    return f"{case.raised_through_name}, {title}" if case.raised_through_name else title


SHOWS: dict[str, Callable[[Case], str]] = {
    "reference": lambda case: case.reference,
    "raised_on": _raised_on,
    "alerted_on": lambda case: _date(case.visit.day_zero),
    "raiser": raiser,
    "stage": lambda case: case.visit.stage,
    "stage_title": lambda case: case.stage.title,
    "addressee": lambda case: " or ".join(case.procedure.role_title(role) for role in case.addressees()),
    "due": _due,
    "referred_to_cafcass": lambda case: "Yes" if case.cafcass_referred else "No",
    "response": _response,
    "responded_on": _responded_on,
    "outcome": _outcome,
    "concluded_on": lambda case: _date(case.date_concluded),
}
"""The names of schema.SHOWN."""
