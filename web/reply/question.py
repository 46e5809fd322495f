"""What is the concern, and what is asked for? What the procedure shows of its form to who must answer."""

from __future__ import annotations

from typing import Any

from escalation.case import Case
from escalation.forms import is_given, label_of, titles_in, value_at
from escalation.printed import said
from web.reply.saying import MOST_ACTIONS


def concern(case: Case) -> str | None:
    """The fields that `question` shows of it and that are given: codes as they are, texts under labels if several.

    Another process, such as a complaint, has few questions: it shows what was said to each of them.
    """
    if case.procedure.process:
        return "\n".join(said(case)) or None
    question = case.procedure.question
    given = [(path, "\n".join(_texts(case, path))) for path in [question.concern, *question.also]]
    told = [(path, text) for path, text in given if text]
    if len(told) == 1:
        return told[0][1]
    return "\n\n".join(f"{_heading(case, path)}{text}" for path, text in told) or None


def actions(case: Case) -> list[str]:
    """The requested actions, in the order in which they are numbered; another process has none."""
    if case.procedure.process:
        return []
    said_to_be_done = (_texts(case, path) for path in case.procedure.question.actions)
    return next((texts for texts in said_to_be_done if texts), [])[:MOST_ACTIONS]


def _texts(case: Case, path: str) -> list[str]:
    """What a field says; the codes of a taxonomy in the document's words."""
    value = value_at(case.fields, path)
    if not is_given(value):
        return []
    if path in case.procedure.taxonomies:
        return titles_in(case.procedure, path, value, case.visit.stage)
    listed = value if isinstance(value, list) else [value]
    return [text for text in map(_text, listed) if text]


def _heading(case: Case, path: str) -> str:
    return "" if path in case.procedure.taxonomies else f"{label_of(case.procedure.asks, path).rstrip(':')}:\n"


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
