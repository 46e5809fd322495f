"""What is the concern, and what is asked for? What the procedure shows of its form to who must answer."""

from __future__ import annotations

from escalation.case import Case
from escalation.forms import label_of
from escalation.printed import said
from escalation.question import requested_actions, texts_of
from web.reply.saying import MOST_ACTIONS


def concern(case: Case) -> str | None:
    """The fields that `question` shows of it and that are given: codes as they are, texts under labels if several.

    Another process, such as a complaint, has few questions: it shows what was said to each of them.
    """
    if case.procedure.process:
        return "\n".join(said(case)) or None
    question = case.procedure.question
    given = [(path, "\n".join(texts_of(case, path))) for path in [question.concern, *question.also]]
    told = [(path, text) for path, text in given if text]
    if len(told) == 1:
        return told[0][1]
    return "\n\n".join(f"{_heading(case, path)}{text}" for path, text in told) or None


def actions(case: Case) -> list[str]:
    """The requested actions, as many as one page asks about."""
    return requested_actions(case)[:MOST_ACTIONS]


def _heading(case: Case, path: str) -> str:
    return "" if path in case.procedure.taxonomies else f"{label_of(case.procedure.asks, path).rstrip(':')}:\n"
