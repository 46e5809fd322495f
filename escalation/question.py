"""What is asked for? The requested actions, as the procedure finds them in its form."""

from __future__ import annotations

from typing import Any

from escalation.case import Case
from escalation.forms import is_given, titles_in, value_at


def requested_actions(case: Case) -> list[str]:
    """In the order in which they are numbered; another process has none."""
    if case.procedure.process:
        return []
    said_to_be_done = (texts_of(case, path) for path in case.procedure.question.actions)
    return next((texts for texts in said_to_be_done if texts), [])


def texts_of(case: Case, path: str) -> list[str]:
    """What a field says; the codes of a taxonomy in the document's words."""
    value = value_at(case.fields, path)
    if not is_given(value):
        return []
    if path in case.procedure.taxonomies:
        return titles_in(case.procedure, path, value, case.visit.stage)
    listed = value if isinstance(value, list) else [value]
    return [text for text in map(_text, listed) if text]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
